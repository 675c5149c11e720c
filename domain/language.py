"""What is asked of a language model and what it streams back, whoever's model it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Literal, Protocol

from domain.errors import ExternalServiceError


class Speaker(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it; `parameters` is JSON Schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolRequest:
    """A model's wish to call a tool; `arguments` is the text it wrote, which should be a JSON object."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Said:
    speaker: Speaker
    text: str


@dataclass(frozen=True, slots=True)
class Called:
    """An answer of the model that calls tools; `text` is what it said beside."""

    text: str
    calls: tuple[ToolRequest, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """What a tool answered, as JSON text; `untrusted` when it holds what others wrote."""

    call_id: str
    tool_name: str
    content: str
    untrusted: bool


Entry = Said | Called | Returned


@dataclass(frozen=True, slots=True)
class Question:
    """One call of a model. `purpose` chooses the model; `answer_schema` asks for JSON of that shape."""

    purpose: str
    instructions: str
    entries: tuple[Entry, ...]
    now: datetime
    tools: tuple[ToolSpec, ...] = ()
    answer_schema: dict[str, Any] | None = None
    max_output_tokens: int = 4_096


@dataclass(frozen=True, slots=True)
class TextPiece:
    text: str


@dataclass(frozen=True, slots=True)
class CallPiece:
    """A piece of a tool call: `id` and `name` come with the first one of its `index`."""

    index: int
    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The last piece of every whole answer. Tokens are None where the model does not count them."""

    reason: Literal["stop", "tools", "length", "refusal"]
    input_tokens: int | None = None
    output_tokens: int | None = None


Piece = TextPiece | CallPiece | Finished


class Failure(StrEnum):
    """Why a model gave no whole answer."""

    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"
    TIMEOUT = "timeout"
    DISCONNECTED = "disconnected"
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    REFUSED = "refused"
    MISCONFIGURED = "misconfigured"
    SPENT = "spent"


class LanguageError(ExternalServiceError):
    code: ClassVar[str] = "EXTERNAL_SERVICE_ERROR"

    def __init__(self, failure: Failure, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message, {"failure": failure.value, **(details or {})})
        self.failure = failure

    def __reduce__(self) -> tuple[Any, Any]:
        return type(self), (self.failure, self.message, self.details)


class LanguageModel(Protocol):
    @property
    def paid(self) -> bool:
        """Whether its tokens count against the person's daily ceiling."""
        ...

    def name(self, purpose: str) -> str: ...

    def answer(self, question: Question) -> AsyncIterator[Piece]:
        """The pieces as they come, the last one `Finished`. Raises LanguageError.

        What may pass is tried again before the first piece, never after: nobody hears a thing twice.
        """
        ...

    async def close(self) -> None: ...
