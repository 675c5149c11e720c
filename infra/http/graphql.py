"""GraphQL over HTTP, server-sent events and WebSocket: one ASGI application for one path.

It knows nothing of the schema or of who asks: `operations` runs documents and `open_context` says in whose
name.
"""

import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from graphql import GraphQLFormattedError, OperationType
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import AuthenticationError, AuthorizationError, RateLimitError
from infra.http.graphql_answers import Form, answer, answer_body, encode, negotiate, prefers_html
from infra.http.graphql_requests import BodyLimits, ClientGoneError, GraphQLRequest, RequestError, read_request
from infra.http.graphql_sessions import NoSeatError, OpenContext, Opened, Seats, StreamLimits
from infra.http.graphql_sockets import Socket, address_of
from infra.http.graphql_streams import stream
from schema.execution.documents import Operation
from schema.execution.errors import INTERNAL, Refusal, format_exception, formatted
from schema.execution.operations import Operations, Response

STATUSES = {
    AuthenticationError.code: 401,
    AuthorizationError.code: 403,
    RateLimitError.code: 429,
    INTERNAL: 500,
}
"""HTTP statuses of a context that was refused; any other domain error is a 400."""


def request_id_of(scope: Scope) -> str:
    """The id that an outer middleware gave the request, or a new one."""
    return str(scope.get("state", {}).get("request_id") or uuid.uuid4())


class GraphQLApp:
    """`page` answers a browser's GET for HTML; `allowed_origins` may open sockets beside our own origin."""

    def __init__(
        self,
        operations: Operations,
        open_context: OpenContext,
        *,
        page: ASGIApp | None = None,
        allowed_origins: tuple[str, ...] = (),
        bodies: BodyLimits | None = None,
        streams: StreamLimits | None = None,
        request_id: Callable[[Scope], str] = request_id_of,
    ) -> None:
        self.operations = operations
        self.open_context = open_context
        self.page = page
        self.allowed_origins = frozenset(allowed_origins)
        self.bodies = bodies or BodyLimits()
        self.streams = streams or StreamLimits()
        self.request_id = request_id
        self.seats = Seats(self.streams.per_owner)
        self.addresses = Seats(self.streams.per_address)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.socket(scope, receive, send)
        elif scope["type"] == "http":
            await self.http(scope, receive, send)

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        socket = Socket(
            scope,
            receive,
            send,
            operations=self.operations,
            open_context=self.open_context,
            limits=self.streams,
            seats=self.seats,
            request_id=self.request_id(scope),
        )
        try:
            with self.addresses.seat(address_of(scope)):
                await (socket.serve() if self.is_welcome(Headers(scope=scope)) else socket.turn_away())
        except NoSeatError:
            await socket.turn_away()

    def is_welcome(self, headers: Headers) -> bool:
        """Browsers name the site that opens a socket: only our own or a listed one may."""
        origin = headers.get("origin")
        if origin is None or origin in self.allowed_origins:
            return True
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()

    async def http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        accept = headers.get("accept")
        if scope["method"] == "GET" and self.page and prefers_html(accept) and not scope["query_string"]:
            await self.page(scope, receive, send)
            return
        form, upload = Form.JSON, None
        try:
            form = negotiate(accept)
            request, upload = await read_request(scope, receive, headers, self.bodies)
            await self.answer(scope, receive, send, form, request)
        except RequestError as error:
            told = {"message": error.message, "extensions": {"code": error.code}}
            await answer_body(send, form, encode({"errors": [told]}), error.status, error.headers)
        except (ClientGoneError, OSError):
            return
        finally:
            if upload is not None:
                await upload.close()

    async def answer(self, scope: Scope, receive: Receive, send: Send, form: Form, request: GraphQLRequest) -> None:
        request_id = self.request_id(scope)
        variables = request.variables
        try:
            operation = self.operations.prepare(request.query, variables, request.operation_name)
        except Refusal as refusal:
            refused = Response(errors=formatted(refusal.errors, request_id), began=False)
            await self.respond(receive, send, form, refused)
            return
        check_method(operation, scope["method"], form)
        try:
            opened = await self.open_context(HTTPConnection(scope), None)
            context = opened.new()
        except Exception as error:  # noqa: BLE001 - the client gets a GraphQL error, whatever it is
            await refuse(send, form, format_exception(error, request_id))
            return
        if operation.type is not OperationType.SUBSCRIPTION:
            response = await self.operations.execute(operation, variables, context, request_id)
            await self.respond(receive, send, form, response)
            return
        events = self.operations.subscribe(operation, variables, context, request_id)
        try:
            with self.seats.seat(opened.owner or address_of(scope)):
                await stream(events, opened, self.streams, receive, send)
        except NoSeatError:
            message = f"At most {self.streams.per_owner} event streams and sockets may be open: close one first."
            raise RequestError(429, message) from None

    async def respond(self, receive: Receive, send: Send, form: Form, response: Response) -> None:
        """Answer with one response, which is a stream of one where the client asked for a stream."""
        if form is Form.STREAM:
            await stream(only(response), Opened(dict), self.streams, receive, send)
        else:
            await answer(send, form, response)


def check_method(operation: Operation, method: str, form: Form) -> None:
    """Refuse to change anything by GET, and to answer a subscription once."""
    if method == "GET" and operation.type is OperationType.MUTATION:
        raise RequestError(405, "A mutation needs POST: GET is for queries and subscriptions.", {"allow": "POST"})
    if operation.type is OperationType.SUBSCRIPTION and form is not Form.STREAM:
        message = "A subscription needs a WebSocket (graphql-transport-ws) or Accept: text/event-stream."
        raise RequestError(400, message)


async def refuse(send: Send, form: Form, error: GraphQLFormattedError) -> None:
    """Answer that no context was given, with a status that proxies and clients understand."""
    extensions: Mapping[str, Any] = error.get("extensions", {})
    seconds = (extensions.get("details") or {}).get("retry_after")
    headers = {"retry-after": str(int(seconds))} if isinstance(seconds, int | float) else {}
    await answer_body(send, form, encode({"errors": [error]}), STATUSES.get(extensions.get("code", ""), 400), headers)


async def only(response: Response) -> AsyncGenerator[Response, None]:
    yield response
