"""`jobs reparse`."""

import click

from infra.cli.output import json_option, print_json


@click.group()
def jobs() -> None:
    """Read the kept answers of sources again."""


@jobs.command()
@json_option
def reparse(*, as_json: bool) -> None:
    """Make all postings anew from the rows that sources gave, without asking them again."""
    from dataclasses import asdict

    from infra.cli.operating import operate
    from resolvers.operators import reparse_postings

    done = operate(reparse_postings)
    if as_json:
        print_json(asdict(done))
    else:
        told = f"{done.changed} changed, {done.same} as they were, {done.unreadable} cannot be read any more"
        click.echo(f"Read {done.seen} postings again: {told}.")
