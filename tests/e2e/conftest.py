"""A real server in a process of its own, spoken to over real sockets."""

import asyncio
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bench.servers import Server


@pytest.fixture
def new_server(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Makes servers on the embedded default, or on a database and Redis namespace of their own where named."""
    made: list[Server] = []
    databases: list[str] = []

    def make(*arguments: str, **environ: str) -> Server:
        folder = tmp_path / uuid.uuid4().hex[:8]
        folder.mkdir()
        given = {"DATA_DIR": str(folder), "ENVIRONMENT": "test", **environ}
        named, redis = os.environ.get("TEST_DATABASE_URL"), os.environ.get("TEST_REDIS_URL")
        if named and redis:
            own = f"pa_e2e_{uuid.uuid4().hex[:12]}"
            url = make_url(named).set(drivername="postgresql+asyncpg")
            asyncio.run(sql(url, f'CREATE DATABASE "{own}"'))
            databases.append(own)
            given |= {
                "DATABASE_URL": url.set(database=own).render_as_string(hide_password=False),
                "REDIS_URL": redis,
                "REDIS_NAMESPACE": own,
                "LEASE_SECONDS": "8",
            }
        server = Server(given, *arguments)
        made.append(server)
        return server

    yield make
    for server in made:
        server.stop()
    for own in databases:
        url = make_url(os.environ["TEST_DATABASE_URL"]).set(drivername="postgresql+asyncpg")
        asyncio.run(sql(url, f'DROP DATABASE "{own}" WITH (FORCE)'))
        import redis as client

        with client.Redis.from_url(os.environ["TEST_REDIS_URL"]) as store:
            for key in store.scan_iter(match=f"{own}:*"):
                store.delete(key)


async def sql(url: Any, statement: str) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
