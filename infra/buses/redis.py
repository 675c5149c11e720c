"""Several processes: one capped stream, one reader per process, handed on in memory.

A reader that lost its connection goes on from the last message it saw; what the cap cut meanwhile is healed by
the followers, who ask the database after a while without news.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import orjson
import structlog

from infra.buses.memory import MemoryBus, QueueListener

if TYPE_CHECKING:
    from redis.asyncio import Redis

KEPT_AT_MOST = 10_000
BLOCK_MS = 5_000
PATIENCE_SECONDS = 1.0
log = structlog.get_logger()


class RedisBus:
    """`client` must have no socket time-out: a blocking read outlives redis-py's default of 5 s."""

    def __init__(self, client: "Redis", namespace: str) -> None:
        self._client = client
        self._stream = f"{namespace}:bus"
        self._local = MemoryBus()
        self._reader: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        fields: Any = {"t": topic, "m": orjson.dumps(message)}
        await self._client.xadd(self._stream, fields, maxlen=KEPT_AT_MOST, approximate=True)

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncGenerator[QueueListener]:
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        with contextlib.suppress(TimeoutError):  # a bus that is away only slows those who follow the database
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._ready.wait()
        async with self._local.listen(topic) as listener:
            yield listener

    async def check(self) -> float:
        began = time.perf_counter()
        await self._client.ping()
        return (time.perf_counter() - began) * 1000

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reader
        await self._client.aclose()

    async def _read(self) -> None:
        from redis.exceptions import RedisError

        last: str | None = None
        while True:
            try:
                if last is None:
                    last = await self._newest()
                    self._ready.set()
                for _, entries in await self._client.xread({self._stream: last}, count=500, block=BLOCK_MS) or ():
                    for id, fields in entries:
                        last = id.decode()
                        self._deliver(fields)
            except (RedisError, OSError) as lost:
                log.warning("bus.lost", error=type(lost).__name__)
                await asyncio.sleep(0.5)
                last = None if not self._ready.is_set() else await self._resume(last)

    def _deliver(self, fields: dict[bytes, bytes]) -> None:
        try:
            self._local.deliver(fields[b"t"].decode(), orjson.loads(fields[b"m"]))
        except (KeyError, ValueError) as foreign:
            log.warning("bus.unreadable", error=type(foreign).__name__)

    async def _newest(self) -> str:
        newest = await self._client.xrevrange(self._stream, count=1)
        return newest[0][0].decode() if newest else "0-0"

    async def _resume(self, last: str | None) -> str | None:
        """An emptied Redis starts its ids anew only if its clock went back: read from the start then."""
        with contextlib.suppress(Exception):
            newest = await self._newest()
            if last is not None and _place(newest) < _place(last):
                return "0-0"
        return last


def _place(id: str) -> tuple[int, int]:
    """A stream id is a time in milliseconds and a number within it."""
    milliseconds, _, number = id.partition("-")
    return int(milliseconds), int(number)
