"""Commands of this project: every module here may make some with `@command(…)`; `personal_automations cmd` finds them.

A module whose name starts with `_` is not looked at.
"""

from collections.abc import Callable
from typing import Any

import click


def command(name: str, help: str | None = None) -> Callable[[Callable[..., Any]], click.Command]:
    """A click command; options are added below it with `@click.option`."""
    return click.command(name, help=help)


def success(message: str) -> None:
    click.secho(message, fg="green")


def error(message: str) -> None:
    click.secho(message, fg="red", err=True)


def warning(message: str) -> None:
    click.secho(message, fg="yellow", err=True)


def info(message: str) -> None:
    click.echo(message)
