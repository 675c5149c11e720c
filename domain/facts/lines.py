"""The lines of a document and the section that each belongs to."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.facts.dates import PRESENT, date_ranges
from domain.facts.words import fold, heading_ends, headings, key, titles

MAX_TEXT = 60_000  # characters: what lies behind twenty full pages is not read for facts
LONGEST_LINE = 600
LONGEST_HEADING = 48
LONGEST_DATE = 24
MOST_HEADING_WORDS = 6
_RULE = re.compile(r"[\s\-=_*#~─━═.·•]+")
_MARKER = re.compile(
    r"(?:[\u2022\u25cf\u25aa\u25e6\u2023\u25b8\u25ba\u25cb\u25a0\u25a1\u2713\u2714\u27a2\u27a4\u2192\u00b7\u2219\u2043"
    r"\u25c6\u2756\u29bf*+>\u00bb\u2013\u2014-]+|[o\u00a7](?=\s)|[a-z]\))\s+"
)
_TIGHT_MARKER = re.compile(
    r"[\u2022\u25cf\u25aa\u25e6\u2023\u25b8\u25ba\u25a0\u2713\u2714\u27a2\u27a4\u25c6\u2756](?=\w)"
)
_FRAME = re.compile(
    r"(?P<open>#{1,6}|-{2,}|={2,}|\*{1,3}|~{2,}|_{2,})\s*(?P<inside>.*?)\s*(?:-{2,}|={2,}|\*{1,3}|#+|~{2,}|_{2,})?$"
)
_NUMBER = re.compile(r"(?:\[?\d{1,2}(?:\.\d{1,2})*[\].)]*|[IVX]{1,4}[.)])\s+(?=\S)")
_INLINE = re.compile(r"(?P<label>[^\W\d_][\w &/'’-]{2,40}?)\s*[:：]\s*(?=\S)")
_CAPITALS = re.compile(r"(?P<label>[^\W\d_][\w &/'-]{3,40}?)\.\s+(?=\S)")
_NOT_EXPERIENCE = frozenset({"user", "customer", "client", "employee", "patient", "guest", "developer", "digital"})


class Section(StrEnum):
    TOP = "top"
    SUMMARY = "summary"
    EXPERIENCE = "experience"
    EDUCATION = "education"
    SKILLS = "skills"
    LANGUAGES = "languages"
    CERTIFICATES = "certificates"
    PROJECTS = "projects"
    CONTACT = "contact"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Line:
    """`text` without margin and marker, at `start`..`end` of the document; `gap`: an empty line stands before."""

    text: str
    start: int
    end: int
    marked: bool
    gap: bool
    section: Section = Section.TOP
    is_heading: bool = False


def read_lines(text: str) -> list[Line]:
    """Every line that says something, in order, with its section."""
    lines, section, top = [], Section.TOP, True
    for line in _bare_lines(text):
        if is_title(line.text):
            lines.append(replace(line, is_heading=True, section=section))
            continue
        opened = _heading(line, section)
        if opened is not None:
            section, top = opened, False
            lines.append(replace(line, section=section, is_heading=True))
            continue
        inline = _inline_heading(line)
        if inline is not None and inline[1].section is Section.CONTACT:
            inline = None
        if inline is None:
            lines.append(replace(line, section=section))
            continue
        lines.extend(inline)
        if top:
            section, top = inline[1].section, False
    return lines


def is_title(text: str) -> bool:
    """Whether the line only says that this is a résumé."""
    return key(text) in titles()


def _rows(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every line; a line without end is cut at blanks, so that work per line is bounded."""
    start = 0
    for row in text.split("\n"):
        end = start + len(row)
        while end - start > LONGEST_LINE:
            cut = text.rfind(" ", start + 1, start + LONGEST_LINE)
            cut = cut if cut > 0 else start + LONGEST_LINE
            yield start, cut
            start = cut
        yield start, end
        start = end + 1


def _bare_lines(text: str) -> list[Line]:
    lines: list[Line] = []
    gap = True
    for row_start, row_end in _rows(text[:MAX_TEXT]):
        raw = text[row_start:row_end]
        if _RULE.fullmatch(raw) or not raw.strip():
            gap = True
            continue
        margins = len(raw) - len(raw.lstrip()), len(raw) - len(raw.rstrip())
        start, end, marked = _strip_marker(text, row_start + margins[0], row_end - margins[1])
        lines.append(Line(text[start:end], start, end, marked, gap))
        gap = False
    return _join_dates(text, lines)


def _join_dates(text: str, lines: list[Line]) -> list[Line]:
    """Makes one line of dates that a narrow column broke ("Jun 2015 -" over "Feb 2019")."""
    joined: list[Line] = []
    index = 0
    while index < len(lines):
        size = next((size for size in (4, 3, 2) if _are_split_dates(text, lines[index : index + size], size)), 1)
        first, last = lines[index], lines[index + size - 1]
        joined.append(replace(first, text=text[first.start : last.end], end=last.end) if size > 1 else first)
        index += size
    return joined


def _are_split_dates(text: str, lines: list[Line], size: int) -> bool:
    if len(lines) < size or any(len(line.text) > LONGEST_DATE for line in lines) or any(line.gap for line in lines[1:]):
        return False
    both = text[lines[0].start : lines[-1].end]
    dates = next(iter(date_ranges(both)), None)
    alone = next(iter(date_ranges(lines[0].text)), None)
    is_range = dates is not None and dates.whole and dates.start == 0 and dates.end == len(both)
    return is_range and not (alone and alone.whole and alone.ended != PRESENT)


def _strip_marker(text: str, start: int, end: int) -> tuple[int, int, bool]:
    line = text[start:end]
    frame = _FRAME.fullmatch(line)
    if frame and frame["inside"] and (frame["open"][0] != "*" or line.endswith("*")):
        return start + frame.start("inside"), start + frame.end("inside"), False
    marker = _MARKER.match(line) or _TIGHT_MARKER.match(line)
    if marker and marker.end() < len(line):
        return start + marker.end(), end, True
    return start, end, False


def _heading(line: Line, current: Section) -> Section | None:
    text = line.text
    if number := _NUMBER.match(text):
        text = text[number.end() :]
    if len(text) > LONGEST_HEADING or any(map(str.isdigit, text)) or "@" in text:
        return None
    if section := _known(text):
        return None if line.marked and not text.isupper() else section
    words = text.strip(" :").split()
    ending = heading_ends().get(fold(words[-1])) if 1 < len(words) <= MOST_HEADING_WORDS - 2 else None
    is_capital = current is not Section.SKILLS and all(word[0].isupper() for word in words)
    is_set_off = text.isupper() or line.gap or text.endswith(":") or is_capital
    if ending is None or line.marked or not is_set_off or not _is_titled(words) or "," in text:
        return None
    return None if fold(words[0]) in _NOT_EXPERIENCE else Section(ending)


def _is_titled(words: list[str]) -> bool:
    return words[0][0].isupper() or not words[0][0].isalpha()


def _known(text: str) -> Section | None:
    """The section of a heading in the list, also in two languages, letter-spaced or joined from two."""
    whole = key(text)
    spaced = whole.split()
    if len(spaced) > 3 and all(len(letter) == 1 for letter in spaced):  # noqa: PLR2004 - "S K I L L S"
        whole = "".join(spaced)
    if len(spaced) > MOST_HEADING_WORDS and whole not in headings():
        return None
    pieces = [whole, key(re.sub(r"\(.*?\)", " ", text))]
    if whole.replace(" ", "") in {name.replace(" ", "") for name in (whole,)} and "  " in text.strip():
        pieces.append(key(re.sub(r"(?<=\S) (?=\S(?: |$))", "", text.strip())))
    joined = [key(part) for part in re.split(r"[/&|\t]|\b(?:and|und|et|y|e|en|i)\b", fold(text)) if part.strip()]
    if len(joined) > 1 and all(part in headings() for part in joined):
        pieces.append(joined[0])
    return next((Section(headings()[piece]) for piece in pieces if piece in headings()), None)


def _inline_heading(line: Line) -> tuple[Line, Line] | None:
    """A heading with its content behind a colon ("Languages: English") as two lines."""
    found = _INLINE.match(line.text)
    if found is None:
        found = _CAPITALS.match(line.text)
        if found is None or not found["label"].isupper():
            return None
    section = _known(found["label"])
    if section is None:
        return None
    middle, after = line.start + found.end("label"), line.start + found.end()
    head = replace(line, text=found["label"], end=middle, section=section, is_heading=True)
    rest = replace(line, text=line.text[found.end() :], start=after, section=section, gap=False, marked=False)
    return head, rest
