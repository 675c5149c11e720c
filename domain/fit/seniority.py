"""How far along a career a title or a number of years is: 0 (intern) to 5 (director)."""

import re
from collections.abc import Sequence

from domain.phrases import words

# The year that "to the present" means. A constant, so that a score never changes by waiting; it is raised together
# with the scorer's version.
PRESENT_YEAR = 2026

_LEVELS = (
    (0.0, words("intern internship trainee apprentice apprenticeship student praktikant werkstudent")),
    (1.0, words("junior jr graduate entry beginner commis newly")),
    (3.0, words("senior sr experienced")),
    (4.0, words("lead principal staff")),
    (5.0, words("director vp chief vice")),
)
# "Staff Engineer" is a level, "Staff Nurse" a nurse; "Lead Generation" is work, "Principal" alone runs a school.
_LEADING = words(
    "engineer developer scientist designer architect consultant analyst data software product backend frontend"
)
_NUMBER_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = {word: number for number, word in enumerate(_NUMBER_WORDS, 1)} | {"fifteen": 15, "twenty": 20}
_YEARS = re.compile(
    r"\b(\d{1,2}|"
    + "|".join(_NUMBERS)
    + r")(?: ?(?:\+|plus|or more))?(?: ?(?:-|\u2013|to|or) ?\w{1,6})? ?\+? ?(?:or more )?"
    r"years?\b(?! old| ago|'? of age| warranty| contract)"
)
_RANGE = re.compile(
    r"\b((?:19|20)\d\d)\b[^\n\d]{0,14}?(?:-|\u2013|\u2014|\bto\b|\buntil\b)[ a-z.]{0,12}?"
    r"((?:19|20)\d\d|present|now|date|today|current|ongoing)"
)
_SINCE = re.compile(r"\bsince (?:[a-z]{3,9} )?((?:19|20)\d\d)\b")
_SCHOOLING = re.compile(
    r"\b(?:bsc|msc|ba|ma|beng|phd|degree|university|college|school of|bachelor|master|diploma|pgce)\b"
)
_LONGEST = 45  # years
_READ = 60_000  # characters
_TOO_MUCH = 0.7


def level_of_title(keys: Sequence[str]) -> float | None:
    """The level that a title states, None when it states none."""
    found = [level for level, names in _LEVELS for i, key in enumerate(keys) if key in names and _is_level(keys, i)]
    return max(found, default=None) if not found or min(found) > 1 else min(found)


def _is_level(keys: Sequence[str], index: int) -> bool:
    following = keys[index + 1] if index + 1 < len(keys) else ""
    if keys[index] == "staff" or keys[index] == "principal":
        return following in _LEADING
    if keys[index] == "lead":
        return following != "generation"
    if keys[index] == "chief":
        return following != "of"
    if keys[index] == "entry":
        return following == "level"
    return True


def level_of_years(years: float) -> float:
    """The level that so many years of practice usually mean: junior below 2, senior from 6 on."""
    for least, level in ((9, 3.0), (6, 2.7), (4, 2.3), (2, 1.7), (1, 1.2)):
        if years >= least:
            return level
    return 0.8


def stated_years(text: str) -> list[int]:
    """The numbers of years that a text states: "five years", "5+ years", "3 to 5 years" (its 3)."""
    numbers = (_NUMBERS.get(n) or int(n) for n in _YEARS.findall(text.lower()[:_READ]))
    return [number for number in numbers if 0 < number <= _LONGEST]


def years_of_practice(text: str) -> float | None:
    """What a résumé tells of years at work: those it states, else the span of its dated employments."""
    stated = [years for years in stated_years(text) if years <= _LONGEST]
    lowered = text.lower()[:_READ]
    spans: list[tuple[int, int]] = []
    for line in lowered.split("\n"):
        if _SCHOOLING.search(line):
            continue
        for begin, end in _RANGE.findall(line):
            spans.append((int(begin), int(end) if end.isdigit() else PRESENT_YEAR))
        spans.extend((int(begin), PRESENT_YEAR) for begin in _SINCE.findall(line))
    spans = [(begin, end) for begin, end in spans if 0 <= end - begin <= _LONGEST]
    dated = max(end for _, end in spans) - min(begin for begin, _ in spans) if spans else None
    return float(max([*stated, *([dated] if dated is not None else [])], default=0)) if stated or spans else None


def gap(asked: float | None, reached: float | None, *, at_least: bool) -> float:
    """How far two levels are apart, 0 when one is unknown.

    Too much counts for less than too little, and for nothing when what is asked is `at_least` so much.
    """
    if asked is None or reached is None:
        return 0.0
    if asked > reached:
        return asked - reached
    return 0.0 if at_least else _TOO_MUCH * (reached - asked)
