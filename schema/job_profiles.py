"""Job profiles in GraphQL."""

import asyncio
from datetime import datetime
from typing import cast

import strawberry
from strawberry.scalars import JSON

from domain.employment_types import EmploymentType
from domain.filters import Filters as FiltersModel
from domain.filters import Seniority
from domain.job_profiles import JobProfileChanges, JobProfileDraft, JobProfileRow, SourceChoice
from domain.places import Workplace
from resolvers import job_profiles as resolve
from resolvers import projects as resolve_projects
from schema.context import Info
from schema.doors import field
from schema.inputs import enum_of, input_of
from schema.nodes import Node
from schema.projects import Project

enum_of(EmploymentType, "How many hours and for how long.")
enum_of(Workplace, "Where the work is done.")
enum_of(Seniority, "How far along a career a posting is.")


@strawberry.type(description="What drops a posting before it is rated; what a posting does not say never does.")
class Filters:
    title_include: list[str]
    title_exclude: list[str]
    places: list[str]
    workplaces: list[Workplace]
    remote_from: list[str] = strawberry.field(description="From where you would work remotely.")
    time_zone: str | None
    time_zone_hours: int = strawberry.field(description="How far the hours that a posting asks for may be from yours.")
    pay_at_least: float | None = strawberry.field(description="A year, in `payCurrency`.")
    pay_currency: str | None
    max_age_hours: int | None
    employment_types: list[EmploymentType]
    seniorities: list[Seniority]
    blocked_companies: list[str]


@strawberry.type(description="A place to look for postings.")
class ProfileSource:
    source: str
    board: str | None
    url: str | None
    region: str | None
    enabled: bool


@strawberry.type(description="The résumé that a profile is rated with.")
class ResumeLink:
    id: strawberry.ID
    name: str
    original_filename: str
    has_text: bool


@strawberry.type(description="The story that letters of a profile draw on.")
class StoryLink:
    id: strawberry.ID
    name: str


async def _projects(root: strawberry.Parent[JobProfileRow], info: Info) -> list[Project]:
    load = info.context.loaders.load
    found = await asyncio.gather(*(load(resolve_projects.projects_by_id, id) for id in root.project_ids or ()))
    return cast("list[Project]", [project for project in found if project is not None])


@strawberry.type(description="What you look for, with which résumé, and where.")
class JobProfile(Node):
    row = JobProfileRow

    name: str
    is_default: bool
    resume: ResumeLink | None
    story: StoryLink | None
    target_roles: list[str]
    target_locations: list[str]
    min_score_threshold: float = strawberry.field(description="Postings that score less are not kept; 0 to 10.")
    preferences: JSON
    filters: Filters
    sources: list[ProfileSource]
    contact_full_name: str | None
    contact_phone: str | None
    contact_email: str | None
    contact_location: str | None
    contact_website: str | None
    created_at: datetime
    updated_at: datetime | None

    projects = strawberry.field(resolver=_projects, description="The projects that letters of this profile draw on.")


@input_of(SourceChoice)
class SourceChoiceInput: ...


@input_of(FiltersModel)
class FiltersInput: ...


@input_of(JobProfileDraft)
class JobProfileDraftInput: ...


@input_of(JobProfileChanges)
class JobProfileChangesInput: ...


@strawberry.type
class JobProfileQueries:
    job_profiles = field(resolve.job_profiles, list[JobProfile])
    job_profile = field(resolve.job_profile, JobProfile)
    default_job_profile = field(resolve.default_job_profile, JobProfile | None)


@strawberry.type
class JobProfileMutations:
    create_job_profile = field(resolve.create_job_profile, JobProfile)
    update_job_profile = field(resolve.update_job_profile, JobProfile)
    set_default_job_profile = field(resolve.set_default_job_profile, JobProfile)
    delete_job_profile = field(resolve.delete_job_profile, JobProfile)
