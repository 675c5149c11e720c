"""How fields of a source's row are read: what is absent or of another type is None, what must be there is said so."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from infra.sources.markup import one_line

MAX_TITLE = 500
MAX_COMPANY = 255
MAX_URL = 2048
_MILLISECONDS_FROM = 1e11
_YEARS = range(1990, 2101)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})")


class RowError(Exception):
    """A row that cannot be used. `column` is the source's own name for what is wrong with it."""

    def __init__(self, reason: str, column: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.column = column


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """A list as it is, a single value as a list of it, nothing as an empty one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str | None:
    """A short text on one line, or None. Numbers (ids) become text; booleans and structures are no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return one_line(str(value)) or None


def long_text(value: Any) -> str:
    """A text as it is, with its lines and markup; anything else is empty."""
    return value if isinstance(value, str) else ""


def required(value: Any, column: str, longest: int) -> str:
    found = text(value)
    if found is None:
        raise RowError("is missing or empty", column)
    if len(found) > longest:
        raise RowError(f"expected at most {longest} characters, found {len(found)}", column)
    return found


def address(value: Any) -> str | None:
    """An http or https address, or None for anything else ("javascript:", relative, too long)."""
    if not isinstance(value, str):
        return None
    found = value.strip()
    is_web = re.match(r"https?://[^\s/?#@]+([/?#]|$)", found, re.IGNORECASE)
    return found if is_web and len(found) <= MAX_URL and not re.search(r"[\s<>\"]", found) else None


def required_address(value: Any, column: str) -> str:
    found = address(value)
    if found is None:
        given = text(value)
        raise RowError(f"expected an http(s) address, found {given[:80]!r}" if given else "is missing or empty", column)
    return found


def moment(value: Any) -> datetime | None:
    """An aware UTC time from ISO 8601, RFC 5322, or seconds or milliseconds since 1970. A date is its midnight UTC.

    Anything else ("3 days ago", "03/04/2026") is None: which day it means is a guess.
    """
    if isinstance(value, bool) or value is None:
        return None
    try:
        found = _from_number(value) if isinstance(value, int | float) else _from_text(str(value).strip())
    except (ValueError, OverflowError, OSError):
        return None
    if found is None:
        return None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return found if found.year in _YEARS else None


def _from_number(value: float) -> datetime | None:
    if not math.isfinite(value) or value <= 0:
        return None
    return datetime.fromtimestamp(value / 1000 if value >= _MILLISECONDS_FROM else value, UTC)


def _from_text(value: str) -> datetime | None:
    if re.fullmatch(r"\d{9,13}", value):
        return _from_number(float(value))
    if _ISO_DATE.match(value):
        return datetime.fromisoformat(value.replace(" UTC", "+00:00"))
    return parsedate_to_datetime(value) if re.match(r"[A-Za-z]{3},? ", value) else None
