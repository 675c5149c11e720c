"""Numbers, money, durations and dates as people write them: "40%", "$1.2M", "five years", "03/2021"."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.english import Token, tokens

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: value for value, word in enumerate(_ONES)} | {word: 10 * n for n, word in enumerate(_TENS, 2)}
_SCALES = {
    "dozen": 12, "dozens": 12, "score": 20, "hundred": 100, "hundreds": 100, "thousand": 1_000, "thousands": 1_000,
    "million": 1_000_000, "millions": 1_000_000, "billion": 1_000_000_000, "billions": 1_000_000_000,
    "k": 1_000, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "b": 1_000_000_000,
}  # fmt: skip
_LOOSE = {"dozens", "hundreds", "thousands", "millions", "billions"}
_CURRENCIES = {
    "$": "$",
    "usd": "$",
    "dollar": "$",
    "€": "€",
    "eur": "€",
    "euro": "€",
    "£": "£",
    "gbp": "£",
    "pound": "£",
}
_CURRENCY = re.compile(r"(us\$|[$€£¥₹]|\b(?:usd|eur|gbp|chf|inr|cad|aud|sek|nok|dkk|pln)\b)\s*$", re.IGNORECASE)
_MONEY_AFTER = re.compile(
    r"\s*([€£$]|(?:us )?dollars?|euros?|pounds?(?! of)|eur|usd|gbp|chf|rupees|kronor|zloty)(?!\w)",
    re.IGNORECASE,
)
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_FRACTION = re.compile(
    r"\b(a|one|two|three|four)[\s-](half|third|quarter|fifth|tenth)s?\b"
    r"(?!\s+(?:of an hour|time|year|party|person|grade|language))",
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\s*(%|per ?cent\b|percentage points?\b)", re.IGNORECASE)
_SPAN = re.compile(r"[\s-]*(?:\w+\s+)?(years?|yrs?|months?|decades?)\b", re.IGNORECASE)
MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_MONTH_NAMES = "|".join(f"{name}|{name[:3]}|{name[:4]}" for name in MONTHS)
_MONTH_YEAR = re.compile(
    rf"\b(?:(?P<name>{_MONTH_NAMES})\.?,?(?:\s+\d{{1,2}},?)?\s+'?|(?:\d{{1,2}}[./])?(?P<number>0?[1-9]|1[0-2])\s?[./-]\s?)"
    r"(?P<year>(?:19|20)\d\d)\b|\b(?P<year2>(?:19|20)\d\d)[-./](?P<number2>0[1-9]|1[0-2])\b", re.IGNORECASE
)  # fmt: skip
_YEAR = re.compile(r"(?<![\d.,$€£-])(?:19[5-9]|20[0-9])\d(?![\d%]|[.,]\d)")
_NOW = r"(?:present|now|today|current(?:ly)?|ongoing|to date|date|heute|aujourd'hui|actualidad|presente|obecnie|nu)"
_DASH = r"\s*(?:-|–|—|to|until|till|through|bis)\s*"  # noqa: RUF001 - dashes of date ranges
_ENDS = re.compile(rf"{_DASH}(?:(?P<now>{_NOW})\b)?", re.IGNORECASE)


class Measure(StrEnum):
    COUNT = "count"
    PERCENT = "percent"
    MONEY = "money"
    SPAN = "span"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` in its own unit: percent, the currency's main unit, calendar year; a span in years."""

    value: float
    measure: Measure
    start: int
    end: int


def quantities(text: str) -> list[Quantity]:
    """Every number of the folded text, digits or words, fractions last."""
    fractions = [
        Quantity(_small_number(match[1]) / _PARTS[match[2].casefold()], Measure.COUNT, match.start(), match.end())
        for match in _FRACTION.finditer(text)
    ]
    whole = [q for q in _read(text, tokens(text)) if not any(f.start <= q.start < f.end for f in fractions)]
    return [*whole, *fractions]


def _small_number(word: str) -> int:
    return _SMALL.get(word.casefold(), 1)


def _read(text: str, found: list[Token]) -> Iterator[Quantity]:
    index = 0
    while index < len(found):
        value, used = _value(text, found, index)
        if used == 0:
            index += 1
            continue
        start, end = found[index].start, found[index + used - 1].end
        yield from _measured(text, value, start, end)
        index += used


def _value(text: str, found: list[Token], index: int) -> tuple[float, int]:
    """The number that begins at a token, and how many tokens it takes (0: none begins here)."""
    token = found[index]
    if token.number:
        value, used = _digits(token.text), 1
    elif token.norm in _SMALL and not _pronoun(text, found, index):
        value, used = _small(found, index)
    elif token.norm in _SCALES and len(token.norm) > 2:  # noqa: PLR2004 - a lone "k" or "bn" is no number
        return float(_SCALES[token.norm]), 1
    else:
        return (10.0, 1) if token.norm == "decade" else (0.0, 0)
    while index + used < len(found) and (scale := _scale(text, found, index + used)):
        value, used = value * scale, used + 1
        rest = index + used
        if rest < len(found) and found[rest].norm == "and" and rest + 1 < len(found) and found[rest + 1].norm in _SMALL:
            more, extra = _small(found, rest + 1)
            return value + more, used + 1 + extra
    return value, used


def _scale(text: str, found: list[Token], index: int) -> float:
    """What the token multiplies the number before it by; 0 when it is no scale, or a letter apart ("5 m")."""
    token, gap = found[index], text[found[index - 1].end : found[index].start]
    if token.norm not in _SCALES or gap.strip(" -"):
        return 0.0
    return 0.0 if len(token.norm) == 1 and gap else float(_SCALES[token.norm])


def _small(found: list[Token], index: int) -> tuple[float, int]:
    value, used = _SMALL[found[index].norm], 1
    after = found[index + 1].norm if index + 1 < len(found) else ""
    if value >= 20 and value % 10 == 0 and 0 < _SMALL.get(after, 0) < 10:  # noqa: PLR2004 - twenty-one
        return value + _SMALL[after], 2
    return value, used


def _pronoun(text: str, found: list[Token], index: int) -> bool:
    """`one` is a number only before a unit: "one year", not "one of them"."""
    if found[index].norm != "one":
        return False
    rest = text[found[index].end :]
    return not (
        _SPAN.match(rest) or _PERCENT.match(rest) or re.match(r"[\s-]+(hundred|thousand|million|billion)", rest)
    )


def _digits(number: str) -> float:
    """12,000 and 12.000 are twelve thousand; 1.5 and 1,5 are one and a half."""
    if re.fullmatch(r"\d{1,3}([.,]\d{3})+", number):
        return float(re.sub(r"[.,]", "", number))
    parts = re.split(r"[.,]", number)
    return float("".join(parts[:-1]) + "." + parts[-1]) if len(parts) > 1 else float(number)


def _measured(text: str, value: float, start: int, end: int) -> Iterator[Quantity]:
    before, after = text[:start], text[end:]
    money = _CURRENCY.search(before)
    if money or _MONEY_AFTER.match(after):
        yield Quantity(value, Measure.MONEY, money.start() if money else start, end)
    elif match := _PERCENT.match(after):
        yield Quantity(value, Measure.PERCENT, start, end + match.end())
    elif _YEAR.fullmatch(text[start:end]):
        yield Quantity(value, Measure.YEAR, start, end)
    elif text[start:end].casefold() == "decade":
        yield Quantity(10.0, Measure.SPAN, start, end)
    elif match := _SPAN.match(after):
        unit = match[1].casefold()
        factor = 1 / 12 if unit.startswith("month") else 10 if unit.startswith("decade") else 1
        yield Quantity(value * factor, Measure.SPAN, start, end + match.end())
    else:
        yield Quantity(value, Measure.COUNT, start, end)


def is_loose(text: str) -> bool:
    """`dozens`, `hundreds`: a size without a number."""
    return text.casefold() in _LOOSE


def month_years(text: str) -> list[tuple[int, int, int, int]]:
    """(year, month, start, end) of every month named with its year."""
    found = []
    for match in _MONTH_YEAR.finditer(text):
        name = (match["name"] or "").casefold()
        number = next((n for full, n in MONTHS.items() if name and full.startswith(name[:3])), 0)
        month = number or int(match["number"] or match["number2"])
        found.append((int(match["year"] or match["year2"]), month, match.start(), match.end()))
    return found


def years(text: str) -> list[tuple[int, int, int]]:
    """(year, start, end) of every calendar year."""
    return [(int(match[0]), match.start(), match.end()) for match in _YEAR.finditer(text)]


def spans(text: str, today: date) -> list[tuple[float, float]]:
    """Date ranges of a text as (start, end) in years, months as twelfths; a range that still runs ends today."""
    points = _points(text)
    if not points:
        return []
    ranges = []
    for (year, month, _, last), after in zip(points, [*points[1:], None], strict=True):
        begin = year + (max(month, 1) - 1) / 12
        link = _ENDS.match(text, last)
        if link and link["now"]:
            ranges.append((begin, today.year + today.month / 12))
        elif link and after and after[2] <= link.end() + 1:
            ranges.append((begin, after[0] + (after[1] or (12 if month else 1)) / 12))
    return [(begin, end) for begin, end in ranges if end >= begin]


def _points(text: str) -> list[tuple[int, int, int, int]]:
    """(year, month or 0, start, end) of every date."""
    dated = month_years(text)
    bare = [(year, 0, start, end) for year, start, end in years(text) if not any(s <= start < e for *_, s, e in dated)]
    return sorted([*dated, *bare], key=lambda point: point[2])
