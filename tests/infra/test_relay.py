"""What is committed is handed on at least once, whoever dies in between, and nothing that is not committed."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.events import ItemCreated
from domain.items import ItemDraft, ItemService
from domain.outbox import OutboxEntry, OutboxService
from domain.run_service import RunService
from domain.runs import TriggerType
from domain.scopes import Scope
from domain.topics import user_topic
from domain.viewers import Viewer
from infra.buses.memory import MemoryBus
from infra.database import EngineDatabase, open_database
from infra.relay import Relay
from infra.runtime import Runtime
from infra.settings import Settings

Open = Callable[..., AbstractAsyncContextManager[Runtime]]


@pytest.fixture
def works() -> bool:
    return False


class Bell:
    """Notes who is rung for; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.rung: list[tuple[str, UUID]] = []
        self.failures = failures

    async def ring(self, reaction: str, id: UUID) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError
        self.rung.append((reaction, id))


@pytest.fixture
async def quiet(settings: Settings) -> Any:
    """A database that no relay listens to."""
    database = open_database(settings)
    yield database
    await database.close()


async def request(database: EngineDatabase, viewer: Viewer, number: int) -> UUID:
    async with database.write(viewer) as work:
        return (await RunService(work).request("echo", {"n": number}, TriggerType.API)).id


async def waiting(database: EngineDatabase) -> int:
    async with database.read(Viewer()) as work:
        return await work.session.scalar(select(func.count()).select_from(OutboxEntry)) or 0


async def drain(relay: Relay) -> None:
    while await relay.hand_on():
        pass


async def test_what_was_committed_with_no_relay_is_handed_on_by_the_next_one(quiet: EngineDatabase) -> None:
    ids = [await request(quiet, Viewer(), n) for n in range(5)]
    assert await waiting(quiet) == 5
    bell = Bell()
    relay = Relay(quiet, MemoryBus(), bell)
    relay.start()
    async with asyncio.timeout(5):
        while await waiting(quiet):
            await asyncio.sleep(0.02)
    await relay.close()
    assert bell.rung == [("execute_run", id) for id in ids]


async def test_more_than_a_batch_is_handed_on_in_order(quiet: EngineDatabase) -> None:
    async with quiet.write(Viewer()) as work:
        for n in range(450):
            work.emit(ItemCreated(owner_id=None, subject_id=UUID(int=n), title=""))
    async with quiet.read(Viewer()) as work:
        ids = [entry.event.subject_id.int for entry in await OutboxService(work).take(1000)]
    assert ids == list(range(450))
    relay = Relay(quiet, MemoryBus(), Bell())
    assert [await relay.hand_on() for _ in range(4)] == [200, 200, 50, 0]


async def test_two_relays_at_once_hand_on_everything_and_leave_nothing(
    quiet: EngineDatabase, settings: Settings
) -> None:
    ids = {await request(quiet, Viewer(), n) for n in range(30)}
    other = open_database(settings)
    bell = Bell()
    await asyncio.gather(*(drain(Relay(database, MemoryBus(), bell)) for database in (quiet, other, quiet, other)))
    await other.close()
    assert {id for _, id in bell.rung} == ids
    assert await waiting(quiet) == 0


async def test_a_relay_that_dies_while_it_hands_on_loses_nothing(quiet: EngineDatabase) -> None:
    ids = {await request(quiet, Viewer(), n) for n in range(10)}
    dying = Bell()
    relay = Relay(quiet, MemoryBus(), dying)
    task = asyncio.create_task(relay.hand_on())
    while len(dying.rung) < 3:
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    bell = Bell()
    await drain(Relay(quiet, MemoryBus(), bell))
    assert {id for _, id in (*dying.rung, *bell.rung)} == ids
    assert await waiting(quiet) == 0


async def test_a_bell_that_cannot_be_rung_is_rung_again_later(quiet: EngineDatabase) -> None:
    id = await request(quiet, Viewer(), 1)
    bell = Bell(failures=1)
    relay = Relay(quiet, MemoryBus(), bell)
    relay._rung.set()
    relay.start()
    async with asyncio.timeout(8):
        while await waiting(quiet):
            await asyncio.sleep(0.05)
    await relay.close()
    assert bell.rung == [("execute_run", id)]


async def test_an_entry_that_cannot_be_read_holds_up_no_other(quiet: EngineDatabase) -> None:
    async with quiet.write(Viewer()) as work:
        entries = [
            OutboxEntry(name="from.the.future", owner_id=None, payload={}),
            OutboxEntry(name="item.created", owner_id=None, payload={}),
            OutboxEntry(name="item.created", owner_id=None, payload={"owner_id": "x", "subject_id": 5, "title": []}),
        ]
        work.session.add_all(entries)
    id = await request(quiet, Viewer(), 1)
    bell = Bell()
    await drain(Relay(quiet, MemoryBus(), bell))
    assert bell.rung == [("execute_run", id)]
    assert await waiting(quiet) == 0


async def test_a_payload_of_an_older_or_newer_version_is_read_as_far_as_it_is_known() -> None:
    event = ItemCreated(owner_id=uuid4(), subject_id=uuid4(), title="é")
    assert ItemCreated.from_json({**event.to_json(), "added later": 1}) == event


async def test_the_owner_hears_of_it_after_the_commit_and_nobody_else(ada: Scope, bob: Scope) -> None:
    bus = ada.ports.bus
    async with bus.listen(user_topic(ada.viewer.id)) as hers, bus.listen(user_topic(bob.viewer.id)) as his:
        while await hers.next(0.3) or await his.next(0.1):
            pass  # of their accounts
        async with ada.write(ItemService) as items:
            made = await items.create(ItemDraft(title="é"))
            assert await hers.next(0.2) is None
        told = await hers.next(5)
        assert told["name"] == "item.created"
        assert told["event"]["subject_id"] == str(made.id)
        assert told["event"]["title"] == "é"
        assert await his.next(0.2) is None


async def test_a_relay_that_is_closed_just_when_it_is_rung_ends(settings: Settings, make_runtime: Open) -> None:
    for _ in range(15):
        async with asyncio.timeout(5), make_runtime(settings, works=False, sweeps=False) as opened:
            await asyncio.sleep(0.005)
            opened.relay._rung.set()


async def test_a_write_that_tells_nothing_wakes_no_relay(ada: Scope, runtime: Runtime) -> None:
    async with asyncio.timeout(5):
        while runtime.relay._rung.is_set() or await waiting(runtime.database):
            await asyncio.sleep(0.01)
    async with ada.write(ItemService):
        pass
    assert not runtime.relay._rung.is_set()
