"""Jobs and their cover letters in REST (contract.md section 10)."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from domain.jobs import JobChanges, JobFilter, JobOrder, JobSort, JobStatus, SortDirection, WholeJob, whole
from domain.pages import Numbered
from resolvers import jobs as resolve
from schema.compat.rows import FILE, NOT_FOUND, REFUSED, Row, Sent
from schema.compat.wire import OffsetTime, PageSizeQuery, Wire, with_more

FieldType = Literal[
    "text", "email", "phone", "textarea", "select", "checkbox", "radio", "file", "date", "url", "number", "unknown"
]


class FormField(Wire):
    name: str | None
    field_type: FieldType
    label: str | None
    required: bool
    placeholder: str | None
    options: list[str] | None
    selector: str | None


class DetectedFields(Wire):
    fields: list[FormField]
    count: int


class ScreeningQuestion(Wire):
    question: str
    field_type: FieldType
    required: bool
    options: list[str] | None
    selector: str | None


class JobAnswer(Wire):
    id: UUID
    user_id: UUID
    title: str
    company: str
    job_url: str
    location: str | None
    description: str | None
    salary_range: str | None
    source: str | None
    search_terms: str | None
    date_posted: OffsetTime | None
    relevance_score: float | None = Field(ge=0, le=10)
    reasoning: str | None
    status: JobStatus
    notes: str | None
    cover_letter: str | None
    cover_letter_file_path: str | None
    cover_letter_generated_at: OffsetTime | None
    prep_notes: str | None
    prepped_at: OffsetTime | None
    application_type: Literal["easy_apply", "ats", "direct", "email", "unknown"] | None
    application_url: str | None
    requires_cover_letter: bool | None
    requires_resume: bool | None
    detected_fields: DetectedFields | None
    screening_questions: list[ScreeningQuestion] | None
    analyzed_at: OffsetTime | None
    applied_at: OffsetTime | None
    application_method: Literal["manual", "assisted", "automated"] | None
    confirmation_code: str | None
    created_at: OffsetTime
    updated_at: OffsetTime | None


class JobPage(Wire):
    jobs: list[JobAnswer]
    total: int
    page: int
    page_size: int
    has_more: bool


class JobStatsAnswer(Wire):
    total: int
    new: int
    prepped: int
    reviewed: int
    applied: int
    rejected: int
    interviewing: int
    avg_score: float | None
    high_scoring: int


class JobsQuery(PageSizeQuery):
    status: JobStatus | None = None
    source: str | None = Field(default=None, max_length=50)
    min_score: float | None = Field(default=None, ge=0, le=10)
    max_score: float | None = Field(default=None, ge=0, le=10)
    search: str | None = Field(default=None, max_length=255, description="Part of the title, company or description.")
    sort_by: JobSort = JobSort.CREATED_AT
    sort_order: SortDirection = SortDirection.DESC


def _filtered(sent: Sent) -> dict[str, Any]:
    query: JobsQuery = sent.query
    where = JobFilter(
        status=None if query.status is None else [query.status],
        source=query.source,
        min_score=query.min_score,
        max_score=query.max_score,
        search=query.search,
    )
    order = JobOrder(by=query.sort_by, direction=query.sort_order)
    return {"where": where, "order": order, "page": query.page, "page_size": query.page_size}


def _page(found: Numbered[WholeJob], sent: Sent) -> dict[str, Any]:
    return with_more("jobs", found, sent)


def _deleted(found: resolve.DeletedJob, _sent: Sent) -> WholeJob:
    return whole(found.job, found.texts)


LETTER = "/jobs/{job_id}/cover-letter"
ROWS = (
    Row("GET", "/jobs", resolve.numbered_jobs, JobPage, query=JobsQuery, arguments=_filtered, shape=_page, tag="jobs"),
    Row("GET", "/jobs/stats", resolve.job_stats, JobStatsAnswer, tag="jobs"),
    Row("GET", "/jobs/{job_id}", resolve.whole_job, JobAnswer, errors=NOT_FOUND, tag="jobs"),
    Row(
        "PATCH", "/jobs/{job_id}", resolve.update_job, JobAnswer,
        body=JobChanges, then=resolve.whole_job, errors=NOT_FOUND, tag="jobs",
    ),
    Row("DELETE", "/jobs/{job_id}", resolve.delete_job, JobAnswer, shape=_deleted, errors=NOT_FOUND, tag="jobs"),
    Row(
        "POST", f"{LETTER}/generate-pdf", resolve.print_cover_letter, JobAnswer,
        then=resolve.whole_job, errors=NOT_FOUND | REFUSED, tag="jobs",
    ),
    Row("GET", f"{LETTER}/download", resolve.cover_letter_file, FILE, errors=NOT_FOUND | REFUSED, tag="jobs"),
    Row(
        "GET", f"{LETTER}/preview", resolve.cover_letter_file, FILE,
        inline=True, errors=NOT_FOUND | REFUSED, tag="jobs",
    ),
)  # fmt: skip
