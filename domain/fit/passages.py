"""A posting as passages: its sentences and lines, each with the part of the posting that it belongs to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Section(StrEnum):
    TITLE = "title"
    REQUIRED = "required"
    PREFERRED = "preferred"
    DUTIES = "duties"
    COMPANY = "company"
    BENEFITS = "benefits"
    LEGAL = "legal"


# What a word or a skill counts for. What a firm gives or must declare says nothing about the work.
SECTION_WEIGHTS = {
    Section.TITLE: 2.0,
    Section.REQUIRED: 1.5,
    Section.DUTIES: 1.0,
    Section.PREFERRED: 0.5,
    Section.COMPANY: 0.3,
    Section.BENEFITS: 0.0,
    Section.LEGAL: 0.0,
}

_HEADINGS = (
    (Section.LEGAL, r"equal opportunit|divers|inclusi|\beeo\b|accommodation|privacy|how to apply|disclaimer|to apply"),
    (
        Section.BENEFITS,
        r"benefit|\bperks?\b|we(?:'ll)? (?:also )?offer|what you(?:'ll)? get|compensation|^salary|^pay\b"
        r"|why (?:join|us|work|you)|in return|\brewards?\b|\bpackage\b|what's in it",
    ),
    (
        Section.PREFERRED,
        r"nice.to.have|bonus|preferred|desirable|\bplus(?:es)?\b|advantage|good to have|^ideally|^extras?\b|would be great",
    ),
    (
        Section.REQUIRED,
        r"require|qualification|must.have|essential|what you(?:'ll)? (?:bring|need|have)|^you (?:bring|have|need|are)\b"
        r"|^your (?:profile|skills|background|experience)|who you are|about you\b|looking for|ideal candidate|^skills"
        r"|^experience|what we (?:need|expect|ask)|minimum|person specification|^you should|^knowledge|^education|you'll need",
    ),
    (
        Section.DUTIES,
        r"responsib|\bdut(?:y|ies)\b|what you(?:'ll| will)|\bthe (?:role|job|position|work)\b|^your (?:role|task|mission|day|work|job)"
        r"|day.to.day|job description|in this role|^you will|\btasks\b|accountabilit|^overview|^summary|^position|^role\b",
    ),
    (Section.COMPANY, r"^about\b|who we are|^our (?:company|story|team|mission|values|culture)|the company|^company"),
)
_SENTENCES = (
    (
        Section.LEGAL,
        r"equal.opportunit|regardless of|without regard to|gender identity|sexual orientation|reasonable accommodation"
        r"|protected veteran|receive consideration|privacy (?:notice|policy)|recruitment agenc|criminal record check",
    ),
    (
        Section.BENEFITS,
        r"\b(?:we|benefits|perks) (?:also )?(?:offer|include|provide you|give)\b|\b401\W?k\b|days of (?:paid )?(?:holiday|leave|vacation)"
        r"|(?:annual|parental|paid) leave|paid time off|free (?:parking|lunch|coffee|fruit)|training budget|tuition reimbursement"
        r"|(?:health|dental|life|medical) insurance(?:,| and| for you)|company car|on.target earnings|time and a half",
    ),
    (
        Section.PREFERRED,
        r"nice to have|\ba (?:big |real |strong )?plus\b|\bbonus\b|desirable|preferred|advantage|\bideally\b|\buseful\b"
        r"|would be (?:great|lovely|ideal|nice|good|helpful|welcome)|\b(?:is|are) (?:welcome|nice|helpful|an asset)\b|a few on\b",
    ),
    (
        Section.REQUIRED,
        r"\bmust\b|essential|\brequire[sd]?\b|mandatory|\byou(?:'ll)? (?:have|hold|bring|know|need|are|should have)\b|\bneeded\b"
        r"|\bat least\b|\bminimum\b|\d\+? years|\byears of\b|we expect|proficien|proven|solid|strong (?:knowledge|experience)",
    ),
)
_COMPILED_HEADINGS = tuple((section, re.compile(pattern)) for section, pattern in _HEADINGS)
_COMPILED_SENTENCES = tuple((section, re.compile(pattern)) for section, pattern in _SENTENCES)
_SENTENCE = re.compile(r"(?<=[.!?;])[ \t]+(?=[\"'(\u201c\u2018]?[^\W\d_])")
_INLINE_HEADING = re.compile(r"[\s\-*\u2022\u00b7#]{0,6}([^.:;!?\n]{3,40}):[ \t*]+\S")
_BULLETS = " \t\r-*\u2022\u00b7\u2013\u25aa\u25cf#>_"
_LONGEST_HEADING = 60  # characters


@dataclass(frozen=True, slots=True)
class Passage:
    """`text[start:end]`, trimmed: a sentence, or a line."""

    start: int
    end: int
    section: Section


def read_passages(text: str) -> list[Passage]:
    """The passages of a description, in order."""
    passages: list[Passage] = []
    current: Section | None = None
    offset = 0
    for line in text.split("\n"):
        heading = _heading(line)
        if heading:
            current = heading
        else:
            running = current
            for start, end in _sentences(line):
                running = _inline_heading(line[start:end]) or running
                section = _of_sentence(line[start:end], running)
                passages.append(Passage(offset + start, offset + end, section))
        offset += len(line) + 1
    return passages


def _heading(line: str) -> Section | None:
    """The section that a line opens; a line that ends like a sentence opens none."""
    bare = line.strip(_BULLETS)
    if not bare or len(bare) > _LONGEST_HEADING or bare[-1] in ".,;!" or len(bare.split()) > 8:  # noqa: PLR2004
        return None
    if line.lstrip()[0] in "-*\u2022\u00b7" and not bare.endswith((":", "*")):
        return None
    return _classify(bare.strip(" :*?").lower().replace("\u2019", "'"), _COMPILED_HEADINGS)


def _inline_heading(sentence: str) -> Section | None:
    match = _INLINE_HEADING.match(sentence)
    return _classify(match.group(1).lower().replace("\u2019", "'"), _COMPILED_HEADINGS) if match else None


def _of_sentence(sentence: str, current: Section | None) -> Section:
    said = _classify(sentence.lower().replace("\u2019", "'"), _COMPILED_SENTENCES)
    if said in {Section.LEGAL, Section.BENEFITS}:
        return said
    if current in {None, Section.DUTIES, Section.REQUIRED} and said:
        return said
    return current or Section.DUTIES


def _classify(lowered: str, patterns: tuple[tuple[Section, re.Pattern[str]], ...]) -> Section | None:
    return next((section for section, pattern in patterns if pattern.search(lowered)), None)


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    """The trimmed, non-empty sentences of a line."""
    start = 0
    for end in (*(match.start() for match in _SENTENCE.finditer(line)), len(line)):
        piece = line[start:end]
        left = len(piece) - len(piece.lstrip())
        if piece.strip():
            yield start + left, start + len(piece.rstrip())
        start = end
