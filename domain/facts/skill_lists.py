"""Skills of a résumé: the known ones wherever they are named, and what its own lists of skills add."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re

from domain.facts.lines import Line, Section
from domain.facts.model import Span
from domain.facts.words import key
from domain.skills import find_skills

LONGEST = 40
MOST_WORDS = 4
MOST_DIGITS = 5  # ISO 27001, but no telephone number
_ITEM = re.compile(r"[^,;|•·●▪\t()]+|\([^)]*\)?")
_LABEL = re.compile(r"[^,;|•:]{2,40}:\s+")
_LEVEL = re.compile(
    r"\s*(?:[-–—:]\s*)?\b(?:advanced|expert|intermediate|basic|beginner|proficient|fluent|native|grundkenntnisse"
    r"|sehr gut|gut|avanzado|básico|courant|débutant)\b.*$",
    re.IGNORECASE,
)


def read_skills(text: str, lines: list[Line], name: Span | None, taken: list[Span]) -> list[tuple[str, Span]]:
    """Every skill once, where it is first named: by its usual name, else as its list spells it.

    `taken` are names of people, firms, schools and addresses: "Nile Trading Company" is no skill in trading.
    A list in a side column ends where the main column begins with the person's name.
    """
    found: dict[str, tuple[str, Span]] = {}
    covered: list[tuple[int, int]] = []
    for mention in find_skills(text):
        covered.append((mention.start, mention.end))
        if not mention.negated and not any(span.start <= mention.start < span.end for span in taken):
            span = Span(text[mention.start : mention.end], mention.start, mention.end)
            found.setdefault(mention.skill.casefold(), (mention.skill, span))
    beside = _after_name(lines, name)
    for line in lines:
        if line.section is Section.SKILLS and not line.is_heading and line.start not in beside:
            for item in _items(line):
                if not any(start < item.end and item.start < end for start, end in covered):
                    found.setdefault(item.text.casefold(), (item.text, item))
    return sorted(found.values(), key=lambda skill: skill[1].start)


def _after_name(lines: list[Line], name: Span | None) -> set[int]:
    """Starts of the lines from the name to the next heading."""
    found: set[int] = set()
    for line in lines:
        if name and line.start <= name.start < line.end:
            found.add(line.start)
        elif line.is_heading and found:
            break
        elif found:
            found.add(line.start)
    return found


def _items(line: Line) -> list[Span]:
    """The items of one line of a list; running text is no list."""
    label = _LABEL.match(line.text)
    items = []
    for piece in _ITEM.finditer(line.text, label.end() if label else 0):
        kept = _LEVEL.sub("", piece[0].strip(" .-–—*")).strip(" .")
        words = kept.split()
        if piece[0].startswith("(") or not words:
            continue
        if len(words) > MOST_WORDS:
            return []
        if sum(map(str.isdigit, kept)) > MOST_DIGITS or "@" in kept or "://" in kept:
            continue
        if len(kept) <= LONGEST and kept[0].isalnum() and key(words[0]) not in {"and", "und", "some", "et", "y"}:
            start = line.start + piece.start() + piece[0].index(kept)
            items.append(Span(kept, start, start + len(kept)))
    return items
