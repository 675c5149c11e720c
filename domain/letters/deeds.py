"""What a person did, as clauses a letter can use: "Reduced wait times by 40%" becomes "I reduced wait times by 40%"."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.english import is_english, past_forms, sentences, tokens, verbs, words
from domain.facts import Employment, Fact, FactKind
from domain.skills import catalogue, find_skills

_FEWEST, _MOST = 4, 32
_ODD = re.compile(r"[<>{}\[\]|\\^~`@#]|https?:|www\.|->|=>|→|\.\.\.|…|\?|:\s*$")
_FIRST_PERSON = re.compile(r"i(?:'ve| have|'m| am)?\s", re.IGNORECASE)
_JOINED_VERB = re.compile(r"(\b(?:and|then)\s+)([a-z]+)\b")
_OBJECT = re.compile(
    r"(?:an?|the|our|my|all|both|each|every|up|and|for|with|on|\d[\d,.]*|two|three|four|five|six|new)\b", re.IGNORECASE
)
_WISH = re.compile(
    r"i(?:'d|'ll|'m looking|(?: now| also)? (?:would|will|want|am looking|hope|believe|can|like|love|enjoy))\b",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(r"(?:i )?\w+ (?:it|them|this|that|these|those|him|her)\b", re.IGNORECASE)
_HALF = re.compile(
    r"\b(?:candidate|studying|in progress|expected|pursuing|learning|some|basics?|beginner|exposure to|a little)\b",
    re.IGNORECASE,
)
_NAMED_FIELDS = frozenset({"technology", "analytics", "design", "office", "languages"})
_HEAD = 5
_LONGEST_ROLE = 6
_ITEM_MARKS = "\n,;|\u2022\u00b7"
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
    found: list[Deed] = []
    for age, employment in enumerate(employments):
        now = is_current(employment)
        for line in employment.lines:
            found += _deeds(line, employer_name(employment.employer or "") or None, now=now, age=age)
    return found


def told_deeds(facts: Iterable[Fact]) -> list[Deed]:
    """Deeds of stories and projects, lines that stand under no employer, and what a summary says with "I"."""
    kinds = {FactKind.ACHIEVEMENT, FactKind.PROJECT, FactKind.HEADLINE}
    told = [
        fact
        for fact in facts
        if fact.kind in kinds
        and (fact.kind is not FactKind.HEADLINE or fact.id[0] != "r" or _FIRST_PERSON.match(fact.text))
    ]
    return [deed for fact in told for deed in _deeds(fact.text, None, now=False, age=2)]


def is_current(employment: Employment) -> bool:
    """Whether the employment still runs: it has a beginning and no end, or says so."""
    return employment.ended == "present" or (employment.ended is None and employment.started is not None)


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
    if not _is_clean(text):
        return None
    if _FIRST_PERSON.match(text):
        return None if _WISH.match(text) else "I" + text[1:]
    first, _, rest = text.partition(" ")
    lead = ""
    if first.casefold().endswith("ly") and rest:
        lead, (first, _, rest) = first.casefold() + " ", rest.partition(" ")
    return f"I {lead}{clause}" if (clause := _with_verb(first, rest, now=now)) else None


def _is_clean(text: str) -> bool:
    """A few plain English words, no list of languages, no skill that is only half there."""
    return (
        _FEWEST <= len(text.split()) <= _MOST
        and not (
            _POINTS_BACK.match(text)
            or _ODD.search(text)
            or half_skilled(text)
            or text.isupper()
            or re.match(r"\S+\s*[(,:;]", text)
        )
        and text.count("(") == text.count(")")
        and _mostly_english(text)
    )


def _with_verb(first: str, rest: str, *, now: bool) -> str | None:
    """Verb and rest, in the past unless the job is today's; None when the first word is no verb here."""
    verb = first.casefold()
    if first[0].isupper() and rest[:1].isupper() and rest.split(maxsplit=1)[0].casefold() in words("titles"):
        return None  # "Registered Nurse with six years..." is a title
    if verb in words("noun_verbs") | words("attributes") and not _OBJECT.match(rest):
        return None
    if verb in past_forms() or (verb.endswith("ed") and is_english(verb) and verb not in {"need", "seed", "feed"}):
        return f"{verb} {rest}"
    if verb not in verbs():
        return None
    return f"{verb} {rest}" if now else f"{verbs()[verb]} {_in_past(rest)}"


def _in_past(rest: str) -> str:
    """Further verbs of the same line follow the first into the past: "planned and ran"."""
    return _JOINED_VERB.sub(lambda match: match[1] + verbs().get(match[2], match[2]), rest)


def _shortened(text: str) -> str:
    """A line too long for one sentence ends at its first semicolon."""
    return re.split(r";\s", text, maxsplit=1)[0] if len(text.split()) > _MOST - 8 else text


def _mostly_english(text: str) -> bool:
    plain = [token for token in tokens(text) if not token.number and not token.capital]
    return bool(plain) and sum(is_english(token.norm) for token in plain) >= 0.75 * len(plain)


def skill_name(skill: str, posting: str) -> str:
    """The skill as the posting writes it, in mid-sentence: "Wound care" at the head of a line is "wound care"."""
    known = catalogue().get(skill)
    surface = next((posting[m.start : m.end] for m in find_skills(posting) if m.skill == skill), skill)
    if (known and known.field == "languages") or (re.search(r"\d", surface) and not re.search(r"\d", skill)):
        return skill
    surface = " ".join(surface.split())
    named = known is not None and known.field in _NAMED_FIELDS
    if surface.islower():  # of two plain forms the list's own is the better one: "lathe work" for "lathe"
        return skill.lower() if not named and skill.lower().startswith(surface[:_HEAD]) else surface
    if " " in surface and surface[1:].islower() and is_english(surface.split()[0].casefold()):
        return surface.lower()
    return surface


def half_skilled(line: str) -> bool:
    """Whether a line or list item owns only a part of the skills it names ("CPA candidate", "some Go")."""
    return bool(_HALF.search(line))


def owned_skills(resume: str) -> frozenset[str]:
    """Skills that a résumé names without a reservation in the same list item, and those that they imply."""
    named = set()
    for mention in find_skills(resume):
        low = max(resume.rfind(mark, 0, mention.start) for mark in _ITEM_MARKS) + 1
        high = min((at for mark in _ITEM_MARKS if (at := resume.find(mark, mention.end)) >= 0), default=len(resume))
        if not mention.negated and not half_skilled(resume[low:high]):
            named.add(mention.skill)
    return frozenset(named | {skill for name in named if name in catalogue() for skill in catalogue()[name].implies})


def role_name(role: str) -> str | None:
    """A job title in mid-sentence: "Senior DevOps Engineer" is "senior DevOps engineer"; None when it is no title."""
    role = re.split(r"\s*[,;(|/\u2013\u2014]|\s+-\s+|\s+then\s+", role.strip(), maxsplit=1)[0].strip()
    parts = role.split()
    if not parts or len(parts) > _LONGEST_ROLE or _ODD.search(role):
        return None
    shouted = role.isupper() and any(len(part) > 4 for part in parts)  # noqa: PLR2004 - "RN" alone is no shouting
    return " ".join(_in_role(part, shouted=shouted) for part in parts)


def _in_role(word: str, *, shouted: bool) -> str:
    """A word of a job title without the title's capital, unless it is a name or an abbreviation."""
    plain = word[1:].islower() or shouted
    known = [catalogue()[m.skill].field for m in find_skills(word) if m.skill in catalogue()]
    return word.lower() if plain and is_english(word.casefold()) and "technology" not in known else word


def employer_name(employer: str) -> str:
    """As the person writes it; shouted words get ordinary capitals."""
    name = " ".join(employer.split()).strip(" ,;-")
    return " ".join(w.capitalize() for w in name.split()) if name.isupper() and len(name.split()) > 1 else name
