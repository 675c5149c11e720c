"""Answering one message: ask the model, run its tools, ask again, until it has said its answer."""

import json
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

from domain.agents.areas import GENERAL, area_of
from domain.agents.memory import recall
from domain.agents.preferences import AgentPreferenceService
from domain.agents.prompts import instructions
from domain.agents.speech import Speech
from domain.chats import ChatService, Happened
from domain.clock import utc_now
from domain.errors import ExternalServiceError
from domain.language import (
    Called,
    CallPiece,
    Entry,
    Failure,
    Finished,
    LanguageError,
    Question,
    Returned,
    Said,
    Speaker,
    TextPiece,
    ToolRequest,
)
from domain.messages import MessageService
from domain.proposals import ProposalService
from domain.scopes import Scope
from domain.spending import ask
from domain.turn_keeping import HeldTurn
from domain.turn_leases import TurnLeaseService
from domain.turns import ChatEventKind, ChatEventRow, TurnLease, TurnStatus
from workers.tool_calls import Outcome, Prepared, ToolCalls, unique_ids

PURPOSE = "chat"
REQUESTS_AT_MOST = 12
CALLS_AT_MOST = 16
SAID_AT_MOST = 150_000
REMEMBERED_AT_MOST = 200
MALFORMED_AT_MOST = 2
INTERRUPTED = "the server stopped in the middle of this answer; what was said until then is kept"


@dataclass
class Heard:
    """One answer of the model as it comes in. `parts` numbers its texts and calls in their order."""

    text: str = ""
    calls: dict[int, ToolRequest] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    parts: int = 0
    text_part: int | None = None
    finished: Finished | None = None

    def place_of_text(self) -> int:
        if self.text_part is None:
            self.text_part, self.parts = self.parts, self.parts + 1
        return self.text_part

    def place_of_call(self, index: int) -> int:
        if index not in self.places:
            self.places[index], self.parts, self.text_part = self.parts, self.parts + 1, None
        return self.places[index]


class Answering:
    def __init__(self, scope: Scope, lease: TurnLease, held: HeldTurn) -> None:
        self.scope = scope
        self.lease = lease
        self.turn = lease.turn
        self.held = held
        self.area = area_of(self.turn.area)
        self.tools = scope.ports.tools(self.turn.area)
        self.untrusted = frozenset(tool.name for tool in self.tools.values() if tool.untrusted)
        self.entries: list[Entry] = []
        self.used_ids: set[str] = set()
        self.malformed = 0
        self.request = 0

    async def run(self) -> None:
        async with self.scope.ports.turns.gate, self.scope.read(AgentPreferenceService) as preferences:
            unconfirmed = (await preferences.get(self.turn.area or GENERAL)).unconfirmed_tools
            story = await self._story(preferences)
            self.entries = list(await self._remembered(preferences))
        calls = ToolCalls(self.scope, self.turn, self.held, self.tools, frozenset(unconfirmed))
        await self._resume(story, calls)
        while True:
            self.request += 1
            heard = await self._listen()
            requests = unique_ids([heard.calls[index] for index in sorted(heard.calls)], self.used_ids)
            prepared = [calls.prepare(request) for request in requests[:CALLS_AT_MOST]]
            usage = self._usage(heard)
            if not prepared:
                await self._conclude(heard, usage)
                return
            await self._tell(usage, *(_called(call, self.request) for call in prepared), spent=heard.finished)
            self.entries.append(Called(heard.text, tuple(call.request for call in prepared)))
            await self._handle(calls, prepared, again=False)

    async def _story(self, service: AgentPreferenceService) -> list[ChatEventRow]:
        """What an earlier worker told of this turn."""
        return [] if self.held.fence == 1 else await ChatService.of(service).of_turn(self.turn.id)

    async def _remembered(self, service: AgentPreferenceService) -> tuple[Entry, ...]:
        since = self.lease.history_seq
        messages = await MessageService.of(service).newest(self.turn.conversation_id, REMEMBERED_AT_MOST, since)
        decided = {}
        if any(message.tool_calls for message in messages):
            decided = await ProposalService.of(service).decided(self.turn.conversation_id)
        given = (Said(Speaker(entry["role"]), entry["content"]) for entry in self.lease.history or ())
        upto = next((n + 1 for n, message in enumerate(messages) if message.id == self.turn.message_id), len(messages))
        return (*given, *recall(messages[:upto], decided, self.untrusted))

    async def _resume(self, story: list[ChatEventRow], calls: ToolCalls) -> None:
        """Go on after the last whole answer of the model that is stored; what was only begun cannot be taken back."""
        whole = {event.request for event in story if event.kind is ChatEventKind.USAGE}
        begun = {event.request for event in story if event.kind in {ChatEventKind.TEXT, ChatEventKind.ARGUMENTS}}
        if begun - whole:
            raise ExternalServiceError(INTERRUPTED)
        results = {event.tool_call_id: event for event in story if event.kind is ChatEventKind.TOOL_RESULT}
        for request in sorted(number for number in whole if number is not None):
            self.request = request
            said = "".join(e.text or "" for e in story if e.kind is ChatEventKind.TEXT and e.request == request)
            made = [_request(e) for e in story if e.kind is ChatEventKind.TOOL_CALL and e.request == request]
            self.used_ids.update(call.id for call in made)
            self.entries.append(Called(said, tuple(made)))
            done = [results[call.id] for call in made if call.id in results]
            self.entries.extend(
                Returned(e.tool_call_id or "", e.tool_name or "", e.text or "", e.tool_name in self.untrusted)
                for e in done
            )
            open_calls = [calls.prepare(call) for call in made if call.id not in results]
            if open_calls:
                await self._handle(calls, open_calls, again=True)

    async def _listen(self) -> Heard:
        """One answer, told piece by piece. Raises LanguageError."""
        last = self.request >= REQUESTS_AT_MOST or self.malformed >= MALFORMED_AT_MOST
        now = utc_now()
        question = Question(
            purpose=PURPOSE,
            instructions=instructions(self.area, now),
            entries=tuple(self.entries),
            now=now,
            tools=() if last else tuple(tool.spec for tool in self.tools.values()),
        )
        model = self.scope.ports.language.name(PURPOSE)
        await self._tell((ChatEventKind.REQUEST, {"request": self.request, "model": model}))
        heard, speech = Heard(), Speech()
        async with self.held.interruptible(), aclosing(ask(self.scope, question)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextPiece):
                    await self._say(heard, speech.add(piece.text))
                elif isinstance(piece, CallPiece):
                    await self._say(heard, speech.rest())
                    await self._call(heard, piece)
                else:
                    heard.finished = piece
                if len(heard.text) > SAID_AT_MOST:
                    heard.finished = Finished("length")
                    break
            await self._say(heard, speech.rest())
            await self._fill(heard)
        if not heard.text.strip() and not heard.calls:
            message = "the model answered with nothing"
            raise LanguageError(Failure.CORRUPT, message)
        return heard

    async def _say(self, heard: Heard, text: str) -> None:
        if text:
            heard.text += text
            place = {"request": self.request, "index": heard.place_of_text()}
            await self.held.say(ChatEventKind.TEXT, text, **place)

    async def _call(self, heard: Heard, piece: CallPiece) -> None:
        before = heard.calls.get(piece.index, ToolRequest("", "", ""))
        made = ToolRequest(before.id or piece.id, before.name or piece.name, before.arguments + piece.arguments)
        heard.calls[piece.index] = made
        place = {"request": self.request, "index": heard.place_of_call(piece.index)}
        shown = piece.arguments.replace("\x00", "").encode("utf-8", "replace").decode()
        if shown:
            where = {"tool_name": made.name[:100], "tool_call_id": made.id[:100]}
            await self.held.say(ChatEventKind.ARGUMENTS, shown, **place, **where)

    async def _fill(self, heard: Heard) -> None:
        """A call that came without a word of arguments is one with none."""
        for index, call in tuple(heard.calls.items()):
            if not call.arguments.strip():
                await self._call(heard, CallPiece(index, call.id, call.name, "{}"))

    async def _handle(self, calls: ToolCalls, prepared: list[Prepared], *, again: bool) -> None:
        outcomes = await calls.run(prepared, again=again)
        if any(outcome.malformed for outcome in outcomes):
            self.malformed += 1
        await self._tell(*(event for outcome in outcomes for event in _returned(outcome)))
        self.entries.extend(
            Returned(o.request.id, o.request.name, o.content, o.request.name in self.untrusted) for o in outcomes
        )

    def _usage(self, heard: Heard) -> Happened:
        finished = heard.finished or Finished("stop")
        told = {
            "request": self.request,
            "model": self.scope.ports.language.name(PURPOSE),
            "input_tokens": finished.input_tokens,
            "output_tokens": finished.output_tokens,
            "finish": finished.reason,
        }
        return ChatEventKind.USAGE, told

    async def _tell(self, *happened: Happened, spent: Finished | None = None) -> None:
        pieces = await self.scope.ports.turns.drain(self.held)
        async with self.scope.ports.turns.gate, self.scope.write(TurnLeaseService) as leases:
            if spent is not None:
                await leases.count(self.turn.id, self.held.fence, spent.input_tokens, spent.output_tokens)
            seq = await leases.tell(self.turn.id, self.held.fence, self.held.offset, *pieces, *happened)
        await self.held.told(seq, (*pieces, *happened))

    async def _conclude(self, heard: Heard, usage: Happened) -> None:
        finished = heard.finished or Finished("stop")
        pieces = await self.scope.ports.turns.drain(self.held)
        id, fence = self.turn.id, self.held.fence
        async with self.scope.ports.turns.gate, self.scope.write(TurnLeaseService) as leases:
            await leases.count(id, fence, finished.input_tokens, finished.output_tokens)
            model = self.scope.ports.language.name(PURPOSE)
            done = (ChatEventKind.DONE, {"model": model, "finish": finished.reason})
            told = await leases.conclude(id, fence, self.held.offset, TurnStatus.DONE, model, *pieces, usage, done)
        await self.held.told(*told)


def _called(call: Prepared, request: int) -> Happened:
    told: dict[str, Any] = {
        "request": request,
        "tool_call_id": call.request.id,
        "tool_name": call.request.name[:100],
        "arguments": call.arguments,
    }
    return ChatEventKind.TOOL_CALL, told


def _returned(outcome: Outcome) -> list[Happened]:
    where = {"tool_call_id": outcome.request.id, "tool_name": outcome.request.name[:100]}
    told: list[Happened] = []
    if outcome.proposal is not None:
        proposed = {"proposal_id": str(outcome.proposal.id), "text": outcome.proposal.summary}
        told.append((ChatEventKind.PROPOSAL, {**where, **proposed}))
    told.append((ChatEventKind.TOOL_RESULT, {**where, "text": outcome.content, "failed": outcome.failed}))
    return told


def _request(event: ChatEventRow) -> ToolRequest:
    return ToolRequest(event.tool_call_id or "", event.tool_name or "", json.dumps(event.arguments or {}))
