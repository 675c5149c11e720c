"""What a posting says it pays, precision first: an unclear sum is kept as text and counts as unknown.

Unclear are: a sign that several currencies share ("$", "kr", "¥") without a country, more than one currency,
more than one range, equity, bonuses and on-target earnings. An hour counts 2,080 times a year (52 weeks of
40), a day 260 times.
"""

import math
import re
from dataclasses import dataclass, replace
from enum import StrEnum

from domain import currencies
from domain.provenance import Basis


class Period(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


PERIODS_A_YEAR = {Period.HOUR: 2080, Period.DAY: 260, Period.WEEK: 52, Period.MONTH: 12, Period.YEAR: 1}
MAX_TEXT = 500
_HABITUAL_YEARLY_MINIMUM = 15_000
_LARGEST = 1e12
_RANGE_ENDS = 2
_THOUSANDS_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Pay:
    """`min` and `max` are in `currency` (ISO 4217) per `period`; either may be open."""

    min: float | None = None
    max: float | None = None
    currency: str | None = None
    period: Period | None = None
    basis: Basis = Basis.UNKNOWN
    raw: str | None = None

    @property
    def annual_min(self) -> float | None:
        return self._annual(self.min)

    @property
    def annual_max(self) -> float | None:
        return self._annual(self.max)

    def _annual(self, amount: float | None) -> float | None:
        return None if amount is None or self.period is None else round(amount * PERIODS_A_YEAR[self.period], 2)


@dataclass(frozen=True, slots=True)
class _Amount:
    value: float
    factor: float
    marks: frozenset[str]
    start: int
    end: int


def _any_of(words: object) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


_CODE = rf"(?-i:{_any_of(currencies.CODES)})"
_MARK = rf"{_any_of({*currencies.SIGNS, *currencies.SHARED_SIGNS, *currencies.WORDS})}|{_CODE}"
_GROUPED = r"\d{1,3}(?:[ ,.'\u2019]\d{2,3}){0,4}[ ,.'\u2019]\d{3}"
_NUMBER = rf"(?:{_GROUPED}|\d{{1,12}})(?:[.,]\d{{1,2}})?(?!\d)"
_SCALE = r"k|thousand|tsd|lakhs?|lacs?|lpa|mio|million"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:(?P<code>{_CODE})\s?)?(?P<before>{_MARK})?\s?(?P<number>{_NUMBER})"
    rf"(?:\s?(?P<scale>{_SCALE})\b\.?)?(?P<open>\s?\+)?(?:\s?(?P<after>{_MARK})(?![\w$]|\s?\d))?",
    re.IGNORECASE,
)
_SCALES = {"k": 1e3, "thousand": 1e3, "tsd": 1e3, "lpa": 1e5, "mio": 1e6, "million": 1e6}
_PERIOD = re.compile(
    r"(?P<hour>\b(?:per|an|je|pro|par)[ -](?:hour|hr|stunde|heure)\b|\bhour(?:ly)?\b|/\s?h(?:ou)?r?\b"
    r"|\bp\.h\.|\bstündlich\b)"
    r"|(?P<day>\b(?:per|a|pro|par)[ -](?:day|diem|tag|jour)\b|\bdaily\b|/\s?d(?:ay)?\b|\bdays?\b)"
    r"|(?P<week>\b(?:per|a|pro|par)[ -](?:week|woche|semaine)\b|\bweek(?:ly)?\b|/\s?w(?:ee)?k\b)"
    r"|(?P<month>\b(?:per|a|pro|im|par)[ -](?:month|monat|mois)\b|\bmonth(?:ly)?\b|/\s?mo(?:nth)?\b"
    r"|\bmonatlich\b|\bmensuels?\b|\bal mes\b|\bp\.m\.)"
    r"|(?P<year>\b(?:per|a|pro|im|par)[ -](?:year|annum|jahr|an)\b|\byear(?:ly)?\b|\bannual(?:ly)?\b"
    r"|\bannum\b|/\s?y(?:ea)?r?\b|\bp\.?\s?a\b\.?|\bjährlich\b|\bannuels?\b|\bal año\b|\blpa\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"\s*(?:[-\u2010-\u2015~]|to|bis(?: zu)?|until|à|a|do|and|und|up to)\s*", re.IGNORECASE)
_NOT_BASE_PAY = re.compile(
    r"equity|\bstock|\bshares?\b|\boptions?\b|\brsus?\b|bonus|commission|\bote\b|on[- ]target|"
    r"sign(?:ing)?[- ]on|allowance|stipend|relocation|\b401\b|\b401k|pension|referral|budget|%",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[;\n()]|\s\+\s|\bplus\b|\bas well as\b|,(?!\d)|\.\s", re.IGNORECASE)
_AT_MOST = re.compile(r"\b(?:up to|max(?:imum)?\.?|bis(?: zu)?|jusqu['\u2019]à|under|below)\s*:?\s*$", re.IGNORECASE)
_AT_LEAST = re.compile(
    r"\b(?:from|starting(?: at| from)?|at least|min(?:imum)?\.?|ab|above|over)\s*:?\s*$", re.IGNORECASE
)
_HAS_DIGIT = re.compile(r"\d")
_ABOUT_PAY = re.compile(
    r"salar|\bpay\b|\bpays\b|compensation|remuneration|\bwage|\bbase\b|hourly rate|day rate|gehalt|"
    r"vergütung|salaire",
    re.IGNORECASE,
)
_SIGN_CODES = {sign.casefold(): code for sign, code in {**currencies.SIGNS, **currencies.WORDS}.items()} | {
    code.casefold(): code for code in currencies.CODES
}


def parse_pay(text: str | None, *, country: str | None = None) -> Pay | None:
    """The pay a salary text states; None when it holds no number, unknown pay when it is unclear.

    `country` (ISO 3166, two letters) is where the work is, and decides what a shared sign such as "$" means.
    """
    raw = " ".join((text or "").split())[:MAX_TEXT]
    if not any(character.isdigit() for character in raw):
        return None
    clauses = [clause for clause in _CLAUSE_END.split(raw.replace("\u00a0", " ")) if clause.strip()]
    paying = [clause for clause in clauses if not _NOT_BASE_PAY.search(clause)]
    with_amounts = [clause for clause in paying if _AMOUNT.search(clause)]
    known = _read_clause(with_amounts[0], " ".join(paying), country) if len(with_amounts) == 1 else None
    return replace(known, raw=raw) if known else Pay(raw=raw)


def find_pay(text: str, *, country: str | None = None) -> Pay | None:
    """The one range that a longer text states as pay. None when it states none, or several that differ."""
    found: dict[tuple[object, ...], Pay] = {}
    for line in filter(_HAS_DIGIT.search, text.splitlines()):
        for sentence in re.split(r"(?<=[a-z)][.!?])\s", line[:2000]):
            if (
                not (_HAS_DIGIT.search(sentence) and _ABOUT_PAY.search(sentence))
                or len(_AMOUNT.findall(sentence)) < _RANGE_ENDS
            ):
                continue
            pay = parse_pay(sentence, country=country)
            if pay and pay.min and pay.max and pay.period and pay.min != pay.max:
                found[pay.min, pay.max, pay.currency, pay.period] = pay
    return next(iter(found.values())) if len(found) == 1 else None


def stated_pay(
    minimum: object,
    maximum: object,
    currency: object,
    period: object,
    *,
    raw: str | None = None,
    basis: Basis = Basis.STATED,
) -> Pay | None:
    """Pay from typed fields. Zero is not given; without a currency and a period the sum is unknown."""
    low, high = _positive(minimum), _positive(maximum)
    if low is None and high is None:
        return Pay(raw=raw) if raw else None
    code = str(currency or "").strip().upper()
    known = read_period(str(period) if period else None)
    if not re.fullmatch("[A-Z]{3}", code) or known is None or (low and high and low > high):
        return Pay(raw=raw or f"{minimum}-{maximum} {currency or ''} {period or ''}".strip())
    return Pay(low, high, code, known, basis, raw)


def read_period(text: str | None) -> Period | None:
    """The one period that a text names ("per-year-salary", "1 HOUR", "p.a."), or None."""
    named = {str(match.lastgroup) for match in _PERIOD.finditer((text or "").replace("-", " ").replace("_", " "))}
    return Period(named.pop()) if len(named) == 1 else None


def _read_clause(clause: str, context: str, country: str | None) -> Pay | None:
    amounts = _amounts(clause)
    if not 1 <= len(amounts) <= _RANGE_ENDS:
        return None
    currency = _currency(amounts, country)
    if currency is None:
        return None
    low, high = _bounds(clause, amounts)
    if low is None and high is None:
        return None
    named = {match.lastgroup for match in _PERIOD.finditer(context)}
    if len(named) > 1:
        return None
    period = Period(str(named.pop())) if named else None
    if period is None and currency in currencies.YEARLY_BY_HABIT and (low or high or 0) >= _HABITUAL_YEARLY_MINIMUM:
        period = Period.YEAR
    return Pay(low, high, currency, period, Basis.PARSED)


def _amounts(clause: str) -> list[_Amount]:
    amounts = []
    for match in _AMOUNT.finditer(clause):
        scale = (match["scale"] or "").casefold().rstrip("s")
        factor = 1e5 if scale in {"lakh", "lac"} else _SCALES.get(scale, 1)
        marks = frozenset(mark.casefold() for mark in match.group("code", "before", "after") if mark)
        amounts.append(_Amount(_number(match["number"]) * factor, factor, marks, match.start(), match.end()))
    if len(amounts) == _RANGE_ENDS and amounts[0].factor == 1 and amounts[0].value < _SCALES["k"]:  # "60-80k"
        amounts[0] = replace(amounts[0], value=amounts[0].value * amounts[1].factor)
    return amounts


def _number(written: str) -> float:
    """A separator before exactly three digits groups thousands; any other last one is the decimal sign."""
    digits = re.sub(r"[ '\u2019]", "", written)
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0 or len(digits) - last - 1 == _THOUSANDS_DIGITS:
        return float(re.sub(r"[.,]", "", digits))
    return float(re.sub(r"[.,]", "", digits[:last]) + "." + digits[last + 1 :])


def _currency(amounts: list[_Amount], country: str | None) -> str | None:
    marks = frozenset[str]().union(*(amount.marks for amount in amounts))
    codes = {_SIGN_CODES[mark] for mark in marks if mark in _SIGN_CODES}
    shared = [currencies.SHARED_SIGNS[mark] for mark in marks if mark in currencies.SHARED_SIGNS]
    if not codes:
        codes = {meaning.get((country or "").upper(), "") for meaning in shared}
    elif any(not codes <= set(meaning.values()) for meaning in shared):
        return None
    return codes.pop() or None if len(codes) == 1 else None


def _bounds(clause: str, amounts: list[_Amount]) -> tuple[float | None, float | None]:
    first = amounts[0]
    before = clause[: first.start]
    if len(amounts) == 1:
        is_open = "+" in clause[first.start : first.end] or bool(_AT_LEAST.search(before))
        return (None if _AT_MOST.search(before) else first.value), (None if is_open else first.value)
    between = _PERIOD.sub("", clause[first.end : amounts[1].start])
    if not _RANGE.fullmatch(between) or first.value > amounts[1].value:
        return None, None
    return first.value, amounts[1].value


def _positive(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value.replace(",", "") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 < number < _LARGEST else None
