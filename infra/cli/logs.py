"""What the log looks like: lines for people in a terminal, JSON anywhere else; always on stderr."""

import logging
import sys
from typing import Any

import structlog

from infra.redaction import redact
from infra.settings import Settings


def configure_logs(settings: Settings, *, quiet: bool = False) -> None:
    """`quiet`: warnings and worse only, as befits a command that prints an answer."""
    level = logging.WARNING if quiet else logging.DEBUG if settings.DEBUG else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_rendering(people=sys.stderr.isatty()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_StandardError,
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


class _StandardError:
    """Writes to what standard error is at that moment, in one piece: several processes may share it."""

    def __init__(self, *_args: Any) -> None:
        pass

    def msg(self, line: str) -> None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    debug = info = warning = warn = error = critical = exception = fatal = log = msg


def _rendering(*, people: bool) -> list[Any]:
    """Tracebacks come without the values of local variables: these hold passwords, tokens and résumés."""
    renderer = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(serializer=_dumps)
    return [structlog.processors.format_exc_info, redact, renderer]


def _dumps(value: Any, **_options: Any) -> str:
    import orjson

    return orjson.dumps(value, default=str).decode()
