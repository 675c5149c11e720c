"""What the domain needs of the world, as protocols. `infra` opens one implementation of each from the settings."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar
from uuid import UUID

from domain.documents import DocumentText
from domain.language import LanguageModel
from domain.letter_pages import LetterPage
from domain.listings import Listing, RefusedRow, Source
from domain.viewers import Viewer
from domain.work import Work

if TYPE_CHECKING:
    from domain.agents.tools import Toolbox
    from domain.turn_keeping import TurnKeeper

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    def read(self, viewer: Viewer) -> AbstractAsyncContextManager[Work]: ...

    def write(self, viewer: Viewer) -> AbstractAsyncContextManager[Work]:
        """Commits on a clean exit, rolls back on any exception. A write inside a write raises."""
        ...

    async def check(self) -> float:
        """One round trip, in milliseconds. Raises what the driver raises when there is no database."""
        ...


class Bus(Protocol):
    """Wakes whoever listens, in this process and the others. What nobody listens to is lost."""

    async def publish(self, topic: str, message: dict[str, Any]) -> None: ...

    def listen(self, topic: str) -> AbstractAsyncContextManager["Listener"]: ...

    async def check(self) -> float: ...

    async def close(self) -> None: ...


class Listener(Protocol):
    async def next(self, timeout: float) -> dict[str, Any] | None:  # noqa: ASYNC109 - a deadline is the point
        """The next message, or None after `timeout` seconds without one."""
        ...


class Doorbell(Protocol):
    """Rings a worker: a message holds a reaction's name and an id, never the work itself."""

    async def ring(self, reaction: str, id: UUID) -> None: ...


class Files(Protocol):
    async def put(self, key: str, content: bytes) -> None: ...

    async def get(self, key: str) -> bytes:
        """Raises NotFoundError when the file is gone."""
        ...

    async def delete(self, key: str) -> None: ...

    def address(self, key: str, name: str, *, inline: bool = False) -> str:
        """A signed path on this server that lives for minutes."""
        ...


class Passwords(Protocol):
    async def hash(self, password: str) -> str: ...

    async def verify(self, password: str, hashed: str | None) -> bool:
        """False for no match; takes as long when there is nothing to compare with."""
        ...


@dataclass(frozen=True, slots=True)
class AccessClaims:
    user_id: UUID
    session_id: UUID
    expires_at: datetime


class Tokens(Protocol):
    def access(self, user_id: UUID, session_id: UUID) -> str: ...

    def read_access(self, token: str) -> AccessClaims:
        """Raises AuthenticationError: 'Invalid token type' for a refresh token, else 'Invalid or expired token'."""
        ...

    def refresh(self, session_id: UUID, generation: int) -> str: ...

    def read_refresh(self, token: str) -> tuple[UUID, int]:
        """The session and generation of a token that this server made, else AuthenticationError."""
        ...


class Documents(Protocol):
    async def read(self, data: bytes, filename: str) -> DocumentText: ...


class Cpu(Protocol):
    """Runs a module-level function in another process, so that the event loop keeps answering."""

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


class Sources(Protocol):
    """Places to read listings from, by name; a company board also needs `board`, a feed its `url`.

    `region` is where the board is kept, for sources that have several ("eu"); None is the usual one.
    """

    async def open(self, name: str, board: str | None, url: str | None, region: str | None = None) -> Source:
        """Raises SourceError when the source cannot be read as it was chosen."""
        ...

    def check(self, name: str, board: str | None, url: str | None, region: str | None = None) -> None:
        """Raises ValidationError for an unknown source, or one that lacks its board or url."""
        ...

    async def read_file(self, content: bytes, filename: str) -> list[Listing | RefusedRow]:
        """The postings of a JSON or CSV file. Raises ValidationError when the whole file cannot be read."""
        ...

    async def read_url(self, url: str) -> Listing:
        """The posting behind an address. Raises SourceError or ValidationError when there is none to read."""
        ...

    async def read_text(self, content: str, title: str | None, company: str | None, url: str | None) -> Listing:
        """The posting of a pasted text. Raises ValidationError when it names no title or company and none is given."""
        ...

    async def reread(self, kept: Sequence[dict[str, Any]]) -> list[Listing | None]:
        """Listings made anew from the rows kept with them; None where a row cannot be read any more."""
        ...


class LetterPrinter(Protocol):
    async def print(self, page: LetterPage) -> bytes: ...


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a receiver answered. `body` is cut at 10,000 characters, `retry_after` in seconds."""

    status: int
    body: str
    retry_after: float | None


class WebhookCalls(Protocol):
    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
        """One attempt, a redirect being an answer. Raises ExternalServiceError when no answer can be had."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    database: Database
    bus: Bus
    doorbell: Doorbell
    files: Files
    passwords: Passwords
    tokens: Tokens
    documents: Documents
    cpu: Cpu
    sources: Sources
    letters: LetterPrinter
    webhooks: WebhookCalls
    language: LanguageModel
    tools: "Toolbox"
    turns: "TurnKeeper"
    policy: "Policy"


@dataclass(frozen=True, slots=True)
class DeliveryPolicy:
    """When deliveries are tried and given up; times in seconds.

    `delays[n]` passes before attempt n + 1, give or take `jitter` of it. A webhook has at most `at_once` attempts under
    way; after `open_after` failed ones in a row it rests for `cooldown`, doubled with each further one up to
    `longest_cooldown`, and then one attempt at a time looks whether it is back. Failures that follow each other
    within `streak_gap` for `give_up_after` switch it off.
    """

    delays: tuple[float, ...] = (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
    jitter: float = 0.1
    timeout: float = 15
    lease: float = 30
    at_once: int = 5
    open_after: int = 5
    cooldown: float = 30
    longest_cooldown: float = 300
    longest_wait: float = 24 * 3600
    streak_gap: float = 30 * 3600
    give_up_after: float = 5 * 24 * 3600

    def cooldown_after(self, failures: int) -> float:
        """How long a webhook rests after so many failed attempts in a row."""
        if failures < self.open_after:
            return 0
        return min(self.cooldown * 2.0 ** min(failures - self.open_after, 20), self.longest_cooldown)


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's choices that rules depend on; times in seconds."""

    environment: str
    registration_enabled: bool
    access_lifetime: int
    refresh_lifetime: int
    refresh_leeway: int = 10
    lease: int = 15
    max_attempts: int = 3
    max_takes: int = 50
    daily_tokens: int = 500_000
    proposal_lifetime: int = 900
    webhooks: DeliveryPolicy = DeliveryPolicy()


Stream = AsyncIterator[T]
