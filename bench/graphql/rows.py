"""The schema and rows of the GraphQL benchmarks: 50 jobs of 24 fields, like the hot list of the product."""

import datetime as dt
import enum
import uuid
from dataclasses import dataclass

import strawberry


@strawberry.enum
class Status(enum.StrEnum):
    NEW = "new"
    APPLIED = "applied"


@strawberry.type
class Resume:
    id: strawberry.ID
    filename: str
    is_primary: bool


@strawberry.type
class Profile:
    id: strawberry.ID
    name: str
    threshold: float
    resume: Resume | None


@strawberry.type
class Job:
    id: strawberry.ID
    title: str
    company: str
    location: str | None
    url: str
    source: str
    status: Status
    fit_score: float | None
    salary_min: int | None
    salary_max: int | None
    currency: str | None
    remote: bool
    sample: bool
    notes: str | None
    created_at: dt.datetime
    posted_at: dt.datetime | None
    profile: Profile


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class JobConnection:
    nodes: list[Job]
    page_info: PageInfo
    total_count: int


@dataclass(slots=True)
class ResumeRow:
    id: uuid.UUID
    filename: str
    is_primary: bool


@dataclass(slots=True)
class ProfileRow:
    id: uuid.UUID
    name: str
    threshold: float
    resume: ResumeRow | None


@dataclass(slots=True)
class JobRow:
    id: uuid.UUID
    title: str
    company: str
    location: str | None
    url: str
    source: str
    status: Status
    fit_score: float | None
    salary_min: int | None
    salary_max: int | None
    currency: str | None
    remote: bool
    sample: bool
    notes: str | None
    created_at: dt.datetime
    posted_at: dt.datetime | None
    profile: ProfileRow


@dataclass(slots=True)
class PageRow:
    nodes: list[JobRow]
    page_info: PageInfo
    total_count: int


def make_page(size: int) -> PageRow:
    now = dt.datetime(2026, 11, 1, 9, 30, tzinfo=dt.UTC)
    resume = ResumeRow(uuid.UUID(int=7), "resume.pdf", is_primary=True)
    profile = ProfileRow(uuid.UUID(int=8), "Backend", 6.5, resume)
    rows = [
        JobRow(
            id=uuid.UUID(int=1000 + index),
            title=f"Engineer {index}",
            company="Northwind",
            location="Lisbon",
            url=f"https://jobs.example/{index}",
            source="sample",
            status=Status.NEW,
            fit_score=9.5 - index / 20,
            salary_min=50_000,
            salary_max=None,
            currency="EUR",
            remote=True,
            sample=False,
            notes=None,
            created_at=now,
            posted_at=now,
            profile=profile,
        )
        for index in range(size)
    ]
    return PageRow(rows, PageInfo(has_next_page=True, end_cursor="b2s"), 421)


PAGE = make_page(50)


def all_jobs(first: int = 50) -> JobConnection:
    return PAGE if first == len(PAGE.nodes) else make_page(first)  # type: ignore[return-value]


@strawberry.type
class Query:
    jobs: JobConnection = strawberry.field(resolver=all_jobs)


schema = strawberry.Schema(Query)

JOBS = """
query Jobs($first: Int!) {
  jobs(first: $first) {
    nodes {
      id title company location url source status fitScore salaryMin salaryMax currency remote sample notes
      createdAt postedAt
      profile { id name threshold resume { id filename isPrimary } }
    }
    pageInfo { hasNextPage endCursor }
    totalCount
  }
}
"""
