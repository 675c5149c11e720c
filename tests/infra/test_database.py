"""Writes are whole or nothing, never nested, never lost, and tell of themselves only once they are true."""

import asyncio
import random
from collections.abc import Callable
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from domain.entities import Entity
from domain.events import ItemCreated
from domain.items import Item, ItemChanges, ItemDraft, ItemService
from domain.outbox import OutboxEntry
from domain.scopes import Scope
from domain.users import User, UserService
from domain.viewers import Viewer
from domain.work import Work
from infra.database import EngineDatabase, open_database
from infra.settings import Settings


@pytest.fixture
def works() -> bool:
    return False


async def items_of(scope: Scope) -> list[str]:
    async with scope.read(ItemService) as items:
        return [row.title for row in (await items.numbered(1, 100)).rows]


async def test_a_write_inside_a_write_raises_and_the_outer_one_can_go_on(ada: Scope) -> None:
    async with ada.write(ItemService) as outer:
        await outer.create(ItemDraft(title="outer"))
        with pytest.raises(RuntimeError, match="a write was opened inside a write"):
            async with ada.write(ItemService):
                pytest.fail("opened")
        with pytest.raises(RuntimeError):
            await asyncio.create_task(_create(ada, "from a task of the write"))
    assert await items_of(ada) == ["outer"]
    await _create(ada, "after it")
    assert await items_of(ada) == ["after it", "outer"]


async def _create(scope: Scope, title: str) -> None:
    async with scope.write(ItemService) as items:
        await items.create(ItemDraft(title=title))


async def test_an_exception_undoes_everything_and_tells_nothing(ada: Scope, database: EngineDatabase) -> None:
    heard: list[Work] = []
    database.after_commit.append(lambda work: heard.append(work) if work.viewer == ada.viewer else None)

    async def break_off(error: type[BaseException]) -> None:
        async with ada.write(ItemService) as items:
            await items.create(ItemDraft(title="never"))
            raise error

    for error in (ZeroDivisionError, asyncio.CancelledError):
        with pytest.raises(error):
            await break_off(error)
    assert await items_of(ada) == []
    assert heard == []
    async with database.read(Viewer()) as work:
        names = set(await work.session.scalars(select(OutboxEntry.name)))
    assert "item.created" not in names


async def test_who_is_told_of_a_write_finds_it_committed(ada: Scope, database: EngineDatabase) -> None:
    seen: list[asyncio.Task[list[str]]] = []

    def look(work: Work) -> None:
        if work.viewer == ada.viewer:
            seen.append(asyncio.ensure_future(items_of(ada)))

    database.after_commit.append(look)
    async with ada.write(ItemService) as items:
        await items.create(ItemDraft(title="a"))
        await asyncio.sleep(0.02)
        assert seen == []
        assert await items_of(ada) == []
    assert await seen[0] == ["a"]


async def test_a_read_cannot_tell_of_anything(ada: Scope) -> None:
    async with ada.read(ItemService) as items:
        with pytest.raises(RuntimeError, match=r"expected a write to emit item\.created"):
            items.work.emit(ItemCreated(owner_id=ada.viewer.id, subject_id=uuid4(), title=""))


async def test_of_fifty_read_modify_writes_at_once_none_is_lost(ada: Scope) -> None:
    async with ada.write(ItemService) as items:
        id = (await items.create(ItemDraft(title="0"))).id

    async def add_one() -> None:
        async with ada.write(ItemService) as items:
            item = await items._get(id)
            await asyncio.sleep(0)
            await items.update(id, ItemChanges(title=str(int(item.title) + 1)))

    await asyncio.gather(*(add_one() for _ in range(50)))
    assert await items_of(ada) == ["50"]


async def test_of_writes_from_two_processes_none_is_lost(ada: Scope, settings: Settings) -> None:
    """A second engine over the same database stands for a second process."""
    async with ada.write(ItemService) as items:
        id = (await items.create(ItemDraft(title="0"))).id
    other = open_database(settings)

    async def add_one(database: EngineDatabase) -> None:
        async with database.write(ada.viewer) as work:
            item = await ItemService(work)._get(id)
            item.title = str(int(item.title) + 1)

    await asyncio.gather(*(add_one(database) for _ in range(15) for database in (ada.ports.database, other)))
    await other.close()
    assert await items_of(ada) == ["30"]


async def test_reads_go_on_while_a_write_is_open(ada: Scope) -> None:
    async with ada.write(ItemService) as items:
        await items.create(ItemDraft(title="a"))
        async with asyncio.timeout(2):
            assert await asyncio.gather(*(items_of(ada) for _ in range(20))) == [[]] * 20


async def test_writes_that_are_cancelled_anywhere_leave_the_database_usable_and_whole(ada: Scope) -> None:
    chance = random.Random(7)
    ends: list[BaseException | None] = []

    async def write(number: int) -> None:
        async with ada.write(ItemService) as items:
            await items.create(ItemDraft(title=f"{number} a"))
            await items.create(ItemDraft(title=f"{number} b"))

    for number in range(40):
        task = asyncio.create_task(write(number))
        await asyncio.sleep(chance.random() * 0.02)
        task.cancel()
        ends += await asyncio.gather(
            task, return_exceptions=True
        )  # the tracebacks refer to cursors, as they do in life
    async with asyncio.timeout(5):
        await write(99)
    titles = await items_of(ada)
    assert sorted(t[:-1] for t in titles if t.endswith("a")) == sorted(t[:-1] for t in titles if t.endswith("b"))
    assert "99 a" in titles


async def test_a_broken_statement_leaves_the_connection_usable(ada: Scope) -> None:
    for _ in range(12):
        with pytest.raises(SQLAlchemyError):
            async with ada.write(ItemService) as items:
                await items.session.execute(text("SELECT * FROM no_such_table"))
        with pytest.raises(SQLAlchemyError):
            async with ada.read(ItemService) as items:
                await items.session.execute(text("SELECT * FROM no_such_table"))
    await _create(ada, "still works")


async def test_the_clock_of_a_write_is_read_once_the_database_is_ours(ada: Scope, database: EngineDatabase) -> None:
    """A lease that was counted from before a long wait for the lock would be too short."""
    if database.kind != "sqlite":
        pytest.skip("only SQLite writes one after the other")
    waited: list[float] = []

    async def second() -> None:
        async with ada.write(ItemService) as items:
            waited.append(items.work.now.timestamp())

    async with ada.write(ItemService) as items:
        await items.create(ItemDraft(title="first"))
        began = items.work.now.timestamp()
        other = asyncio.create_task(_in_a_context_of_its_own(second))
        await asyncio.sleep(0.3)
    await other
    assert waited[0] - began >= 0.3


async def _in_a_context_of_its_own(work: Callable[[], object]) -> None:
    import contextvars

    await asyncio.get_running_loop().create_task(work(), context=contextvars.Context())  # type: ignore[arg-type]


async def test_new_rows_are_inserted_and_known_ones_left_as_they_stand(ada: Scope) -> None:
    async with ada.write(UserService) as users:
        mine = {"id": ada.viewer.id, "email": "x", "email_folded": "x"}
        new = {"id": uuid4(), "email": "new@example.com", "email_folded": "new@example.com"}
        await users.work.insert_new(User, [])
        await users.work.insert_new(User, [mine, new, new])
    async with ada.read(UserService) as users:
        assert await users.session.scalar(select(func.count()).select_from(User)) == 2
        assert (await users.get_by_id(ada.viewer.id)).email == "ada@example.com"


async def test_foreign_keys_hold(ada: Scope) -> None:
    with pytest.raises(SQLAlchemyError):
        async with ada.write(ItemService) as items:
            items.session.add(Item(user_id=uuid4(), title="of nobody"))
    assert await items_of(ada) == []


async def test_times_come_back_aware_and_naive_ones_are_refused(ada: Scope) -> None:
    await _create(ada, "a")
    async with ada.read(ItemService) as items:
        (row,) = (await items.numbered(1, 1)).rows
    assert row.created_at.utcoffset().total_seconds() == 0
    assert row.updated_at is None
    with pytest.raises(SQLAlchemyError, match="expected a time with a zone"):
        async with ada.write(ItemService) as items:
            await items.session.execute(update(Item).values(created_at=row.created_at.replace(tzinfo=None)))


async def test_the_check_answers_in_milliseconds_and_raises_without_a_database(database: EngineDatabase) -> None:
    assert 0 < await database.check() < 5000


def test_every_noun_has_an_id_and_its_times() -> None:
    for noun in Entity.__subclasses__():
        assert {"id", "created_at", "updated_at"} <= set(noun.__table__.columns.keys())
