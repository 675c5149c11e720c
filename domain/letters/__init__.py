"""Cover letters: what they are made of, and the embedded writer behind the claims check."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.claims.check import CheckedLetter, Letter, Removal, Sentence, check_claims
from domain.claims.posting import PostingWords
from domain.english import fold, is_english, tokens, words
from domain.facts import Fact, read_employments, read_facts
from domain.fit import Fit, prepare_resume, rate
from domain.letters.deeds import employed_deeds, employer_name, half_skilled, is_current, role_name, told_deeds
from domain.letters.duties import short_company, short_title
from domain.letters.writing import Brief, brief_skills, write_sentences
from domain.skills import catalogue, find_skills

__all__ = [
    "CheckedLetter", "Letter", "LetterMaterial", "PostingWords", "Removal", "Sentence", "Tone", "check_claims",
    "check_letter", "material_facts", "write_letter",
]  # fmt: skip

_HEAD = 5  # letters that two forms of a word share: baker, bakery


class Tone(StrEnum):
    PROFESSIONAL = "professional"
    CONVERSATIONAL = "conversational"
    ENTHUSIASTIC = "enthusiastic"


@dataclass(frozen=True, slots=True)
class LetterMaterial:
    """Plain texts of one person and one posting. `fit` is computed when None; `today` ends running employments."""

    resume: str
    title: str
    company: str | None
    description: str
    fit: Fit | None = None
    story: str | None = None
    projects: tuple[str, ...] = ()
    today: date | None = None


def material_facts(material: LetterMaterial) -> tuple[Fact, ...]:
    """Facts of the résumé (r1...), the story (s1...) and the projects (p1..., then p2_1...)."""
    facts = list(read_facts(material.resume))
    if material.story:
        facts += read_facts(material.story, "s")
    for number, project in enumerate(material.projects, 1):
        facts += read_facts(project, "p" if number == 1 else f"p{number}_")
    return tuple(facts)


def write_letter(material: LetterMaterial, tone: Tone) -> Letter:
    """A letter every claim of which rests on a fact; short where there are few facts."""
    facts = material_facts(material)
    return _checked(material, write_sentences(_brief(material, tone, facts)), facts).letter


def check_letter(material: LetterMaterial, letter: str | list[Sentence]) -> CheckedLetter:
    """Any writer's letter against the material's facts."""
    return _checked(material, letter, material_facts(material))


def _checked(material: LetterMaterial, letter: str | list[Sentence], facts: Sequence[Fact]) -> CheckedLetter:
    posting = PostingWords(material.title, material.company, material.description)
    return check_claims(letter, facts, posting, material.today)


def _brief(material: LetterMaterial, tone: Tone, facts: Sequence[Fact]) -> Brief:
    employments = [employment for employment in read_employments(material.resume) if employment.employer]
    latest = employments[0] if employments else None
    fit = material.fit or rate(prepare_resume(material.resume), material.title, material.description)
    matched, missing = brief_skills(fit)
    deeds = employed_deeds(employments)
    known = {deed.stems for deed in deeds}
    deeds += [deed for deed in told_deeds(facts) if deed.stems not in known]
    seed = hashlib.sha256(
        "\n".join((material.resume, material.title, material.company or "", material.description)).encode()
    )
    return Brief(
        tone=tone.value,
        seed=seed.hexdigest(),
        title=short_title(material.title),
        company=short_company(material.company),
        description=fold(material.description),
        role=role_name(latest.role) if latest and latest.role else None,
        employer=employer_name(latest.employer) if latest and latest.employer else None,
        current=bool(latest and is_current(latest)),
        deeds=tuple(deeds),
        skills=_owned_skills(material.resume),
        wanted=_weighty(matched, material.title),
        missing=_weighty(_named_tools(missing), material.title),
    )


def _owned_skills(resume: str) -> frozenset[str]:
    lines = [line for line in resume.split("\n") if not half_skilled(line)]
    return frozenset(mention.skill for mention in find_skills("\n".join(lines)) if not mention.negated)


def _weighty(skills: list[str], title: str) -> list[str]:
    """Skills that say most about a job first, those that repeat its name last; the fit decides among equals."""
    heads = {token.norm[:_HEAD] for token in tokens(fold(title)) if token.norm in words("titles")}

    def rank(name: str) -> tuple[bool, float]:
        known = catalogue().get(name)
        repeats = any(token.norm[:_HEAD] in heads for token in tokens(fold(name)))
        return repeats, -(known.weight if known else 1.0)

    return sorted(skills, key=rank)


def _named_tools(skills: list[str]) -> list[str]:
    """Skills that are names of things, which a person either has used or has not."""
    return [
        name
        for name in skills
        if (known := catalogue().get(name)) and known.weight >= 1 and known.field in {"technology", "analytics"}
        and not all(is_english(token.norm) for token in tokens(name))
    ]  # fmt: skip
