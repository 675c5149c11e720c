"""Webhooks and their deliveries."""

from dataclasses import dataclass
from uuid import UUID

from domain.attempts import AttemptService, send
from domain.clock import utc_now
from domain.deliveries import DeliveryRow, DeliveryService
from domain.pages import Numbered, Page, PageArgs
from domain.scopes import Scope
from domain.webhooks import WebhookChanges, WebhookDraft, WebhookRow, WebhookService
from resolvers.access import access, signed_in


@dataclass(frozen=True, slots=True)
class WebhookTest:
    """What a receiver made of a `webhook.test`; `status_code` is None when no answer came."""

    success: bool
    status_code: int | None
    message: str


@access(signed_in)
async def webhooks(scope: Scope, page: PageArgs, with_total: bool = False) -> Page[WebhookRow]:
    """Your webhooks, newest first."""
    async with scope.read(WebhookService) as service:
        return await service.page(page, with_total=with_total)


@access(signed_in)
async def sliced_webhooks(scope: Scope, skip: int = 0, limit: int = 50) -> Numbered[WebhookRow]:
    """Your webhooks, newest first, after the first `skip`."""
    async with scope.read(WebhookService) as service:
        return await service.sliced(skip, limit)


@access(signed_in)
async def webhook(scope: Scope, id: UUID) -> WebhookRow:
    """One of your webhooks."""
    async with scope.read(WebhookService) as service:
        return await service.get(id)


@access(signed_in)
async def create_webhook(scope: Scope, draft: WebhookDraft) -> WebhookRow:
    """Have an address told of events: `item.created` and the like, `job.*` for a whole kind, `*` for all."""
    async with scope.write(WebhookService) as service:
        return await service.create(draft)


@access(signed_in)
async def update_webhook(scope: Scope, id: UUID, changes: WebhookChanges) -> WebhookRow:
    """Change a webhook; only what is sent changes. Switching it on again forgets its failures."""
    async with scope.write(WebhookService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def regenerate_webhook_secret(scope: Scope, id: UUID) -> WebhookRow:
    """A new secret, shown this once; for 24 hours deliveries are signed with the old one too."""
    async with scope.write(WebhookService) as service:
        return await service.rotate_secret(id)


@access(signed_in)
async def delete_webhook(scope: Scope, id: UUID) -> WebhookRow:
    """Delete a webhook with its deliveries; the answer is the webhook as it was."""
    async with scope.write(WebhookService) as service:
        return await service.delete(id)


@access(signed_in)
async def send_test(scope: Scope, id: UUID) -> WebhookTest:
    """Send a `webhook.test` now, once, and say what came of it. It switches nothing off."""
    policy = scope.ports.policy.webhooks
    async with scope.write(AttemptService) as attempts:
        attempt = await attempts.begin_test(id, policy)
    outcome = await send(scope.ports.webhooks, attempt, utc_now())
    async with scope.write(AttemptService) as attempts:
        await attempts.conclude(attempt, outcome, policy)
    message = outcome.error or f"The receiver answered {outcome.status}"
    return WebhookTest(outcome.success, outcome.status, message)


@access(signed_in)
async def webhook_deliveries(
    scope: Scope, webhook_id: UUID, page: PageArgs, with_total: bool = False
) -> Page[DeliveryRow]:
    """The deliveries of one of your webhooks, newest first."""
    async with scope.read(DeliveryService) as service:
        return await service.page(webhook_id, page, with_total=with_total)


@access(signed_in)
async def sliced_deliveries(scope: Scope, webhook_id: UUID, skip: int = 0, limit: int = 50) -> Numbered[DeliveryRow]:
    """The deliveries of one of your webhooks, newest first, after the first `skip`."""
    async with scope.read(DeliveryService) as service:
        return await service.sliced(webhook_id, skip, limit)


@access(signed_in)
async def replay_delivery(scope: Scope, id: UUID) -> DeliveryRow:
    """Send a delivery that has ended once more, with the id and body it had; it is retried like a new one."""
    async with scope.write(DeliveryService) as service:
        return await service.replay(id)
