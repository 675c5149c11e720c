"""The doorbell: Dramatiq rings a worker with a reaction's name and an id.

Embedded, the broker is Dramatiq's stub broker and its worker threads live in the server; with Redis, workers are
processes of their own. Either way a worker thread only waits: the reaction runs on the process's event loop, which
owns the engine, the bus and the clients. Retries, leases and time limits are ours (rows), so no middleware is on.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog

from workers import Reaction

if TYPE_CHECKING:
    from dramatiq import Broker, Worker

log = structlog.get_logger()
React = Callable[[Reaction, UUID], Coroutine[Any, Any, None]]
HEARTBEAT_MS = 20_000
ALWAYS = 1_000_000


class DramatiqDoorbell:
    def __init__(self, broker: "Broker", reactions: Iterable[Reaction]) -> None:
        self._broker = broker
        self._reactions = {reaction.name: reaction for reaction in reactions}
        self._worker: Worker | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._react: React | None = None
        self._actors = {name: self._declare(reaction) for name, reaction in self._reactions.items()}

    async def ring(self, reaction: str, id: UUID) -> None:
        await asyncio.to_thread(self._actors[reaction].send, str(id))

    def answer(self, react: React, threads: int, queues: Iterable[str] | None = None) -> None:
        """Start answering in this process, on the running loop; `threads` is how many of a queue may wait at once.

        A message that is fetched finds a free thread: the prefetch of a queue equals its threads.
        """
        from dramatiq import Worker

        self._loop, self._react = asyncio.get_running_loop(), react
        named = set(queues) if queues else None
        queue_count = len(named or {reaction.queue for reaction in self._reactions.values()})
        self._worker = Worker(self._broker, queues=named, worker_threads=threads * queue_count, worker_timeout=200)
        self._worker.queue_prefetch = threads
        self._worker.start()

    async def close(self) -> None:
        if self._worker is not None:
            await asyncio.to_thread(self._worker.stop, 5_000)
        await asyncio.to_thread(self._broker.close)

    def _declare(self, reaction: Reaction) -> Any:
        from dramatiq import actor

        def answer(id: str) -> None:
            self._answer(reaction, UUID(id))

        return actor(answer, actor_name=reaction.name, queue_name=reaction.queue, broker=self._broker)

    def _answer(self, reaction: Reaction, id: UUID) -> None:
        if self._loop is None or self._react is None:
            return
        try:
            asyncio.run_coroutine_threadsafe(self._react(reaction, id), self._loop).result()
        except Exception as failed:
            if isinstance(failed, CancelledError) or self._loop.is_closed():
                log.info("doorbell.stopped", reaction=reaction.name, id=str(id))
            else:
                log.exception("doorbell.failed", reaction=reaction.name, id=str(id))


def stub_broker() -> "Broker":
    from dramatiq.brokers.stub import StubBroker

    return StubBroker(middleware=[])


def redis_broker(url: str, namespace: str) -> "Broker":
    from dramatiq.brokers.redis import RedisBroker

    return RedisBroker(
        url=url,
        middleware=[],
        namespace=f"{namespace}:dramatiq",
        maintenance_chance=ALWAYS,
        heartbeat_timeout=HEARTBEAT_MS,
    )
