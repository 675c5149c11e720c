"""Plain ASGI middleware: request id, security headers, one log line a request."""

import re
import time
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()
SAFE_ID = re.compile(rb"^[\w.:\-]{1,128}$")
SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)


class RequestContext:
    """Gives every request an id (the client's own, if it is a sane one), the safe headers and a line in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                scope.setdefault("state", {})["request_id"] = str(uuid4())
            await self.app(scope, receive, send)
            return
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
        request_id = given if SAFE_ID.match(given) else str(uuid4()).encode()
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        began = time.perf_counter()
        status = 500

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                present = {name for name, _ in headers}
                headers.append((b"x-request-id", request_id))
                headers.extend(pair for pair in SECURITY if pair[0] not in present)
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        finally:
            log.info(
                "request",
                method=scope["method"],
                path=_loggable(scope["path"]),
                status=status,
                ms=round((time.perf_counter() - began) * 1000, 1),
                request_id=request_id.decode(),
            )


def _loggable(path: str) -> str:
    """A signed file address is a secret for minutes: it stays out of the log."""
    return "/files/…" if path.startswith("/files/") else path[:200]
