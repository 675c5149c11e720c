"""What a client is told of an error: a message, where it happened, a code and details.

Domain errors are told in their own words. An unexpected error is logged with its stack under the request id,
and the client learns no more than that id.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLFormattedError, ValueNode
from pydantic import ValidationError as InputError

from domain.errors import DomainError, ValidationError

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
TIMED_OUT = "DEADLINE_EXCEEDED"
INTERNAL = DomainError.code
MAX_LOGGED = 10
"""Errors of one response that are logged: a list of a thousand rows can fail a thousand times alike."""

logger = logging.getLogger(__name__)


class Refusal(Exception):  # noqa: N818 - an answer with its reasons, not one error
    """A request that is not run, for each reason in `errors`."""

    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = list(errors)


def coded(error: GraphQLError, code: str, **details: object) -> GraphQLError:
    """Give an error a code, unless it has one."""
    extensions = error.extensions or {}
    if "code" not in extensions:
        error.extensions = {**extensions, "code": code, **({"details": details} if details else {})}
    return error


def formatted(errors: Iterable[GraphQLError], request_id: str) -> list[GraphQLFormattedError]:
    """Errors as a response shows them; the unexpected ones are masked, and the first of them logged."""
    return [format_error(error, request_id, log=index < MAX_LOGGED) for index, error in enumerate(errors)]


def format_error(error: GraphQLError, request_id: str, *, log: bool = True) -> GraphQLFormattedError:
    cause = root_cause(error)
    told = GraphQLError(message_of(cause), error.nodes, error.source, error.positions, error.path)
    extensions = extensions_of(cause)
    if extensions is None:
        if log:
            log_unexpected(cause, request_id, error.path)
        told.message = DomainError.default
        extensions = {"code": INTERNAL, "details": {"request_id": request_id}}
    told.extensions = extensions
    return told.formatted


def format_exception(error: Exception, request_id: str) -> GraphQLFormattedError:
    """An exception raised outside a field: while a context was opened, or by a subscription's source."""
    if isinstance(error, GraphQLError):
        return format_error(error, request_id)
    return format_error(GraphQLError(str(error), original_error=error), request_id)


def root_cause(error: Exception) -> Exception:
    """What a resolver raised, below the layers that graphql-core put around it; or what has a code."""
    while isinstance(error, GraphQLError) and error.original_error is not None:
        if "code" in (error.extensions or {}):
            break
        error = error.original_error
    return error


def message_of(cause: Exception) -> str:
    if isinstance(cause, InputError):
        return ValidationError.default
    return cause.message if isinstance(cause, DomainError | GraphQLError) else str(cause)


def extensions_of(cause: Exception) -> dict[str, Any] | None:
    """The code and details a client may see; None when the error is not one that it can be told."""
    if isinstance(cause, DomainError):
        if cause.code == INTERNAL:
            return None
        return {"code": cause.code, **({"details": cause.details} if cause.details else {})}
    if isinstance(cause, InputError):
        return {"code": ValidationError.code, "details": {"errors": input_errors(cause)}}
    if isinstance(cause, GraphQLError):
        if cause.extensions and "code" in cause.extensions:
            return dict(cause.extensions)
        if is_about_arguments(cause):
            return {"code": ValidationError.code}
    return None


def input_errors(error: InputError) -> list[Mapping[str, object]]:
    """Where an input is wrong and why; never the value, which may be a password."""
    return [
        {"path": ".".join(str(part) for part in found["loc"]), "message": found["msg"], "type": found["type"]}
        for found in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def is_about_arguments(error: GraphQLError) -> bool:
    """Whether graphql-core refused an argument while it ran the field: such an error points at a value."""
    return bool(error.nodes) and all(isinstance(node, ValueNode) for node in error.nodes or ())


def log_unexpected(cause: Exception, request_id: str, path: object) -> None:
    logger.error(
        "A field failed unexpectedly: %s",
        type(cause).__name__,
        exc_info=cause,
        extra={"request_id": request_id, "path": path},
    )
