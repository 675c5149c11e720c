"""REST v1: rows of schema/compat become routes. No rule lives here; how to add a route is said in schema/compat."""

import asyncio
from collections.abc import Iterable
from typing import Any

import structlog
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from domain.errors import DomainError
from domain.scopes import Scope as Asking
from domain.viewers import Viewer
from infra.http.authentication import Authenticator, bearer
from infra.http.downloads import file_response
from infra.http.rest_errors import InvalidRequestError, crashed, invalid, refused, unauthenticated
from infra.http.rest_requests import Reader, limited
from infra.runtime import Runtime
from resolvers.access import Rule, check, rule_of
from schema.compat.rows import FILE, Row, Sent, arguments

log = structlog.get_logger()


def rest_routes(prefix: str, rows: Iterable[Row]) -> list[Route]:
    """One Starlette route for each path, the fixed ones before those with parameters."""
    by_path: dict[str, dict[str, Handler]] = {}
    for row in rows:
        for path in row.paths:
            by_path.setdefault(path, {})[row.verb] = Handler(row, path)
    fixed_first = sorted(by_path, key=lambda path: [part.startswith("{") for part in path.split("/")])
    return [
        Path(prefix + path, Verbs(by_path[path]), methods=list(by_path[path]), name=f"{prefix}{path}")
        for path in fixed_first
    ]


class Path(Route):
    """Found by its path whatever the verb: a wrong verb on a fixed path must not reach a path with parameters."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        return (Match.FULL if match is Match.PARTIAL else match), child


class Verbs:
    """The handlers of one path, as an ASGI application."""

    def __init__(self, handlers: dict[str, "Handler"]) -> None:
        self.handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        verb = "GET" if scope["method"] == "HEAD" else scope["method"]
        await self.handlers[verb](scope, receive, send)


class Handler:
    """Answers one verb of one path as its row says."""

    def __init__(self, row: Row, path: str) -> None:
        self.row = row
        self.rule = rule_of(row.resolver)
        if row.then is not None:
            rule_of(row.then)
        self.reader = Reader(row, path)
        self.answer = None if row.answer in {None, FILE} else TypeAdapter(row.answer)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, limited(receive, self.reader.at_most))
        try:
            response = await self.respond(request)
        except InvalidRequestError as wrong:
            response = invalid(wrong)
        except DomainError as error:
            response = refused(error, self.row.errors)
        except HTTPException:
            raise
        except (ClientDisconnect, GoneError):
            return
        except Exception:
            request_id = scope["state"].get("request_id")
            log.exception("request.crashed", verb=self.row.verb, path=self.row.path, request_id=request_id)
            response = crashed()
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        runtime: Runtime = request.app.state.runtime
        viewer = await self.authenticate(request)
        if viewer is None:
            return unauthenticated()
        check(self.rule, viewer)
        sent = await self.reader.read(request)
        asking = Asking(viewer, runtime.ports)
        asked = self.ask(asking, sent)
        found = await (unless_gone(asked, request.receive) if self.row.waits else asked)
        return self.show(found, sent)

    async def authenticate(self, request: Request) -> Viewer | None:
        """Whoever asks. Where anyone may, a token is not even looked at; None when one is missing."""
        authenticator: Authenticator = request.app.state.authenticator
        if self.rule is Rule.ANYONE:
            return await authenticator.viewer(request, None)
        if self.rule is Rule.MACHINE:
            return authenticator.machine(request)
        token = bearer(request.headers.get("authorization"))
        return None if token is None else await authenticator.viewer(request, token)

    async def ask(self, asking: Asking, sent: Sent) -> Any:
        found = await self.row.resolver(asking, **arguments(self.row, sent))
        return found if self.row.then is None or found is None else await self.row.then(asking, found.id)

    def show(self, found: Any, sent: Sent) -> Response:
        if self.row.answer == FILE:
            return file_response(found.content, found.name, found.name, inline=self.row.inline)
        if self.answer is None:
            return Response(status_code=self.row.status)
        shown = found if self.row.shape is None else self.row.shape(found, sent)
        body = self.answer.dump_json(self.answer.validate_python(shown))
        return Response(body, self.row.status, media_type="application/json")


class GoneError(Exception):
    """The client went away before it was answered."""


async def unless_gone(asked: Any, receive: Receive) -> Any:
    """The answer; waiting for it ends when the client goes away, what it started goes on."""
    asking = asyncio.ensure_future(asked)
    leaving = asyncio.ensure_future(disconnected(receive))
    try:
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            raise GoneError
        return asking.result()
    finally:
        asking.cancel()
        leaving.cancel()
        await asyncio.gather(asking, leaving, return_exceptions=True)


async def disconnected(receive: Receive) -> None:
    message: Message = {"type": ""}
    while message["type"] != "http.disconnect":
        message = await receive()
