"""What a worker does with deliveries: take one under a lease, send it, write down what came of it.

A webhook's row is locked while one of its deliveries is taken or concluded, so its breaker and the number of its
attempts under way hold across all workers.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, and_, exists, func, or_, select, update

from domain.deliveries import TEST, Delivery, DeliveryStatus, body_of
from domain.errors import ExternalServiceError
from domain.events import WebhookDisabled
from domain.ports import DeliveryPolicy, WebhookCalls
from domain.webhook_signatures import signed_headers
from domain.webhooks import Webhook, WebhookService
from domain.work import Service

GONE = 410
OPEN = (DeliveryStatus.PENDING, DeliveryStatus.SENDING)
LOCK: Any = {"key_share": True}  # leaves the relay free to add deliveries meanwhile
SWITCHED_OFF = "The webhook was switched off before this was delivered"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The right to send a delivery once. `number` counts from 1 in the present schedule."""

    delivery_id: UUID
    webhook_id: UUID
    fence: int
    number: int
    event_type: str
    url: str
    body: bytes
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt. `status` is None when no answer came, `retry_after` in seconds."""

    status: int | None = None
    body: str | None = None
    retry_after: float | None = None
    error: str | None = None

    @property
    def success(self) -> bool:
        return self.error is None


async def send(calls: WebhookCalls, attempt: Attempt, at: datetime) -> Outcome:
    """One call; any 2xx is a success, everything else a failure that says what came instead."""
    headers = signed_headers(attempt.event_type, str(attempt.delivery_id), attempt.body, attempt.keys, at)
    try:
        answer = await calls.post(attempt.url, attempt.body, headers)
    except ExternalServiceError as failed:
        return Outcome(error=failed.message)
    good = answer.status // 100 == 2  # noqa: PLR2004 - the class of statuses
    error = None if good else f"The receiver answered {answer.status}"
    return Outcome(answer.status, answer.body, answer.retry_after, error)


class AttemptService(Service):
    async def due(self, grace: timedelta, limit: int = 500) -> Sequence[UUID]:
        """Webhooks with a delivery that somebody could send or give up. A new one has `grace` to be rung for."""
        now = self.work.now
        waiting = and_(Delivery.webhook_id == Webhook.id, Delivery.status.in_(OPEN), Delivery.due_at <= now)
        rung = or_(Delivery.fence > 0, Delivery.due_at <= now - grace)
        reachable = or_(Webhook.blocked_until.is_(None), Webhook.blocked_until <= now)
        found = select(Webhook.id).where(reachable, exists().where(waiting, rung)).limit(limit)
        return (await self.session.scalars(found)).all()

    async def take(self, webhook_id: UUID, policy: DeliveryPolicy) -> Attempt | None:
        """The webhook's oldest due delivery; None when there is none, its breaker is open or others send enough."""
        webhook = await self.session.get(Webhook, webhook_id, with_for_update=LOCK)
        if webhook is None:
            return None
        if not webhook.is_active:
            await self._drop(webhook_id)
            return None
        if webhook.blocked_until is not None and webhook.blocked_until > self.work.now:
            return None
        at_once = 1 if webhook.failures >= policy.open_after else policy.at_once
        if await self._under_way(webhook_id) >= at_once:
            return None
        while (delivery := await self._next(webhook_id)) is not None:
            if delivery.tries < len(policy.delays):
                return await self._lease(webhook, delivery, policy)
            delivery.status, delivery.error_message = DeliveryStatus.FAILED, "Its sender died again and again"
            await self.session.flush()
        return None

    async def begin_test(self, webhook_id: UUID, policy: DeliveryPolicy) -> Attempt:
        """The one attempt at a `webhook.test`, whatever the state of the webhook. Raises NotFoundError."""
        webhook = await WebhookService.of(self).locked(webhook_id)
        data = {"id": str(webhook_id), "user_id": str(webhook.user_id), "title": webhook.name}
        delivery = Delivery(
            id=uuid4(),
            webhook_id=webhook_id,
            event_id=uuid4(),
            event_type=TEST,
            body=body_of(TEST, self.work.now, data),
            created_at=self.work.now,
            fence=0,
            tries=0,
            attempt_count=0,
        )
        self.session.add(delivery)
        return await self._lease(webhook, delivery, policy)

    async def conclude(self, attempt: Attempt, outcome: Outcome, policy: DeliveryPolicy) -> None:
        """Nothing is written when the lease ended meanwhile and somebody else took the delivery."""
        webhook = await self.session.get(Webhook, attempt.webhook_id, with_for_update=LOCK)
        delivery = await self._held(attempt)
        if webhook is None or delivery is None:
            return
        delivery.response_status, delivery.response_body = outcome.status, outcome.body
        delivery.error_message = outcome.error
        if outcome.status is not None:
            delivery.delivered_at = self.work.now
        if outcome.success:
            delivery.status = DeliveryStatus.SUCCEEDED
        else:
            self._put_off(delivery, outcome, policy)
        if attempt.event_type != TEST:
            await self._judge(webhook, outcome, policy)
        if not webhook.is_active and delivery.status is DeliveryStatus.PENDING:
            delivery.status = DeliveryStatus.FAILED

    async def release(self, attempt: Attempt) -> None:
        """Give the delivery back at once: this worker is being stopped, which is nobody's failure."""
        delivery = await self._held(attempt)
        if delivery is not None:
            delivery.status, delivery.due_at = DeliveryStatus.PENDING, self.work.now
            delivery.tries -= 1
            delivery.attempt_count -= 1

    async def abandon_all(self) -> None:
        """Every lease is void: for a server that knows itself to be the only worker, when it starts."""
        sending = update(Delivery).where(Delivery.status == DeliveryStatus.SENDING)
        await self.session.execute(sending.values(due_at=self.work.now))

    async def _next(self, webhook_id: UUID) -> Delivery | None:
        due = Delivery.status.in_(OPEN), Delivery.due_at <= self.work.now
        oldest = select(Delivery).where(Delivery.webhook_id == webhook_id, *due).order_by(Delivery.due_at).limit(1)
        return (await self.session.scalars(oldest.with_for_update())).one_or_none()

    async def _under_way(self, webhook_id: UUID) -> int:
        sending = Delivery.status == DeliveryStatus.SENDING, Delivery.due_at > self.work.now
        counted = select(func.count()).where(Delivery.webhook_id == webhook_id, *sending)
        return (await self.session.execute(counted)).scalar_one()

    async def _lease(self, webhook: Webhook, delivery: Delivery, policy: DeliveryPolicy) -> Attempt:
        delivery.status = DeliveryStatus.SENDING
        delivery.due_at = self.work.now + timedelta(seconds=policy.lease)
        delivery.fence += 1
        delivery.tries += 1
        delivery.attempt_count += 1
        await self.session.flush()
        return Attempt(
            delivery.id,
            webhook.id,
            delivery.fence,
            delivery.tries,
            delivery.event_type,
            webhook.url,
            delivery.body.encode(),
            webhook.keys(self.work.now),
        )

    async def _held(self, attempt: Attempt) -> Delivery | None:
        delivery = await self.session.get(Delivery, attempt.delivery_id, with_for_update=True)
        mine = delivery is not None and delivery.fence == attempt.fence and delivery.status is DeliveryStatus.SENDING
        return delivery if mine else None

    def _put_off(self, delivery: Delivery, outcome: Outcome, policy: DeliveryPolicy) -> None:
        if delivery.event_type == TEST or outcome.status == GONE or delivery.tries >= len(policy.delays):
            delivery.status = DeliveryStatus.FAILED
            return
        pause = policy.delays[delivery.tries] * random.uniform(1 - policy.jitter, 1 + policy.jitter)  # noqa: S311
        pause = max(pause, _asked_for(outcome, policy))
        delivery.status, delivery.due_at = DeliveryStatus.PENDING, self.work.now + timedelta(seconds=pause)

    async def _judge(self, webhook: Webhook, outcome: Outcome, policy: DeliveryPolicy) -> None:
        """What an attempt says about the receiver: closes its breaker, opens it, or switches the webhook off."""
        now = self.work.now
        if outcome.success:
            if webhook.failures or webhook.failing_since:
                await self._note(webhook, failures=0, failing_since=None, last_failed_at=None, blocked_until=None)
            return
        last, since = webhook.last_failed_at, webhook.failing_since
        if since is None or last is None or now - last > timedelta(seconds=policy.streak_gap):
            since = now
        failures = webhook.failures + 1
        pause = max(policy.cooldown_after(failures), _asked_for(outcome, policy))
        blocked = now + timedelta(seconds=pause) if pause else webhook.blocked_until
        await self._note(webhook, failures=failures, failing_since=since, last_failed_at=now, blocked_until=blocked)
        if outcome.status == GONE:
            await self._disable(webhook, "The receiver answered 410: it wants no further deliveries")
        elif now - since >= timedelta(seconds=policy.give_up_after):
            days = round(policy.give_up_after / 86_400)
            await self._disable(webhook, f"Every attempt of the last {days} days failed; the last one: {outcome.error}")

    async def _note(self, webhook: Webhook, **health: object) -> None:
        """Written past the mapped object: its health is no change of the webhook, whose `updated_at` stays."""
        noted = update(Webhook).where(Webhook.id == webhook.id).values(**health, updated_at=Webhook.updated_at)
        await self.session.execute(noted.execution_options(synchronize_session=False))

    async def _disable(self, webhook: Webhook, reason: str) -> None:
        if not webhook.is_active:
            return
        webhook.is_active, webhook.disabled_reason = False, reason
        await self.session.flush()
        await self._drop(webhook.id)
        self.work.emit(
            WebhookDisabled(owner_id=webhook.user_id, subject_id=webhook.id, title=webhook.name, reason=reason)
        )

    async def _drop(self, webhook_id: UUID) -> int:
        """Give up what waits for a webhook that is switched off; what is being sent is left to its sender."""
        waits = or_(Delivery.status == DeliveryStatus.PENDING, Delivery.due_at <= self.work.now)
        given_up = update(Delivery).where(Delivery.webhook_id == webhook_id, Delivery.status.in_(OPEN), waits)
        result = await self.session.execute(given_up.values(status=DeliveryStatus.FAILED, error_message=SWITCHED_OFF))
        return result.rowcount if isinstance(result, CursorResult) else 0


def _asked_for(outcome: Outcome, policy: DeliveryPolicy) -> float:
    """Seconds that the receiver asked to be left alone for."""
    return min(outcome.retry_after or 0.0, policy.longest_wait)
