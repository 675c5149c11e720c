"""Webhooks in GraphQL."""

from datetime import datetime

import strawberry

from domain.deliveries import DeliveryRow, DeliveryStatus
from domain.webhooks import WebhookChanges, WebhookDraft, WebhookRow
from resolvers import webhooks as resolve
from schema.connections import Connection
from schema.doors import field
from schema.inputs import enum_of, input_of
from schema.nodes import Node

enum_of(DeliveryStatus, "How far a delivery is; SUCCEEDED and FAILED are ends.")


@strawberry.type(description="An address of yours that is told of events.")
class Webhook(Node):
    row = WebhookRow

    name: str
    url: str
    events: list[str] = strawberry.field(description="Names like item.created, whole kinds like job.*, or *.")
    is_active: bool
    description: str | None
    secret: str | None = strawberry.field(
        description="The key of X-Webhook-Signature; told by the mutation that made it and never again."
    )
    signing_secret: str | None = strawberry.field(
        description="The same key as Standard Webhooks libraries take it: whsec_…; told as rarely."
    )
    failing_since: datetime | None = strawberry.field(description="Since when no attempt has succeeded.")
    disabled_reason: str | None = strawberry.field(description="Why it was switched off without your doing.")
    created_at: datetime
    updated_at: datetime


@strawberry.type(description="One event on its way to one webhook, through all its attempts.")
class Delivery(Node):
    row = DeliveryRow

    webhook_id: strawberry.ID
    event_type: str
    status: DeliveryStatus
    success: bool
    response_status: int | None = strawberry.field(description="The HTTP status of the last answer.")
    error_message: str | None = strawberry.field(description="What was wrong with the last attempt.")
    attempt_count: int
    created_at: datetime
    delivered_at: datetime | None = strawberry.field(description="When the last answer came, whatever it was.")
    next_attempt_at: datetime | None


@strawberry.type(description="What a receiver made of a test.")
class WebhookTest:
    success: bool
    status_code: int | None
    message: str


@input_of(WebhookDraft)
class WebhookDraftInput: ...


@input_of(WebhookChanges)
class WebhookChangesInput: ...


@strawberry.type
class WebhookQueries:
    webhooks = field(resolve.webhooks, Connection[Webhook])
    webhook = field(resolve.webhook, Webhook)
    webhook_deliveries = field(resolve.webhook_deliveries, Connection[Delivery])


@strawberry.type
class WebhookMutations:
    create_webhook = field(resolve.create_webhook, Webhook)
    update_webhook = field(resolve.update_webhook, Webhook)
    delete_webhook = field(resolve.delete_webhook, Webhook)
    regenerate_webhook_secret = field(resolve.regenerate_webhook_secret, Webhook)
    test_webhook = field(resolve.send_test, WebhookTest)
    replay_delivery = field(resolve.replay_delivery, Delivery)
