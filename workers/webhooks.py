"""Sending to a webhook what is due, one delivery after the other, until nothing is."""

import asyncio
from uuid import UUID

import structlog

from domain.attempts import Attempt, AttemptService, Outcome, send
from domain.clock import utc_now
from domain.ports import Ports
from domain.scopes import Scope
from domain.viewers import Viewer
from workers.reactions import Reaction

log = structlog.get_logger()
SYSTEM = Viewer()


async def deliver_to_webhook(ports: Ports, webhook_id: UUID) -> None:
    policy = ports.policy.webhooks
    while True:
        async with Scope(SYSTEM, ports).write(AttemptService) as attempts:
            attempt = await attempts.take(webhook_id, policy)
        if attempt is None:
            return
        outcome = await _sent(ports, attempt)
        async with Scope(SYSTEM, ports).write(AttemptService) as attempts:
            await attempts.conclude(attempt, outcome, policy)


DELIVER_TO_WEBHOOK = Reaction("deliver_to_webhook", "webhooks", deliver_to_webhook, at_once=100)


async def _sent(ports: Ports, attempt: Attempt) -> Outcome:
    try:
        return await send(ports.webhooks, attempt, utc_now())
    except asyncio.CancelledError:
        await asyncio.shield(_give_back(ports, attempt))
        raise
    except Exception:
        log.exception("delivery.failed", delivery_id=str(attempt.delivery_id))
        return Outcome(error="This server could not send it")


async def _give_back(ports: Ports, attempt: Attempt) -> None:
    async with Scope(SYSTEM, ports).write(AttemptService) as attempts:
        await attempts.release(attempt)
