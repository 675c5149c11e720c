"""Where a job is done: place strings as boards write them, read without a network.

Precision first: a part that could mean two places ("Georgia", "Cambridge", "Springfield, IL") stays unread
and only its text is kept. Country codes are ISO 3166-1 alpha-2; regions of the United States, Canada and
Australia are their postal codes, others the source's own word. Remote regions are country codes, "US-CA", or
area names such as "EUROPE".
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources

WORLDWIDE = "WORLDWIDE"
MAX_TEXT = 1_000
MAX_PLACES = 50


class Workplace(StrEnum):
    REMOTE = "remote"
    HYBRID = "hybrid"
    ONSITE = "onsite"


@dataclass(frozen=True, slots=True)
class Place:
    raw: str
    city: str | None = None
    region: str | None = None
    country_code: str | None = None


@dataclass(frozen=True, slots=True)
class LocationText:
    """What one location text says. `remote_regions`: None is unknown, () is worldwide."""

    places: tuple[Place, ...] = ()
    workplace: Workplace | None = None
    remote_regions: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    country: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    countries: dict[str, str]
    codes: frozenset[str]
    regions: dict[str, frozenset[_Spot]]
    region_codes: dict[str, frozenset[_Spot]]
    cities: dict[str, frozenset[_Spot]]
    areas: dict[str, str]


_REMOTE = re.compile(
    r"\b(?:(?:100\s?%|fully|full|permanent(?:ly)?)[\s-])?"
    r"(?:remote(?:[\s-](?:first|only|work|ok|friendly|eligible))?|remoto|work(?:ing)? from home|wfh|"
    r"home[\s-]?office|home[\s-]?based|telecommut(?:e|ing)|télétravail|distributed)\b",
    re.IGNORECASE,
)
_HYBRID = re.compile(r"\b(?:hybrid(?:e)?|híbrido|partially remote|partly remote)\b", re.IGNORECASE)
_ONSITE = re.compile(r"\b(?:on[\s-]?site|in[\s-]?office|in[\s-]person|office[\s-]based|presencial)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|non)[\s-](?:remote|hybrid)\b", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s*[;|\n•·/]\s*|\s+or\s+", re.IGNORECASE)
_PARTS = re.compile(r"\s*[,()\[\]:]\s*|\s+[-\u2013\u2014]\s+")
_FILLER = re.compile(
    r"^(?:based|office|location|within|only|in|the|greater|area|metro|multiple locations|various|hq|headquarters)$",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"\b(?:[A-Z]\.){2,}")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")
_EDGES = re.compile(
    r"^(?:[^\w(\[]+|(?:based )?(?:in|within|from|across)\s+)+|(?:[^\w.)\]]+|\s+(?:only|based))+$", re.IGNORECASE
)
_MARKS = (
    (Workplace.HYBRID, _HYBRID),
    (Workplace.REMOTE, _REMOTE),
    (Workplace.ONSITE, _ONSITE),
)


@lru_cache(maxsize=4096)
def read_location(text: str | None) -> LocationText:
    """Places, working model and remote regions of a text ("Berlin; Remote - EU", "Hybrid", "Anywhere")."""
    segments = [part for part in _ALTERNATIVES.split((text or "")[:MAX_TEXT]) if part.strip()][:MAX_PLACES]
    places: dict[str, Place] = {}
    marks: list[Workplace | None] = []
    regions: list[str] = []
    for segment in segments:
        mark, remainder = _take_mark(segment)
        found = read_places(remainder)
        where = [region for region in map(_region_name, found) if region] if mark is Workplace.REMOTE else []
        if [area for area in map(_area, found) if area == WORLDWIDE]:
            mark, where = mark or Workplace.REMOTE, [WORLDWIDE]
        marks.append(mark)
        regions += where
        places |= {place.raw: place for place in found if not _area(place)}
    workplace = marks[0] if marks and len(set(marks)) == 1 else None
    return LocationText(tuple(places.values()), workplace, _remote_regions(regions))


def read_places(text: str) -> tuple[Place, ...]:
    """The places of a text without alternatives: one, or several ("Berlin, Munich", "Germany, Austria")."""
    raw = _bare(text)
    parts = _split(raw)
    if not parts:
        return ()
    if len(parts) > 1 and (all(map(_is_only_city, parts)) or all(map(_is_only_country, parts))):
        return tuple(read_place(part) for part in dict.fromkeys(parts))
    return (_read_parts(raw, parts),)


def read_place(text: str) -> Place:
    """One place ("Austin, Texas, United States", "London (UK)"); what cannot be told is None."""
    raw = " ".join(text.split())
    parts = _split(raw)
    return _read_parts(raw, parts) if parts else Place(raw)


def address_place(city: str | None, region: str | None, country: str | None) -> Place | None:
    """A place from a postal address, whose country may be a code or a name. None when all is empty."""
    city, region, country = (" ".join((field or "").split()) or None for field in (city, region, country))
    if not (city or region or country):
        return None
    raw = ", ".join(dict.fromkeys(field for field in (city, region, country) if field))
    code = country_code(country)
    spots = [spot for spot in _endings(region or "") if spot.region and spot.country == code]
    return Place(raw, city, spots[0].region if len(spots) == 1 else region, code)


def country_code(name: str | None) -> str | None:
    """The code of a country's name or code in any case, or None."""
    text = (name or "").strip()
    gazetteer = _gazetteer()
    if text.upper() in gazetteer.codes:
        return text.upper()
    head, comma, tail = text.partition(", ")  # "Korea, Republic of"
    return gazetteer.countries.get(_key(text)) or (gazetteer.countries.get(_key(f"{tail} {head}")) if comma else None)


def _split(raw: str) -> list[str]:
    parts = (_INITIALS.sub(lambda initials: initials[0].replace(".", ""), part.strip()) for part in _PARTS.split(raw))
    return [part for part in parts if part and not _FILLER.match(part)]


def _bare(text: str) -> str:
    """Without what only surrounded a working model: brackets, dashes, "only", "based in"."""
    raw = _EDGES.sub("", " ".join(_EMPTY_BRACKETS.sub(" ", text).split()))
    while raw.startswith(("(", "[")) and raw.endswith((")", "]")) and not set("([])") & set(raw[1:-1]):
        raw = _EDGES.sub("", raw[1:-1])
    return raw if raw.count("(") == raw.count(")") else _EDGES.sub("", raw.strip(" ()"))


def _read_parts(raw: str, parts: list[str]) -> Place:
    if len(parts) > 1 and not _endings(parts[-1]) and _endings(parts[0]):
        parts = [*parts[1:], parts[0]]
    if len(parts) == 1:
        return _read_single(raw, parts[0])
    spot = _decide(parts)
    if spot is None:
        return Place(raw)
    before = parts[:-1]
    region = spot.region
    if region is None and (inner := _inner_region(before[-1], spot.country)):
        is_also_city = len(before) == 1 and _is_city_of(spot.country, before[0])
        region, before = inner, before if is_also_city else before[:-1]
    elif region is None and len(before) > 1:
        region = before[-1]
    return Place(raw, before[0] if before else None, region, spot.country)


def _read_single(raw: str, part: str) -> Place:
    cities = _gazetteer().cities.get(_key(part), frozenset())
    endings = _endings(part)
    countries = {spot.country for spot in (*cities, *endings)}
    regions = {spot.region for spot in (*cities, *endings) if spot.region}
    if len(countries) != 1 or len(regions) > 1:
        return Place(raw)
    return Place(raw, part if cities else None, next(iter(regions), None), countries.pop())


def _decide(parts: list[str]) -> _Spot | None:
    """What the last part means; the parts before it decide between several (CA: California or Canada)."""
    options = _endings(parts[-1])
    if len(options) > 1:
        known = {spot for part in parts[:-1] for spot in _gazetteer().cities.get(_key(part), frozenset())}
        options = {
            option
            for option in options
            if any(option.country == spot.country and option.region in (None, spot.region) for spot in known)
        }
    return options.pop() if len(options) == 1 else None


def _endings(part: str) -> set[_Spot]:
    """Every country or region that a part can name. Codes count in capitals only ("in" is no India)."""
    gazetteer = _gazetteer()
    found = set(gazetteer.regions.get(_key(part), ()))
    if name := gazetteer.countries.get(_key(part)):
        found.add(_Spot(name))
    if part.isupper():
        found |= gazetteer.region_codes.get(part, frozenset())
        if part in gazetteer.codes:
            found.add(_Spot(part))
    return found


def _inner_region(part: str, country: str) -> str | None:
    regions = {spot.region for spot in _endings(part) if spot.country == country and spot.region}
    return regions.pop() if len(regions) == 1 else None


def _is_only_city(part: str) -> bool:
    return _key(part) in _gazetteer().cities and not _endings(part)


def _is_only_country(part: str) -> bool:
    return [spot.region for spot in _endings(part)] == [None] and _key(part) not in _gazetteer().cities


def _is_city_of(country: str, part: str) -> bool:
    return any(city.country == country for city in _gazetteer().cities.get(_key(part), ()))


def _take_mark(segment: str) -> tuple[Workplace | None, str]:
    if _DENIED.search(segment):
        return None, _DENIED.sub(" ", segment)
    found = [mark for mark, words in _MARKS if words.search(segment)]
    for _, words in _MARKS:
        segment = words.sub(" ", segment)
    return (found[0] if len(found) == 1 else None), segment


def _area(place: Place) -> str | None:
    return _gazetteer().areas.get(_key(place.raw))


def _region_name(place: Place) -> str | None:
    if area := _area(place):
        return area
    if place.country_code and place.region and not place.city:
        return f"{place.country_code}-{place.region}"
    return place.country_code


def _remote_regions(regions: list[str]) -> tuple[str, ...] | None:
    if not regions:
        return None
    return () if WORLDWIDE in regions else tuple(dict.fromkeys(regions))


@lru_cache(maxsize=16384)
def _key(text: str) -> str:
    bare = "".join(
        c
        for c in unicodedata.normalize("NFKD", text.replace("ł", "l").replace("Ł", "L"))
        if not unicodedata.combining(c)
    )
    return " ".join(re.sub(r"[.'\u2019`-]", " ", bare.casefold()).split())


@cache
def _gazetteer() -> _Gazetteer:
    data = json.loads(resources.files("domain").joinpath("data/places.json").read_text("utf-8"))
    regions: dict[str, set[_Spot]] = {}
    region_codes: dict[str, set[_Spot]] = {}
    cities: dict[str, set[_Spot]] = {}
    for country, names in data["regions"].items():
        for code, name in names.items():
            regions.setdefault(_key(name), set()).add(_Spot(country, code))
            region_codes.setdefault(code, set()).add(_Spot(country, code))
    for country, by_region in data["cities"].items():
        for region, names in by_region.items():
            for name in names:
                cities.setdefault(_key(name), set()).add(_Spot(country, region or None))
    return _Gazetteer(
        countries={_key(name): code for code, names in data["countries"].items() for name in names},
        codes=frozenset(data["countries"]),
        regions={name: frozenset(spots) for name, spots in regions.items()},
        region_codes={code: frozenset(spots) for code, spots in region_codes.items()},
        cities={name: frozenset(spots) for name, spots in cities.items()},
        areas={_key(name): area for area, names in data["areas"].items() for name in names},
    )
