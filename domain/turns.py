"""Turns: a person's message and the agent's answer to it, as rows with a lease, and the story they leave behind.

The story of a conversation is its `chat_events`: numbered from 1 without gaps, each number given out in the
transaction that writes the event. It is also the checkpoint of a turn: whoever takes a turn over reads what was done.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Base, Entity, choice
from domain.inputs import Input
from domain.language import Speaker

MESSAGE_AT_MOST = 32_000


class TurnStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"

    @property
    def ended(self) -> bool:
        return self not in LIVE


LIVE = (TurnStatus.PENDING, TurnStatus.RUNNING)


class ChatEventKind(StrEnum):
    MESSAGE = "message"  # what the person said
    REQUEST = "request"  # the model is asked
    TEXT = "text"  # a piece of the answer
    ARGUMENTS = "arguments"  # a piece of a tool call's arguments
    USAGE = "usage"  # the model has answered
    TOOL_CALL = "tool_call"  # a tool starts
    PROPOSAL = "proposal"  # a change waits for the person
    TOOL_RESULT = "tool_result"  # a tool has answered
    DECISION = "decision"  # a proposal was confirmed, rejected or has expired
    DONE = "done"
    STOPPED = "stopped"
    ERROR = "error"

    @property
    def ends_turn(self) -> bool:
        return self in {ChatEventKind.DONE, ChatEventKind.STOPPED, ChatEventKind.ERROR}


class Turn(Entity):
    """`offset` is how many characters of the model's stream (text and arguments) are stored."""

    __tablename__ = "turns"
    __table_args__ = (
        Index(
            "uq_turns_live",
            "conversation_id",
            unique=True,
            sqlite_where=text("status IN ('pending', 'running')"),
            postgresql_where=text("status IN ('pending', 'running')"),
        ),
        Index("ix_turns_due", "status", "lease_until"),
    )

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    area: Mapped[str | None] = mapped_column(String(50))
    status: Mapped[TurnStatus] = mapped_column(choice(TurnStatus), default=TurnStatus.PENDING)
    history: Mapped[list[Any] | None]
    history_seq: Mapped[int] = mapped_column(default=1)
    message_id: Mapped[UUID]
    answer_id: Mapped[UUID | None]
    first_seq: Mapped[int]
    offset: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    stop_requested: Mapped[bool] = mapped_column(default=False)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class ChatEvent(Base):
    __tablename__ = "chat_events"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    turn_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[ChatEventKind] = mapped_column(choice(ChatEventKind))
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class TurnRow:
    """`first_seq` is the number of its first event: follow it with `chat(after: first_seq - 1)`."""

    id: UUID
    conversation_id: UUID
    user_id: UUID
    area: str | None
    status: TurnStatus
    message_id: UUID
    answer_id: UUID | None
    first_seq: int
    error_code: str | None
    error_message: str | None
    input_tokens: int
    output_tokens: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TurnLease:
    """The right to work on a turn until somebody else takes it and gets a higher `fence`."""

    turn: TurnRow
    fence: int
    attempts: int
    history: list[Any] | None
    history_seq: int
    offset: int


@dataclass(frozen=True, slots=True)
class ChatEventRow:
    """One thing that happened in a conversation. What a kind does not have is None.

    `seq`: where to go on after it; text that is told before it is stored carries the number stored last.
    `request` counts the calls of the model in the turn, `index` the parts of one answer, `offset` the characters of
    the turn's stream before this piece.
    """

    conversation_id: UUID
    seq: int
    kind: ChatEventKind
    turn_id: UUID | None
    created_at: datetime
    request: int | None = None
    index: int | None = None
    offset: int | None = None
    text: str | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None
    arguments: dict[str, Any] | None = None
    failed: bool | None = None
    proposal_id: UUID | None = None
    message_id: UUID | None = None
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    code: str | None = None
    finish: str | None = None


class HistoryEntry(Input):
    role: Speaker
    content: str = Field(max_length=100_000)


class MessageToSend(Input):
    """Without a conversation a new one is made, titled with the first 50 characters and given the area."""

    text: str = Field(min_length=1, max_length=MESSAGE_AT_MOST)
    conversation_id: UUID | None = None
    area: str | None = Field(default=None, max_length=50)


COLUMNS = (
    Turn.id, Turn.conversation_id, Turn.user_id, Turn.area, Turn.status, Turn.message_id, Turn.answer_id,
    Turn.first_seq, Turn.error_code, Turn.error_message, Turn.input_tokens, Turn.output_tokens, Turn.created_at,
    Turn.started_at, Turn.completed_at,
)  # fmt: skip


def row_of(turn: Turn) -> TurnRow:
    return TurnRow(*(getattr(turn, column.key) for column in COLUMNS))


def event_row(event: Any) -> ChatEventRow:
    """From a row of (conversation_id, seq, kind, turn_id, created_at, data)."""
    conversation_id, seq, kind, turn_id, created_at, data = event
    ids = {name: UUID(data[name]) for name in ("proposal_id", "message_id") if data.get(name)}
    return ChatEventRow(conversation_id, seq, kind, turn_id, created_at, **{**data, **ids})
