"""Schools and degrees, and the short lists: spoken languages, certificates, projects."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from domain.facts.dates import DateRange, date_ranges
from domain.facts.lines import Line, Section
from domain.facts.model import Span
from domain.facts.where import is_place
from domain.facts.words import data, folded, key, language_names

LONGEST_NAME = 110
_CUT = re.compile(
    r"\t|\s{2,}|\s*[|•●▪;]\s*|\s+[·◦/~]\s+|\s+[\u2010-\u2015-]+\s+|\s*—\s*|\s*,\s+|(?<=\w{4})\.\s+|:\s+"
    r"|\s+(?:from|an der)\s+(?=(?:the\s+)?[A-ZÀ-Ý])"
    r"|\s+at\s+(?=(?:the\s+)?(?:\w+ )?(?:University|College|School|Institute))"
)
_FLUENT = re.compile(
    r"\b(?:fluent|native|bilingual|proficient|conversational|speak|speaks|spoken|muttersprach\w+|fließend)\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Study:
    school: Span | None = None
    degree: Span | None = None
    dates: DateRange | None = None


@cache
def _degree() -> re.Pattern[str]:
    names = sorted(data()["degrees"], key=len, reverse=True)
    return re.compile(rf"(?<![\w.])(?:{'|'.join(names)})(?![\w])", re.IGNORECASE)


def read_studies(lines: list[Line]) -> list[Study]:
    """The studies of the education sections, in order."""
    found = [Study()]
    for line in lines:
        if line.is_heading or line.section is not Section.EDUCATION:
            continue
        pieces = [piece for piece in _pieces(line) if len(piece.text) <= LONGEST_NAME]
        school = next((piece for piece in pieces if _is_school(piece.text)), None)
        degree = next((piece for piece in pieces if piece is not school and _degree().search(piece.text)), None)
        dates = date_ranges(line.text)
        current = found[-1]
        if (school and current.school) or (degree and current.degree) or (line.marked and current.school):
            if not school and not degree:
                continue
            current = Study()
            found.append(current)
        current.school = current.school or school
        current.degree = current.degree or degree
        if current.dates is None and dates:
            current.dates = next((one for one in dates if one.whole), dates[0])
    return [study for study in found if study.school or study.degree]


def _pieces(line: Line) -> Iterator[Span]:
    text = line.text
    for dates in date_ranges(text):
        text = text[: dates.start] + "\t" * (dates.end - dates.start) + text[dates.end :]
    start = 0
    for cut_start, cut_end in [*(cut.span() for cut in _CUT.finditer(text)), (len(text), len(text))]:
        piece = text[start:cut_start]
        kept = piece.strip(" ,;:()[]\u2013\u2014-\t")
        if any(map(str.isalpha, kept)) and not is_place(kept):
            at = line.start + start + piece.index(kept)
            yield Span(kept, at, at + len(kept))
        start = cut_end


def _is_school(text: str) -> bool:
    words = key(text).split()
    return any(word in folded("schools") for word in words) or any(
        word.endswith(("universitat", "hochschule", "gymnasium", "schule", "akademie", "大学")) for word in words
    )


def read_languages(lines: list[Line]) -> list[tuple[str, Span]]:
    """Spoken languages by their usual names, from their section or from a sentence that says fluent."""
    found: dict[str, Span] = {}
    for line in lines:
        if line.is_heading or (line.section is not Section.LANGUAGES and not _FLUENT.search(line.text)):
            continue
        if line.section is Section.EXPERIENCE:
            continue
        for name, span in _languages_in(line):
            found.setdefault(name, span)
    return list(found.items())


def _languages_in(line: Line) -> Iterator[tuple[str, Span]]:
    names = language_names()
    words = list(re.finditer(r"[^\W\d_]+", line.text))
    for index, word in enumerate(words):
        for size in (3, 2, 1):
            last = words[min(index + size, len(words)) - 1]
            text = line.text[word.start() : last.end()]
            if key(text) in names and (text[0].isupper() or line.section is Section.LANGUAGES):
                yield names[key(text)], Span(text, line.start + word.start(), line.start + last.end())
                break


def read_items(lines: list[Line], section: Section) -> list[Span]:
    """The lines of a list section: certificates, projects."""
    return [
        Span(line.text, line.start, line.end)
        for line in lines
        if line.section is section and not line.is_heading and line.text[0].isalnum()
    ]
