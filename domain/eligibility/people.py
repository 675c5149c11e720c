"""What a résumé says of its person's rights, degrees, practice, languages and home, each with its own words."""

import re
from collections.abc import Sequence

from domain.eligibility.model import Person
from domain.eligibility.qualifications import degree_level, language_level
from domain.eligibility.rights import clearance_level
from domain.employment_types import EmploymentType
from domain.facts import Employment, Fact, FactKind, read_resume
from domain.facts.words import key, language_names
from domain.fit.quotes import quote
from domain.fit.seniority import PRESENT_YEAR, stated_years
from domain.places import Place, read_location
from domain.regions import find_regions
from domain.remote_areas import countries_of

_SENTENCES = re.compile(r"[^\n|;]+?(?:[.!?](?=\s|$)|(?=[\n|;])|$)")
_NEEDS_VISA = re.compile(
    r"\b(?:requires?|needs?|will require|seeking|looking for)\b[^.]{0,30}\b(?:visa|sponsorship|work permit)\b"
    r"|\bvisa required\b",
    re.IGNORECASE,
)
_MAY_WORK = re.compile(
    r"\b(?:authori[sz]ed|eligible|entitled|permitted|allowed) to work\b|\bright to work\b|\bwork (?:permit"
    r"|authori[sz]ation|visa)\b"
    r"|\bgreen card\b|\bpermanent residen(?:t|ce|cy)\b|\bsettled status\b",
    re.IGNORECASE,
)
_CITIZEN = re.compile(r"\bcitizen(?:ship)?\b|\bnational(?:ity)?\b|\bpassport\b", re.IGNORECASE)
_CLEARED = re.compile(r"\bclearance\b|\bTS/SCI\b", re.IGNORECASE)
_LAPSED = re.compile(r"\b(?:no|not|expired|lapsed|former|inactive|previous)\b", re.IGNORECASE)
_STATED_PRACTICE = re.compile(r"years?[^.\n]{0,40}(?:experience|practice)|experience[^.\n]{0,20}years", re.IGNORECASE)
_LONGEST_LIFE = 60  # years at work
_EUROPEAN = ("EU", "EEA", "CH")


def read_person(text: str, home: str | None = None, wants: Sequence[EmploymentType] = ()) -> Person:
    """The person of a résumé; `home` and `wants` are what their profile says."""
    facts = read_resume(text)
    rights = _rights(text)
    degrees = [study.degree for study in facts.education if study.degree]
    ranked = sorted(((degree_level(name) or 0, name) for name in degrees), key=lambda pair: pair[0], reverse=True)
    return Person(
        text=text,
        home=_home(home) or _at_home(_home(facts.contact.place), facts.facts),
        citizen_of=rights[0],
        may_work_in=rights[1],
        needs_visa_in=rights[2],
        clearance=_clearance(text),
        degree=next(((level, name) for level, name in ranked if level), None),
        degrees=tuple(name for _, name in ranked),
        years=_years(text, facts.employments),
        languages=tuple(
            _language(text, fact.text, fact.start, fact.end) for fact in facts.facts if fact.kind is FactKind.LANGUAGE
        ),
        wants=tuple(wants),
    )


def _home(named: str | None) -> Place | None:
    places = read_location(named).places
    return places[0] if len(places) == 1 and places[0].country_code else None


def _at_home(place: Place | None, facts: Sequence[Fact]) -> Place | None:
    """Only the country of a place that a résumé names after its first position: that may be where an employer is."""
    named = [fact.start for fact in facts if fact.kind is FactKind.PLACE]
    worked = [fact.start for fact in facts if fact.kind in {FactKind.EMPLOYER, FactKind.ROLE}]
    if place is None or not named or not worked or min(named) < min(worked):
        return place
    return Place(place.raw, country_code=place.country_code)


Stated = tuple[tuple[str, str], ...]


def _rights(text: str) -> tuple[Stated, Stated, Stated]:
    """Citizenships, permissions to work and needs of a visa, by region, with their sentences."""
    citizen: list[tuple[str, str]] = []
    allowed: list[tuple[str, str]] = []
    needs: list[tuple[str, str]] = []
    for match in _SENTENCES.finditer(text):
        sentence = match.group().strip()
        if _NEEDS_VISA.search(sentence) and not re.search(r"\b(?:no|not|without)\b", sentence, re.IGNORECASE):
            needs += [(region, sentence) for region in sorted(find_regions(sentence))]
        elif _LAPSED.search(sentence):
            continue
        elif _CITIZEN.search(sentence):
            citizen += [(region, sentence) for region in sorted(find_regions(sentence))]
        elif _MAY_WORK.search(sentence):
            allowed += [(region, sentence) for region in sorted(find_regions(sentence))]
    for region, sentence in citizen:
        allowed.append((region, sentence))
        if _moves_freely(region):
            allowed += [(area, sentence) for area in _EUROPEAN]
    return tuple(citizen), tuple(allowed), tuple(needs)


def _moves_freely(region: str) -> bool:
    """Citizens of the European Union and the EEA may work in all of it, and in Switzerland."""
    return region in {"EU", "EEA"} or region in countries_of("EEA")


def _clearance(text: str) -> tuple[float, str] | None:
    for match in _SENTENCES.finditer(text):
        sentence = match.group().strip()
        level = clearance_level(sentence)
        if _CLEARED.search(sentence) and level is not None and not _LAPSED.search(sentence):
            return level, sentence
    return None


def _years(text: str, employments: Sequence[Employment]) -> tuple[float, str] | None:
    """The years that the résumé states or its employments span, whichever is more."""
    stated = _STATED_PRACTICE.search(text)
    words = quote(text, *stated.span()) if stated else ""
    said = max(stated_years(words), default=0)
    begun = [int(one.started[:4]) for one in employments if one.started]
    ended = [_year(one.ended or one.started) for one in employments if one.started]
    dated = max(ended) - min(begun) if begun else 0
    if not 0 < max(said, dated) <= _LONGEST_LIFE:
        return None
    return (said, words) if said >= dated else (dated, f"{min(begun)} to {max(ended)}")


def _year(date: str | None) -> int:
    return int(date[:4]) if date and date[:4].isdigit() else PRESENT_YEAR


def _language(text: str, name: str, start: int, end: int) -> tuple[str, float, str]:
    """The usual name, the level (0 where it is not said) and the words: those up to the next language."""
    rest = re.split(r"[,;\n|\u2022]", text[end : end + 60], maxsplit=1)[0]
    before = "" if ":" in rest else text[max(text.rfind("\n", 0, start), text.rfind(",", 0, start), 0) : start]
    words = text[start : end + len(rest)].strip()
    return language_names().get(key(name), name), language_level(before + " " + rest) or 0.0, words
