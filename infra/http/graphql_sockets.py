"""One WebSocket that speaks graphql-transport-ws, the protocol of the npm package graphql-ws.

A reader that lags is dropped: the server's own write buffer is the queue, bounded by its high-water mark and
one waiting message for each operation; a message that waits longer than `patience_seconds` ends the socket.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import aclosing
from typing import Any, NoReturn

from graphql import OperationType
from starlette.requests import HTTPConnection
from starlette.types import Message, Receive, Scope, Send

from domain.errors import AuthenticationError, DomainError
from infra.http.graphql_answers import encode
from infra.http.graphql_requests import GraphQLRequest, RequestError, decode_json, json_type, read_parameters
from infra.http.graphql_sessions import NoSeatError, OpenContext, Opened, Seats, StreamLimits
from schema.execution.errors import Refusal, format_exception, formatted
from schema.execution.operations import Operations, Response

PROTOCOL = "graphql-transport-ws"
MAX_ID = 256
MAX_REASON = 123
"""Bytes of a close reason (RFC 6455)."""

logger = logging.getLogger(__name__)


class CloseError(Exception):
    """The socket is to be closed with this code and reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:MAX_REASON].decode(errors="ignore")


class GoneError(Exception):
    """The client has left."""


class Socket:
    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        operations: Operations,
        open_context: OpenContext,
        limits: StreamLimits,
        seats: Seats,
        request_id: str,
    ) -> None:
        self.scope = scope
        self.receive = receive
        self.asgi_send = send
        self.operations = operations
        self.open_context = open_context
        self.limits = limits
        self.seats = seats
        self.request_id = request_id
        self.running: dict[str, asyncio.Task[None]] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.failure: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def serve(self) -> None:
        """Accept the socket and talk until one side ends it. Nothing runs any more when this returns."""
        offered = PROTOCOL in self.scope.get("subprotocols", ())
        await self.receive()  # websocket.connect
        try:
            await self.asgi_send({"type": "websocket.accept", "subprotocol": PROTOCOL if offered else None})
            await self.talk(offered=offered)
        except CloseError as close:
            await self.close(close)
        except (GoneError, OSError):
            return
        except Exception as error:  # noqa: BLE001 - logged with its stack by the formatter
            format_exception(error, self.request_id)
            await self.close(CloseError(4500, DomainError.default))

    async def close(self, close: CloseError) -> None:
        try:
            async with asyncio.timeout(1.0):
                await self.asgi_send({"type": "websocket.close", "code": close.code, "reason": close.reason})
        except (TimeoutError, OSError):
            logger.info("A socket did not take its close frame", extra={"code": close.code})

    async def turn_away(self) -> None:
        """Refuse the handshake."""
        await self.receive()
        await self.asgi_send({"type": "websocket.close", "code": 1008})

    async def talk(self, *, offered: bool) -> None:
        if not offered:
            raise CloseError(4406, "Subprotocol not acceptable: expected graphql-transport-ws")
        payload = await self.initialisation()
        opened = await self.opened(payload)
        try:
            with self.seats.seat(opened.owner or address_of(self.scope)):
                await self.send({"type": "connection_ack"})
                await self.attend(opened)
        except NoSeatError:
            raise CloseError(4429, "Too many sockets are open: close one first") from None

    async def attend(self, opened: Opened) -> None:
        """Read until the client leaves or misbehaves, an operation fails, or the session is over."""
        reading = asyncio.ensure_future(self.read(opened))
        ending = asyncio.ensure_future(opened.ended())
        try:
            waiting: list[asyncio.Future[Any]] = [reading, ending, self.failure]
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            if self.failure.done():
                raise self.failure.result()
            if reading.done():
                reading.result()
            ending.result()
            raise CloseError(4401, "The session is over: connect again with a new token")
        finally:
            await stop(reading, ending, *self.tasks)

    async def initialisation(self) -> dict[str, Any] | None:
        """The payload of `connection_init`, awaited for some seconds; pings may come before it."""
        try:
            async with asyncio.timeout(self.limits.init_seconds):
                while True:
                    message = await self.next_message()
                    if message["type"] == "connection_init":
                        return payload_of(message)
                    if message["type"] == "subscribe":
                        raise CloseError(4401, "Unauthorized: expected connection_init first")
                    await self.handle_ping(message)
        except TimeoutError:
            raise CloseError(4408, "Connection initialisation timeout") from None

    async def opened(self, payload: dict[str, Any] | None) -> Opened:
        try:
            async with asyncio.timeout(self.limits.open_seconds):
                return await self.open_context(HTTPConnection(self.scope), payload)
        except AuthenticationError as error:
            raise CloseError(4401, error.message) from None
        except DomainError as error:
            raise CloseError(4403, error.message) from None

    async def read(self, opened: Opened) -> NoReturn:
        while True:
            message = await self.next_message()
            match message["type"]:
                case "subscribe":
                    await self.subscribe(message, opened)
                case "complete":
                    task = self.running.pop(id_of(message), None)
                    if task is not None:
                        task.cancel()
                case "connection_init":
                    raise CloseError(4429, "Too many initialisation requests")
                case _:
                    await self.handle_ping(message)

    async def handle_ping(self, message: dict[str, Any]) -> None:
        kind, payload = message["type"], payload_of(message)
        if kind == "ping":
            await self.send({"type": "pong", **({} if payload is None else {"payload": payload})})
        elif kind != "pong":
            raise CloseError(4400, f"Invalid message: unknown type '{kind[:40]}'")

    async def next_message(self) -> dict[str, Any]:
        """The next message, an object with a type that is a string; anything else closes the socket."""
        frame: Message = await self.receive()
        if frame["type"] == "websocket.disconnect":
            raise GoneError
        text = frame.get("text")
        if text is None:
            raise CloseError(4400, "Invalid message: expected a text frame")
        if len(text) > self.limits.frame_bytes:
            raise CloseError(1009, f"A message may have {self.limits.frame_bytes} bytes")
        try:
            message = decode_json(text)
        except RequestError:
            raise CloseError(4400, "Invalid message: not JSON, or nested too deeply") from None
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise CloseError(4400, "Invalid message: expected an object with a type")
        return message

    async def subscribe(self, message: dict[str, Any], opened: Opened) -> None:
        id_ = id_of(message)
        try:
            request = read_parameters(message.get("payload"))
        except RequestError as error:
            raise CloseError(4400, f"Invalid message: {error.message}") from None
        if id_ in self.running:
            raise CloseError(4409, f"Subscriber for {id_} already exists")
        if len(self.tasks) >= self.limits.operations:
            text = f"At most {self.limits.operations} operations may run on one socket."
            refused = {"message": text, "extensions": {"code": "TOO_MANY_OPERATIONS"}}
            await self.send({"id": id_, "type": "error", "payload": [refused]})
            return
        task = asyncio.ensure_future(self.run(id_, request, opened))
        self.running[id_] = task
        self.tasks.add(task)
        task.add_done_callback(self.finished)

    def finished(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not self.failure.done():
            self.failure.set_result(error)

    async def run(self, id_: str, request: GraphQLRequest, opened: Opened) -> None:
        """Run one operation and send its responses; raises CloseError when the socket cannot go on."""
        operations, variables = self.operations, request.variables
        try:
            operation = operations.prepare(request.query, variables, request.operation_name)
        except Refusal as refusal:
            await self.end(id_, "error", formatted(refusal.errors, self.request_id))
            return
        context = opened.new()
        if operation.type is not OperationType.SUBSCRIPTION:
            response = await operations.execute(operation, variables, context, self.request_id)
            await self.next(id_, response)
        else:
            events = operations.subscribe(operation, variables, context, self.request_id)
            async with aclosing(events):
                async for response in events:
                    await self.next(id_, response)
        await self.end(id_, "complete")

    async def next(self, id_: str, response: Response) -> None:
        if response.began:
            await self.send({"id": id_, "type": "next", "payload": response.payload()})
        else:
            await self.end(id_, "error", response.errors)

    async def end(self, id_: str, kind: str, payload: object = None) -> None:
        """Send the last message of an operation, once; from then on its id is free."""
        if self.running.get(id_) is asyncio.current_task():
            del self.running[id_]
            await self.send({"id": id_, "type": kind, **({} if payload is None else {"payload": payload})})

    async def send(self, message: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(self.limits.patience_seconds):
                await self.asgi_send({"type": "websocket.send", "text": encode(message).decode()})
        except TimeoutError:
            raise CloseError(1013, "The reader lags too far behind") from None
        except OSError:
            raise GoneError from None


def address_of(scope: Scope) -> str:
    return str((scope.get("client") or ("unknown",))[0])


def id_of(message: dict[str, Any]) -> str:
    id_ = message.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= MAX_ID:
        raise CloseError(4400, f"Invalid message: expected an id of 1 to {MAX_ID} characters")
    return id_


def payload_of(message: dict[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if not isinstance(payload, dict | None):
        raise CloseError(4400, f"Invalid message: a payload is an object, found {json_type(payload)}")
    return payload


async def stop(*tasks: asyncio.Future[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
