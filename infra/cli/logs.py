"""What the log looks like: lines for people in a terminal, JSON anywhere else; always on stderr."""

import logging
import sys
from typing import Any

import structlog

from infra.settings import Settings


def configure_logs(settings: Settings, *, quiet: bool = False) -> None:
    """`quiet`: warnings and worse only, as befits a command that prints an answer."""
    level = logging.WARNING if quiet else logging.DEBUG if settings.DEBUG else logging.INFO
    people = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *_rendering(people=people),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr)
        if people
        else structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")


def _rendering(*, people: bool) -> list[Any]:
    if people:
        return [structlog.dev.ConsoleRenderer()]
    import orjson

    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(serializer=_dumps(orjson))]


def _dumps(orjson: Any) -> Any:
    def dumps(value: Any, **_options: Any) -> bytes:
        encoded: bytes = orjson.dumps(value, default=str)
        return encoded

    return dumps
