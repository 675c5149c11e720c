"""Dates of positions and studies as people write them, in ten languages."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from dataclasses import dataclass
from functools import cache

from domain.facts.words import alternation, data, fold

PRESENT = "present"
_DIGITS = re.compile(r"\d\d")
_MONTHS = 12
_CENTURY = 2000
_PIVOT = 50  # two digits of a year below it belong to this century
_YEAR = r"(?:19[4-9]\d|20[0-4]\d)"
_SEPARATOR = (
    r"\s*(?:->|→|⟶|[-\u2010-\u2015\u2212~]|\b(?:to|until|till|through|thru|up\ to|bis|à|au|jusqu'(?:à|en)|hasta|a|al|"
    r"até|ad|fino\ a|tot|t/m|do|til)\b|至)\s*"
)


@dataclass(frozen=True, slots=True)
class DateRange:
    """`started` and `ended` as `YYYY-MM` or `YYYY`; a single date is both. `whole` has two ends or is open."""

    start: int
    end: int
    started: str | None
    ended: str | None
    whole: bool


@cache
def _months() -> dict[str, int]:
    return {fold(name): int(number) for number, names in data()["months"].items() for name in names}


@cache
def _pattern() -> re.Pattern[str]:
    month = alternation(sorted({name for names in data()["months"].values() for name in names}))
    now, since = alternation(data()["now"]), alternation(data()["since"])
    season = r"(?:spring|summer|autumn|fall|winter|frühjahr|sommer|herbst|printemps|été|automne|hiver|q[1-4])"
    point = rf"""(?:
        (?:\d{{1,2}}(?:\.|st|nd|rd|th)?\s+)?(?:{month})\.?,?\s+(?:\d{{1,2}},\s+)?(?:(?:de[l]?|of)\s+)?(?:{_YEAR}|['’]\d\d)\b
        | (?:{month})\.?[/-](?:{_YEAR}|['’]?\d\d)\b
        | \b\d{{1,2}}[./-]\d{{1,2}}[./-]{_YEAR}\b
        | \b(?:0?[1-9]|1[0-2])\s?[./-]\s?{_YEAR}\b
        | \b{_YEAR}\s?年(?:\s?\d{{1,2}}\s?月)?
        | \b{_YEAR}[./-](?:0[1-9]|1[0-2])(?:[./-]\d{{1,2}})?\b(?!\s?%)
        | \b{season},?\s+{_YEAR}\b
        | \b{_YEAR}\b
    )"""
    short = r"\b(?:0[1-9]|1[0-2])/\d\d\b"
    return re.compile(
        rf"""(?<![\w.,$€£])(?:
            (?:\b(?:{since}|de|du|von|vom|del)\s+)?
            (?P<first>{point})(?:{_SEPARATOR}(?P<last>{point}|(?P<now>{now})(?!\w))|\s+(?P<as_of>to\ date|ad\ oggi)\b)
            | (?P<short_first>{short}){_SEPARATOR}(?:(?P<short_last>{short})|(?P<short_now>{now})(?!\w))
            | (?P<month>{month})\.?{_SEPARATOR}(?P<month_end>(?:{month})\.?\s+{_YEAR})\b
            | (?P<year>{_YEAR})\s?[-–/]\s?(?P<short>\d\d)\b(?![./-]?\d)
            | \b(?:{since})\s+(?P<since>{point})(?!{_SEPARATOR}(?:{point}))
            | (?P<dangling>{point})\s?[-–]\s?(?=$|[)\]\n])
            | (?P<single>{point})
        )(?![\d%])""",
        re.IGNORECASE | re.VERBOSE,
    )


def date_ranges(text: str) -> list[DateRange]:
    """Every date and range of dates in `text`, in order."""
    if _DIGITS.search(text) is None:
        return []
    return [_read(found) for found in _pattern().finditer(text)]


def _read(found: re.Match[str]) -> DateRange:
    start, end = found.span()
    parts = found.groupdict()
    if first := parts["first"] or parts["short_first"]:
        last = parts["last"] if not parts["now"] else None
        last = last or parts["short_last"]
        return DateRange(start, end, _iso(first), _iso(last) if last else PRESENT, whole=True)
    if parts["month"]:
        ended = _iso(parts["month_end"])
        return DateRange(start, end, f"{ended[:4]}-{_months()[fold(parts['month'])]:02}", ended, whole=True)
    if parts["year"]:
        return DateRange(start, end, parts["year"], parts["year"][:2] + parts["short"], whole=True)
    if opened := parts["since"] or parts["dangling"]:
        return DateRange(start, end, _iso(opened), PRESENT, whole=True)
    return DateRange(start, end, _iso(parts["single"]), _iso(parts["single"]), whole=False)


def _iso(point: str) -> str:
    """`YYYY-MM`, or `YYYY` where no month is given."""
    year = re.search(_YEAR, point)
    if year is None:  # "Mar '23", "03/23"
        short = int(point[-2:])
        number, rest = f"{_CENTURY - 100 + short if short >= _PIVOT else _CENTURY + short}", point[:-2]
    else:
        number, rest = year[0], point.replace(year[0], " ", 1)
    names = [_months().get(fold(word)) for word in re.findall(r"[^\W\d_]+", rest)]
    numbers = [] if re.search(r"q\d", fold(rest)) else [int(part) for part in re.findall(r"\d+", rest)]
    # A day stands before its month when the year stands last (31.12.2020), else behind it (2020-12-31).
    ordered = reversed(numbers) if point.endswith(number) else numbers
    month = next(filter(None, [*names, *ordered]), 0)
    return f"{number}-{month:02}" if 1 <= month <= _MONTHS else number
