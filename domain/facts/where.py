"""Places inside lines: "1184 Juniper Road, Boise, ID 83702" says Boise, ID."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from functools import cache
from itertools import pairwise

from domain.facts.model import Span
from domain.facts.words import data, fold, folded, key
from domain.places import country_code, read_place

LONGEST_NAME = 4  # words of a city's name
MOST_PARTS = 4
_LETTERS = re.compile(r"[^\W\d_]{3}")  # more than a postal code has
_PART = re.compile(r"[^,;()]+")
_POSTCODE_BEFORE = re.compile(r"(?:(?:[A-Z]{1,2}-)?\d{3,6}(?:[ -]\d{2,3})?|\d{4}\s?[A-Z]{2}|\d{2}-\d{3})\s+(?=[^\W\d])")
_POSTCODE_AFTER = re.compile(r"\s+(?:\d{4,6}(?:-\d{3,4})?|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)$")
_CITY = re.compile(r"[^\W\d_][^\W\d_]*\.?(?:[\s'’\u2010-]+[^\W\d_]+\.?)*")
_MODE = re.compile(
    r"(?:(?:100\s?%|fully|partly)?\s*remote(?:\s+work)?|hybrid|on-?site|home\s?office|homeoffice|télétravail|teletrabajo"
    r"|worldwide|remoto|smart working)(?:\s+within\s+[\w ]+)?",
    re.IGNORECASE,
)


@cache
def _countries() -> dict[str, str]:
    return {key(name): code for code, names in data()["countries"].items() for name in names}


@cache
def _regions() -> frozenset[str]:
    return frozenset(map(key, data()["regions"]))


def country_of(text: str) -> str | None:
    """The ISO 3166-1 code of the country in which a place lies, as far as it can be told."""
    place = read_place(text)
    if place.country_code:
        return place.country_code
    parts = [part.strip() for part in reversed(text.split(","))]
    if parts[0] in data()["states"]:
        return "US"
    return next(filter(None, (_country(part) or read_place(part).country_code for part in parts)), None)


def _country(part: str) -> str | None:
    if len(part) == 2 and part not in {"UK", "US"}:  # noqa: PLR2004 - codes are states or countries; read_place decides
        return None
    return country_code(part) or _countries().get(key(part))


def _is_ending(part: str) -> bool:
    """Whether a part names a country, a state or a region."""
    place = read_place(part)
    known = bool(place.country_code) and not place.city
    return bool(_country(part)) or part in data()["states"] or key(part) in _regions() or known


_STREET = re.compile(
    r"\b(?:road|rd|street|avenue|ave|drive|dr|lane|ln|blvd|boulevard|way|court|ct|terrace|apt|suite|floor|flat|unit|"
    r"box|rue|chemin|allée|place|via|viale|calle|avenida|plaza|paseo|carrer|rua|laan|straat|weg|ulica|ul)\b\.?"
    r"|(?:stra(?:ß|ss)e|str\.|gasse|platz|allee|straat|gatan|vägen|gata|vej)\b",
    re.IGNORECASE,
)


def without_postcode(place: str) -> str:
    """The place without codes: London, UK for "London SW1A 1AA, UK"."""
    return ", ".join(_POSTCODE_AFTER.sub("", part.strip()) for part in place.split(","))


def is_city_shaped(part: str) -> bool:
    words = part.split()
    if not 1 <= len(words) <= LONGEST_NAME or not _CITY.fullmatch(part):
        return False
    return all(
        word[0].isupper() or fold(word.strip(".")) in folded("particles") or not word[0].isascii() for word in words
    ) and (words[0][0].isupper() or not words[0][0].isascii() or words[0] in {"s-Hertogenbosch", "near"})


def is_mode(text: str) -> bool:
    return bool(_MODE.fullmatch(text.strip(" ()")))


def is_place(text: str) -> bool:
    """Whether `text` is a known place, or a way of working, and nothing else."""
    text = text.strip(" ,.()")
    if is_mode(text):
        return True
    found = find_place(Span(text, 0, len(text)))
    return found is not None and not _LETTERS.search(text[: found[0].start] + " " + text[found[0].end :])


def is_known_place(text: str) -> bool:
    """Whether `text` is a place for certain: "Berlin", "Twin Falls, ID"; "Acme, Germany" only looks like one."""
    text = text.strip(" ,.()")
    first, _, rest = text.partition(",")
    if not is_place(text):
        return False
    is_city = read_place(first.strip()).city is not None or key(first) in _chinese_cities()
    is_state = rest.split(",")[0].strip()[:2] in data()["states"]
    return is_mode(text) or is_city or (is_state and not rest.split(",")[0].strip()[2:].isalpha()) or not rest


def find_place(span: Span) -> tuple[Span, int] | None:
    """The place in a piece of a line and how sure that is: 3 with its country or state, 2 a known city alone."""
    parts = [part for found in _PART.finditer(span.text) if (part := _trim(span, found))]
    best: tuple[Span, int] | None = None
    for first in range(len(parts)):
        for last in range(first, min(first + MOST_PARTS, len(parts))):
            between = span.text[parts[first].end - span.start : parts[last].start - span.start]
            sure = 0 if last > first and re.search(r"[();]", between) else _rate(parts[first : last + 1])
            if sure and (best is None or (sure, last - first) > (best[1], best[0].text.count(","))):
                start, end = parts[first].start, parts[last].end
                best = Span(span.text[start - span.start : end - span.start], start, end), sure
    return best


def _trim(span: Span, found: re.Match[str]) -> Span | None:
    """A part between commas without its postal code."""
    start, end = found.span()
    text = found[0]
    start += len(text) - len(text.lstrip())
    end -= len(text) - len(text.rstrip(" ."))
    if code := _POSTCODE_BEFORE.match(span.text, start, end):
        start = code.end()
    if code := _POSTCODE_AFTER.search(span.text[:end], start):
        end = code.start()
    return Span(span.text[start:end], span.start + start, span.start + end) if start < end else None


def _rate(parts: list[Span]) -> int:
    """3 for a place with its country or state, 2 for a known city or country alone, 0 for no place."""
    texts = [part.text for part in parts]
    if any(right.start - left.end > 12 for left, right in pairwise(parts)):  # noqa: PLR2004
        return 0
    if len(parts) == 1:
        place = read_place(texts[0])
        known = (place.city and place.country_code) or _country(texts[0]) or key(texts[0]) in _chinese_cities()
        return 2 if known and is_city_shaped(texts[0]) else 0
    if not is_city_shaped(texts[0]) or _STREET.search(texts[0]) or any(_is_word(word) for word in texts[0].split()):
        return 0
    ends = [_is_ending(text) for text in texts[1:]]
    if all(ends):
        return 3
    if all(ends[1:]) and ends[1:] and is_city_shaped(texts[1]):
        return 3
    return 0


def _is_word(word: str) -> bool:
    folded_word = key(word)
    return folded_word in folded("roles") or folded_word in folded("role_modifiers")


@cache
def _chinese_cities() -> frozenset[str]:
    return frozenset(["北京", "上海", "广州", "深圳", "杭州", "成都", "香港", "台北", "東京", "东京", "大阪", "서울"])
