"""What a claim is."""

from dataclasses import dataclass
from enum import StrEnum


class ClaimKind(StrEnum):
    SKILL = "skill"
    NAME = "name"
    EMPLOYER = "employer"
    ROLE = "role"
    CREDENTIAL = "credential"
    NUMBER = "number"
    DATE = "date"
    SPAN = "duration"
    FIELD = "field"
    DEED = "deed"


class Mode(StrEnum):
    """Of whom a part of a sentence speaks: what it says of the person must rest on the person's facts."""

    PERSON = "person"
    POSTING = "posting"


@dataclass(frozen=True, slots=True)
class Claim:
    """`start`, `end`: where the sentence says it. `words`: case-folded words, or the canonical skill alone.

    A number's words are its value and its measure, a date's its year and month. `hedge`: `over`, `under`, `since`.
    """

    kind: ClaimKind
    mode: Mode
    text: str
    start: int
    end: int
    words: tuple[str, ...]
    hedge: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a sentence between two commas or conjunctions."""

    start: int
    end: int
    mode: Mode
