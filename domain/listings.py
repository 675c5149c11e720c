"""One posting as a source gave it, in the one shape that everything behind the sources reads.

A listing is what was *said*, normalised; it is not stored by itself (postings are). Null is not false: a
value that the source did not give is None, and every derived value carries the basis it rests on.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, Protocol, runtime_checkable

from pydantic import TypeAdapter

from domain.employment_types import EmploymentType
from domain.errors import ExternalServiceError
from domain.pay import Pay
from domain.places import Place, Workplace
from domain.provenance import Basis


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom a source wants named beside its listing, and the address to link to; it goes wherever the listing goes."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Listing:
    """`external_id` is the source's own id, `board` the employer's slug or token at that source.

    `remote_regions`: None is unknown, () is worldwide, else country codes and region names where one may
    live; `remote_quote` is what they were read from. `company_basis` is INFERRED for a name made of a slug.
    `posted_at`, `updated_at`, `closes_at` are aware and in UTC. `raw` is the source's row, untouched, so that
    a better parser can read it again without asking for it again; what a document says once for all its rows
    is in `raw["_document"]`.
    """

    source: str
    external_id: str
    title: str
    company: str
    url: str
    apply_url: str | None = None
    board: str | None = None
    requisition_id: str | None = None
    description: str = ""
    language: str | None = None
    places: tuple[Place, ...] = ()
    workplace: Workplace | None = None
    workplace_basis: Basis = Basis.UNKNOWN
    remote_regions: tuple[str, ...] | None = None
    remote_basis: Basis = Basis.UNKNOWN
    remote_quote: str | None = None
    pay: Pay | None = None
    employment_type: EmploymentType | None = None
    department: str | None = None
    seniority: str | None = None
    posted_at: datetime | None = None
    posted_basis: Basis = Basis.UNKNOWN
    updated_at: datetime | None = None
    closes_at: datetime | None = None
    raw: dict[str, Any] = field(default_factory=dict, hash=False)
    sample: bool = False
    company_basis: Basis = Basis.STATED
    attribution: Attribution | None = None

    @property
    def locations(self) -> tuple[str, ...]:
        """The places in the source's own words."""
        return tuple(place.raw for place in self.places)

    @property
    def where(self) -> str | None:
        """One line for people: the places, else from where one may work remotely."""
        if self.places or self.workplace is not Workplace.REMOTE:
            return "; ".join(self.locations) or None
        return f"Remote ({self.remote_quote})" if self.remote_quote else "Remote"

    @property
    def content_hash(self) -> str:
        """The same for two listings that tell an applicant the same, whatever moved around them."""
        told = [
            self.title,
            self.company,
            " ".join(self.description.split()),
            sorted(place.raw for place in self.places),
            self.workplace,
            self.remote_regions,
            self.pay and (self.pay.raw, self.pay.min, self.pay.max, self.pay.currency, self.pay.period),
            self.employment_type,
            self.department,
            self.closes_at and self.closes_at.isoformat(),
            self.apply_url,
        ]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; `from_json` gives an equal listing back."""
        document: dict[str, Any] = _adapter().dump_python(self, mode="json")
        return document

    @staticmethod
    def from_json(document: Mapping[str, Any]) -> "Listing":
        return _adapter().validate_python(dict(document))


@cache
def _adapter() -> TypeAdapter[Listing]:
    return TypeAdapter(Listing)


class SourceKind(StrEnum):
    """`ATS`: one employer's own board. `BOARD`: many employers. `IMPORT`: a file. `BUNDLED`: made here."""

    ATS = "ats"
    BOARD = "board"
    URL = "url"
    MANUAL = "manual"
    IMPORT = "import"
    BUNDLED = "bundled"


@dataclass(frozen=True, slots=True)
class SourceTerms:
    """What the owner of a source asks of its readers; the fetcher and every output keep to it.

    `min_interval` is in seconds between two requests to one host where it asks for more than our usual pause,
    `reading_pause` between two readings of the same thing, `max_per_day` counts readings. `settings` are those
    that must be set before the source is on. `off_because` is shown where a source is present but not on.
    """

    kind: SourceKind
    summary: str
    terms_url: str | None = None
    read_on: str | None = None
    attribution_text: str | None = None
    attribution_link_required: bool = False
    followed_link: bool = False
    logo_allowed: bool = False
    min_interval: float | None = None
    reading_pause: float | None = None
    max_per_day: int | None = None
    store_allowed: bool = True
    redistribute_allowed: bool = False
    sign_up_wall_allowed: bool = True
    settings: tuple[str, ...] = ()
    default_enabled: bool = True
    off_because: str | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Validator:
    """What a server gave to ask "has it changed since?" with (RFC 9110 §8.8)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class SourceQuery:
    """What is looked for. A source may narrow its question by it; nobody may rely on that: filter again.

    `limit` bounds the listings of one reading. `validators` are those of the last snapshot *whose listings
    were kept*.
    """

    terms: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    since: datetime | None = None
    limit: int | None = None
    validators: Mapping[str, Validator] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that could not be read. `row` counts from 1, `column` is the source's own name."""

    source: str
    reason: str
    row: int
    column: str | None = None
    external_id: str | None = None

    @property
    def sentence(self) -> str:
        column = f", {self.column}" if self.column else ""
        return f"{self.source}, row {self.row}{column}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The end of a reading: `seen = listings + refused + skipped + filtered`.

    Skipped rows are no vacancies (prospects); filtered ones are none of what the question asked for. Only a
    `complete` snapshot says that what it lacks is gone; an `unchanged` one has no listings and says
    that all of the last one still stand. `validators` are to be kept together with the listings, not before
    them.
    """

    source: str
    board: str | None = None
    seen: int = 0
    listings: int = 0
    refused: int = 0
    skipped: int = 0
    filtered: int = 0
    complete: bool = True
    unchanged: bool = False
    validators: Mapping[str, Validator] = field(default_factory=dict, hash=False)


class SourceError(ExternalServiceError):
    """A source could not be read (any further); the others go on. `details` names source and board."""

    default: ClassVar[str] = "The source could not be read"

    @classmethod
    def of(cls, source: str, board: str | None, sentence: str) -> "SourceError":
        name = f"{source} ({board})" if board else source
        return cls(f"{name}: {sentence}", {"source": source, "board": board, "reason": sentence})


class PostingGoneError(SourceError):
    """The source answers that it has no posting with the id that was asked for: it is closed."""


class Source(Protocol):
    """One place to read listings from: a board of one employer, an aggregator, a file.

    `read` yields page by page and ends with its Snapshot. It raises SourceError when the source is down, and
    may have yielded before that; rows that cannot be read are yielded as RefusedRow and end nothing.
    """

    name: str
    board: str | None
    terms: SourceTerms

    def question(self, query: SourceQuery) -> str | None:
        """What asking for this comes to, the same for the same question; None where nobody elsewhere is asked."""
        ...

    def read(self, query: SourceQuery) -> AsyncIterator[Listing | RefusedRow | Snapshot]: ...


@runtime_checkable
class ReadsOne(Protocol):
    """A source that can be asked for one posting. Raises PostingGoneError when it says that there is none."""

    def read_one(self, id: str) -> AsyncIterator[Listing | RefusedRow]: ...
