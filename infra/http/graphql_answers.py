"""What the client accepts, and the responses in that form (GraphQL over HTTP, and its statuses)."""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

import orjson
from starlette.types import Send

from infra.http.graphql_requests import RequestError
from schema.execution.operations import Response


class Form(StrEnum):
    """The media types of an answer. The older JSON keeps status 200 for whatever is a GraphQL response."""

    RESPONSE = "application/graphql-response+json"
    JSON = "application/json"
    STREAM = "text/event-stream"


@lru_cache(maxsize=256)
def negotiate(accept: str | None) -> Form:
    """The form that the client likes best; JSON where it has no wish. The first of equals wins."""
    best, quality = None, 0.0
    for part in (accept or "*/*").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        form = Form.JSON if name in {"*/*", "application/*"} else next((f for f in Form if f == name), None)
        wish = weight(parameters)
        if form is not None and wish > quality:
            best, quality = form, wish
    if best is None:
        offered = ", ".join(Form)
        raise RequestError(406, f"Expected to be asked for one of {offered}; found {str(accept)[:100]}.")
    return best


def weight(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def prefers_html(accept: str | None) -> bool:
    """Whether a browser asks for a page rather than for data."""
    names = [part.split(";")[0].strip().lower() for part in (accept or "").split(",")]
    return "text/html" in names and not any(form in names for form in Form)


def encode(payload: object) -> bytes:
    """JSON. What orjson refuses (integers above 64 bit, lone surrogates in texts) is written the slow way."""
    try:
        return orjson.dumps(payload)
    except (TypeError, ValueError):
        return json.dumps(payload, default=str).encode()


async def answer(send: Send, form: Form, response: Response, status: int | None = None) -> None:
    """Send a response. One that never began is a 400, except in the older form."""
    if status is None:
        status = 400 if form is Form.RESPONSE and not response.began else 200
    await answer_body(send, form, encode(response.payload()), status)


async def answer_body(
    send: Send, form: Form, body: bytes, status: int, headers: Mapping[str, str] | None = None
) -> None:
    kind = Form.JSON if form is Form.STREAM else form
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", b"%s; charset=utf-8" % kind.encode()),
                (b"content-length", b"%d" % len(body)),
                (b"cache-control", b"no-store"),
                (b"vary", b"accept"),
                (b"x-content-type-options", b"nosniff"),
                *((name.encode(), value.encode()) for name, value in (headers or {}).items()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": body})
