"""Webhooks in REST (contract.md section 7.2)."""

from typing import Any
from uuid import UUID

from pydantic import Field

from domain.pages import Numbered
from domain.webhooks import WebhookChanges, WebhookDraft
from resolvers import webhooks as resolve
from schema.compat.rows import NOT_FOUND, Row, Sent
from schema.compat.wire import Query, Wire, ZuluTime


class WebhookAnswer(Wire):
    id: UUID
    name: str
    url: str
    events: list[str]
    is_active: bool
    description: str | None
    created_at: ZuluTime
    updated_at: ZuluTime


class WebhookList(Wire):
    items: list[WebhookAnswer]
    total: int


class DeliveryAnswer(Wire):
    id: UUID
    webhook_id: UUID
    event_type: str
    response_status: int | None
    error_message: str | None
    attempt_count: int
    success: bool
    created_at: ZuluTime
    delivered_at: ZuluTime | None


class DeliveryList(Wire):
    items: list[DeliveryAnswer]
    total: int


class WebhookTestAnswer(Wire):
    success: bool
    status_code: int | None
    message: str


class SecretAnswer(Wire):
    secret: str


class SliceQuery(Query):
    skip: int = Field(default=0, ge=0, description="How many to pass over.")
    limit: int = Field(default=50, ge=1, le=100, description="How many at most.")


def _listed(found: Numbered[Any], _sent: Sent) -> dict[str, Any]:
    return {"items": found.rows, "total": found.total}


ONE = "/webhooks/{webhook_id}"
ROWS = (
    Row("POST", "/webhooks", resolve.create_webhook, WebhookAnswer, 201, body=WebhookDraft, tag="webhooks"),
    Row("GET", "/webhooks", resolve.sliced_webhooks, WebhookList, query=SliceQuery, shape=_listed, tag="webhooks"),
    Row("GET", ONE, resolve.webhook, WebhookAnswer, errors=NOT_FOUND, tag="webhooks"),
    Row("PATCH", ONE, resolve.update_webhook, WebhookAnswer, body=WebhookChanges, errors=NOT_FOUND, tag="webhooks"),
    Row("DELETE", ONE, resolve.delete_webhook, status=204, errors=NOT_FOUND, tag="webhooks"),
    Row(
        "GET", f"{ONE}/deliveries", resolve.sliced_deliveries, DeliveryList,
        query=SliceQuery, shape=_listed, errors=NOT_FOUND, tag="webhooks",
    ),
    Row("POST", f"{ONE}/test", resolve.send_test, WebhookTestAnswer, errors=NOT_FOUND, tag="webhooks"),
    Row(
        "POST", f"{ONE}/regenerate-secret", resolve.regenerate_webhook_secret, SecretAnswer,
        errors=NOT_FOUND, tag="webhooks",
    ),
    Row(
        "POST", "/webhooks/deliveries/{delivery_id}/replay", resolve.replay_delivery, DeliveryAnswer,
        errors=NOT_FOUND, tag="webhooks",
    ),
)  # fmt: skip
