from datetime import timedelta

import click

from infra.commands import command, info, success


@command("cleanup", help="Delete sessions that ended long ago.")
@click.option("-d", "--days", type=click.IntRange(0, 36500), default=30, show_default=True, help="How long ago.")
@click.option("--dry-run", is_flag=True, help="Only say how many.")
@click.option("-f", "--force", is_flag=True, help="Do not ask.")
def cleanup(*, days: int, dry_run: bool, force: bool) -> None:
    from domain.clock import utc_now
    from infra.cli.operating import operate
    from resolvers.operators import forget_ended_sessions

    before = utc_now() - timedelta(days=days)
    if dry_run:
        count = operate(lambda scope: forget_ended_sessions(scope, before, rehearse=True))
        info(f"Would delete: {count} sessions that ended more than {days} days ago")
        return
    if not force:
        click.confirm(f"Delete the sessions that ended more than {days} days ago?", abort=True)
    count = operate(lambda scope: forget_ended_sessions(scope, before))
    success(f"Deleted: {count} sessions")
