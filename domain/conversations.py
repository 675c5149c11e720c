"""Conversations: where a person and an agent talk; what was said is in domain/messages.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Computed, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.errors import NotFoundError
from domain.inputs import ABSENT, Input
from domain.messages import MessageDraft, MessageRow, MessageService
from domain.pages import Order, Page, PageArgs, by_keyset, count, to_page
from domain.work import Service

TITLE_AT_MOST = 50


class Conversation(Entity):
    """`message_seq` and `event_seq` are the newest numbers given out, each in the transaction that writes.

    A conversation that nobody touched since it was made counts as the most recent: `activity_key`.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_latest", "user_id", "is_archived", "activity_key", "id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str | None] = mapped_column(String(255))
    is_archived: Mapped[bool] = mapped_column(default=False)
    area: Mapped[str | None] = mapped_column(String(50))
    message_seq: Mapped[int] = mapped_column(default=0)
    event_seq: Mapped[int] = mapped_column(default=0)
    activity_key: Mapped[datetime] = mapped_column(
        Computed("coalesce(updated_at, '9999-12-31 00:00:00.000000')", persisted=True)
    )


@dataclass(frozen=True, slots=True)
class ConversationRow:
    id: UUID
    user_id: UUID
    title: str | None
    is_archived: bool
    area: str | None
    event_seq: int
    created_at: datetime
    updated_at: datetime | None


class ConversationDraft(Input):
    title: str | None = Field(default=None, max_length=255)
    area: str | None = Field(default=None, max_length=50)


class ConversationChanges(Input):
    title: str | None = Field(default=None, max_length=255)
    is_archived: bool = ABSENT
    area: str | None = Field(default=None, max_length=50)


COLUMNS = (
    Conversation.id, Conversation.user_id, Conversation.title, Conversation.is_archived, Conversation.area,
    Conversation.event_seq, Conversation.created_at, Conversation.updated_at,
)  # fmt: skip
LATEST_FIRST = Order("activity", Conversation.activity_key.expression, Conversation.id.expression, descending=True)


class ConversationService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Conversation.user_id == self.viewer.id)

    async def create_conversation(self, draft: ConversationDraft) -> ConversationRow:
        conversation = Conversation(user_id=self.viewer.id, title=draft.title, area=draft.area)
        self.session.add(conversation)
        await self.session.flush()
        return row_of(conversation)

    async def get_conversation(self, id: UUID) -> ConversationRow:
        row = (await self.session.execute(self.visible().where(Conversation.id == id))).one_or_none()
        if row is None:
            raise missing(id)
        return ConversationRow(*row)

    async def get_user_conversations(
        self, skip: int = 0, limit: int = 50, *, include_archived: bool = False
    ) -> list[ConversationRow]:
        """Last activity first, those that nobody touched before all others."""
        latest = self._listed(include_archived).order_by(Conversation.activity_key.desc(), Conversation.id.desc())
        return [ConversationRow(*row) for row in await self.session.execute(latest.offset(skip).limit(limit))]

    async def page(
        self, args: PageArgs, *, include_archived: bool = False, with_total: bool = False
    ) -> Page[ConversationRow]:
        listed = self._listed(include_archived, *COLUMNS, Conversation.activity_key)
        statement, wanted, backwards = by_keyset(listed, LATEST_FIRST, args)
        found = [(ConversationRow(*row[:-1]), row[-1], row[0]) for row in await self.session.execute(statement)]
        total = await count(self.session, self._listed(include_archived, Conversation.id)) if with_total else None
        return to_page(found, LATEST_FIRST, args, wanted, backwards, total)

    async def update(self, id: UUID, changes: ConversationChanges) -> ConversationRow:
        conversation = await self.get_for_update(id)
        for name, value in changes.given().items():
            setattr(conversation, name, value)
        await self.session.flush()
        return row_of(conversation)

    async def archive(self, id: UUID) -> ConversationRow:
        return await self.update(id, ConversationChanges(is_archived=True))

    async def add_message(self, id: UUID, draft: MessageDraft) -> MessageRow:
        conversation = await self.get_for_update(id)
        return await MessageService.of(self).add(conversation, draft)

    async def delete_conversation(self, id: UUID) -> ConversationRow:
        """Its messages, tool calls, turns and events go too."""
        conversation = await self.get_for_update(id)
        await self.session.delete(conversation)
        return row_of(conversation)

    async def get_for_update(self, id: UUID) -> Conversation:
        mine = self.visible(Conversation).where(Conversation.id == id).with_for_update()
        conversation: Conversation | None = (await self.session.scalars(mine)).one_or_none()
        if conversation is None:
            raise missing(id)
        return conversation

    async def messages(self, id: UUID, args: PageArgs, *, with_total: bool = False) -> Page[MessageRow]:
        await self.get_conversation(id)
        return await MessageService.of(self).page(id, args, with_total=with_total)

    async def numbered_messages(self, id: UUID, skip: int = 0, limit: int | None = 100) -> list[MessageRow]:
        """Oldest first; all of them when `limit` is None."""
        await self.get_conversation(id)
        return await MessageService.of(self).numbered(id, skip, limit)

    def _listed(self, include_archived: bool, *columns: Any) -> Select[Any]:
        mine = self.visible(*columns)
        return mine if include_archived else mine.where(Conversation.is_archived.is_(False))


def title_of(text: str) -> str:
    """A new conversation's title: the first 50 characters of what was said."""
    return " ".join(text.split())[:TITLE_AT_MOST]


def row_of(conversation: Conversation) -> ConversationRow:
    return ConversationRow(*(getattr(conversation, column.key) for column in COLUMNS))


def missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no conversation with the id {id} is yours", {"conversation_id": str(id)})
