"""Job profiles in REST (contract.md section 11)."""

from typing import Any
from uuid import UUID

from domain.job_profiles import JobProfileChanges, JobProfileDraft, JobProfileRow
from domain.pipelines.profile_choice import summary
from resolvers import job_profiles as resolve
from schema.compat.rows import NOT_FOUND, REFUSED, Row, Sent
from schema.compat.wire import OffsetTime, Wire


class JobProfileSummary(Wire):
    id: UUID
    name: str
    is_default: bool
    has_resume: bool
    resume_name: str | None
    has_story: bool
    story_name: str | None
    project_count: int
    target_roles_count: int
    min_score_threshold: float


class LinkedResume(Wire):
    id: UUID
    name: str
    original_filename: str
    has_text: bool


class LinkedStory(Wire):
    id: UUID
    name: str


class LinkedProject(Wire):
    id: UUID
    name: str
    has_text: bool


class JobProfileAnswer(Wire):
    id: UUID
    user_id: UUID
    name: str
    is_default: bool
    resume_id: UUID | None
    story_id: UUID | None
    project_ids: list[UUID] | None
    target_roles: list[str]
    target_locations: list[str]
    min_score_threshold: float
    preferences: dict[str, Any]
    contact_full_name: str | None
    contact_phone: str | None
    contact_email: str | None
    contact_location: str | None
    contact_website: str | None
    created_at: OffsetTime
    updated_at: OffsetTime | None
    resume: LinkedResume | None
    story: LinkedStory | None
    projects: list[LinkedProject] | None


def _summaries(found: list[JobProfileRow], _sent: Sent) -> list[dict[str, Any]]:
    return [summary(profile) for profile in found]


WHOLE = resolve.whole_job_profile
ROWS = (
    Row("GET", "/job-profiles", resolve.job_profiles, list[JobProfileSummary], shape=_summaries, tag="job-profiles"),
    Row(
        "POST", "/job-profiles", resolve.create_job_profile, JobProfileAnswer, 201,
        body=JobProfileDraft, then=WHOLE, errors=REFUSED, tag="job-profiles",
    ),
    Row(
        "GET", "/job-profiles/default", resolve.default_job_profile, JobProfileAnswer | None,
        then=WHOLE, tag="job-profiles",
    ),
    Row("GET", "/job-profiles/{profile_id}", WHOLE, JobProfileAnswer, errors=NOT_FOUND, tag="job-profiles"),
    Row(
        "PATCH", "/job-profiles/{profile_id}", resolve.update_job_profile, JobProfileAnswer,
        body=JobProfileChanges, then=WHOLE, errors=NOT_FOUND | REFUSED, tag="job-profiles",
    ),
    Row(
        "DELETE", "/job-profiles/{profile_id}", resolve.delete_job_profile, JobProfileAnswer,
        errors=NOT_FOUND, tag="job-profiles",
    ),
    Row(
        "POST", "/job-profiles/{profile_id}/set-default", resolve.set_default_job_profile, JobProfileAnswer,
        then=WHOLE, errors=NOT_FOUND, tag="job-profiles",
    ),
)  # fmt: skip
