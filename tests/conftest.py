"""Real parts for every test: a migrated database of its own, real commits, the embedded ports or the real services.

`TEST_DATABASE_URL` and `TEST_REDIS_URL`, or `DATABASE_URL` and `REDIS_URL` where these are unset, put the same suite
on PostgreSQL and Redis. The named database is never opened: each worker makes its own beside it and drops it at the
end; Redis keys live under a namespace of the run.
"""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from domain.scopes import Scope
from domain.users import Registration, UserRow, UserService
from domain.viewers import Role, Viewer
from infra.database import EngineDatabase, open_database
from infra.entities import METADATA
from infra.migrate import migrate
from infra.runtime import Runtime, open_runtime
from infra.settings import Settings, read_settings

SECRET = "a-test-key-that-is-long-enough-to-be-one"

for name in ("DATABASE_URL", "REDIS_URL"):  # taken away, so that no test opens what the operator named
    given = os.environ.pop(name, "")
    if given.startswith(("postgres", "redis")):
        os.environ.setdefault(f"TEST_{name}", given)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--on-services", action="store_true", help="only the tests that a database, Redis or a server takes part in"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The suite's second run, on PostgreSQL and Redis, leaves out what these cannot change."""
    if not config.getoption("--on-services"):
        return
    parts = {"migrated", "settings", "runtime", "new_server"}
    kept = [item for item in items if parts & set(getattr(item, "fixturenames", ()))]
    kept_set = set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept_set])
    items[:] = kept


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment of a migrated database: a file to copy, or a database of this worker's own."""
    named = os.environ.get("TEST_DATABASE_URL", "")
    if named:
        url = make_url(named).set(drivername="postgresql+asyncpg")
        own = url.set(database=f"pa_test_{uuid.uuid4().hex[:12]}")
        asyncio.run(_sql(url, f'CREATE DATABASE "{own.database}"'))
        environ = {"DATABASE_URL": own.render_as_string(hide_password=False)}
        try:
            asyncio.run(_migrate(_settings(tmp_path_factory.mktemp("pg"), environ)))
            yield environ
        finally:
            asyncio.run(_sql(url, f'DROP DATABASE "{own.database}" WITH (FORCE)'))
        return
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(_migrate(_settings(folder, {})))
    yield {"template": str(folder / "personal_automations.sqlite3")}


@pytest.fixture
async def settings(migrated: dict[str, str], tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings of one test: its own data, files and namespace."""
    environ = {key: value for key, value in migrated.items() if key != "template"}
    if "template" in migrated:
        shutil.copy(migrated["template"], tmp_path / "personal_automations.sqlite3")
    elif os.environ.get("TEST_REDIS_URL"):
        environ["REDIS_URL"] = os.environ["TEST_REDIS_URL"]
        environ["REDIS_NAMESPACE"] = f"pa_test_{uuid.uuid4().hex[:12]}"
    made = _settings(tmp_path, environ)
    yield made
    if "template" not in migrated:
        await _empty(made)


@pytest.fixture
def works() -> bool:
    """Overridden with False where no run is executed: stopping the worker threads takes 0.4 s a test."""
    return True


@pytest.fixture
async def runtime(settings: Settings, works: bool) -> AsyncIterator[Runtime]:
    """Everything open, working and sweeping, as one server process has it."""
    async with open_runtime(settings, works=works, sweeps=works) as opened:
        yield opened


@pytest.fixture
def database(runtime: Runtime) -> EngineDatabase:
    return runtime.database


@pytest.fixture
def scope_of(runtime: Runtime) -> Callable[[Viewer], Scope]:
    return lambda viewer: Scope(viewer, runtime.ports)


@pytest.fixture
def stranger(runtime: Runtime) -> Scope:
    return Scope(Viewer(), runtime.ports)


@pytest.fixture
async def ada(runtime: Runtime) -> Scope:
    return await sign_up(runtime, "ada@example.com")


@pytest.fixture
async def bob(runtime: Runtime) -> Scope:
    return await sign_up(runtime, "bob@example.com")


@pytest.fixture
async def root(runtime: Runtime) -> Scope:
    return await sign_up(runtime, "root@example.com", role=Role.ADMIN)


@pytest.fixture
def make_runtime() -> Callable[..., AbstractAsyncContextManager[Runtime]]:
    """A second process's worth of ports over the same settings."""

    @asynccontextmanager
    async def make(settings: Settings, *, works: bool = True, sweeps: bool = True) -> AsyncIterator[Runtime]:
        async with open_runtime(settings, works=works, sweeps=sweeps) as opened:
            yield opened

    return make


async def sign_up(runtime: Runtime, email: str, role: Role = Role.USER) -> Scope:
    """An account, and the scope of its owner; without a password, which would only cost time."""
    async with Scope(Viewer(), runtime.ports).write(UserService) as users:
        user: UserRow = await users.register(Registration(email=email, password="correct horse"), None, role=role)
    return Scope(Viewer(user_id=user.id, role=role), runtime.ports)


def _settings(folder: Path, environ: dict[str, str]) -> Settings:
    return read_settings(
        {**environ, "SECRET_KEY": SECRET, "ENVIRONMENT": "test", "LEASE_SECONDS": "5", "DATA_DIR": str(folder)}
    )


async def _migrate(settings: Settings) -> None:
    database = open_database(settings)
    await migrate(database)
    await database.close()


async def _sql(url: Any, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def _empty(settings: Settings) -> None:
    """Leave nothing behind for the next test of this worker, nor in Redis. TRUNCATE would take ten times as long."""
    database = open_database(settings)
    async with database.writer.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            await connection.execute(table.delete())
    await database.close()
    if settings.redis_url:
        from redis.asyncio import Redis

        client = Redis.from_url(settings.redis_url)
        async for key in client.scan_iter(match=f"{settings.REDIS_NAMESPACE}:*"):
            await client.delete(key)
        await client.aclose()


@pytest.fixture
def dead_address() -> str:
    """An address on loopback where nobody answers."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
