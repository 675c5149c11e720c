"""What a person did, as clauses a letter can use: "Reduced wait times by 40%" becomes "I reduced wait times by 40%"."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.english import is_english, past_forms, sentences, stem, tokens, verbs, words
from domain.facts import Employment, Fact, FactKind
from domain.skills import catalogue, find_skills

_FEWEST, _MOST = 4, 32
_ODD = re.compile(r"[<>{}\[\]|\\^~`@#]|https?:|www\.|->|=>|→|\.\.\.|…|\?|:\s*$")
_FIRST_PERSON = re.compile(r"i(?:'ve| have|'m| am)?\s", re.I)
_JOINED_VERB = re.compile(r"((?:,|\band|\bthen)\s+)([a-z]+)\b")
_COUNTED = re.compile(r"[\d%$€£]")


@dataclass(frozen=True, slots=True)
class Deed:
    """One finished clause with its subject. `place`: the employer, None for stories and projects."""

    clause: str
    place: str | None
    skills: frozenset[str]
    stems: frozenset[str]
    weight: float


def employed_deeds(employments: Iterable[Employment]) -> list[Deed]:
    """Deeds of all employments, newest first as a résumé lists them."""
    found = []
    for age, employment in enumerate(employments):
        now = is_current(employment)
        for line in employment.lines:
            found += _deeds(line, employment.employer, now=now, age=age)
    return found


def told_deeds(facts: Iterable[Fact]) -> list[Deed]:
    """Deeds of stories, projects and lines that stand under no employer."""
    kinds = {FactKind.ACHIEVEMENT, FactKind.PROJECT, FactKind.HEADLINE}
    return [deed for fact in facts if fact.kind in kinds for deed in _deeds(fact.text, None, now=False, age=2)]


def is_current(employment: Employment) -> bool:
    """Whether the employment still runs: it has a beginning and no end, or says so."""
    ended = str(employment.ended or "").casefold()
    return not ended[:1].isdigit() and not any(character.isdigit() for character in ended)


def _deeds(line: str, place: str | None, *, now: bool, age: int) -> Iterator[Deed]:
    for piece in sentences(" ".join(line.split())):
        clause = _clause(piece.strip(" .;•-–—*"), now=now)  # noqa: RUF001
        if clause is None:
            continue
        skills = frozenset(m.skill for m in find_skills(clause) if not m.negated)
        stems = frozenset(t.stem for t in tokens(clause) if not t.number) - words("letter")
        weight = 1.0 + bool(_COUNTED.search(clause)) - 0.3 * age - 0.02 * max(0, len(clause.split()) - 20)
        yield Deed(clause, place, skills, stems, weight)


def _clause(text: str, *, now: bool) -> str | None:
    """The line with "I" before it, when it opens with a verb; None when it makes no clean clause."""
    text = _shortened(text)
    if _ODD.search(text) or not _FEWEST <= len(text.split()) <= _MOST or text.count("(") != text.count(")"):
        return None
    if text.isupper() or not _mostly_english(text):
        return None
    if _FIRST_PERSON.match(text):
        return "I" + text[1:]
    first, _, rest = text.partition(" ")
    lead = ""
    if first.casefold().endswith("ly") and rest:
        lead, (first, _, rest) = first.casefold() + " ", rest.partition(" ")
    verb = first.casefold()
    if verb in past_forms() or (verb.endswith("ed") and is_english(verb) and verb not in {"need", "seed", "feed", "speed"}):
        return f"I {lead}{verb} {rest}"
    if verb not in verbs():
        return None
    return f"I {lead}{verb} {rest}" if now else f"I {lead}{verbs()[verb]} {_in_past(rest)}"


def _in_past(rest: str) -> str:
    """Further verbs of the same line follow the first into the past: "planned and ran"."""
    return _JOINED_VERB.sub(lambda match: match[1] + verbs().get(match[2], match[2]), rest)


def _shortened(text: str) -> str:
    """A line too long for one sentence ends at its first semicolon."""
    return re.split(r";\s", text, maxsplit=1)[0] if len(text.split()) > _MOST - 8 else text


def _mostly_english(text: str) -> bool:
    plain = [token for token in tokens(text) if not token.number and not token.capital]
    return bool(plain) and sum(is_english(token.norm) for token in plain) >= 0.75 * len(plain)  # noqa: PLR2004


def skill_name(skill: str, text: str) -> str:
    """The skill as the posting writes it in mid-sentence: names keep their capitals, plain words lose them."""
    for mention in find_skills(text):
        if mention.skill != skill:
            continue
        surface = " ".join(text[mention.start : mention.end].split())
        if surface[:1].islower() or any(character.isupper() for character in surface[1:]):
            return surface
        break
    known = catalogue().get(skill)
    technical = known is not None and known.field in {"technology", "analytics", "design"} and " " not in skill
    return skill if technical or not all(is_english(word.casefold()) for word in skill.split()) else _lowered(skill)


def _lowered(skill: str) -> str:
    return skill if any(character.isupper() for character in skill[1:]) else skill[:1].lower() + skill[1:]


def role_name(role: str) -> str | None:
    """A job title as mid-sentence text: "Senior DevOps Engineer" is "senior DevOps engineer"; None when it is no title."""
    role = re.split(r"\s*[,;(|/–—]|\s+-\s+|\s+then\s+", role.strip(), maxsplit=1)[0].strip()  # noqa: RUF001
    parts = role.split()
    if not parts or len(parts) > 6 or _ODD.search(role):  # noqa: PLR2004
        return None
    return " ".join(p.lower() if p[1:].islower() and is_english(p.casefold()) else p for p in parts)


def same_matter(one: Deed, other_stems: Iterable[str]) -> int:
    """How many telling words a deed shares with another text."""
    return len(one.stems & {stem(word) for word in other_stems})
