"""What may exclude a person from a posting, apart from how well they fit."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from domain.employment_types import EmploymentType
from domain.fit.passages import Passage, Section
from domain.places import Place

_LONGEST = 600  # characters of a sentence that are read
_BULLETS = " \t\r-*\u2022\u00b7\u2013\u25aa\u25cf>"


class Topic(StrEnum):
    WORK_AUTHORIZATION = "work_authorization"
    SPONSORSHIP = "sponsorship"
    CLEARANCE = "clearance"
    DEGREE = "degree"
    YEARS = "years"
    LANGUAGE = "language"
    CONTRACT = "contract"
    LOCATION = "location"


class Standing(StrEnum):
    """`UNCERTAIN` also where either side says nothing: silence never clears."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Eligibility:
    """One topic's verdict. `quote` is the description's text from `start` to `end`; None where it is silent.

    `person_quote` is what it was compared with: words of the résumé, or of the profile.
    """

    topic: Topic
    standing: Standing
    quote: str | None = None
    start: int | None = None
    end: int | None = None
    person_quote: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """What a résumé and a profile say of a person, each with its words; what they do not say is None or empty.

    `citizen_of`, `may_work_in` and `needs_visa_in` map regions to the words that say so. `degree`: 1 bachelor, 2
    master, 3 doctorate. `languages` map usual names to (level 1 to 3, words). `wants` are employment types.
    """

    text: str = ""
    home: Place | None = None
    citizen_of: tuple[tuple[str, str], ...] = ()
    may_work_in: tuple[tuple[str, str], ...] = ()
    needs_visa_in: tuple[tuple[str, str], ...] = ()
    clearance: tuple[float, str] | None = None
    degree: tuple[int, str] | None = None
    degrees: tuple[str, ...] = ()
    years: tuple[float, str] | None = None
    languages: tuple[tuple[str, float, str], ...] = ()
    wants: tuple[EmploymentType, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a posting at `start`. `countries` are where the posting's places are, for what names none."""

    text: str
    start: int
    section: Section
    countries: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str, passage: Passage, countries: frozenset[str] = frozenset()) -> "Sentence":
        """A passage without its bullet, at most `_LONGEST` characters of it."""
        said = text[passage.start : min(passage.end, passage.start + _LONGEST)]
        bare = said.lstrip(_BULLETS)
        return cls(bare, passage.start + len(said) - len(bare), passage.section, countries)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a sentence demands of the person, and how they stand to it."""

    standing: Standing
    person_quote: str | None = None


Reader = Callable[[Sentence, Person], Finding | None]
"""None where the sentence demands nothing of its topic."""

ELIGIBLE, INELIGIBLE, UNCERTAIN = Standing.ELIGIBLE, Standing.INELIGIBLE, Standing.UNCERTAIN
