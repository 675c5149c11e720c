"""Conversations in REST (contract.md section 6)."""

from typing import Any
from uuid import UUID

from pydantic import Field

from domain.conversations import ConversationChanges, ConversationDraft
from domain.language import Speaker
from domain.messages import MessageDraft, ToolCallStatus
from resolvers import conversations as resolve
from schema.compat.rows import NOT_FOUND, Row, Sent
from schema.compat.wire import OffsetTime, Query, Wire

HIGHEST_SKIP = 1_000_000_000


class ToolCallAnswer(Wire):
    id: UUID
    message_id: UUID
    tool_call_id: str
    tool_name: str
    args: dict[str, Any]
    result: str | None
    status: ToolCallStatus
    started_at: OffsetTime
    completed_at: OffsetTime | None
    duration_ms: int | None


class MessageAnswer(Wire):
    id: UUID
    conversation_id: UUID
    role: Speaker
    content: str
    model_name: str | None
    tokens_used: int | None
    tool_calls: list[ToolCallAnswer]
    created_at: OffsetTime
    updated_at: OffsetTime | None


class ConversationAnswer(Wire):
    id: UUID
    user_id: UUID
    title: str | None
    is_archived: bool
    area: str | None
    created_at: OffsetTime
    updated_at: OffsetTime | None


class WholeConversationAnswer(ConversationAnswer):
    messages: list[MessageAnswer]


class ConversationsQuery(Query):
    skip: int = Field(default=0, ge=0, le=HIGHEST_SKIP)
    limit: int = Field(default=50, ge=1, le=100)
    include_archived: bool = False


class MessagesQuery(Query):
    skip: int = Field(default=0, ge=0, le=HIGHEST_SKIP)
    limit: int = Field(default=100, ge=1, le=500)


def _whole(found: resolve.WholeConversation, _sent: Sent) -> dict[str, Any]:
    shown = ConversationAnswer.model_validate(found.conversation)
    return {**{name: getattr(shown, name) for name in ConversationAnswer.model_fields}, "messages": found.messages}


PATH, TAG = "/conversations/{conversation_id}", "conversations"
ROWS = (
    Row(
        "GET", "/conversations", resolve.listed_conversations, list[ConversationAnswer],
        query=ConversationsQuery, tag=TAG,
    ),
    Row(
        "POST", "/conversations", resolve.create_conversation, ConversationAnswer, 201,
        body=ConversationDraft, body_required=False, tag=TAG,
    ),
    Row(
        "GET", PATH, resolve.whole_conversation, WholeConversationAnswer,
        shape=_whole, errors=NOT_FOUND, tag=TAG,
    ),
    Row(
        "PATCH", PATH, resolve.update_conversation, ConversationAnswer,
        body=ConversationChanges, errors=NOT_FOUND, tag=TAG,
    ),
    Row("DELETE", PATH, resolve.delete_conversation, status=204, errors=NOT_FOUND, tag=TAG),
    Row("POST", f"{PATH}/archive", resolve.archive_conversation, ConversationAnswer, errors=NOT_FOUND, tag=TAG),
    Row(
        "GET", f"{PATH}/messages", resolve.listed_messages, list[MessageAnswer],
        query=MessagesQuery, errors=NOT_FOUND, tag=TAG,
    ),
    Row(
        "POST", f"{PATH}/messages", resolve.add_message, MessageAnswer, 201,
        body=MessageDraft, errors=NOT_FOUND, tag=TAG,
    ),
)  # fmt: skip
