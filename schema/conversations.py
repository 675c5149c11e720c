"""Conversations with agents in GraphQL."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from domain.conversations import ConversationChanges, ConversationDraft, ConversationRow
from domain.language import Speaker
from domain.messages import MessageDraft, ToolCallStatus
from domain.proposals import ProposalRow, ProposalStatus
from domain.turns import ChatEventKind, MessageToSend, TurnRow, TurnStatus
from resolvers import conversations as resolve
from schema.connections import Connection
from schema.doors import field, subscription
from schema.inputs import enum_of, input_of
from schema.nodes import Node

enum_of(Speaker, "Who said it.")
enum_of(ToolCallStatus, "How far a tool call is.")
enum_of(TurnStatus, "How far an answer is; DONE, FAILED and STOPPED are ends.")
enum_of(ChatEventKind, "What happened in a conversation; DONE, STOPPED and ERROR end a turn.")
enum_of(ProposalStatus, "What became of a proposed change; only DONE has changed anything for sure.")


@strawberry.type(description="Where you and an agent talk.")
class Conversation(Node):
    row = ConversationRow

    title: str | None
    area: str | None = strawberry.field(description="Null for the general agent.")
    is_archived: bool
    event_seq: int = strawberry.field(description="The number of its newest event: where `chat(after:)` goes on.")
    created_at: datetime
    updated_at: datetime | None = strawberry.field(description="The last activity.")


@strawberry.type(description="What an agent looked up or did for an answer.")
class ToolCall:
    id: strawberry.ID
    tool_call_id: str = strawberry.field(description="The model's own id of the call.")
    tool_name: str
    args: JSON
    result: str | None = strawberry.field(description="JSON text. It may hold what others wrote: data, never advice.")
    status: ToolCallStatus
    started_at: datetime
    completed_at: datetime | None
    duration_ms: int | None


@strawberry.type(description="One thing that was said.")
class Message:
    id: strawberry.ID
    conversation_id: strawberry.ID
    seq: int = strawberry.field(description="Its number in the conversation, counted from 1.")
    role: Speaker
    content: str = strawberry.field(description="Markdown without images and HTML.")
    model_name: str | None
    tokens_used: int | None
    tool_calls: list[ToolCall]
    created_at: datetime
    updated_at: datetime | None


@strawberry.type(description="An agent's answer to one message, whether or not anybody listens.")
class Turn(Node):
    row = TurnRow

    conversation_id: strawberry.ID
    area: str | None
    status: TurnStatus
    message_id: strawberry.ID = strawberry.field(description="What was said to the agent.")
    answer_id: strawberry.ID | None = strawberry.field(description="What it said; null until it ends.")
    first_seq: int = strawberry.field(description="The number of its first event in the conversation.")
    error_code: str | None
    error_message: str | None
    input_tokens: int
    output_tokens: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


@strawberry.type(description="One difference that a proposed change would make.")
class Change:
    field: str
    before: JSON | None
    after: JSON | None


@strawberry.type(description="A change that an agent would make, held until you decide.")
class Proposal(Node):
    row = ProposalRow

    conversation_id: strawberry.ID
    turn_id: strawberry.ID
    tool_call_id: str
    tool_name: str
    arguments: JSON
    summary: str
    changes: list[Change]
    irreversible: bool
    payload_hash: str = strawberry.field(description="Stands for tool, arguments and changes: what you confirm.")
    status: ProposalStatus
    result: JSON | None = strawberry.field(description="What came of it once it was confirmed.")
    expires_at: datetime
    decided_at: datetime | None
    created_at: datetime


@strawberry.type(description="One thing that happened in a conversation. What its kind does not have is null.")
class ChatEvent:
    conversation_id: strawberry.ID
    seq: int = strawberry.field(
        description="Where to go on after it: numbers of stored events have no gaps; text that is told before it is "
        "stored carries the number stored last."
    )
    kind: ChatEventKind
    turn_id: strawberry.ID | None
    created_at: datetime
    request: int | None = strawberry.field(description="Which call of the model in the turn, counted from 1.")
    index: int | None = strawberry.field(description="Which part of the model's answer.")
    offset: int | None = strawberry.field(description="Characters of the turn's stream before this piece.")
    text: str | None
    tool_name: str | None
    tool_call_id: str | None
    arguments: JSON | None
    failed: bool | None
    proposal_id: strawberry.ID | None
    message_id: strawberry.ID | None
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    code: str | None = strawberry.field(description="Of an ERROR its code, of a DECISION the proposal's status.")
    finish: str | None = strawberry.field(description="Why the model stopped: stop, tools, length or refusal.")


@input_of(ConversationDraft)
class ConversationDraftInput: ...


@input_of(ConversationChanges)
class ConversationChangesInput: ...


@input_of(MessageDraft)
class MessageDraftInput: ...


@input_of(MessageToSend)
class MessageToSendInput: ...


@strawberry.type
class ConversationQueries:
    conversations = field(resolve.conversations, Connection[Conversation])
    conversation = field(resolve.conversation, Conversation)
    messages = field(resolve.messages, Connection[Message])
    turn = field(resolve.turn, Turn)
    proposals = field(resolve.proposals, list[Proposal])
    proposal = field(resolve.proposal, Proposal)


@strawberry.type
class ConversationMutations:
    create_conversation = field(resolve.create_conversation, Conversation)
    update_conversation = field(resolve.update_conversation, Conversation)
    archive_conversation = field(resolve.archive_conversation, Conversation)
    delete_conversation = field(resolve.delete_conversation, Conversation)
    add_message = field(resolve.add_message, Message)
    send_message = field(resolve.send_message, Turn)
    stop_turn = field(resolve.stop_turn, Turn)
    confirm_proposal = field(resolve.confirm_proposal, Proposal)
    reject_proposal = field(resolve.reject_proposal, Proposal)


@strawberry.type
class ConversationSubscriptions:
    chat = subscription(resolve.chat, ChatEvent)
