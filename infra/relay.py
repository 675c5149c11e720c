"""After the commit: events leave the outbox for the bus and for their reactions, and followers are woken.

A crash between the commit and the relay loses nothing: the entries are still there, and whoever runs next hands
them on. Delivery is at least once.
"""

import asyncio
import contextlib

import structlog

from domain.deliveries import DeliveryService
from domain.events import Event
from domain.outbox import OutboxEntry, OutboxService
from domain.ports import Bus, Doorbell
from domain.topics import user_topic
from domain.viewers import Viewer
from domain.work import Work
from infra.database import EngineDatabase
from workers import REACTIONS
from workers.webhooks import DELIVER_TO_WEBHOOK

log = structlog.get_logger()
SWEEP_SECONDS = 2.0


class Relay:
    def __init__(self, database: EngineDatabase, bus: Bus, doorbell: Doorbell) -> None:
        self._database = database
        self._bus = bus
        self._doorbell = doorbell
        self._rung = asyncio.Event()
        self._topics: dict[str, None] = {}
        self._tasks: list[asyncio.Task[None]] = []
        database.after_commit.append(self._hear)

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._run())]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _hear(self, work: Work) -> None:
        self._topics.update(dict.fromkeys(work.topics))
        if work.events or work.topics:
            self._rung.set()

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SWEEP_SECONDS):  # Python 3.11's wait_for may swallow the end of this task
                    await self._rung.wait()
            self._rung.clear()
            try:
                topics, self._topics = self._topics, {}
                for topic in topics:
                    await self._bus.publish(topic, {})
                while await self.hand_on():
                    pass
            except Exception:
                log.exception("relay.failed")
                await asyncio.sleep(1)

    async def hand_on(self) -> int:
        """One batch of the outbox; answers how many entries left it.

        The deliveries of webhooks are rows of the same transaction, so none is lost and none doubled; their bell is
        rung once they are there to be found.
        """
        async with self._database.read(Viewer()) as work:
            if not await OutboxService(work).any():
                return 0
        async with self._database.write(Viewer()) as work:
            outbox = OutboxService(work)
            entries = await outbox.take()
            readable = [entry for entry in entries if _is_readable(entry)]
            for entry in readable:
                await self._tell(entry.event)
            webhooks = await DeliveryService.of(outbox).queue(readable)
            await outbox.forget(entries)
        for webhook_id in webhooks:
            await self._doorbell.ring(DELIVER_TO_WEBHOOK.name, webhook_id)
        return len(entries)

    async def _tell(self, event: Event) -> None:
        if event.owner_id is not None:
            await self._bus.publish(user_topic(event.owner_id), {"name": event.name, "event": event.to_json()})
        for reaction in REACTIONS.get(type(event), ()):
            await self._doorbell.ring(reaction.name, event.subject_id)


def _is_readable(entry: OutboxEntry) -> bool:
    """An event of another version of this program is dropped and named, or it would hold up all that follow."""
    try:
        _ = entry.event
    except (KeyError, TypeError, ValueError) as unknown:
        log.error("relay.unreadable", name=entry.name, id=entry.id, error=repr(unknown))  # noqa: TRY400 - no surprise
        return False
    return True
