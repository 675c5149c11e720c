"""In whose name operations run, for how long, and how many streams and sockets each of them may hold."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import HTTPConnection


@dataclass(frozen=True, slots=True)
class Opened:
    """What `open_context` returns.

    `new` makes the context of one operation. Streams and sockets are counted for `owner`, or for the address
    where it is None. They end when `closing()` returns (awaited once for each of them) and at `expires_at`,
    in seconds since the epoch.
    """

    new: Callable[[], Any]
    owner: Hashable | None = None
    closing: Callable[[], Awaitable[object]] | None = None
    expires_at: float | None = None

    async def ended(self) -> None:
        """Return when the session is over, which may be never."""
        seconds = None if self.expires_at is None else max(0.0, self.expires_at - time.time())
        try:
            async with asyncio.timeout(seconds):
                await (self.closing() if self.closing else asyncio.get_running_loop().create_future())
        except TimeoutError:
            return


OpenContext = Callable[[HTTPConnection, dict[str, Any] | None], Awaitable[Opened]]
"""Called with the request and None, or with the socket and the payload of its `connection_init`.

It raises a DomainError when nobody may ask: AuthenticationError closes a socket with 4401, others with 4403.
"""


class NoSeatError(Exception):
    """An owner has as many as they may."""


@dataclass(slots=True)
class Seats:
    """Counts what is open for each owner, up to a limit."""

    limit: int
    taken: Counter[Hashable] = field(default_factory=Counter)

    @contextmanager
    def seat(self, owner: Hashable) -> Iterator[None]:
        """Hold one of an owner's seats; NoSeatError when all are taken."""
        if self.taken[owner] >= self.limit:
            raise NoSeatError
        self.taken[owner] += 1
        try:
            yield
        finally:
            self.taken[owner] -= 1
            if not self.taken[owner]:
                del self.taken[owner]


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Seconds, bytes and pieces that hold for sockets, and for event streams where they have them too."""

    init_seconds: float = 5.0
    """From the handshake to `connection_init`."""
    open_seconds: float = 10.0
    """For `open_context` to answer."""
    patience_seconds: float = 10.0
    """How long a message may wait for a reader that does not take it, before the reader is dropped."""
    keepalive_seconds: float = 15.0
    """Between two signs of life on a silent event stream."""
    frame_bytes: int = 256 * 1024
    operations: int = 50
    """Running on one socket."""
    per_owner: int = 20
    """Sockets and event streams of one owner, together."""
    per_address: int = 200
    """Sockets of one address, those that have not said who they are included."""
