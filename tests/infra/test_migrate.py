"""A database comes from nothing to the newest version and back, on both kinds, whoever starts at once."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from infra.database import EngineDatabase, open_database
from infra.entities import METADATA
from infra.migrate import head, migrate, revision, run
from infra.settings import Settings, read_settings

NAMED = os.environ.get("TEST_DATABASE_URL", "")


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings of a database with nothing in it."""
    environ = {"DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 32}
    if not NAMED:
        yield read_settings(environ)
        return
    url = make_url(NAMED).set(drivername="postgresql+asyncpg")
    own = url.set(database=f"pa_test_{uuid.uuid4().hex[:12]}")
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(f'CREATE DATABASE "{own.database}"'))
        yield read_settings({**environ, "DATABASE_URL": own.render_as_string(hide_password=False)})
        await connection.execute(text(f'DROP DATABASE "{own.database}" WITH (FORCE)'))
    await engine.dispose()


@pytest.fixture
async def database(empty: Settings) -> AsyncIterator[EngineDatabase]:
    opened = open_database(empty)
    yield opened
    await opened.close()


async def tables(database: EngineDatabase) -> set[str]:
    async with database.writer.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        return {name for name in names if not name.startswith("search_")}


async def test_an_empty_database_is_brought_to_the_newest_version_once(database: EngineDatabase) -> None:
    assert await revision(database) is None
    assert await migrate(database) is True
    assert await revision(database) == head()
    assert await migrate(database) is False
    assert await tables(database) == {*METADATA.tables, "alembic_version"}


async def test_the_models_and_the_migrations_agree(database: EngineDatabase) -> None:
    await migrate(database)

    def differences(connection: Connection) -> list[object]:
        opts = {"compare_type": False, "include_object": lambda _, name, *__: not str(name).startswith("search_")}
        return compare_metadata(MigrationContext.configure(connection, opts=opts), METADATA)

    async with database.writer.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_constraint_of_the_models_is_in_the_database(database: EngineDatabase) -> None:
    await migrate(database)

    def found(connection: Connection) -> set[tuple[str, str, bool]]:
        inspector = inspect(connection)
        return {
            (table, index["name"], bool(index["unique"]))
            for table in METADATA.tables
            for index in inspector.get_indexes(table)
            if not index.get("duplicates_constraint")
        }

    wanted = {(t.name, index.name, bool(index.unique)) for t in METADATA.sorted_tables for index in t.indexes}
    async with database.writer.connect() as connection:
        assert wanted <= await connection.run_sync(found)


async def test_it_goes_down_to_nothing_and_up_again(database: EngineDatabase) -> None:
    await migrate(database)
    await run(database, lambda config: command.downgrade(config, "base"))
    assert await tables(database) == {"alembic_version"}
    assert await migrate(database) is True
    assert await tables(database) == {*METADATA.tables, "alembic_version"}


MIGRATE = """
import asyncio
from infra.database import open_database
from infra.migrate import migrate
from infra.settings import read_settings

async def main():
    database = open_database(read_settings())
    await migrate(database)
    await database.close()

asyncio.run(main())
"""


async def test_several_processes_that_start_at_once_migrate_once(empty: Settings, database: EngineDatabase) -> None:
    environ = {
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "DATA_DIR": str(empty.DATA_DIR),
        "SECRET_KEY": empty.SECRET_KEY,
        "DATABASE_URL": empty.database_url,
    }
    started = [await asyncio.create_subprocess_exec(sys.executable, "-c", MIGRATE, env=environ) for _ in range(2)]
    assert [await process.wait() for process in started] == [0, 0]
    assert await revision(database) == head()
    assert await tables(database) == {*METADATA.tables, "alembic_version"}
