"""Logging: one line an event, JSON in production, no secret and no document text in either.

Tracebacks are printed without the values of local variables: these hold passwords, tokens and résumés.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_NAMES = re.compile(
    r"password|secret|token|authorization|cookie|api_?key|text_content|cover_letter", re.IGNORECASE
)
SECRETS = re.compile(r"Bearer\s+[\w.\-]+|eyJ[\w\-]+\.[\w\-]+\.[\w\-]+|pa_refresh\.[\w.\-]+|://[^/\s:@]*:[^/\s@]+@")


def configure_logs(*, production: bool, debug: bool = False) -> None:
    """Call once, by whoever starts a process."""
    renderer: Any = structlog.processors.JSONRenderer() if production else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """What is named like a secret is not written; what looks like one inside a text is cut out."""
    for name, value in event.items():
        if SECRET_NAMES.search(name):
            event[name] = "[redacted]"
        elif isinstance(value, str):
            event[name] = SECRETS.sub("[redacted]", value)
    return event
