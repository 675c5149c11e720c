"""Messages of a conversation, and the tool calls that an answer rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Base, Entity, choice
from domain.inputs import Input
from domain.language import Speaker
from domain.pages import Order, Page, PageArgs, by_keyset, count, to_page
from domain.work import Service

if TYPE_CHECKING:
    from domain.conversations import Conversation

CONTENT_AT_MOST = 200_000


class ToolCallStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class Message(Entity):
    """`seq` counts the messages of a conversation from 1, in the order they were said."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    role: Mapped[Speaker] = mapped_column(choice(Speaker))
    content: Mapped[str] = mapped_column(Text)
    model_name: Mapped[str | None] = mapped_column(String(100))
    tokens_used: Mapped[int | None]


class ToolCall(Base):
    __tablename__ = "tool_calls"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    tool_call_id: Mapped[str] = mapped_column(String(100))
    tool_name: Mapped[str] = mapped_column(String(100))
    args: Mapped[dict[str, Any]]
    result: Mapped[str | None] = mapped_column(Text)
    status: Mapped[ToolCallStatus] = mapped_column(choice(ToolCallStatus))
    started_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class ToolCallRow:
    """`tool_call_id` is the model's own id; `result` is JSON text."""

    id: UUID
    message_id: UUID
    tool_call_id: str
    tool_name: str
    args: dict[str, Any]
    result: str | None
    status: ToolCallStatus
    started_at: datetime
    completed_at: datetime | None
    duration_ms: int | None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """`model_name` is None for what a person said; `tokens_used` where nobody counted."""

    id: UUID
    conversation_id: UUID
    seq: int
    role: Speaker
    content: str
    model_name: str | None
    tokens_used: int | None
    created_at: datetime
    updated_at: datetime | None
    tool_calls: list[ToolCallRow]


class MessageDraft(Input):
    role: Speaker
    content: str = Field(max_length=CONTENT_AT_MOST)
    model_name: str | None = Field(default=None, max_length=100)
    tokens_used: int | None = Field(default=None, ge=0, le=2_000_000_000)


COLUMNS: tuple[Any, ...] = (
    Message.id, Message.conversation_id, Message.seq, Message.role, Message.content, Message.model_name,
    Message.tokens_used, Message.created_at, Message.updated_at,
)  # fmt: skip
CALLS = (
    ToolCall.id, ToolCall.message_id, ToolCall.tool_call_id, ToolCall.tool_name, ToolCall.args, ToolCall.result,
    ToolCall.status, ToolCall.started_at, ToolCall.completed_at, ToolCall.duration_ms,
)  # fmt: skip
OLDEST_FIRST = Order("seq", Message.seq.expression, Message.id.expression, descending=False)


class MessageService(Service):
    """Works on a conversation that its caller has found to be the viewer's."""

    async def add(self, conversation: "Conversation", draft: MessageDraft) -> MessageRow:
        """Adding a message is activity: the conversation's `updated_at` says when."""
        conversation.message_seq += 1
        conversation.updated_at = self.work.now
        message = Message(
            conversation_id=conversation.id,
            seq=conversation.message_seq,
            role=draft.role,
            content=draft.content,
            model_name=draft.model_name,
            tokens_used=draft.tokens_used,
            created_at=self.work.now,
        )
        self.session.add(message)
        await self.session.flush()
        return _row([getattr(message, column.key) for column in COLUMNS], [])

    async def page(self, conversation_id: UUID, args: PageArgs, *, with_total: bool) -> Page[MessageRow]:
        of_it: Select[Any] = select(*COLUMNS).where(Message.conversation_id == conversation_id)
        statement, wanted, backwards = by_keyset(of_it, OLDEST_FIRST, args)
        found = await self._with_calls((await self.session.execute(statement)).all())
        total = None
        if with_total:
            total = await count(self.session, of_it.with_only_columns(Message.id))
        return to_page([(r, r.seq, r.id) for r in found], OLDEST_FIRST, args, wanted, backwards, total)

    async def numbered(self, conversation_id: UUID, skip: int, limit: int | None) -> list[MessageRow]:
        of_it = select(*COLUMNS).where(Message.conversation_id == conversation_id).order_by(Message.seq)
        return await self._with_calls((await self.session.execute(of_it.offset(skip).limit(limit))).all())

    async def newest(self, conversation_id: UUID, limit: int, since: int = 1) -> list[MessageRow]:
        """The last messages from the number `since` on, oldest first."""
        of_it = select(*COLUMNS).where(Message.conversation_id == conversation_id, Message.seq >= since)
        rows = (await self.session.execute(of_it.order_by(Message.seq.desc()).limit(limit))).all()
        return await self._with_calls(rows[::-1])

    async def _with_calls(self, rows: Sequence[Any]) -> list[MessageRow]:
        calls: dict[UUID, list[ToolCallRow]] = {row.id: [] for row in rows}
        if any(row.role is Speaker.ASSISTANT for row in rows):
            of_them = select(*CALLS).where(ToolCall.message_id.in_(calls)).order_by(ToolCall.position)
            for call in await self.session.execute(of_them):
                calls[call.message_id].append(ToolCallRow(*call))
        return [_row(row, calls[row.id]) for row in rows]


def _row(values: Sequence[Any], calls: list[ToolCallRow]) -> MessageRow:
    return MessageRow(*[*values, calls])
