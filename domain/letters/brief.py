"""What a letter is made of, read once: the person's deeds, the posting's title, the skills that meet."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.english import fold, is_english, sentences, tokens, words
from domain.facts import Fact, FactKind, read_employments, read_facts
from domain.fit import Fit, prepare_resume, rate
from domain.letters.deeds import Deed, employed_deeds, employer_name, is_current, owned_skills, role_name, told_deeds
from domain.letters.duties import plain, short_company, short_title, without_markup
from domain.skills import catalogue, find_skills

_WHOLE = frozenset({FactKind.ACHIEVEMENT, FactKind.PROJECT, FactKind.HEADLINE})
_SENTENCE_WORDS = 4
_HEAD = 5  # letters that two forms of a word share: baker, bakery


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
    """Facts of the résumé (r1...), the story (s1...) and the projects (p1..., then p2_1...).

    Sentences that no fact covers as a whole (a summary, a story) are facts too: rt1, st1, pt1...
    """
    texts = [("r", material.resume), ("s", material.story or "")]
    texts += [("p" if number == 1 else f"p{number}_", text) for number, text in enumerate(material.projects, 1)]
    found: list[Fact] = []
    for prefix, text in texts:
        read = read_facts(text, prefix) if text.strip() else ()
        found += [*read, *_told(text, read, prefix)]
    return tuple(found)


def _told(text: str, read: Sequence[Fact], prefix: str) -> Iterator[Fact]:
    whole = [(fact.start, fact.end) for fact in read if fact.kind in _WHOLE]
    number = at = 0
    for line in text.split("\n"):
        for sentence in sentences(line):
            start = text.index(sentence, at)
            at = start + len(sentence)
            covered = any(low < at and start < high for low, high in whole)
            if not covered and len(sentence.split()) >= _SENTENCE_WORDS:
                number += 1
                yield Fact(f"{prefix}t{number}", FactKind.HEADLINE, sentence, start, at)


@dataclass(frozen=True, slots=True)
class Brief:
    """What the writer works from; everything in it is clean text. `role` and `employer` are the latest position's."""

    tone: str
    seed: str
    title: str | None
    company: str | None
    description: str
    role: str | None
    employer: str | None
    current: bool
    deeds: Sequence[Deed]
    skills: frozenset[str]
    wanted: Sequence[str]
    missing: Sequence[str]


def fit_of(material: LetterMaterial) -> Fit:
    return material.fit or rate(prepare_resume(material.resume), material.title, material.description)


def brief_of(material: LetterMaterial, tone: str, facts: Sequence[Fact]) -> Brief:
    employments = [employment for employment in read_employments(material.resume) if employment.employer]
    latest = employments[0] if employments else None
    fit = fit_of(material)
    description = without_markup(material.description)
    asked = {mention.skill for mention in find_skills(f"{plain(material.title)}\n{description}")}
    matched = [evidence.skill for evidence in fit.matched if evidence.skill in asked]
    missing = [evidence.skill for evidence in fit.missing if evidence.skill in asked]
    deeds = employed_deeds(employments)
    known = {deed.stems for deed in deeds}
    deeds += [deed for deed in told_deeds(facts) if deed.stems not in known]
    seed = hashlib.sha256(
        "\n".join((material.resume, material.title, material.company or "", material.description)).encode()
    )
    return Brief(
        tone=tone,
        seed=seed.hexdigest(),
        title=short_title(material.title),
        company=short_company(material.company),
        description=description,
        role=role_name(latest.role) if latest and latest.role else None,
        employer=employer_name(latest.employer) if latest and latest.employer else None,
        current=bool(latest and is_current(latest)),
        deeds=tuple(deeds),
        skills=owned_skills("\n".join((material.resume, material.story or "", *material.projects))),
        wanted=_weighty(matched, material.title),
        missing=_weighty(_named_tools(missing), material.title),
    )


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
