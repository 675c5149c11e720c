"""Jobs: postings that were kept for a person, with what the person made of them."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import (
    ColumnElement,
    Computed,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    exists,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity, choice
from domain.inputs import ABSENT, Input
from domain.listings import Attribution
from domain.mentions import SHORTEST, Mentions, like
from domain.pages import Order
from domain.postings import Posting

HIGH_SCORE = 7.0


class JobStatus(StrEnum):
    NEW = "new"
    PREPPED = "prepped"
    REVIEWED = "reviewed"
    APPLIED = "applied"
    REJECTED = "rejected"
    INTERVIEWING = "interviewing"


class Job(Entity):
    """Title, company and the like are copied from the posting, so that every order has an index of this table.

    In the documented orders a missing score or date counts as the largest: `score_key` and `date_key`.
    """

    __tablename__ = "jobs"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"), index=True)
    profile_id: Mapped[UUID | None] = mapped_column(ForeignKey("job_profiles.id", ondelete="SET NULL"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(500))
    company: Mapped[str] = mapped_column(String(255))
    location: Mapped[str | None] = mapped_column(String(255))
    job_url: Mapped[str] = mapped_column(String(2048))
    source: Mapped[str | None] = mapped_column(String(50))
    attribution_text: Mapped[str | None] = mapped_column(String(200))
    salary_range: Mapped[str | None] = mapped_column(String(100))
    date_posted: Mapped[datetime | None]
    search_terms: Mapped[str | None] = mapped_column(String(500))
    relevance_score: Mapped[float | None]
    score_key: Mapped[float] = mapped_column(Computed("coalesce(relevance_score, 1000.0)", persisted=True))
    date_key: Mapped[datetime] = mapped_column(
        Computed("coalesce(date_posted, '9999-12-31 00:00:00.000000')", persisted=True)
    )
    reasoning: Mapped[str | None] = mapped_column(Text)
    fit: Mapped[dict[str, Any] | None]
    sample: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)
    status: Mapped[JobStatus] = mapped_column(choice(JobStatus), default=JobStatus.NEW)
    notes: Mapped[str | None] = mapped_column(Text)
    cover_letter: Mapped[str | None] = mapped_column(Text)
    cover_letter_file_path: Mapped[str | None] = mapped_column(String(512))
    cover_letter_generated_at: Mapped[datetime | None]
    prep_notes: Mapped[str | None] = mapped_column(Text)
    prepped_at: Mapped[datetime | None]
    application_type: Mapped[str | None] = mapped_column(String(32))
    application_url: Mapped[str | None] = mapped_column(String(2048))
    application_method: Mapped[str | None] = mapped_column(String(32))
    confirmation_code: Mapped[str | None] = mapped_column(String(255))
    requires_cover_letter: Mapped[bool | None]
    requires_resume: Mapped[bool | None]
    detected_fields: Mapped[dict[str, Any] | None]
    screening_questions: Mapped[list[Any] | None]
    analyzed_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job without its long texts: what lists show. `relevance_score` is 0..10."""

    id: UUID
    user_id: UUID
    posting_id: UUID
    profile_id: UUID | None
    title: str
    company: str
    location: str | None
    job_url: str
    source: str | None
    attribution_text: str | None
    salary_range: str | None
    date_posted: datetime | None
    search_terms: str | None
    relevance_score: float | None
    reasoning: str | None
    sample: bool
    status: JobStatus
    cover_letter_file_path: str | None
    cover_letter_generated_at: datetime | None
    prepped_at: datetime | None
    application_type: str | None
    application_url: str | None
    application_method: str | None
    confirmation_code: str | None
    requires_cover_letter: bool | None
    requires_resume: bool | None
    analyzed_at: datetime | None
    applied_at: datetime | None
    created_at: datetime
    updated_at: datetime | None

    @property
    def attribution(self) -> Attribution | None:
        """Whom the job's source wants named wherever the job is shown, and the address to link to."""
        return Attribution(self.attribution_text, self.job_url) if self.attribution_text else None


@dataclass(frozen=True, slots=True)
class JobTexts:
    """A job's long side: the posting's text, the person's and the letter, and the evidence of its score."""

    id: UUID
    description: str
    notes: str | None
    cover_letter: str | None
    prep_notes: str | None
    fit: dict[str, Any] | None
    detected_fields: dict[str, Any] | None
    screening_questions: list[Any] | None


@dataclass(frozen=True, slots=True)
class WholeJob(JobRow):
    """A job with its long texts, as REST v1 shows it also in lists."""

    description: str
    notes: str | None
    cover_letter: str | None
    prep_notes: str | None
    detected_fields: dict[str, Any] | None
    screening_questions: list[Any] | None


def whole(row: JobRow, texts: JobTexts) -> WholeJob:
    short = {field.name: getattr(row, field.name) for field in fields(JobRow)}
    long = {name: getattr(texts, name) for name in WholeJob.__annotations__}
    return WholeJob(**short, **long)


@dataclass(frozen=True, slots=True)
class JobStats:
    """`high_scoring` counts scores of at least 7.0; `avg_score` has two decimals."""

    total: int
    new: int
    prepped: int
    reviewed: int
    applied: int
    rejected: int
    interviewing: int
    avg_score: float | None
    high_scoring: int


class JobFilter(Input):
    status: list[JobStatus] | None = Field(default=None, max_length=6)
    source: str | None = Field(default=None, max_length=50)
    min_score: float | None = Field(default=None, ge=0, le=10)
    max_score: float | None = Field(default=None, ge=0, le=10)
    search: str | None = Field(default=None, max_length=255)
    profile_id: UUID | None = None


class JobSort(StrEnum):
    CREATED_AT = "created_at"
    RELEVANCE_SCORE = "relevance_score"
    DATE_POSTED = "date_posted"
    COMPANY = "company"


class SortDirection(StrEnum):
    ASC = "asc"
    DESC = "desc"


class JobOrder(Input):
    """Jobs without a score or date come first when descending, last when ascending."""

    by: JobSort = JobSort.CREATED_AT
    direction: SortDirection = SortDirection.DESC


class JobChanges(Input):
    status: JobStatus = ABSENT
    notes: str | None = Field(default=None, max_length=100_000)
    cover_letter: str | None = Field(default=None, max_length=100_000)
    prep_notes: str | None = Field(default=None, max_length=200_000)


COLUMNS = (
    Job.id, Job.user_id, Job.posting_id, Job.profile_id, Job.title, Job.company, Job.location, Job.job_url, Job.source,
    Job.attribution_text,
    Job.salary_range, Job.date_posted, Job.search_terms, Job.relevance_score, Job.reasoning, Job.sample, Job.status,
    Job.cover_letter_file_path, Job.cover_letter_generated_at, Job.prepped_at, Job.application_type,
    Job.application_url, Job.application_method, Job.confirmation_code, Job.requires_cover_letter,
    Job.requires_resume, Job.analyzed_at, Job.applied_at, Job.created_at, Job.updated_at,
)  # fmt: skip

KEYS: dict[JobSort, ColumnElement[Any]] = {
    JobSort.CREATED_AT: Job.created_at.expression,
    JobSort.RELEVANCE_SCORE: Job.score_key.expression,
    JobSort.DATE_POSTED: Job.date_key.expression,
    JobSort.COMPANY: Job.company.expression,
}

Job.__table__.append_constraint(UniqueConstraint("user_id", "posting_id"))  # type: ignore[attr-defined]
Job.__table__.append_constraint(UniqueConstraint("user_id", "job_url"))  # type: ignore[attr-defined]
for _sort, _key in KEYS.items():
    Index(f"ix_jobs_by_{_sort.value}", Job.user_id, Job.hidden, _key, Job.id)
    Index(f"ix_jobs_status_by_{_sort.value}", Job.user_id, Job.hidden, Job.status, _key, Job.id)


def order_of(order: JobOrder) -> Order:
    descending = order.direction is SortDirection.DESC
    return Order(f"{order.by}.{order.direction}", KEYS[order.by], Job.id.expression, descending)


def filtered(statement: Select[Any], where: JobFilter) -> Select[Any]:
    if where.status:
        wanted = Job.status == where.status[0] if len(where.status) == 1 else Job.status.in_(where.status)
        statement = statement.where(wanted)
    if where.source is not None:
        statement = statement.where(Job.source == where.source)
    if where.min_score is not None:
        statement = statement.where(Job.relevance_score >= where.min_score)
    if where.max_score is not None:
        statement = statement.where(Job.relevance_score <= where.max_score)
    if where.profile_id is not None:
        statement = statement.where(Job.profile_id == where.profile_id)
    if where.search:
        statement = statement.where(_mentions(where.search))
    return statement


def _mentions(words: str) -> ColumnElement[bool]:
    if len(words) >= SHORTEST:
        return Mentions(Job.posting_id.expression, words)
    texts = (Posting.title, Posting.company, Posting.description)
    found = or_(*(text.ilike(like(words), escape="\\") for text in texts))
    return exists().where(Posting.id == Job.posting_id, found)
