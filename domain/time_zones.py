"""Which time zones a posting asks for, from sentences about hours; precision first.

Abbreviations that several zones share are left out (CST: America, China, Cuba; IST: India, Ireland, Israel; BST).
Offsets are the zones' standard time, in hours from UTC; half an hour's difference decides nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_LONGEST = 40_000  # characters read of a description


@dataclass(frozen=True, slots=True)
class Offsets:
    """The zones from `low` to `high`, in hours from UTC; `quote` is the posting's sentence."""

    low: float
    high: float
    quote: str


_NAMED: dict[str, tuple[float, float]] = {
    "utc": (0, 0),
    "gmt": (0, 0),
    "wet": (0, 0),
    "cet": (1, 1),
    "cest": (1, 1),
    "central european": (1, 1),
    "eet": (2, 2),
    "eest": (2, 2),
    "eastern european": (2, 2),
    "msk": (3, 3),
    "est": (-5, -5),
    "edt": (-5, -5),
    "et": (-5, -5),
    "eastern": (-5, -5),
    "us eastern": (-5, -5),
    "us central": (-6, -6),
    "mst": (-7, -7),
    "mdt": (-7, -7),
    "mountain": (-7, -7),
    "pst": (-8, -8),
    "pdt": (-8, -8),
    "pt": (-8, -8),
    "pacific": (-8, -8),
    "us pacific": (-8, -8),
    "brt": (-3, -3),
    "sgt": (8, 8),
    "jst": (9, 9),
    "aest": (10, 10),
    "aedt": (10, 10),
    "nzst": (12, 12),
    "us": (-8, -5),
    "u.s.": (-8, -5),
    "american": (-8, -3),
    "north american": (-8, -5),
    "european": (0, 2),
    "emea": (0, 4),
    "apac": (5.5, 12),
    "asian": (5.5, 9),
}
_ABOUT_HOURS = re.compile(
    r"time ?-?zones?|\boverlap|\bhours (?:of|from) |\b(?:working|business|core|office) hours"
    r"|\b(?:UTC|GMT) ?[+\-\u2212\u2013]",
    re.IGNORECASE,
)
_OFFSET = r"(?:UTC|GMT) ?([+\-\u2212\u2013\u00b1]) ?(\d{1,2})(?::?(\d\d))?"
_RANGE = re.compile(
    _OFFSET
    + r"\s*(?:to|and|\u2013|\u2014|-|through|until)\s*(?:UTC|GMT)? ?([+\-\u2212\u2013]) ?(\d{1,2})(?::?(\d\d))?",
    re.IGNORECASE,
)
_SINGLE = re.compile(_OFFSET, re.IGNORECASE)
_REGIONS = {"us", "u.s.", "emea", "apac"}
_LONGEST_ABBREVIATION = 4
_ABBREVIATIONS = [name for name in _NAMED if len(name) <= _LONGEST_ABBREVIATION and name not in _REGIONS]
_AROUND = re.compile(
    rf"\b({'|'.join(name.upper() for name in _ABBREVIATIONS)})\b(?: ?(?:\+/-|\u00b1|\+-) ?(\d{{1,2}})(?! ?(?:am|pm)))?"
)
_WITHIN = re.compile(r"within (\d{1,2}|one|two|three|four|five|six) (?:hours?|hrs?)", re.IGNORECASE)
_WORDY = re.compile(
    rf"\b({'|'.join(re.escape(name) for name in sorted(set(_NAMED) - set(_ABBREVIATIONS), key=len, reverse=True))})"
    r"[ /-]+(?:standard |daylight |business |working )?(?:time ?-?zones?|time\b|hours)",
    re.IGNORECASE,
)
_SMALL = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?;](?=\s|$)|(?=\n)|$)")
_FURTHEST = 14


@lru_cache(maxsize=2048)
def find_offsets(text: str) -> tuple[Offsets, ...]:
    """What the sentences about working hours name; empty where none does."""
    text = text[:_LONGEST]
    if not _ABOUT_HOURS.search(text):
        return ()
    found: list[Offsets] = []
    for match in _SENTENCE.finditer(text):
        sentence = match.group().strip()
        if _ABOUT_HOURS.search(sentence):
            found += [Offsets(low, high, sentence) for low, high in _offsets(sentence) if _is_real(low, high)]
    return tuple(dict.fromkeys(found))


def hours_apart(asked: Offsets, zone: str, now: datetime) -> float:
    """From a zone's standard time to the nearest asked for, in hours; across the date line too."""
    local = now.astimezone(ZoneInfo(zone))
    offset, saving = local.utcoffset(), local.dst()
    mine = (offset.total_seconds() if offset else 0) - (saving.total_seconds() if saving else 0)
    hours = mine / 3600
    return min(max(asked.low - turned, turned - asked.high, 0.0) for turned in (hours, hours + 24, hours - 24))


def _offsets(sentence: str) -> list[tuple[float, float]]:
    spread = _spread(sentence)
    found: list[tuple[float, float]] = []
    rest = sentence
    for match in _RANGE.finditer(sentence):
        ends = sorted((_signed(*match.group(1, 2, 3)), _signed(*match.group(4, 5, 6))))
        found.append((ends[0], ends[1]))
    rest = _RANGE.sub(" ", rest)
    for match in _SINGLE.finditer(rest):
        value = _signed(*match.group(1, 2, 3))
        if match[1] == "\u00b1":
            found.append((-value, value))
        else:
            found.append((value - spread, value + spread))
    rest = _SINGLE.sub(" ", rest)
    for match in _AROUND.finditer(rest):
        low, high = _NAMED[match[1].lower()]
        around = float(match[2] or spread)
        found.append((low - around, high + around))
    for match in _WORDY.finditer(rest):
        low, high = _NAMED[match[1].lower()]
        found.append((low - spread, high + spread))
    return found


def _spread(sentence: str) -> float:
    """The hours of "within three hours of CET"; 0 without such words."""
    match = _WITHIN.search(sentence)
    if match is None:
        return 0.0
    return float(_SMALL.get(match[1].lower()) or match[1])


def _signed(sign: str, hours: str, minutes: str | None) -> float:
    value = int(hours) + int(minutes or 0) / 60
    return value if sign in "+\u00b1" else -value


def _is_real(low: float, high: float) -> bool:
    return -_FURTHEST <= low <= high <= _FURTHEST
