"""SQLite or PostgreSQL: the only file that knows which.

SQLite writes through a pool of one connection, each transaction begun IMMEDIATE: a deferred one that reads and
then writes fails at once with "database is locked" whatever the busy timeout is, and concurrent
read-modify-writes lost updates when it was tried. Reads run on AUTOCOMMIT connections of their own.
"""

import contextlib
import sqlite3
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from domain.entities import Base
from domain.mentions import Mentions
from domain.outbox import OutboxEntry
from domain.viewers import Viewer
from domain.work import Work
from infra.settings import Settings

AfterCommit = Callable[[Work], None]
_writing: ContextVar[bool] = ContextVar("writing", default=False)


@compiles(Mentions, "sqlite")
def _by_fts5(mentions: Mentions, compiler: SQLCompiler, **options: Any) -> str:
    """A quoted phrase of FTS5's trigrams is a plain substring."""
    id, words = (compiler.process(clause, **options) for clause in list(mentions.clauses)[:2])
    phrase = f"""'"' || replace({words}, '"', '""') || '"'"""
    found = f"SELECT rowid FROM search_postings WHERE search_postings MATCH {phrase}"  # noqa: S608 - compiled clauses
    return f"{id} IN (SELECT n.posting_id FROM search_numbers AS n WHERE n.number IN ({found}))"  # noqa: S608


@compiles(Mentions, "postgresql")
def _by_trigrams(mentions: Mentions, compiler: SQLCompiler, **options: Any) -> str:
    """Answered by the index of pg_trgm where there is one, else by reading."""
    id, pattern = (compiler.process(clause, **options) for clause in list(mentions.clauses)[::2])
    found = " OR ".join(f"p.{column} ILIKE {pattern}" for column in ("title", "company", "description"))
    return f"{id} IN (SELECT p.id FROM postings AS p WHERE {found})"  # noqa: S608 - compiled clauses


class SqlWork(Work):
    async def insert_new(self, entity: type[Base], rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        if self.session.get_bind().dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert
        else:
            from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
        await self.session.execute(insert(entity).on_conflict_do_nothing(), rows)


class EngineDatabase:
    """The database port over SQLAlchemy's async engine. `after_commit` hears of every committed write."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.writer = writer
        self.reader = reader
        self.after_commit: list[AfterCommit] = []

    @property
    def kind(self) -> str:
        return self.writer.dialect.name

    @asynccontextmanager
    async def read(self, viewer: Viewer) -> AsyncGenerator[Work]:
        async with AsyncSession(self.reader, expire_on_commit=False, autoflush=False) as session:
            yield SqlWork(session, viewer, writing=False)

    @asynccontextmanager
    async def write(self, viewer: Viewer) -> AsyncGenerator[Work]:
        if _writing.get():
            message = "a write was opened inside a write: use the one that is open (Service.of)"
            raise RuntimeError(message)
        token = _writing.set(True)
        try:
            async with AsyncSession(self.writer, expire_on_commit=False) as session:
                await session.connection()  # SQLite's lock may be waited for: the work's clock starts after it
                work = SqlWork(session, viewer, writing=True)
                yield work
                session.add_all(OutboxEntry(name=e.name, owner_id=e.owner_id, payload=e.to_json()) for e in work.events)
                await session.commit()
        finally:
            _writing.reset(token)
        for hear in self.after_commit:
            hear(work)

    async def check(self) -> float:
        began = time.perf_counter()
        async with self.reader.connect() as connection:
            await connection.execute(text("SELECT 1"))
        return (time.perf_counter() - began) * 1000

    async def close(self) -> None:
        await self.reader.dispose()
        await self.writer.dispose()


def open_database(settings: Settings) -> EngineDatabase:
    url = make_url(settings.database_url)
    json: dict[str, Any] = {"json_serializer": _dumps, "json_deserializer": orjson.loads}
    if url.get_backend_name() == "postgresql":
        engine = create_async_engine(
            url,
            pool_size=settings.DB_POOL_SIZE,
            max_overflow=settings.DB_POOL_SIZE,
            pool_pre_ping=True,
            **json,
        )
        return EngineDatabase(engine, engine.execution_options(isolation_level="AUTOCOMMIT"))
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    sqlite: dict[str, Any] = {"connect_args": {"factory": _Connection}, **json}
    writer = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=60, **sqlite)
    reader = create_async_engine(url, pool_size=4, max_overflow=4, isolation_level="AUTOCOMMIT", **sqlite)
    for engine in (writer, reader):
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(writer.sync_engine, "begin", _begin_immediate)
    return EngineDatabase(writer, reader)


class _Connection(sqlite3.Connection):
    """Gives up its lock when it is closed, whatever still refers to it.

    SQLAlchemy closes the connection under a statement that was cancelled; SQLite keeps a closed connection and its
    transaction until the last cursor is gone, and the cancelled task's traceback holds one.
    """

    def close(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            self.rollback()
        super().close()


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=10000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
