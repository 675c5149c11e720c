"""Conversations with an agent: what was said, what is being said, and what waits for a decision."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from domain.agents.areas import find_area
from domain.conversations import (
    ConversationChanges,
    ConversationDraft,
    ConversationRow,
    ConversationService,
)
from domain.errors import DomainError, ExternalServiceError, ValidationError
from domain.following import follow_chat
from domain.messages import MessageDraft, MessageRow
from domain.pages import Page, PageArgs
from domain.proposals import ProposalRow, ProposalService, ProposalStatus
from domain.scopes import Scope
from domain.topics import STOPS
from domain.turn_keeping import tell
from domain.turn_service import TurnService, said_event
from domain.turns import ChatEventKind, ChatEventRow, HistoryEntry, MessageToSend, TurnRow
from resolvers.access import access, signed_in


@dataclass(frozen=True, slots=True)
class WholeConversation:
    """A conversation with all its messages, oldest first."""

    conversation: ConversationRow
    messages: list[MessageRow]


@dataclass(frozen=True, slots=True)
class Reply:
    response: str
    conversation_id: UUID


@access(signed_in)
async def conversations(
    scope: Scope, page: PageArgs, include_archived: bool = False, with_total: bool = False
) -> Page[ConversationRow]:
    """Your conversations, last activity first; archived ones only when asked for."""
    async with scope.read(ConversationService) as service:
        return await service.page(page, include_archived=include_archived, with_total=with_total)


@access(signed_in)
async def listed_conversations(
    scope: Scope, skip: int = 0, limit: int = 50, include_archived: bool = False
) -> list[ConversationRow]:
    """Your conversations, last activity first, untouched ones before all others."""
    async with scope.read(ConversationService) as service:
        return await service.get_user_conversations(skip, limit, include_archived=include_archived)


@access(signed_in)
async def conversation(scope: Scope, id: UUID) -> ConversationRow:
    """One of your conversations."""
    async with scope.read(ConversationService) as service:
        return await service.get_conversation(id)


@access(signed_in)
async def whole_conversation(scope: Scope, id: UUID) -> WholeConversation:
    """One of your conversations with all its messages, oldest first."""
    async with scope.read(ConversationService) as service:
        return WholeConversation(await service.get_conversation(id), await service.numbered_messages(id, limit=None))


@access(signed_in)
async def create_conversation(scope: Scope, draft: ConversationDraft) -> ConversationRow:
    """Start a conversation, in an area or with the general agent."""
    async with scope.write(ConversationService) as service:
        return await service.create_conversation(draft)


@access(signed_in)
async def update_conversation(scope: Scope, id: UUID, changes: ConversationChanges) -> ConversationRow:
    """Change a conversation's title, area, or whether it is archived."""
    async with scope.write(ConversationService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def archive_conversation(scope: Scope, id: UUID) -> ConversationRow:
    """Put a conversation away; it stays readable."""
    async with scope.write(ConversationService) as service:
        return await service.archive(id)


@access(signed_in)
async def delete_conversation(scope: Scope, id: UUID) -> ConversationRow:
    """Delete a conversation with its messages and tool calls, for good."""
    async with scope.write(ConversationService) as service:
        return await service.delete_conversation(id)


@access(signed_in)
async def messages(scope: Scope, conversation_id: UUID, page: PageArgs, with_total: bool = False) -> Page[MessageRow]:
    """What was said in one of your conversations, oldest first, with the tool calls behind each answer."""
    async with scope.read(ConversationService) as service:
        return await service.messages(conversation_id, page, with_total=with_total)


@access(signed_in)
async def listed_messages(scope: Scope, conversation_id: UUID, skip: int = 0, limit: int = 100) -> list[MessageRow]:
    """What was said in one of your conversations, oldest first."""
    async with scope.read(ConversationService) as service:
        return await service.numbered_messages(conversation_id, skip, limit)


@access(signed_in)
async def add_message(scope: Scope, conversation_id: UUID, message: MessageDraft) -> MessageRow:
    """Write a message into a conversation without asking the agent for an answer."""
    async with scope.write(ConversationService) as service:
        return await service.add_message(conversation_id, message)


@access(signed_in)
async def send_message(scope: Scope, message: MessageToSend) -> TurnRow:
    """Say something to the agent; the turn that answers runs whether or not anybody listens: follow it with `chat`."""
    turn, _ = await _send(scope, message)
    return turn


@access(signed_in)
async def send_with_history(
    scope: Scope, message: MessageToSend, history: list[HistoryEntry], history_seq: int | None = None
) -> tuple[TurnRow, int]:
    """Say something to the agent that is to remember `history` instead of the messages before `history_seq`."""
    return await _send(scope, message, history, history_seq)


async def _send(
    scope: Scope, message: MessageToSend, history: list[HistoryEntry] | None = None, history_seq: int | None = None
) -> tuple[TurnRow, int]:
    async with scope.write(TurnService) as turns:
        turn, seq = await turns.send(message, history, history_seq)
    said = said_event(message.text, turn.message_id)
    await tell(scope.ports.bus, turn.conversation_id, turn.id, turn.first_seq, (said,))
    return turn, seq


@access(signed_in)
async def turn(scope: Scope, id: UUID) -> TurnRow:
    """One of your turns: how far the answer is."""
    async with scope.read(TurnService) as turns:
        return await turns.get(id)


@access(signed_in)
async def stop_turn(scope: Scope, id: UUID) -> TurnRow:
    """Stop an answer within a second; what was said of it is kept."""
    async with scope.write(TurnService) as turns:
        stopped = await turns.stop(id)
    await scope.ports.bus.publish(STOPS, {"turn_id": str(id)})
    return stopped


@access(signed_in)
async def chat(
    scope: Scope, conversation_id: UUID, after: int = 0, offset: int | None = None
) -> AsyncGenerator[ChatEventRow]:
    """What happens in a conversation, from its first event (or after the number you have), in order and without gaps.

    Text comes piece by piece, some of it before it is stored: each piece names its `offset` in the turn's stream. Who
    reconnects gives the last `seq` and, for not hearing a part of the running answer twice, the `offset` reached.
    """
    async for event in follow_chat(scope, conversation_id, after, offset):
        yield event


@access(signed_in)
async def ask_area(
    scope: Scope,
    area: str,
    message: MessageToSend,
    history: list[HistoryEntry] | None = None,
) -> Reply:
    """Say something to the agent of an area and wait for the whole answer."""
    find_area(area)
    started, _ = await _send(scope, message, history or None)
    async for event in follow_chat(scope, started.conversation_id, started.first_seq):
        if event.turn_id != started.id or not event.kind.ends_turn:
            continue
        if event.kind is ChatEventKind.ERROR:
            raise ExternalServiceError(event.text, {"conversation_id": str(started.conversation_id)})
        return Reply(event.text or "", started.conversation_id)
    raise ExternalServiceError("the conversation ended before its answer")


@access(signed_in)
async def proposals(scope: Scope, conversation_id: UUID) -> list[ProposalRow]:
    """What the agent has proposed in a conversation, newest first, at most 100."""
    async with scope.read(ProposalService) as service:
        await ConversationService.of(service).get_conversation(conversation_id)
        return await service.of_conversation(conversation_id)


@access(signed_in)
async def proposal(scope: Scope, id: UUID) -> ProposalRow:
    """One of the changes that an agent has proposed to you."""
    async with scope.read(ProposalService) as service:
        return await service.get(id)


@access(signed_in)
async def confirm_proposal(scope: Scope, id: UUID, payload_hash: str) -> ProposalRow:
    """Let a proposed change happen, once, exactly as it was shown: `payloadHash` is the proposal's own."""
    async with scope.read(ProposalService) as service:
        proposed = await service.get(id)
    tool = scope.ports.tools(proposed.area).get(proposed.tool_name)
    if tool is None or tool.preview is None:
        message = f"expected a tool that can still be used, found '{proposed.tool_name}', which is gone"
        raise ValidationError(message, {"proposal_id": str(id)})
    given = tool.read(proposed.arguments)
    preview = await tool.preview(scope, given)
    async with scope.write(ProposalService) as service:
        claimed = await service.claim(id, payload_hash, preview)
    if claimed.status is not ProposalStatus.CONFIRMED:
        message = f"this proposal expired at {claimed.expires_at:%Y-%m-%d %H:%M} UTC: ask for it again"
        raise ValidationError(message, {"proposal_id": str(id)})
    status = ProposalStatus.DONE
    try:
        result = await tool.call(scope, given)
    except DomainError as failed:
        status, result = ProposalStatus.FAILED, {"success": False, "error": failed.message}
    async with scope.write(ProposalService) as service:
        return await service.finish(id, status, result)


@access(signed_in)
async def reject_proposal(scope: Scope, id: UUID) -> ProposalRow:
    """Turn a proposed change down; nothing happens, and the agent is told."""
    async with scope.write(ProposalService) as service:
        return await service.reject(id)
