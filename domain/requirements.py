"""Requirement by requirement: every sentence that asks for something, and the résumé's words that show it.

What a sentence asks for are its skills, years, degree and languages; a sentence that names none of these is compared
by its telling words. All shown is met, some of it or something close is partial, nothing is missing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from domain.eligibility.model import ELIGIBLE, INELIGIBLE, Person, Sentence
from domain.eligibility.qualifications import (
    asked_years,
    degree_level,
    degree_standing,
    language_level,
    languages_in,
)
from domain.eligibility.wording import is_not_needed
from domain.fit import PreparedResume
from domain.fit.passages import Passage, Section, opens_section
from domain.fit.words import rarity, stem
from domain.phrases import tokenize, words
from domain.skills import Mention, catalogue, find_skills


class Met(StrEnum):
    MET = "met"
    PARTIAL = "partial"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Requirement:
    """`quote` is the description's text from `start` to `end`; `resume_quotes` are parts of the résumé.

    `preferred`: welcome, not demanded. `lacking` names what the résumé does not show.
    """

    quote: str
    start: int
    end: int
    preferred: bool
    verdict: Met
    resume_quotes: tuple[str, ...]
    lacking: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """One thing that a sentence asks for: how far it is shown (0 to 1), by which words, and its name."""

    name: str
    shown: float
    words: str | None
    is_skill: bool = False


MOST = 60
_ANY_OF = re.compile(
    r"\b(?:one|either|any|some) of\b|\bsuch as\b|\be\.g\.|\bfor example\b|\bfor instance\b|\blike\b|\bsimilar\b|\bor\b",
    re.IGNORECASE,
)
_LANGUAGES = "Languages"
_GENERAL = "General strengths"
_HALF = 0.5
_MET_WORDS, _PARTIAL_WORDS = 0.6, 0.34
_SHORTEST = 2  # words
_FILLERS = frozenset(
    map(
        stem,
        words(
            "experience experienced knowledge strong good very deep solid proven ability able skills skill "
            "understanding familiar familiarity hands working work worked professional excellent great relevant "
            "years year using use used background minimum least more than required requirement must have has "
            "having bring know you your we our plus ideally preferred certificate degree field related similar "
            "level expertise confident comfortable demonstrated track record qualification qualified fluent native "
            "licence license"
        ),
    )
)


def read_requirements(
    resume: PreparedResume, person: Person, text: str, passages: Sequence[Passage]
) -> tuple[Requirement, ...]:
    """The sentences of the parts that ask, in their order, headings and what is not needed left out; at most MOST."""
    lines = resume_lines(person.text)
    found = []
    for passage in passages:
        if passage.section not in {Section.REQUIRED, Section.PREFERRED} or opens_section(text, passage):
            continue
        sentence = Sentence.of(text, passage)
        is_item = sentence.start > passage.start
        telling = is_item or len(sentence.text.split()) >= _SHORTEST
        if telling and not is_not_needed(sentence.text):
            found.append(judge(sentence, resume, person, lines))
        if len(found) == MOST:
            break
    return tuple(found)


def judge(sentence: Sentence, resume: PreparedResume, person: Person, lines: Sequence["ResumeLine"]) -> Requirement:
    parts = list(_parts(sentence, resume, person))
    if not any(part.shown for part in parts):
        alike = _by_words(sentence, lines)
        near = replace(alike, shown=min(alike.shown, _HALF))
        parts = [near] if near.shown and any(part.is_skill for part in parts) else parts or [alike]
    alternatives = bool(_ANY_OF.search(sentence.text)) and not re.search(r"\band\b", sentence.text)
    shown = [part.shown for part in parts]
    whole = max(shown) if alternatives else min(shown)
    verdict = Met.MET if whole == 1 else Met.PARTIAL if max(shown) > 0 else Met.MISSING
    shown_by = dict.fromkeys(part.words for part in parts if part.words)
    lacking = () if verdict is Met.MET else tuple(part.name for part in parts if part.shown < 1)
    return Requirement(
        quote=sentence.text,
        start=sentence.start,
        end=sentence.start + len(sentence.text),
        preferred=sentence.section is Section.PREFERRED,
        verdict=verdict,
        resume_quotes=tuple(shown_by),
        lacking=lacking,
    )


def _parts(sentence: Sentence, resume: PreparedResume, person: Person) -> Iterator[_Part]:
    text = sentence.text
    skills = [found for found in find_skills(text) if not found.negated]
    special = [found for found in skills if catalogue()[found.skill].group not in {_LANGUAGES, _GENERAL}]
    named = special or [found for found in skills if catalogue()[found.skill].group == _GENERAL]
    yield from (_skill(found, resume) for found in _distinct(named))
    spoken = {found.skill for found in skills if catalogue()[found.skill].group == _LANGUAGES}
    yield from (_language(name, text, person) for name in languages_in(text) if name in spoken)
    degree = degree_level(text)
    if degree is not None:
        yield _degree(text, degree, person)
    years = asked_years(sentence)
    if years is not None:
        has = person.years[0] if person.years else 0.0
        yield _Part(f"{years} years", 1.0 if has >= years else _HALF if has else 0.0, person.years and person.years[1])


def _distinct(skills: Sequence[Mention]) -> list[Mention]:
    """Each skill once, and none that another of the sentence implies ("databases such as PostgreSQL")."""
    implied = {broader for found in skills for broader in catalogue()[found.skill].implies}
    return list({found.skill: found for found in skills if found.skill not in implied}.values())


def _skill(found: Mention, resume: PreparedResume) -> _Part:
    words = resume.skills.get(found.skill)
    return _Part(found.skill, 0.0 if words is None else 1.0, words, is_skill=True)


def _language(name: str, text: str, person: Person) -> _Part:
    needed = language_level(text) or 2.0
    for language, level, written in person.languages:
        if language == name:
            return _Part(name, 1.0 if not level or level >= needed - _HALF else _HALF, written)
    return _Part(name, 0.0, None)


def _degree(text: str, asked: int, person: Person) -> _Part:
    standing = degree_standing(text, asked, person)
    shown = {ELIGIBLE: 1.0, INELIGIBLE: _HALF}.get(standing, 0.0)
    return _Part("degree", shown, person.degree[1] if person.degree and shown else None)


@dataclass(frozen=True, slots=True)
class ResumeLine:
    text: str
    stems: frozenset[str]


@lru_cache(maxsize=16)
def resume_lines(text: str) -> tuple[ResumeLine, ...]:
    """The lines of a résumé, for `judge`."""
    lines = (line.strip(" \t-*\u2022\u00b7") for line in text.splitlines())
    return tuple(ResumeLine(line, _stems(line)) for line in lines if line)


def _by_words(sentence: Sentence, lines: Sequence[ResumeLine]) -> _Part:
    asked = _stems(sentence.text) - _FILLERS
    weight = sum(map(rarity, asked))
    best = max(lines, key=lambda line: sum(map(rarity, asked & line.stems)), default=None)
    if best is None or not weight:
        return _Part(sentence.text, 0.0, None)
    share = sum(map(rarity, asked & best.stems)) / weight
    shown = 1.0 if share >= _MET_WORDS else _HALF if share >= _PARTIAL_WORDS else 0.0
    return _Part(sentence.text, shown, best.text if shown else None)


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(key) for key in tokenize(text).keys) - {""}
