"""What a person's documents say about them, in values that point at their words."""

from dataclasses import dataclass
from enum import StrEnum


class FactKind(StrEnum):
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    PLACE = "place"
    LINK = "link"
    HEADLINE = "headline"
    SKILL = "skill"
    EMPLOYER = "employer"
    ROLE = "role"
    EDUCATION = "education"
    PROJECT = "project"
    ACHIEVEMENT = "achievement"
    NUMBER = "number"
    DATE = "date"
    LANGUAGE = "language"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a document: `text` is the document's text from `start` to `end`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a document says, in its own words. `id` is the same for the same document."""

    id: str
    kind: FactKind
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Contact:
    """`phone` and the rest as written; `phone_e164` is the number for dialling where it can be told."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None
    place: str | None = None
    website: str | None = None
    phone_e164: str | None = None


@dataclass(frozen=True, slots=True)
class Employment:
    """One position. Dates are `YYYY-MM` or `YYYY`, `ended` may be "present"; `lines` tell what was done there."""

    employer: str | None
    role: str | None
    started: str | None
    ended: str | None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Education:
    institution: str | None
    degree: str | None
    started: str | None
    ended: str | None


@dataclass(frozen=True, slots=True)
class ResumeFacts:
    """`skills` and `languages` carry their usual names, in the order of their first mention."""

    contact: Contact
    employments: tuple[Employment, ...]
    education: tuple[Education, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    facts: tuple[Fact, ...]
