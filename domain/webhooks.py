"""Webhooks: addresses of a person's own that hear what happened."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid4

import pydantic
from pydantic import AfterValidator, Field, HttpUrl, TypeAdapter
from sqlalchemy import ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.errors import NotFoundError, ValidationError
from domain.inputs import ABSENT, Input
from domain.pages import OFFSET_AT_MOST, Numbered, Order, Page, PageArgs, by_keyset, count, to_page
from domain.webhook_signatures import new_secret, signing_secret
from domain.work import Service

OLD_SECRET_HOLDS = timedelta(hours=24)
AT_MOST = 100


class Webhook(Entity):
    """`failures` counts failed attempts in a row, which began at `failing_since`; none starts before `blocked_until`.

    Unlike that of other nouns, `updated_at` is set from the beginning.
    """

    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_newest", "user_id", "created_at", "id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(255))
    url: Mapped[str] = mapped_column(String(2048))
    events: Mapped[list[str]]
    is_active: Mapped[bool] = mapped_column(default=True)
    description: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(String(64), default=new_secret)
    old_secret: Mapped[str | None] = mapped_column(String(64))
    old_secret_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    last_failed_at: Mapped[datetime | None]
    blocked_until: Mapped[datetime | None]
    disabled_reason: Mapped[str | None] = mapped_column(Text)

    def keys(self, now: datetime) -> tuple[str, ...]:
        """What deliveries are signed with: the secret, and the one before it for a day after a rotation."""
        if self.old_secret is None or self.old_secret_until is None or self.old_secret_until <= now:
            return (self.secret,)
        return (self.secret, self.old_secret)


@dataclass(frozen=True, slots=True)
class WebhookRow:
    """`secret` is None but right after it was made."""

    id: UUID
    name: str
    url: str
    events: list[str]
    is_active: bool
    description: str | None
    failing_since: datetime | None
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime
    secret: str | None = None

    @property
    def signing_secret(self) -> str | None:
        return None if self.secret is None else signing_secret(self.secret)


def _http_address(value: str) -> str:
    """The address as it was written, once it is known to be one."""
    try:
        _ADDRESS.validate_python(value)
    except pydantic.ValidationError as wrong:
        message = f"expected an address that begins with http:// or https://: {wrong.errors()[0]['msg']}"
        raise ValueError(message) from None
    return value


_ADDRESS: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)
Name = Annotated[str, Field(min_length=1, max_length=255)]
Address = Annotated[str, Field(max_length=2048, description="http or https."), AfterValidator(_http_address)]
EventNames = Annotated[
    list[Annotated[str, Field(max_length=255)]],
    Field(min_length=1, max_length=100, description="Names like `item.created`, whole kinds like `job.*`, or `*`."),
]


class WebhookDraft(Input, str_strip_whitespace=False):
    name: Name
    url: Address
    events: EventNames
    description: str | None = Field(default=None, max_length=10_000)


class WebhookChanges(Input, str_strip_whitespace=False):
    """Switching it on again forgets its failures."""

    name: Name = ABSENT
    url: Address = ABSENT
    events: EventNames = ABSENT
    is_active: bool = ABSENT
    description: str | None = Field(default=None, max_length=10_000)


COLUMNS = (
    Webhook.id, Webhook.name, Webhook.url, Webhook.events, Webhook.is_active, Webhook.description,
    Webhook.failing_since, Webhook.disabled_reason, Webhook.created_at, Webhook.updated_at,
)  # fmt: skip
NEWEST_FIRST = Order("created_at", Webhook.created_at.expression, Webhook.id.expression, descending=True)


class WebhookService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Webhook.user_id == self.viewer.id)

    async def page(self, args: PageArgs, *, with_total: bool) -> Page[WebhookRow]:
        statement, wanted, backwards = by_keyset(self.visible(), NEWEST_FIRST, args)
        found = [WebhookRow(*row) for row in await self.session.execute(statement)]
        total = await count(self.session, self.visible(Webhook.id)) if with_total else None
        return to_page([(r, r.created_at, r.id) for r in found], NEWEST_FIRST, args, wanted, backwards, total)

    async def sliced(self, skip: int, limit: int) -> Numbered[WebhookRow]:
        newest = self.visible().order_by(Webhook.created_at.desc(), Webhook.id.desc())
        rows = await self.session.execute(newest.limit(limit).offset(min(skip, OFFSET_AT_MOST)))
        return Numbered([WebhookRow(*row) for row in rows], await count(self.session, self.visible(Webhook.id)))

    async def get(self, id: UUID) -> WebhookRow:
        row = (await self.session.execute(self.visible().where(Webhook.id == id))).one_or_none()
        if row is None:
            raise missing(id)
        return WebhookRow(*row)

    async def create(self, draft: WebhookDraft) -> WebhookRow:
        """The row tells the secret, for this once."""
        if await count(self.session, self.visible(Webhook.id)) >= AT_MOST:
            message = f"expected at most {AT_MOST} webhooks, and you have as many: delete one first"
            raise ValidationError(message)
        now, secret = self.work.now, new_secret()
        webhook = Webhook(
            id=uuid4(), user_id=self.viewer.id, created_at=now, updated_at=now, secret=secret, **draft.model_dump()
        )
        self.session.add(webhook)
        await self.session.flush()
        return replace(_row(webhook), secret=secret)

    async def update(self, id: UUID, changes: WebhookChanges) -> WebhookRow:
        webhook = await self.locked(id)
        given = changes.given()
        for name, value in given.items():
            setattr(webhook, name, value)
        if "url" in given or given.get("is_active"):
            webhook.failures = 0
            webhook.failing_since = webhook.last_failed_at = webhook.blocked_until = None
        if given.get("is_active"):
            webhook.disabled_reason = None
        await self.session.flush()
        return _row(webhook)

    async def rotate_secret(self, id: UUID) -> WebhookRow:
        webhook = await self.locked(id)
        webhook.old_secret, webhook.old_secret_until = webhook.secret, self.work.now + OLD_SECRET_HOLDS
        webhook.secret = new_secret()
        await self.session.flush()
        return replace(_row(webhook), secret=webhook.secret)

    async def delete(self, id: UUID) -> WebhookRow:
        webhook = await self.locked(id)
        await self.session.delete(webhook)
        return _row(webhook)

    async def locked(self, id: UUID) -> Webhook:
        found = self.visible(Webhook).where(Webhook.id == id).with_for_update()
        webhook: Webhook | None = (await self.session.scalars(found)).one_or_none()
        if webhook is None:
            raise missing(id)
        return webhook


def _row(webhook: Webhook) -> WebhookRow:
    return WebhookRow(*(getattr(webhook, column.key) for column in COLUMNS))


def missing(id: UUID) -> NotFoundError:
    """Existing clients get no `details` for a webhook (contract.md section 1.1)."""
    return NotFoundError(f"no webhook with the id {id} is yours")
