from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from infra.commands import command, info, success

if TYPE_CHECKING:
    from domain.scopes import Scope


@dataclass(frozen=True, slots=True)
class Forgotten:
    sessions: int
    deliveries: int

    def __str__(self) -> str:
        return f"{self.sessions} sessions, {self.deliveries} deliveries"


@command("cleanup", help="Delete sessions and webhook deliveries that ended long ago.")
@click.option("-d", "--days", type=click.IntRange(0, 36500), default=30, show_default=True, help="How long ago.")
@click.option("--dry-run", is_flag=True, help="Only say how many.")
@click.option("-f", "--force", is_flag=True, help="Do not ask.")
def cleanup(*, days: int, dry_run: bool, force: bool) -> None:
    from domain.clock import utc_now
    from infra.cli.operating import operate

    before = utc_now() - timedelta(days=days)
    if dry_run:
        info(f"Would delete: {operate(lambda scope: _forget(scope, before, rehearse=True))} older than {days} days")
        return
    if not force:
        click.confirm(f"Delete the sessions and deliveries that ended more than {days} days ago?", abort=True)
    success(f"Deleted: {operate(lambda scope: _forget(scope, before))}")


async def _forget(scope: "Scope", before: datetime, *, rehearse: bool = False) -> Forgotten:
    from resolvers.operators import forget_ended_sessions, forget_old_deliveries

    sessions = await forget_ended_sessions(scope, before, rehearse=rehearse)
    return Forgotten(sessions, await forget_old_deliveries(scope, before, rehearse=rehearse))
