"""Deliveries: one row for each event that a webhook wants, with the body that every attempt sends."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, ForeignKey, Index, Select, String, Text, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Base, choice
from domain.errors import NotFoundError, ValidationError
from domain.events import Event
from domain.outbox import OutboxEntry
from domain.pages import OFFSET_AT_MOST, Numbered, Order, Page, PageArgs, by_keyset, count, to_page
from domain.users import User
from domain.viewers import Role
from domain.webhooks import Webhook, missing
from domain.work import Service

PUBLIC = frozenset({"user", "item", "job", "run", "resume", "webhook"})
TEST = "webhook.test"
PARALLEL = 5


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Delivery(Base):
    """`due_at`: when somebody may send it; while it is sent, when that attempt counts as dead.

    `tries` counts the attempts of the present schedule, `attempt_count` all of them. `delivered_at` is when the last
    answer came, whatever it was.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("uq_deliveries_event", "webhook_id", "event_id", unique=True),
        Index("ix_deliveries_newest", "webhook_id", "created_at", "id"),
        Index("ix_deliveries_due", "webhook_id", "status", "due_at"),
        Index("ix_deliveries_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[UUID]
    event_type: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[DeliveryStatus] = mapped_column(choice(DeliveryStatus))
    due_at: Mapped[datetime]
    fence: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    attempt_count: Mapped[int] = mapped_column(default=0)
    response_status: Mapped[int | None]
    response_body: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """`next_attempt_at` is None once there will be no further one."""

    id: UUID
    webhook_id: UUID
    event_type: str
    status: DeliveryStatus
    response_status: int | None
    error_message: str | None
    attempt_count: int
    created_at: datetime
    delivered_at: datetime | None
    due_at: datetime

    @property
    def success(self) -> bool:
        return self.status is DeliveryStatus.SUCCEEDED

    @property
    def next_attempt_at(self) -> datetime | None:
        return self.due_at if self.status is DeliveryStatus.PENDING else None


COLUMNS = (
    Delivery.id, Delivery.webhook_id, Delivery.event_type, Delivery.status, Delivery.response_status,
    Delivery.error_message, Delivery.attempt_count, Delivery.created_at, Delivery.delivered_at, Delivery.due_at,
)  # fmt: skip
NEWEST_FIRST = Order("created_at", Delivery.created_at.expression, Delivery.id.expression, descending=True)


class DeliveryService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        mine = select(*(columns or COLUMNS)).join(Webhook, Webhook.id == Delivery.webhook_id)
        return mine.where(Webhook.user_id == self.viewer.id)

    async def page(self, webhook_id: UUID, args: PageArgs, *, with_total: bool) -> Page[DeliveryRow]:
        mine = await self._of(webhook_id)
        statement, wanted, backwards = by_keyset(mine, NEWEST_FIRST, args)
        found = [DeliveryRow(*row) for row in await self.session.execute(statement)]
        total = await count(self.session, mine.with_only_columns(Delivery.id)) if with_total else None
        return to_page([(r, r.created_at, r.id) for r in found], NEWEST_FIRST, args, wanted, backwards, total)

    async def sliced(self, webhook_id: UUID, skip: int, limit: int) -> Numbered[DeliveryRow]:
        mine = await self._of(webhook_id)
        newest = (
            mine.order_by(Delivery.created_at.desc(), Delivery.id.desc()).limit(limit).offset(min(skip, OFFSET_AT_MOST))
        )
        rows = [DeliveryRow(*row) for row in await self.session.execute(newest)]
        return Numbered(rows, await count(self.session, mine.with_only_columns(Delivery.id)))

    async def replay(self, id: UUID) -> DeliveryRow:
        """Due again now, with a whole schedule before it and the id and body that it had."""
        found = self.visible(Delivery, Webhook.is_active).where(Delivery.id == id).with_for_update(of=Delivery)
        pair = (await self.session.execute(found)).one_or_none()
        if pair is None:
            message = f"no delivery with the id {id} is yours"
            raise NotFoundError(message, {"delivery_id": str(id)})
        delivery: Delivery = pair[0]
        if delivery.status in {DeliveryStatus.PENDING, DeliveryStatus.SENDING}:
            message = f"expected a delivery that has ended, found one that is '{delivery.status}'"
            raise ValidationError(message, {"delivery_id": str(id)})
        if not pair[1]:
            message = "expected a webhook that is active, found one that is switched off: switch it on first"
            raise ValidationError(message, {"webhook_id": str(delivery.webhook_id)})
        delivery.status, delivery.due_at, delivery.tries = DeliveryStatus.PENDING, self.work.now, 0
        await self.session.flush()
        return DeliveryRow(*(getattr(delivery, column.key) for column in COLUMNS))

    async def queue(self, entries: Sequence[OutboxEntry]) -> list[UUID]:
        """A delivery for every webhook that wants one of these events; the webhooks to ring for, once a delivery.

        A webhook hears of what happened since it was made.
        An event goes to its owner's webhooks, and one of an account also to those of admins, who see all accounts.
        Nothing is added for an event that was queued before.
        """
        told = [(entry.event, entry.created_at) for entry in entries if entry.name.partition(".")[0] in PUBLIC]
        rows = [
            _new(webhook_id, event, at)
            for webhook_id, owner_id, since, wanted, role in await self._listening([event for event, _ in told])
            for event, at in told
            if _wants(wanted, event.name) and at >= since
            if event.owner_id == owner_id or _is_for_admins(event, role)
        ]
        await self.work.insert_new(Delivery, rows)
        rings = Counter(row["webhook_id"] for row in rows)
        return [webhook_id for webhook_id, due in rings.items() for _ in range(min(due, PARALLEL))]

    async def forget_older(self, before: datetime) -> int:
        """Delete deliveries that ended and were made before a time; answers how many."""
        ended = Delivery.status.in_((DeliveryStatus.SUCCEEDED, DeliveryStatus.FAILED))
        result = await self.session.execute(delete(Delivery).where(Delivery.created_at < before, ended))
        return result.rowcount if isinstance(result, CursorResult) else 0

    async def _listening(self, events: Sequence[Event]) -> Sequence[Any]:
        """(webhook id, owner id, since when, event names, owner's role) of webhooks that an event may concern."""
        if not events:
            return []
        owners = {event.owner_id for event in events if event.owner_id is not None}
        whose: list[Any] = [Webhook.user_id.in_(owners)]
        if any(event.name.startswith("user.") for event in events):
            whose.append(User.role == Role.ADMIN)
        columns = (Webhook.id, Webhook.user_id, Webhook.created_at, Webhook.events, User.role)
        listening = select(*columns).join(User, User.id == Webhook.user_id)
        return (await self.session.execute(listening.where(Webhook.is_active, User.is_active, or_(*whose)))).all()

    async def _of(self, webhook_id: UUID) -> Select[Any]:
        known = select(Webhook.id).where(Webhook.id == webhook_id, Webhook.user_id == self.viewer.id)
        if await self.session.scalar(known) is None:
            raise missing(webhook_id)
        return self.visible().where(Delivery.webhook_id == webhook_id)


def body_of(event_type: str, at: datetime, data: dict[str, Any]) -> str:
    """What is sent and signed (contract.md section 7.2): the time is UTC without saying so, `type` is `event` again."""
    timestamp = at.astimezone(UTC).replace(tzinfo=None).isoformat()
    return json.dumps({"event": event_type, "timestamp": timestamp, "data": data, "type": event_type})


def _new(webhook_id: UUID, event: Event, at: datetime) -> dict[str, Any]:
    facts = event.to_json()
    data = {"id": facts.pop("subject_id"), "user_id": facts.pop("owner_id")}
    event_id = UUID(facts.pop("event_id"))
    return {
        "id": uuid4(),
        "webhook_id": webhook_id,
        "event_id": event_id,
        "event_type": event.name,
        "body": body_of(event.name, at, {**data, **facts}),
        "status": DeliveryStatus.PENDING,
        "due_at": at,
        "created_at": at,
    }


def _wants(wanted: Sequence[str], name: str) -> bool:
    return any(one in {"*", name, f"{name.partition('.')[0]}.*"} for one in wanted)


def _is_for_admins(event: Event, role: Role) -> bool:
    return role is Role.ADMIN and event.name.startswith("user.")
