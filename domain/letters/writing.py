"""The embedded writer: a letter from facts, without a model. The same material gives the same letter.

It chooses requirements of the posting that the person meets, finds for each the deed that shows it, and says both
in phrases of the wanted tone (`data/letter_phrases.json`). Which phrase is taken follows from a hash of résumé and
posting, so that letters differ. It claims nothing by itself: what it wrote goes through the claims check.
"""

import functools
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from domain.claims.check import Sentence
from domain.english import article, sentences, tokens, words
from domain.letters.brief import Brief
from domain.letters.deeds import Deed, skill_name
from domain.letters.duties import duties

_MOST_SKILLS = 3
_ENOUGH_DEEDS = 3
_SHARED_WORDS = 2
_CHOICE = 6  # of the best deeds that share nothing with the posting


@dataclass(slots=True)
class Draft:
    """The letter while it is written: what is used already, and the paragraphs so far."""

    brief: Brief
    used: set[Deed] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    last_place: str | None = None
    places: set[str] = field(default_factory=set)
    paragraphs: list[list[str]] = field(default_factory=list)


@functools.cache
def _phrases() -> dict[str, dict[str, list[str | list[str]]]]:
    loaded: dict[str, dict[str, list[str | list[str]]]] = json.loads(
        (files("domain") / "data" / "letter_phrases.json").read_text("utf-8")
    )
    return loaded


def write_sentences(brief: Brief) -> list[Sentence]:
    """The letter's sentences, unchecked."""
    draft = Draft(brief)
    _open(draft)
    shown = _show(draft)
    _list(draft)
    _look_at_posting(draft)
    if shown == 0:
        _say(draft, "thin", [])
    draft.paragraphs.append([])
    _say(draft, "closing", [])
    return [
        Sentence(text, paragraph=number)
        for number, paragraph in enumerate(p for p in draft.paragraphs if p)
        for block in paragraph
        for text in sentences(block)
    ]


def _open(draft: Draft) -> None:
    draft.paragraphs.append([])
    brief = draft.brief
    _say(draft, "opening", [])
    if brief.role and brief.employer:
        _say(draft, "intro_now" if brief.current else "intro_before", [])


def _show(draft: Draft) -> int:
    """Up to three requirements with their deeds, then further deeds; how many deeds were told."""
    slots = ["first", "second", "second"]
    for skill in draft.brief.wanted:
        deed = _best(draft, skill)
        if deed is None or not slots:
            continue
        if len(slots) > 1:  # the third requirement goes on in the paragraph of the second
            draft.paragraphs.append([])
        name = skill_name(skill, draft.brief.description)
        _say(draft, slots.pop(0), [("skill", name)], deed)
        draft.said.add(skill)
        draft.said |= deed.skills & set(draft.brief.wanted)
    for phrase, deed in _common_ground(draft)[: len(slots)]:
        draft.paragraphs.append([])
        _say(draft, "ground", [("phrase", phrase)], deed)
        draft.said.add(phrase)
    if len(draft.used) < _ENOUGH_DEEDS:
        _tell_more(draft)
    return len(draft.used)


def _best(draft: Draft, skill: str) -> Deed | None:
    able = [deed for deed in draft.brief.deeds if skill in deed.skills and deed not in draft.used]
    return max(able, key=lambda deed: (deed.weight + 0.2 * _shared(draft, deed), deed.clause), default=None)


def _shared(draft: Draft, deed: Deed) -> int:
    return len(deed.stems & _posting_stems(draft.brief.description))


@functools.lru_cache(maxsize=8)
def _posting_stems(description: str) -> frozenset[str]:
    return frozenset(token.stem for token in tokens(description) if not token.number) - words("letter")


def _common_ground(draft: Draft) -> list[tuple[str, Deed]]:
    """Duties of the posting, each with the deed that shares most words with it; for what no list of skills has."""
    found: list[tuple[str, Deed]] = []
    for phrase in duties(draft.brief.description):
        stems = {token.stem for token in tokens(phrase)} - words("letter")
        taken = draft.used | {deed for _, deed in found}
        able = [deed for deed in draft.brief.deeds if deed not in taken and len(deed.stems & stems) >= _SHARED_WORDS]
        if able:
            found.append((phrase, max(able, key=lambda deed: (len(deed.stems & stems), deed.weight, deed.clause))))
    return found


def _tell_more(draft: Draft) -> None:
    """A deed or two without a requirement, when the posting names few that the person meets."""
    rest = sorted(
        (deed for deed in draft.brief.deeds if deed not in draft.used),
        key=lambda deed: (-_shared(draft, deed), -deed.weight, deed.clause),
    )
    near = [deed for deed in rest if _shared(draft, deed) >= _SHARED_WORDS]
    others = [deed for deed in rest if deed not in near][:_CHOICE]
    turn = _number(draft.brief, "more") % len(others) if others else 0
    chosen = [*near, *others[turn:], *others[:turn]]
    for deed in chosen[: _ENOUGH_DEEDS - len(draft.used)]:
        if len(draft.paragraphs) == 1:
            draft.paragraphs.append([])
        _say(draft, "more" if draft.used else "lead", [], deed)


def _list(draft: Draft) -> None:
    """Requirements that the résumé only lists."""
    rest = [skill for skill in draft.brief.wanted if skill in draft.brief.skills and skill not in draft.said]
    if not rest:
        return
    names = [skill_name(skill, draft.brief.description) for skill in rest[:_MOST_SKILLS]]
    draft.said |= set(rest[:_MOST_SKILLS])
    if len(draft.paragraphs) == 1:
        draft.paragraphs.append([])
    _say(draft, "listed", [("skills", _series(names))])


def _look_at_posting(draft: Draft) -> None:
    """Something that only this posting says, and what it asks that the résumé does not show."""
    draft.paragraphs.append([])
    brief = draft.brief
    if phrases := [phrase for phrase in duties(brief.description) if phrase not in draft.said]:
        _say(draft, "phrase", [("phrase", phrases[_number(brief, "duty") % len(phrases)])])
    elif brief.wanted:
        _say(draft, "matters", [("skill", skill_name(brief.wanted[0], brief.description))])
    if brief.missing and len(draft.used) > 1:
        _say(draft, "gap", [("missing", skill_name(brief.missing[0], brief.description))])


def _say(draft: Draft, slot: str, values: list[tuple[str, str]], deed: Deed | None = None) -> None:
    choices = _phrases()[draft.brief.tone][slot]
    at = _number(draft.brief, slot + "".join(value for _, value in values)) % len(choices)
    ready = [_filled(draft, choice, dict(values), deed) for choice in [*choices[at:], *choices[:at]]]
    text = next((text for text in ready if text and _opening(text) not in draft.places), None) or next(
        filter(None, ready), None
    )
    if text is None:
        return
    draft.places.add(_opening(text))
    draft.paragraphs[-1].append(text)
    if deed is not None:
        draft.used.add(deed)
        draft.last_place = deed.place or draft.last_place


def _opening(text: str) -> str:
    return " ".join(text.split()[:2]).casefold()


def _filled(draft: Draft, choice: str | list[str], values: dict[str, str], deed: Deed | None) -> str | None:
    """The phrase with its blanks filled, None when the brief lacks one of them."""
    brief = draft.brief
    phrase = choice if isinstance(choice, str) else " ".join(choice)
    known = {
        "title": brief.title or "advertised",
        "a_title": f"{article(brief.title or 'advertised')} {brief.title or 'advertised'}",
        "at_company": f" at {brief.company}" if brief.company else "",
        "company_or_you": brief.company or "you",
        "employer": brief.employer or "",
        "role": brief.role or "",
        "a_role": f"{article(brief.role)} {brief.role}" if brief.role else "",
        **values,
    }
    if deed is not None:
        place = _place(draft, deed)
        if not place:
            phrase = phrase.replace("{at_place}, ", "").replace("{At_place}, {deed}", "{Deed}")
        known |= {"at_place": place, "deed": deed.clause}
    for name in list(known):
        known[name[:1].upper() + name[1:]] = _capitalised(known[name])
    if (
        brief.title is None
        and "{title}" in phrase
        and "{title} role" not in phrase
        and "{title} position" not in phrase
    ):
        return None
    blanks = re.findall(r"{(\w+)}", phrase)
    if any(not known.get(blank) and blank != "at_company" for blank in blanks):
        return None
    return re.sub(r"{(\w+)}", lambda match: known[match[1]], phrase).replace("..", ".")


def _capitalised(text: str) -> str:
    """With a capital; a name such as "iOS" stays as it is."""
    return text if any(map(str.isupper, text.split(" ", 1)[0][1:])) else text[:1].upper() + text[1:]


def _place(draft: Draft, deed: Deed) -> str:
    if deed.place is None:
        return ""
    if deed.place != draft.last_place:
        return f"at {deed.place}"
    return f"{('also', 'again')[_number(draft.brief, deed.clause) % 2]} at {deed.place}"


def _series(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _number(brief: Brief, about: str) -> int:
    """A number that follows from the material and from what it chooses."""
    return int.from_bytes(hashlib.sha256(f"{brief.seed}\n{about}".encode()).digest()[:4], "big")
