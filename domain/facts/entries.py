"""The positions of a section: which lines head each of them and which tell about it."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise

from domain.facts.dates import DateRange, date_ranges
from domain.facts.headers import Header, read_header
from domain.facts.likeness import LIKELY, firm_score, is_independent, role_score
from domain.facts.lines import Line
from domain.facts.where import is_place

LONGEST_HEADER = 130
MOST_HEADER_LINES = 3
MOST_ENTRIES = 100
PROSE_WORDS = 13
FULL = 0.8  # of the widest line: the next one may go on with it
_ABBREVIATED = re.compile(
    r"(?:\b(?:inc|ltd|co|corp|llc|bros|dept|st|jr|sr|e\.v|[a-z]\.[a-z](?:\.[a-z])?|etc))\.\)?$", re.IGNORECASE
)
_CONNECTS = re.compile(
    r"(?:\b(?:and|or|of|the|a|an|to|for|with|in|on|by|und|oder|der|die|das|et|de|la|le|y|e)|[,&/–-])$", re.IGNORECASE
)


@dataclass(slots=True)
class Entry:
    header: Header
    heads: list[Line] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class _Section:
    """The lines of a section and the habits that its first entries show."""

    lines: list[Line]
    wrapped: dict[int, bool]
    above_first: bool = False
    order: str | None = None
    has_places: bool = False
    lines_above: int = 0

    def header(self, indexes: list[int]) -> Header:
        lines = [_without_prose(self.lines[index]) for index in indexes]
        return read_header(lines, self.order, has_place=self.has_places)


def read_entries(lines: list[Line]) -> list[Entry]:
    """The entries of one section's lines, in order."""
    lines = [line for line in lines if not line.is_heading]
    section = _Section(lines, _wrapped(lines))
    dated = [index for index, line in enumerate(lines) if line.start not in section.wrapped and is_anchor(line)]
    anchors = (dated or _undated(section))[:MOST_ENTRIES]
    entries: list[Entry] = []
    taken = -1
    for number, anchor in enumerate(anchors):
        if anchor <= taken:
            continue
        following = anchors[number + 1] if number + 1 < len(anchors) else len(lines)
        if not entries:
            section.above_first = anchor > 0 and _may_head(lines[anchor - 1], section.wrapped)
        heads = _heads(section, anchor, taken, following)
        header = section.header(heads)
        section.order = section.order or header.order
        section.has_places = section.has_places or section.header([anchor]).place
        if not entries:
            section.lines_above = anchor - heads[0]
        else:
            entries[-1].lines += _told(lines, taken + 1, heads[0])
        entries.append(Entry(header, [lines[index] for index in heads]))
        taken = heads[-1]
    if entries:
        entries[-1].lines += _told(lines, taken + 1, len(lines))
    return _inherit(entries)


def is_anchor(line: Line) -> bool:
    """Whether the line holds the dates of a position: at its beginning, at its end, or behind a short title."""
    if len(line.text) > 2 * LONGEST_HEADER:
        return False
    ranges = [dates for dates in date_ranges(line.text) if dates.whole] or _edge_dates(line)
    if not ranges:
        return False
    dates = ranges[0]
    before, after = line.text[: dates.start].strip(" (["), line.text[dates.end :].strip(" .)],;:|")
    if line.marked and len(before) > 3 and (after or not _is_titled(before)):  # noqa: PLR2004
        return False
    if len(before) <= 3:  # noqa: PLR2004
        return not line.marked or len(after.split()) < PROSE_WORDS
    if re.search(r"\b(?:from|between|in|of|since|by|during)$", before, re.IGNORECASE) and not _is_titled(before):
        return False
    return _is_titled(before) and (len(after.split()) <= 5 or len(before) <= 80)  # noqa: PLR2004


def _has_range(line: Line) -> bool:
    return any(dates.whole for dates in date_ranges(line.text))


def _edge_dates(line: Line) -> list[DateRange]:
    """A single date heads a position only when it stands at an edge of a short line."""
    if line.marked or len(line.text) > LONGEST_HEADER * 0.75:
        return []
    return [
        dates
        for dates in date_ranges(line.text)
        if (dates.start <= 1 and not re.match(r"[\s,;]*[a-z]", line.text[dates.end :]))
        or (dates.end >= len(line.text.rstrip(" .)")) and _is_titled(line.text[: dates.start]))
    ]


def _is_titled(text: str) -> bool:
    """Whether the words are written like a title: capitals, known roles or firms, no running text."""
    words = re.findall(r"[^\W\d_][^\W_]*", re.sub(r"\(.*?\)", " ", text))
    long = [word for word in words if len(word) > 3]  # noqa: PLR2004
    if not words:
        return True
    if len(words) > PROSE_WORDS + 4:
        return False
    capital = sum(word[0].isupper() or not word[0].isascii() for word in long)
    share = capital / len(long) if long else 1.0
    starts = words[0][0].isupper() or not words[0][0].isascii()
    known = role_score(text) > 0
    return share >= 0.6 or (known and starts and (share >= 0.25 or len(words) <= 5))  # noqa: PLR2004


def _may_head(line: Line, wrapped: dict[int, bool], *, is_usual: bool = False) -> bool:
    """`is_usual`: the entries before had a heading line here, so a long line before it proves nothing."""
    text = line.text
    if line.start in wrapped and not (is_usual and wrapped[line.start]):
        return False
    if line.marked or len(text) > LONGEST_HEADER:
        return False
    if text.endswith((".", ";", "!", "?")) and not _ABBREVIATED.search(text) and len(text.split()) > 6:  # noqa: PLR2004
        return False
    return _is_titled(text) or is_place(text)


def _wrapped(lines: list[Line]) -> dict[int, bool]:
    """Starts of the lines that go on with the sentence before; True where only the length of that line says so."""
    widest = max((len(line.text) for line in lines), default=0)
    found: dict[int, bool] = {}
    for before, line in pairwise(lines):
        if line.marked or line.gap or is_anchor(before) or (is_anchor(line) and _has_range(line)):
            continue
        is_told = before.marked or before.start in found
        is_full = len(before.text) >= FULL * widest and not before.text.endswith((".", ":"))
        if line.text[0].islower() or (is_told and _CONNECTS.search(before.text)):
            found[line.start] = False
        elif is_told and is_full:
            found[line.start] = True
    return found


def _heads(section: _Section, anchor: int, taken: int, following: int) -> list[int]:
    """Indexes of the lines that head the position dated at `anchor`: no more than it takes to name it."""
    lines, heads = section.lines, [anchor]
    above = list(range(anchor - 1, taken, -1))[:MOST_HEADER_LINES]
    below = list(range(anchor + 1, following))[: MOST_HEADER_LINES - 1]
    for indexes in (above, below) if section.above_first else (below, above):
        for index in indexes:
            header = section.header(heads)
            crosses = lines[max(index, min(heads))].gap if index < anchor else lines[index].gap
            is_next = index > anchor and index + 1 == following < len(lines) and section.above_first
            is_usual = anchor - section.lines_above <= index < anchor
            if header.is_sure or is_next or not _may_head(lines[index], section.wrapped, is_usual=is_usual):
                break
            if header.role and is_independent(header.role.text):
                break
            if header.role and header.employer and (index > anchor or firm_score(lines[index].text) < LIKELY):
                break
            if crosses and (header.role or header.employer):
                break
            heads = sorted([*heads, index])
    return heads


def _without_prose(line: Line) -> Line:
    """A heading line up to its dates when a sentence follows them."""
    dates = next((dates for dates in date_ranges(line.text) if dates.whole), None)
    if dates is None or dates.start <= 1:
        return line
    after = re.match(r"[)\]]?\.\s+(?=\w)", line.text[dates.end :])
    if after is None:
        return line
    end = dates.end + after.start()
    return replace(line, text=line.text[:end], end=line.start + end)


def _undated(section: _Section) -> list[int]:
    """Where positions begin in a section without dates: at a titled line that names a role or a firm."""
    found: list[int] = []
    for index, line in enumerate(section.lines):
        if not _may_head(line, section.wrapped) or (found and index == found[-1] + 1 and not line.gap):
            continue
        if role_score(line.text) > 0 or firm_score(line.text) > 0:
            found.append(index)
    return found


def _told(lines: list[Line], start: int, end: int) -> list[Line]:
    """The lines in between, and what follows the dates of a heading line."""
    return [line for line in lines[start:end] if not is_place(line.text)]


def _inherit(entries: list[Entry]) -> list[Entry]:
    """A further role at the same employer takes its name; a firm's own line over its roles is no position."""
    kept: list[Entry] = []
    employer = None
    for index, entry in enumerate(entries):
        header = entry.header
        following = entries[index + 1].header if index + 1 < len(entries) else None
        if header.employer:
            employer = header.employer
        elif header.role and not is_independent(header.role.text):
            header.employer = employer
        is_umbrella = header.role is None and not entry.lines and following and not following.employer
        if (header.role or header.employer) and not is_umbrella:
            kept.append(entry)
    return kept
