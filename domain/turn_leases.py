"""What a worker does with a turn: take it, hold it, tell of it, end it. Every write checks the fence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import func, insert, or_, select, update

from domain.chats import ChatService, Happened
from domain.conversations import Conversation
from domain.errors import DomainError
from domain.language import Speaker
from domain.leases import LeaseLostError
from domain.messages import CONTENT_AT_MOST, MessageDraft, MessageService, ToolCall, ToolCallStatus
from domain.turns import COLUMNS, LIVE, ChatEventKind, ChatEventRow, Turn, TurnLease, TurnRow, TurnStatus, event_row
from domain.work import Service


@dataclass(frozen=True, slots=True)
class Batch:
    """Pieces of a turn's stream that are to be stored; `offset` is where the stream stands after them."""

    turn_id: UUID
    conversation_id: UUID
    fence: int
    pieces: tuple[Happened, ...]
    offset: int


class TurnLeaseService(Service):
    async def take(self, id: UUID, seconds: int) -> TurnLease | None:
        """The lease, or None when the turn has ended or is held by another."""
        now = self.work.now
        free = or_(Turn.lease_until.is_(None), Turn.lease_until <= now)
        taken = (
            update(Turn)
            .where(Turn.id == id, Turn.status.in_(LIVE), free)
            .values(
                status=TurnStatus.RUNNING,
                fence=Turn.fence + 1,
                attempts=Turn.attempts + 1,
                lease_until=now + timedelta(seconds=seconds),
                started_at=func.coalesce(Turn.started_at, now),
            )
            .returning(*COLUMNS, Turn.fence, Turn.attempts, Turn.history, Turn.history_seq, Turn.offset)
            .execution_options(synchronize_session=False)
        )
        row = (await self.session.execute(taken)).one_or_none()
        if row is None:
            return None
        values: list[Any] = list(row)
        return TurnLease(TurnRow(*values[: len(COLUMNS)]), *values[len(COLUMNS) :])

    async def tell(self, id: UUID, fence: int, offset: int, *happened: Happened) -> int:
        """Events of a turn that is still held; answers the number of the last. Nobody is woken: see `HeldTurn.told`."""
        turn = await self.held(id, fence)
        turn.offset = offset
        await self.session.flush()
        return await ChatService.of(self).store(turn.conversation_id, id, *happened)

    async def count(self, id: UUID, fence: int, input_tokens: int | None, output_tokens: int | None) -> None:
        turn = await self.held(id, fence)
        turn.input_tokens += input_tokens or 0
        turn.output_tokens += output_tokens or 0

    async def store(self, batches: Sequence[Batch]) -> dict[UUID, int | None]:
        """Pieces of many turns at once: each turn's last number, None for one that is no longer held."""
        fences = await self._fences([batch.turn_id for batch in batches])
        stored: dict[UUID, int | None] = {}
        for batch in sorted(batches, key=lambda batch: batch.conversation_id):
            if fences.get(batch.turn_id) != batch.fence:
                stored[batch.turn_id] = None
                continue
            mine = update(Turn).where(Turn.id == batch.turn_id).values(offset=batch.offset)
            await self.session.execute(mine.execution_options(synchronize_session=False))
            chats = ChatService.of(self)
            stored[batch.turn_id] = await chats.store(batch.conversation_id, batch.turn_id, *batch.pieces)
        return stored

    async def renew(self, fences: dict[UUID, int], seconds: int) -> dict[UUID, bool | None]:
        """Keep the leases: whether each turn is to stop, None for one that is no longer held."""
        now = await self._fences(list(fences))
        kept = [id for id, fence in fences.items() if now.get(id) == fence]
        renewed = (
            update(Turn)
            .where(Turn.id.in_(kept))
            .values(lease_until=self.work.now + timedelta(seconds=seconds))
            .returning(Turn.id, Turn.stop_requested)
            .execution_options(synchronize_session=False)
        )
        stops = {id: stop for id, stop in await self.session.execute(renewed)}  # noqa: C416 - rows are no pairs
        return {id: stops.get(id) for id in fences}

    async def conclude(
        self, id: UUID, fence: int, offset: int, status: TurnStatus, model: str, *happened: Happened
    ) -> tuple[int, tuple[Happened, ...]]:
        """The last pieces, the answer as a message with its tool calls, and the end.

        The last event gets the message's id; a turn that said nothing and called nothing leaves no message. Answers
        what was stored and the number of the last event: nobody is woken.
        """
        turn = await self.held(id, fence)
        turn.offset = offset
        *before, (kind, data) = happened
        chats = ChatService.of(self)
        untold = [event_row((turn.conversation_id, 0, k, id, self.work.now, d)) for k, d in before]
        story = [*await chats.of_turn(id), *untold]
        answer = answer_of(story)
        if answer or any(event.kind is ChatEventKind.TOOL_CALL for event in story):
            turn.answer_id = await self._keep(turn, answer, model, story)
            data = {**data, "message_id": str(turn.answer_id)}
        if kind is not ChatEventKind.ERROR:
            data = {**data, "text": answer}
        stored = (*before, (kind, data))
        return await end(self, turn, status, *stored), stored

    async def fail(
        self, id: UUID, fence: int, offset: int, model: str, error: DomainError, *before: Happened
    ) -> tuple[int, tuple[Happened, ...]]:
        turn = await self.held(id, fence)
        turn.error_code, turn.error_message = error.code, error.message
        told = {"code": error.code, "text": error.message}
        return await self.conclude(id, fence, offset, TurnStatus.FAILED, model, *before, (ChatEventKind.ERROR, told))

    async def release(self, id: UUID, fence: int) -> None:
        """Give the turn back to anybody at once: this worker is being stopped, which is nobody's failure."""
        turn = await self.held(id, fence)
        turn.lease_until, turn.attempts = self.work.now, turn.attempts - 1

    async def due(self, grace: timedelta, limit: int = 100) -> Sequence[UUID]:
        """Turns that nobody works on though they could be."""
        now = self.work.now
        idle = or_(Turn.lease_until <= now, Turn.lease_until.is_(None) & (Turn.created_at <= now - grace))
        found = select(Turn.id).where(Turn.status.in_(LIVE), idle).order_by(Turn.created_at).limit(limit)
        return (await self.session.scalars(found)).all()

    async def abandon_all(self) -> None:
        """Every lease is void: for a server that knows itself to be the only worker, when it starts."""
        held = update(Turn).where(Turn.status == TurnStatus.RUNNING)
        await self.session.execute(held.values(lease_until=self.work.now))

    async def held(self, id: UUID, fence: int) -> Turn:
        turn = await self.session.get(Turn, id, with_for_update=True)
        if turn is None or turn.fence != fence or turn.status is not TurnStatus.RUNNING:
            raise LeaseLostError(id)
        return turn

    async def _fences(self, ids: list[UUID]) -> dict[UUID, int]:
        running = select(Turn.id, Turn.fence).where(Turn.id.in_(ids), Turn.status == TurnStatus.RUNNING)
        rows = await self.session.execute(running.order_by(Turn.id).with_for_update())
        return {id: fence for id, fence in rows}  # noqa: C416 - rows are no pairs

    async def _keep(self, turn: Turn, answer: str, model: str, story: list[ChatEventRow]) -> UUID:
        conversation = await self.session.get(
            Conversation, turn.conversation_id, with_for_update=True, populate_existing=True
        )
        if conversation is None:
            raise LeaseLostError(turn.id)
        tokens = turn.input_tokens + turn.output_tokens
        draft = MessageDraft(
            role=Speaker.ASSISTANT,
            content=answer[:CONTENT_AT_MOST],
            model_name=model[:100],
            tokens_used=tokens or None,
        )
        message = await MessageService.of(self).add(conversation, draft)
        calls = _tool_calls(message.id, story)
        if calls:
            await self.session.execute(insert(ToolCall), calls)
        return message.id


async def end(service: Service, turn: Turn, status: TurnStatus, *last: Happened) -> int:
    """Close the turn's row and its story; the caller holds the row. Answers the number of the last event."""
    turn.status, turn.lease_until, turn.completed_at = status, None, service.work.now
    await service.session.flush()
    return await ChatService.of(service).store(turn.conversation_id, turn.id, *last)


def answer_of(story: list[ChatEventRow]) -> str:
    """What the model said in a turn: the texts of its calls, a blank line between them."""
    by_request: dict[int, str] = {}
    for event in story:
        if event.kind is ChatEventKind.TEXT and event.request is not None:
            by_request[event.request] = by_request.get(event.request, "") + (event.text or "")
    return "\n\n".join(text.strip() for text in by_request.values() if text.strip())


def _tool_calls(message_id: UUID, story: list[ChatEventRow]) -> list[dict[str, Any]]:
    results = {event.tool_call_id: event for event in story if event.kind is ChatEventKind.TOOL_RESULT}
    started = [event for event in story if event.kind is ChatEventKind.TOOL_CALL]
    return [
        _tool_call(message_id, position, call, results.get(call.tool_call_id)) for position, call in enumerate(started)
    ]


def _tool_call(message_id: UUID, position: int, call: ChatEventRow, result: ChatEventRow | None) -> dict[str, Any]:
    ended = result.created_at if result else None
    failed = result is None or bool(result.failed)
    return {
        "id": uuid4(),
        "message_id": message_id,
        "position": position,
        "tool_call_id": (call.tool_call_id or "")[:100],
        "tool_name": (call.tool_name or "")[:100],
        "args": call.arguments or {},
        "result": result.text if result else orjson.dumps({"success": False, "error": "stopped"}).decode(),
        "status": ToolCallStatus.FAILED if failed else ToolCallStatus.COMPLETED,
        "started_at": call.created_at,
        "completed_at": ended,
        "duration_ms": round((ended - call.created_at).total_seconds() * 1000) if ended else None,
    }
