"""Brings the database to the newest version. Alembic is imported only when there is something to do."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.database import EngineDatabase

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 7_236_041


def head() -> str:
    """The newest revision, read from the file names: `0001_first.py` is revision 0001."""
    names = [path.name for path in (FOLDER / "versions").glob("[0-9]*.py")]
    return max(match.group(1) for name in names if (match := re.match(r"(\d+)_", name)))


async def migrate(database: EngineDatabase) -> bool:
    """True when there was something to do. Two that start at once on PostgreSQL wait for each other."""
    if await revision(database) == head():
        return False
    from alembic import command

    await run(database, lambda config: command.upgrade(config, "head"))
    return True


async def revision(database: EngineDatabase) -> str | None:
    try:
        async with database.reader.connect() as connection:
            found: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
            return found
    except SQLAlchemyError:
        return None


async def run(database: EngineDatabase, command: Callable[["Config"], Any]) -> None:
    """Run an Alembic command on a connection of ours."""
    from alembic.config import Config

    def work(connection: "Connection") -> None:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
        config.attributes["connection"] = connection
        command(config)

    async with database.writer.connect() as connection:
        if database.kind == "postgresql":
            await connection.execute(text(f"SELECT pg_advisory_lock({LOCK})"))
            await connection.commit()
        try:
            await connection.run_sync(work)
            await connection.commit()
        finally:
            if database.kind == "postgresql":
                await connection.execute(text(f"SELECT pg_advisory_unlock({LOCK})"))
                await connection.commit()
