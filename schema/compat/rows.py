"""What a REST route is, as data, and how a request becomes a resolver's arguments."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, get_type_hints

from pydantic import BaseModel

Resolver = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that was found valid. `query` and `body` are the row's models; None where the row has none."""

    path: dict[str, Any]
    query: Any
    body: Any


class Media(StrEnum):
    """What a body is sent as."""

    JSON = "application/json"
    FORM = "application/x-www-form-urlencoded"
    MULTIPART = "multipart/form-data"


class ErrorShape(StrEnum):
    """How a domain error of a status is written (contract.md section 1.1)."""

    ENVELOPE = "envelope"  # {"error": {"code", "message", "details"}, "detail": message}
    SENTENCE = "sentence"  # {"detail": message}
    OBJECT = "object"  # {"detail": {"message": message, **details}}


NOT_FOUND = {404: ErrorShape.ENVELOPE}
NOT_FOUND_SENTENCE = {404: ErrorShape.SENTENCE}
REFUSED = {422: ErrorShape.ENVELOPE}
UPLOAD_REFUSED = {400: ErrorShape.OBJECT}
FILE = "file"


@dataclass(frozen=True, slots=True)
class Row:
    """One route.

    `answer` is the model of the body (also `list[Model]` or `Model | None`), None for a body that is empty, and
    FILE for a resolver that answers an object with `name` and `content`, shown `inline` or sent to be kept.
    `shape(found, sent)` makes what `answer` is read from, where that is not the resolver's own answer. `then` is a
    resolver that is asked with the answer's id for what is shown, where the first one's answer shows less. `errors`
    are the documented statuses beside 401, 403 of admin routes, 422 of validation and 429, with the form they are
    written in. `also` are other spellings of the path. `waits` says that the answer may take as long as a run.

    Arguments by name: a path parameter goes to the resolver's parameter of its name, else to `id`; a body or query
    goes whole to the parameter annotated with its model, and field by field to the parameters of its names.
    `arguments(sent)` is for what that does not say.
    """

    verb: str
    path: str
    resolver: Resolver
    answer: Any = None
    status: int = 200
    tag: str = ""
    body: type[BaseModel] | None = None
    body_required: bool = True
    media: Media = Media.JSON
    query: type[BaseModel] | None = None
    arguments: Callable[[Sent], dict[str, Any]] | None = None
    shape: Callable[[Any, Sent], Any] | None = None
    then: Resolver | None = None
    errors: Mapping[int, ErrorShape] = field(default_factory=dict)
    also: tuple[str, ...] = ()
    waits: bool = False
    inline: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path, *self.also)

    @property
    def summary(self) -> str:
        return " ".join((inspect.getdoc(self.resolver) or "").split())


def arguments(row: Row, sent: Sent) -> dict[str, Any]:
    """The resolver's keyword arguments for a request."""
    if row.arguments is not None:
        return row.arguments(sent)
    wanted = parameters(row.resolver)
    given = {(name if name in wanted else "id"): value for name, value in sent.path.items()}
    for part in (sent.query, sent.body):
        if part is None:
            continue
        whole = next((name for name, hint in wanted.items() if _takes(hint, type(part))), None)
        if whole is not None:
            given[whole] = part
        given |= {name: getattr(part, name) for name in type(part).model_fields if name in wanted}
    return given


@cache
def parameters(resolver: Resolver) -> dict[str, Any]:
    """The annotations of a resolver's parameters, without the scope."""
    hints = get_type_hints(resolver)
    return {name: hints[name] for name in list(inspect.signature(resolver).parameters)[1:]}


def _takes(hint: Any, model: type[BaseModel]) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel) and issubclass(model, hint)


@dataclass(frozen=True, slots=True)
class Described:
    """What the OpenAPI document says of a route with code of its own. An answer of None has no body."""

    verb: str
    path: str
    name: str
    summary: str
    answers: Mapping[int, Any]
    tag: str
    query: type[BaseModel] | None = None
    signed_in: bool = False
