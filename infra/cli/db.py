"""`db init | migrate | upgrade | downgrade | current | history`, over Alembic."""

import asyncio
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from infra.cli.failures import Misuse
from infra.cli.output import json_option, print_json
from infra.settings import read_settings

if TYPE_CHECKING:
    from alembic.config import Config

    from infra.database import EngineDatabase


@click.group()
def db() -> None:
    """Bring the database to a version, or look at it."""


@db.command()
def init() -> None:
    """Make the tables."""
    click.echo("Initializing database...")
    _alembic("upgrade", "head")
    click.secho("Database initialized.", fg="green")


@db.command()
@click.option("-m", "--message", required=True, help="What changes.")
def migrate(*, message: str) -> None:
    """Write a version for what the entities have and the database has not."""
    from infra.migrate import head

    _alembic("revision", message=message, autogenerate=True, rev_id=f"{int(head()) + 1:04d}")
    click.secho(f"Migration created: {message}", fg="green")


@db.command()
@click.option("--revision", default="head", show_default=True, help="The version to go to.")
def upgrade(*, revision: str) -> None:
    """Go up to a version."""
    _alembic("upgrade", revision)
    click.secho(f"Upgraded to: {revision}", fg="green")


@db.command(context_settings={"ignore_unknown_options": True})
@click.argument("target", required=False)
@click.option("--revision", help="The version to go to [-1: one back].")
def downgrade(*, target: str | None, revision: str | None) -> None:
    """Go down to a version: `db downgrade -1`, or `--revision -1`."""
    chosen = revision or target or "-1"
    _alembic("downgrade", chosen)
    click.secho(f"Downgraded to: {chosen}", fg="green")


@db.command()
@json_option
def current(*, as_json: bool) -> None:
    """Show the database's version."""
    if not as_json:
        _alembic("current")
        return
    from infra.migrate import head, revision

    print_json({"revision": _with_database(revision), "head": head()})


@db.command()
@json_option
def history(*, as_json: bool) -> None:
    """Show all versions, newest first."""
    if not as_json:
        _alembic("history")
        return
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from infra.migrate import FOLDER

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    versions = ScriptDirectory.from_config(config).walk_revisions()
    print_json([{"revision": v.revision, "down_revision": v.down_revision, "message": v.doc} for v in versions])


def _alembic(name: str, *args: Any, **kwargs: Any) -> None:
    """Run an Alembic command and print what it says. What it refuses becomes one sentence."""
    from alembic import command
    from alembic.util import CommandError

    from infra.migrate import run

    said = io.StringIO()

    def work(config: "Config") -> None:
        config.stdout = said
        getattr(command, name)(config, *args, **kwargs)

    try:
        _with_database(lambda database: run(database, work))
    except CommandError as refused:
        raise Misuse(str(refused)) from refused
    click.echo(said.getvalue().rstrip(), nl=bool(said.getvalue().strip()))


def _with_database(work: Callable[["EngineDatabase"], Any]) -> Any:
    from infra.database import open_database

    async def ask() -> Any:
        database = open_database(read_settings())
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(ask())
