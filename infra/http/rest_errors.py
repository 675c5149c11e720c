"""The two families of error bodies (contract.md section 1.1)."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from domain.errors import (
    AlreadyExistsError,
    AuthenticationError,
    AuthorizationError,
    BadRequestError,
    DomainError,
    ExternalServiceError,
    NotFoundError,
    RateLimitError,
    ValidationError,
)
from schema.compat.rows import ErrorShape

STATUSES = {
    NotFoundError.code: 404,
    AlreadyExistsError.code: 409,
    ValidationError.code: 422,
    AuthenticationError.code: 401,
    AuthorizationError.code: 403,
    RateLimitError.code: 429,
    BadRequestError.code: 400,
    ExternalServiceError.code: 503,
    DomainError.code: 500,
}
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class InvalidRequestError(Exception):
    """A path, query or body that does not fit its model; `errors` in the form of the documented list."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        self.errors = errors
        super().__init__(errors)


def json_response(body: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    content = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(content, status, headers, media_type="application/json")


def refused(error: DomainError, shapes: Mapping[int, ErrorShape]) -> Response:
    """A domain error in the shape that the route documents for its status; the envelope unless it says otherwise."""
    status = STATUSES.get(error.code, STATUSES[ValidationError.code])
    headers: dict[str, str] = {}
    if status == STATUSES[AuthenticationError.code]:
        headers |= CHALLENGE
    if "retry_after" in (error.details or {}):
        headers["Retry-After"] = str(error.details["retry_after"])  # type: ignore[index]
    return json_response(_body(error, shapes.get(status, ErrorShape.ENVELOPE)), status, headers)


def _body(error: DomainError, shape: ErrorShape) -> dict[str, Any]:
    if shape is ErrorShape.SENTENCE:
        return {"detail": error.message}
    if shape is ErrorShape.OBJECT:
        return {"detail": {"message": error.message, **(error.details or {})}}
    envelope = {"code": error.code, "message": error.message, "details": error.details}
    return {"error": envelope, "detail": error.message}


def crashed() -> Response:
    """What the client learns of a bug of ours: nothing."""
    return refused(DomainError(), {})


def unauthenticated() -> Response:
    return json_response({"detail": "Not authenticated"}, 401, CHALLENGE)


def invalid(wrong: InvalidRequestError) -> Response:
    return json_response({"detail": wrong.errors}, 422)


async def http_exception(_request: Request, error: HTTPException) -> Response:
    """Unknown paths and methods, bodies that are too large: `{"detail": …}`."""
    return json_response({"detail": error.detail}, error.status_code, error.headers)
