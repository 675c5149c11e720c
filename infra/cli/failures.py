"""One table from what can go wrong to a sentence and an exit status."""

import sys
from typing import Any

import click
from pydantic import ValidationError

from domain.errors import DomainError
from infra.settings import SettingsError

UNREACHABLE = (
    ("sqlalchemy.exc", "OperationalError"),
    ("sqlalchemy.exc", "InterfaceError"),
    ("asyncpg.exceptions", "PostgresError"),
    ("redis.exceptions", "ConnectionError"),
    ("dramatiq.errors", "BrokerConnectionError"),
)


class Failure(click.ClickException):
    """It could not be done: one sentence, exit status 1."""


class Misuse(Failure):
    """It was asked for wrongly: one sentence, exit status 2."""

    exit_code = 2


def explain(error: BaseException) -> Failure | None:
    """The failure to show, or None for an error that nobody foresaw."""
    if isinstance(error, SettingsError):
        return Misuse(str(error))
    if isinstance(error, ValidationError):
        return Misuse(_first_fault(error))
    if isinstance(error, DomainError) and type(error) is not DomainError:
        return Failure(error.message)
    if isinstance(error, _unreachable()):
        return Failure(f"the database or Redis could not be used: {_one_line(getattr(error, 'orig', error))}")
    return None


def _unreachable() -> tuple[type[BaseException], ...]:
    """A socket's errors, and the drivers' own of those drivers that are in use."""
    drivers = (getattr(sys.modules[module], name) for module, name in UNREACHABLE if module in sys.modules)
    return (ConnectionError, TimeoutError, *drivers)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    text = fault["msg"].removeprefix("Value error, ")
    return f"{where}: {text}" if where else text


def _one_line(error: Any) -> str:
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0]
