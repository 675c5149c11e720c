"""The skills that a text names, over all fields of work, from one pass over its words.

The list is `domain/data/skills.json`: skills in groups of near relatives, with their other names. A name
that is also an everyday word ("Go", "Excel", "Access") counts only where the words around it make it a skill.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from domain.negations import negated
from domain.phrases import LINE, STOP, Found, PhraseIndex, Tokens, tokenize, words

_IN_CONTEXT = "in context"  # a capital inside a sentence, or a word such as "developer" beside it, is enough
_AMONG_ITS_KIND = "among its kind"  # must stand near another skill of its field, or before "programming"
_LANGUAGE = "language"  # "fluent", "native", "Languages:" must stand near
_TECHNICAL = frozenset({"technology", "analytics", "design", "office"})

_LIST_SIGNS = words(f", / | • · * ; ( ) {LINE} - + & and or")
_ITEM_EDGES = words(f", / | • · * ; ( ) : {STOP} {LINE} -")
_SENTENCE_STARTS = words(f'{STOP} {LINE} ! ? • · * - : "')
_NEAR = 8  # tokens
_GLUE = words("- & ' \u2019 @ _ #")
_PROGRAMMING = words("programming programmer programmers developer developers language code framework scripts library")
_AFTER = _PROGRAMMING | words(
    "engineer engineers coding codebase application applications app apps service services "
    "microservices stack scripting development backend frontend component components cluster "
    "clusters pipeline pipelines server sdk api apis ecosystem experience skills knowledge "
    "certification certified spreadsheet spreadsheets workbook workbooks formulas macros dashboards "
    "reports modeling models tests hooks jobs based skill proficiency"
)
_WRITING = words("written programming program code coding scripting scripts")
_BEFORE = words("in using with use uses used via know knows of like learn microsoft ms adobe apache write writing")
_FLUENCY = words(
    "fluent fluently fluency speak speaks speaking speaker speakers spoken written language "
    "languages bilingual trilingual native mother tongue a1 a2 b1 b2 c1 c2 conversational "
    "translator translate interpreter proficient intermediate beginner basic advanced business "
    "working some"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A skill where a text names it, `text[start:end]`; `negated` when said to be absent or not wanted."""

    skill: str
    start: int
    end: int
    negated: bool


@dataclass(frozen=True, slots=True)
class Skill:
    """What the list says of a skill. `weight`: how much it tells of a job, 1, less for general strengths."""

    name: str
    group: str
    field: str
    weight: float
    implies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """One way to write a skill; `skill` is None for a phrase that only looks like one ("excel at")."""

    skill: Skill | None
    written: str
    certainty: str | None


def find_skills(text: str) -> list[Mention]:
    """The skills that a text names, in order, without overlaps."""
    return skills_in(tokenize(text))


def skills_in(tokens: Tokens) -> list[Mention]:
    """`find_skills` for a text that is split already."""
    named = _Candidates(tokens, _index().find(tokens)).accepted()
    denied = negated(tokens, [(found.first, found.last) for found, _ in named])
    return [
        Mention(skill.name, tokens.starts[found.first], tokens.ends[found.last - 1], position in denied)
        for position, (found, skill) in enumerate(named)
    ]


@functools.cache
def catalogue() -> Mapping[str, Skill]:
    """Every skill of the list by its name."""
    data = _data()
    return MappingProxyType(
        {
            name: Skill(
                name,
                group["name"],
                group["field"],
                group["weight"] * data["weights"].get(name, 1.0),
                tuple(data["implies"].get(name, ())),
            )
            for group in data["groups"]
            for name in group["skills"]
        }
    )


@functools.cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files("domain") / "data" / "skills.json").read_text("utf-8"))
    return data


@functools.cache
def _index() -> PhraseIndex[_Name]:
    data, skills = _data(), catalogue()
    names: list[tuple[str, _Name]] = [(decoy, _Name(None, decoy, None)) for decoy in data["decoys"]]
    plurals: list[tuple[str, _Name]] = []
    for group in data["groups"]:
        for canonical, aliases in group["skills"].items():
            for written in (canonical, *aliases):
                certainty = data["ambiguous"].get(written)
                if certainty and group["field"] == "languages":
                    certainty = _LANGUAGE
                name = _Name(skills[canonical], written, certainty)
                names.append((written, name))
                if " " in written and written.isascii() and written[-1].isalpha():
                    plurals.append((written.removesuffix("s") if written.endswith("s") else written + "s", name))
    return PhraseIndex(names + plurals)


def _is_capital(written: str, listed: str) -> bool:
    """Whether a name has the capitals with which the list writes it: "React", "REACT", not "react"."""
    if written.isupper() and len(written) > 1:
        return True
    return written[:1].isupper() if listed.islower() else written == listed


class _Candidates:
    """The names found in a text; those with an everyday meaning too are judged by what stands around them."""

    def __init__(self, tokens: Tokens, found: Sequence[Found[_Name]]) -> None:
        self.tokens = tokens
        self.found = found
        self.sure = [name.value.skill is not None and name.value.certainty is None for name in found]

    def accepted(self) -> list[tuple[Found[_Name], Skill]]:
        order = range(len(self.found))
        # In both directions, so that one sure name of a list vouches for the next, and it for its next.
        for position in (*order, *reversed(order)):
            if not self.sure[position]:
                self.sure[position] = self._holds(position)
        pairs = ((found, found.value.skill) for found, sure in zip(self.found, self.sure, strict=True) if sure)
        return [(found, skill) for found, skill in pairs if skill is not None]

    def _holds(self, position: int) -> bool:
        found = self.found[position]
        name = found.value
        if name.skill is None or self._glued(found):
            return False
        written = self.tokens.text[self.tokens.starts[found.first] : self.tokens.ends[found.last - 1]]
        as_listed = _is_capital(written, name.written)
        if name.certainty == _LANGUAGE:
            return as_listed and (self._near(found, _FLUENCY) or self._listed(position))
        if self._listed(position):
            return True
        if not as_listed:
            return False
        after = self.tokens.key(found.last)
        if name.certainty == _AMONG_ITS_KIND:
            return after in _PROGRAMMING or self._written_in(found) or self._beside_its_kind(position)
        return after in _AFTER or after.isdigit() or self._reads_as_name(found)

    def _glued(self, found: Found[_Name]) -> bool:
        """Part of another word: "go-to", "C-level", "R&D", "Go's", ".go"; not "React-based"."""
        text = self.tokens.text
        start, end = self.tokens.starts[found.first], self.tokens.ends[found.last - 1]
        before, after = text[start - 1 : start], text[end : end + 1]
        if before in _GLUE or before == ".":
            return True
        if after == "-":
            return self.tokens.key(found.last) not in _AFTER
        return after in _GLUE or (after == "." and text[end + 1 : end + 2].isalnum())

    def _reads_as_name(self, found: Found[_Name]) -> bool:
        """Written with a capital where a verb would have none, or after "using", or alone in brackets."""
        before, after = self.tokens.key(found.first - 1), self.tokens.key(found.last)
        if before in {"(", ":"} and after in _ITEM_EDGES:
            return True
        if before in _SENTENCE_STARTS or after.endswith("ly") or self._in_headline(found):
            return before in _BEFORE
        return self.tokens.written(found.first)[0].isupper() or before in _BEFORE

    def _in_headline(self, found: Found[_Name]) -> bool:
        """Whether the words beside it have capitals too, so that its own capital says nothing."""
        beside = [i for i in (found.first - 1, found.last) if 0 <= i < len(self.tokens)]
        return any(self.tokens.written(index)[0].isupper() for index in beside)

    def _beside_its_kind(self, position: int) -> bool:
        """Inside a sentence, with a capital, a few words from a sure skill of the same field."""
        found = self.found[position]
        if self.tokens.key(found.first - 1) in _SENTENCE_STARTS or self._in_headline(found):
            return False
        for neighbour in (position - 1, position + 1):
            if 0 <= neighbour < len(self.found) and self.sure[neighbour] and self._same_kind(neighbour, position):
                other = self.found[neighbour]
                gap = self.tokens.keys[min(found.last, other.last) : max(found.first, other.first)]
                if len(gap) <= _NEAR and STOP not in gap and LINE not in gap:
                    return True
        return False

    def _written_in(self, found: Found[_Name]) -> bool:
        before = (self.tokens.key(found.first - 2), self.tokens.key(found.first - 1))
        return before[1] == "in" and before[0] in {
            "written",
            "programming",
            "code",
            "coding",
            "scripting",
            "program",
        }

    def _near(self, found: Found[_Name], cues: frozenset[str]) -> bool:
        for step in (-1, 1):
            index = found.first - 1 if step < 0 else found.last
            for _ in range(_NEAR):
                key = self.tokens.key(index)
                if key in cues:
                    return True
                if key in {LINE, STOP, ";"}:
                    break
                index += step
        return False

    def _listed(self, position: int) -> bool:
        """Whether it is an item of a list in which a neighbour is surely a skill of the same kind."""
        before, after = self._gap(position - 1), self._gap(position)
        found = self.found[position]
        capital = self.tokens.written(found.first)[0].isupper()
        if self._vouches(position - 1, position, before):
            right = self.tokens.key(found.last)
            return capital or right in _ITEM_EDGES or bool(after and _LIST_SIGNS.issuperset(after))
        if self._vouches(position + 1, position, after):
            return capital or self.tokens.key(found.first - 1) in _ITEM_EDGES
        return False

    def _gap(self, position: int) -> list[str]:
        """The keys between a name and the next one, empty outside of the list of names."""
        if not 0 <= position < len(self.found) - 1:
            return []
        return self.tokens.keys[self.found[position].last : self.found[position + 1].first]

    def _vouches(self, neighbour: int, position: int, gap: Sequence[str]) -> bool:
        return (
            bool(gap) and self.sure[neighbour] and _LIST_SIGNS.issuperset(gap) and self._same_kind(neighbour, position)
        )

    def _same_kind(self, neighbour: int, position: int) -> bool:
        mine, other = self.found[position].value.skill, self.found[neighbour].value.skill
        if mine is None or other is None:
            return False
        return mine.field == other.field or {mine.field, other.field} <= _TECHNICAL
