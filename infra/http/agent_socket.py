"""`/api/v1/ws/agent`: the documented frames, in their order, over the same turns as everywhere (contract.md section 8).

The socket only asks and follows: a turn goes on when its socket goes away, and is read again through REST or GraphQL.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any
from uuid import UUID

import orjson
import pydantic
import structlog
from pydantic import TypeAdapter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from domain.agents.areas import find_area
from domain.errors import AuthenticationError, DomainError
from domain.scopes import Scope
from domain.turns import ChatEventKind, ChatEventRow, HistoryEntry, MessageToSend, TurnRow
from infra.http.authentication import Authenticator
from infra.http.graphql_sessions import NoSeatError, Opened, Seats
from resolvers.conversations import chat, send_message, send_with_history

log = structlog.get_logger()
UNAUTHENTICATED, NO_AREA, TOO_MANY = 4001, 4004, 4008
FRAME_AT_MOST = 256 * 1024
WAITING_AT_MOST = 16
SOCKETS_OF_ONE = 20
PATIENCE_SECONDS = 10.0
HISTORY = TypeAdapter(list[HistoryEntry])
Frame = tuple[str, dict[str, Any]]
FRAMES: dict[ChatEventKind, tuple[str, Callable[[ChatEventRow], dict[str, Any]]]] = {
    ChatEventKind.REQUEST: ("model_request_start", lambda _: {}),
    ChatEventKind.USAGE: ("call_tools_start", lambda _: {}),
    ChatEventKind.TOOL_CALL: (
        "tool_call",
        lambda e: {"tool_name": e.tool_name, "args": e.arguments or {}, "tool_call_id": e.tool_call_id},
    ),
    ChatEventKind.TOOL_RESULT: ("tool_result", lambda e: {"tool_call_id": e.tool_call_id, "content": e.text}),
    ChatEventKind.PROPOSAL: ("proposal", lambda e: {"proposal_id": str(e.proposal_id), "summary": e.text}),
    ChatEventKind.DONE: ("final_result", lambda e: {"output": e.text or ""}),
    ChatEventKind.STOPPED: ("final_result", lambda e: {"output": e.text or ""}),
    ChatEventKind.ERROR: ("error", lambda e: {"message": e.text}),
}


class BadFrameError(Exception):
    """What the client is told about its frame; the socket stays usable."""


class AgentSockets:
    """The ASGI application of the socket's route."""

    def __init__(self) -> None:
        self._seats = Seats(SOCKETS_OF_ONE)

    async def __call__(self, websocket: WebSocket) -> None:
        await websocket.accept()
        try:
            opened = await _open(websocket)
        except AuthenticationError as refused:
            await websocket.close(UNAUTHENTICATED, refused.message)
            return
        area = websocket.query_params.get("area") or None
        talk = Talk(websocket, opened.new().scope, area)
        try:
            if area is not None:
                find_area(area)
            with self._seats.seat(opened.owner):
                await _until_over(talk, opened)
        except NoSeatError:
            await websocket.close(TOO_MANY, "Too many open sockets")
        except DomainError as unknown:
            await talk.send("error", {"message": unknown.message})
            await websocket.close(NO_AREA, unknown.message)
        except (WebSocketDisconnect, OSError):
            return


async def _open(websocket: WebSocket) -> Opened:
    """Whose socket it is. A cookie is only believed of a page that may ask: other sites' pages send it along."""
    authenticator: Authenticator = websocket.app.state.authenticator
    token = websocket.query_params.get("token")
    if not token:
        token = websocket.cookies.get("access_token")
        origins = websocket.app.state.runtime.settings.CORS_ORIGINS
        if token and "*" not in origins and websocket.headers.get("origin") not in origins:
            raise AuthenticationError("Origin not allowed")
    if not token:
        raise AuthenticationError("Missing authentication token")
    return await authenticator.open(websocket, {"Authorization": f"Bearer {token}"})


async def _until_over(talk: "Talk", opened: Opened) -> None:
    """Talk until the client leaves or its session ends."""
    running = {asyncio.create_task(talk.read()), asyncio.create_task(talk.answer_all())}
    session = asyncio.create_task(opened.ended())
    try:
        await asyncio.wait({*running, session}, return_when=asyncio.FIRST_COMPLETED)
        if session.done() and talk.websocket.client_state is WebSocketState.CONNECTED:
            await talk.websocket.close(UNAUTHENTICATED, "Invalid or expired token")
    finally:
        for task in (*running, session):
            task.cancel()
        for outcome in await asyncio.gather(*running, session, return_exceptions=True):
            if isinstance(outcome, Exception) and not isinstance(outcome, WebSocketDisconnect | OSError):
                log.error("agent_socket.failed", exc_info=outcome)


class Talk:
    """One socket: the conversation it holds, and the history that its client gave in place of the stored one."""

    def __init__(self, websocket: WebSocket, scope: Scope, area: str | None) -> None:
        self.websocket = websocket
        self.scope = scope
        self.area = area
        self.conversation_id: UUID | None = None
        self.history: list[HistoryEntry] | None = None
        self.history_seq: int | None = None
        self._frames: asyncio.Queue[str | None] = asyncio.Queue(WAITING_AT_MOST)

    async def read(self) -> None:
        """Frames wait for the answer before them; who sends more than may wait is not read any further."""
        while True:
            message = await self.websocket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await self._frames.put(message.get("text"))

    async def answer_all(self) -> None:
        while True:
            text = await self._frames.get()
            try:
                await self._answer(_frame(text))
            except BadFrameError as bad:
                await self.send("error", {"message": str(bad)})
            except DomainError as error:
                await self.send("error", {"message": error.message})

    async def send(self, kind: str, data: dict[str, Any]) -> None:
        text = orjson.dumps({"type": kind, "data": data}, default=str).decode()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.websocket.send_text(text)

    async def _answer(self, frame: dict[str, Any]) -> None:
        message = self._message(frame)
        turn = await self._ask(message)
        self.conversation_id = turn.conversation_id
        if message.conversation_id is None:
            created = {"conversation_id": str(turn.conversation_id), "area": turn.area}
            await self.send("conversation_created", created)
        await self.send("user_prompt", {"content": message.text})
        await self.send("user_prompt_processed", {"prompt": message.text})
        async with aclosing(_frames(self.scope, turn)) as frames:
            async for kind, data in frames:
                await self.send(kind, data)

    def _message(self, frame: dict[str, Any]) -> MessageToSend:
        text = frame.get("message")
        if not isinstance(text, str) or not text.strip():
            raise BadFrameError("Empty message")
        conversation_id = self.conversation_id
        if "conversation_id" in frame:
            conversation_id = _id(frame["conversation_id"])
            if conversation_id != self.conversation_id or conversation_id is None:
                self.history = self.history_seq = None
        try:
            if frame.get("history") is not None:
                self.history, self.history_seq = HISTORY.validate_python(frame["history"]), None
            return MessageToSend(text=text, conversation_id=conversation_id, area=self.area)
        except pydantic.ValidationError as wrong:
            first = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "message"
            raise BadFrameError(f"{where}: {first['msg'].removeprefix('Value error, ')}") from None

    async def _ask(self, message: MessageToSend) -> TurnRow:
        if self.history is None:
            return await send_message(self.scope, message)
        turn, seq = await send_with_history(self.scope, message, self.history, self.history_seq)
        self.history_seq = self.history_seq or seq
        return turn


async def _frames(scope: Scope, turn: TurnRow) -> AsyncGenerator[Frame]:
    """The frames of a turn, from the first call of the model to its end."""
    shown = Shown()
    async with aclosing(chat(scope, turn.conversation_id, turn.first_seq)) as events:
        async for event in events:
            if event.turn_id != turn.id or event.kind is ChatEventKind.DECISION:
                continue
            for frame in shown.frames(event):
                yield frame
            if event.kind is ChatEventKind.ERROR:
                return
            if event.kind.ends_turn:
                yield "complete", {"conversation_id": str(turn.conversation_id), "area": turn.area}
                return
    yield "error", {"message": "The conversation was deleted"}


class Shown:
    """What of a model's answer was announced: parts begin once, and the final text is told of after its first piece."""

    def __init__(self) -> None:
        self._part: int | None = None
        self._is_final = False

    def frames(self, event: ChatEventRow) -> list[Frame]:
        if event.kind is ChatEventKind.REQUEST:
            self._part, self._is_final = None, False
        if event.kind in {ChatEventKind.TEXT, ChatEventKind.ARGUMENTS}:
            return self._piece(event)
        frame = FRAMES.get(event.kind)
        return [] if frame is None else [(frame[0], frame[1](event))]

    def _piece(self, event: ChatEventRow) -> list[Frame]:
        is_text = event.kind is ChatEventKind.TEXT
        made: list[Frame] = []
        if event.index != self._part:
            self._part = event.index
            part_type = "TextPart" if is_text else "ToolCallPart"
            made.append(("part_start", {"index": event.index, "part_type": part_type}))
        if not is_text:
            return [*made, ("tool_call_delta", {"index": event.index, "args_delta": event.text})]
        made.append(("text_delta", {"index": event.index, "content": event.text}))
        if not self._is_final:
            self._is_final = True
            made.append(("final_result_start", {"tool_name": None}))
        return made


def _frame(text: str | None) -> dict[str, Any]:
    if text is None:
        raise BadFrameError("expected a text frame, found a binary one")
    if len(text) > FRAME_AT_MOST:
        raise BadFrameError(f"expected a frame of at most {FRAME_AT_MOST} characters, found {len(text)}")
    with contextlib.suppress(orjson.JSONDecodeError):
        frame = orjson.loads(text)
        if isinstance(frame, dict):
            return frame
    raise BadFrameError("expected a JSON object, found something else")


def _id(value: Any) -> UUID | None:
    if value is None:
        return None
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError):
        raise BadFrameError("conversation_id: expected the id of a conversation (a UUID) or null") from None
