"""Keeping the turns that this process works on: their leases, their stop signs and the pieces of their streams.

A piece goes to the bus at once and is stored every 100 ms or 1 KB, for all turns of the process in one transaction:
a transaction per turn would cost more than the turns themselves.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import structlog

from domain.chats import Happened
from domain.leases import LeaseLostError
from domain.ports import Bus, Database
from domain.topics import STOPS, chat_topic
from domain.turn_leases import Batch, TurnLeaseService
from domain.turns import ChatEventKind, TurnLease
from domain.viewers import Viewer

log = structlog.get_logger()
STORE_SECONDS = 0.1
STORE_CHARACTERS = 1_024
RENEW_SECONDS = 0.8
AT_ONCE = 3
SYSTEM = Viewer()


class TurnStoppedError(Exception):
    """The person asked the answer to stop."""


class HeldTurn:
    """A turn that this process works on. Only what runs inside `interruptible` is ended from outside."""

    def __init__(self, lease: TurnLease, bus: Bus, full: Callable[[], None]) -> None:
        self.id = lease.turn.id
        self.conversation_id = lease.turn.conversation_id
        self.fence = lease.fence
        self.offset = lease.offset
        self.last_seq = lease.turn.first_seq
        self.buffer: list[Happened] = []
        self.reason: Exception | None = None
        self._bus = bus
        self._full = full
        self._waiting = 0
        self._body: asyncio.Task[Any] | None = None

    async def say(self, kind: ChatEventKind, text: str, **where: Any) -> None:
        """Tell a piece of the stream (text or arguments) at once; it is stored soon."""
        piece = {**where, "offset": self.offset, "text": text}
        self.offset += len(text)
        _append(self.buffer, kind, piece)
        self._waiting += len(text)
        if self._waiting >= STORE_CHARACTERS:
            self._full()
        live = {"turn_id": str(self.id), "seq": self.last_seq, "kind": kind.value, "piece": piece}
        await self._bus.publish(chat_topic(self.conversation_id), live)

    async def told(self, seq: int, happened: tuple[Happened, ...]) -> None:
        """Tell what was stored, `seq` being the last number, so that no follower has to read it."""
        self.last_seq = seq
        await tell(self._bus, self.conversation_id, self.id, seq, happened)

    def taken(self) -> None:
        self._waiting = 0

    def end(self, reason: Exception) -> None:
        if self.reason is None:
            self.reason = reason
            if self._body is not None:
                self._body.cancel()

    @asynccontextmanager
    async def interruptible(self) -> AsyncGenerator[None]:
        """Raises the reason for which the turn is to end, before, within or after the body."""
        if self.reason is not None:
            raise self.reason
        body = asyncio.current_task()
        self._body = body
        try:
            yield
        except asyncio.CancelledError:
            if self.reason is not None and body is not None:
                body.uncancel()
                raise self.reason from None
            raise
        finally:
            self._body = None


class TurnKeeper:
    def __init__(self, database: Database, bus: Bus, lease_seconds: int) -> None:
        self._database = database
        self._bus = bus
        self._lease_seconds = lease_seconds
        self.gate = asyncio.Semaphore(AT_ONCE)
        """Held while a turn reads and writes: many that begin at once would delay every word of the others."""
        self._held: dict[UUID, HeldTurn] = {}
        self._storing = asyncio.Lock()
        self._full = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    @asynccontextmanager
    async def hold(self, lease: TurnLease) -> AsyncGenerator[HeldTurn]:
        held = HeldTurn(lease, self._bus, self._full.set)
        self._held[held.id] = held
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._keep()), asyncio.create_task(self._hear_stops())]
        try:
            yield held
        finally:
            del self._held[held.id]

    async def drain(self, held: HeldTurn) -> tuple[Happened, ...]:
        """What is not stored yet, for a transaction of the caller's own."""
        async with self._storing:
            pieces, held.buffer = tuple(held.buffer), []
            held.taken()
        return pieces

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    async def _keep(self) -> None:
        renewed = time.monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), STORE_SECONDS if self._held else RENEW_SECONDS)
            self._full.clear()
            try:
                await self._store()
                if self._held and time.monotonic() - renewed >= RENEW_SECONDS:
                    renewed = time.monotonic()
                    await self._renew()
            except Exception:
                log.exception("turns.keeping_failed")
                await asyncio.sleep(RENEW_SECONDS)

    async def _store(self) -> None:
        async with self._storing:
            batches = [
                Batch(held.id, held.conversation_id, held.fence, tuple(held.buffer), held.offset)
                for held in self._held.values()
                if held.buffer
            ]
            if not batches:
                return
            counts = {batch.turn_id: len(batch.pieces) for batch in batches}
            buffers = {id: self._held[id].buffer for id in counts}
            for id in counts:
                self._held[id].buffer = []
                self._held[id].taken()
            try:
                async with self._database.write(SYSTEM) as work:
                    stored = await TurnLeaseService(work).store(batches)
            except BaseException:
                for id, buffer in buffers.items():
                    if id in self._held:
                        self._held[id].buffer = buffer + self._held[id].buffer
                raise
        for batch in batches:
            await self._tell(batch, stored[batch.turn_id])

    async def _tell(self, batch: Batch, seq: int | None) -> None:
        held = self._held.get(batch.turn_id)
        if seq is None:
            if held is not None:
                held.end(LeaseLostError(batch.turn_id))
            return
        if held is not None:
            held.last_seq = max(held.last_seq, seq)
        stored = {"turn_id": str(batch.turn_id), "stored": [seq - len(batch.pieces) + 1, seq], "upto": batch.offset}
        await self._bus.publish(chat_topic(batch.conversation_id), stored)

    async def _renew(self) -> None:
        fences = {id: held.fence for id, held in self._held.items()}
        async with self._database.write(SYSTEM) as work:
            stops = await TurnLeaseService(work).renew(fences, self._lease_seconds)
        for id, stop in stops.items():
            held = self._held.get(id)
            if held is not None and (stop or stop is None):
                held.end(TurnStoppedError() if stop else LeaseLostError(id))

    async def _hear_stops(self) -> None:
        """The bus only makes it faster: a stop that it loses is found when the lease is renewed."""
        async with self._bus.listen(STOPS) as listener:
            while True:
                message = await listener.next(60)
                held = self._held.get(UUID(message["turn_id"])) if message else None
                if held is not None:
                    held.end(TurnStoppedError())


async def tell(bus: Bus, conversation_id: UUID, turn_id: UUID, seq: int, happened: tuple[Happened, ...]) -> None:
    """Tell events that were stored, `seq` being the number of the last."""
    events = [{"kind": kind.value, "data": data} for kind, data in happened]
    message = {"turn_id": str(turn_id), "first": seq - len(happened) + 1, "told": events}
    await bus.publish(chat_topic(conversation_id), message)


def _append(buffer: list[Happened], kind: ChatEventKind, piece: dict[str, Any]) -> None:
    """Pieces of the same part are stored as one."""
    if buffer:
        last_kind, last = buffer[-1]
        same = all(last.get(name) == piece.get(name) for name in ("request", "index", "tool_call_id"))
        if last_kind is kind and same and len(last["text"]) < STORE_CHARACTERS:
            buffer[-1] = (kind, {**last, "text": last["text"] + piece["text"]})
            return
    buffer.append((kind, piece))
