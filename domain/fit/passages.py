"""A posting as passages: its sentences and lines, each with the part of the posting that it belongs to.

What opens or marks a part ("What you bring:", "is a plus") is listed in `domain/data/sections.json`; a heading that
is marked with ^ must begin its line.
"""

import functools
import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from domain.phrases import PhraseIndex, Tokens, tokenize


class Section(StrEnum):
    TITLE = "title"
    REQUIRED = "required"
    PREFERRED = "preferred"
    DUTIES = "duties"
    COMPANY = "company"
    BENEFITS = "benefits"
    LEGAL = "legal"


# What a word or a skill counts for. What a firm gives or must declare says nothing about the work.
SECTION_WEIGHTS: Mapping[Section, float] = {
    Section.TITLE: 2.0,
    Section.REQUIRED: 1.5,
    Section.DUTIES: 1.0,
    Section.PREFERRED: 0.5,
    Section.COMPANY: 0.3,
    Section.BENEFITS: 0.0,
    Section.LEGAL: 0.0,
}

_PRECEDENCE = (
    Section.LEGAL,
    Section.BENEFITS,
    Section.PREFERRED,
    Section.REQUIRED,
    Section.DUTIES,
    Section.COMPANY,
)
_SENTENCE = re.compile(r"(?<=[.!?;])[ \t]+(?=[\"'(\u201c\u2018]?[^\W\d_])")
_BULLETS = " \t\r-*\u2022\u00b7\u2013\u25aa\u25cf#>_"
_LONGEST_HEADING = 60  # characters
_MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """`text[start:end]`, trimmed: a sentence, or a line."""

    start: int
    end: int
    section: Section


@dataclass(frozen=True, slots=True)
class _Cue:
    section: Section
    opens_line: bool


def read_passages(tokens: Tokens) -> list[Passage]:
    """The passages of a description, in order; a heading is one too, of the part that it opens."""
    headings, sentences = _Cues(tokens, _index("headings")), _Cues(tokens, _index("sentences"))
    passages: list[Passage] = []
    current: Section | None = None
    offset = 0
    for line in tokens.text.split("\n"):
        if _may_be_heading(line):
            current = headings.between(offset, offset + len(line), offset) or current
        running = current
        for start, end in _sentences(line):
            begin, finish = offset + start, offset + end
            colon = tokens.text.find(":", begin, min(finish, begin + _LONGEST_HEADING))
            if colon >= 0:
                running = headings.between(begin, colon, begin) or running
            said = sentences.between(begin, finish, begin)
            passages.append(Passage(begin, finish, _section(running, said)))
        offset += len(line) + 1
    return passages


def opens_section(text: str, passage: Passage) -> bool:
    """Whether a passage is only the heading of its part ("What you bring:")."""
    said = text[passage.start : passage.end]
    if not _may_be_heading(said):
        return False
    tokens = tokenize(said)
    cued = sum(found.last - found.first for found in _index("headings").find(tokens))
    return said.rstrip().endswith(":") or 2 * cued > len(tokens)


class _Cues:
    """The phrases that mark sections, by where they stand in the text."""

    def __init__(self, tokens: Tokens, index: PhraseIndex[_Cue]) -> None:
        self.tokens = tokens
        found = index.find(tokens)
        self.cues = [cue.value for cue in found]
        self.starts = [tokens.starts[cue.first] for cue in found]

    def between(self, start: int, end: int, opening: int) -> Section | None:
        """The section that the cues of a stretch of text name; `opening` is where the line begins."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        if first == last:
            return None
        marks = {
            cue.section
            for cue, at in zip(self.cues[first:last], self.starts[first:last], strict=True)
            if not cue.opens_line or not self.tokens.text[opening:at].strip(_BULLETS)
        }
        return next((section for section in _PRECEDENCE if section in marks), None)


def _section(current: Section | None, said: Section | None) -> Section:
    """A sentence may say what it is ("is a plus"); within a part of another kind only for what is no work."""
    if said in {Section.LEGAL, Section.BENEFITS}:
        return said
    if said and current in {None, Section.DUTIES, Section.REQUIRED}:
        return said
    return current or Section.DUTIES


def _may_be_heading(line: str) -> bool:
    """Short, and neither a sentence nor an item of a list nor a "Heading: with its text"."""
    bare = line.strip(_BULLETS).strip()
    if not bare or len(bare) > _LONGEST_HEADING or bare[-1] in ".,;!" or len(bare.split()) > _MOST_WORDS:
        return False
    if ":" in bare[:-1]:
        return False
    return bare.endswith((":", "*")) or line.lstrip()[0] not in "-*\u2022\u00b7"


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    """The trimmed, non-empty sentences of a line."""
    start = 0
    for end in (*(match.start() for match in _SENTENCE.finditer(line)), len(line)):
        piece = line[start:end]
        trimmed = piece.strip()
        if trimmed:
            begin = start + len(piece) - len(piece.lstrip())
            yield begin, begin + len(trimmed)
        start = end


@functools.cache
def _index(kind: str) -> PhraseIndex[_Cue]:
    data: dict[str, dict[str, list[str]]] = json.loads((files("domain") / "data" / "sections.json").read_text("utf-8"))
    return PhraseIndex(
        (phrase.removeprefix("^"), _Cue(Section(section), phrase.startswith("^")))
        for section, phrases in data[kind].items()
        for phrase in phrases
    )
