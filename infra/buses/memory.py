"""One process: a bounded queue per listener."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

LAG_AT_MOST = 1_000


class QueueListener:
    """Drops the oldest messages of a reader that lags: it follows the database, the bus only wakes it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(LAG_AT_MOST)

    def give(self, message: dict[str, Any]) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(message)

    async def next(self, timeout: float) -> dict[str, Any] | None:  # noqa: ASYNC109 - the port's word
        try:
            async with asyncio.timeout(timeout):  # Python 3.11's wait_for may swallow a reader's end
                return await self._queue.get()
        except TimeoutError:
            return None


class MemoryBus:
    def __init__(self) -> None:
        self._listeners: defaultdict[str, set[QueueListener]] = defaultdict(set)

    async def publish(self, topic: str, message: dict[str, Any]) -> None:
        self.deliver(topic, message)

    def deliver(self, topic: str, message: dict[str, Any]) -> None:
        for listener in tuple(self._listeners.get(topic, ())):
            listener.give(message)

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncGenerator[QueueListener]:
        listener = QueueListener()
        self._listeners[topic].add(listener)
        try:
            yield listener
        finally:
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    async def check(self) -> float:
        return 0.0

    async def close(self) -> None:
        self._listeners.clear()
