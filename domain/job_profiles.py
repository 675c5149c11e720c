"""Job profiles: what a person looks for, with which résumé, and where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.filters import Filters
from domain.inputs import ABSENT, Input
from domain.projects import ProjectRow
from domain.resumes import HAS_TEXT, Resume
from domain.stories import Story, StoryLink

SAMPLE = "sample"


class JobProfile(Entity):
    __tablename__ = "job_profiles"
    __table_args__ = (
        UniqueConstraint("user_id", "name"),
        Index(
            "uq_job_profiles_default",
            "user_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    is_default: Mapped[bool] = mapped_column(default=False)
    resume_id: Mapped[UUID | None] = mapped_column(ForeignKey("resumes.id", ondelete="SET NULL"), index=True)
    story_id: Mapped[UUID | None] = mapped_column(ForeignKey("stories.id", ondelete="SET NULL"), index=True)
    project_ids: Mapped[list[str] | None]
    target_roles: Mapped[list[str]]
    target_locations: Mapped[list[str]]
    min_score_threshold: Mapped[float] = mapped_column(default=7.0)
    preferences: Mapped[dict[str, Any]]
    filters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sources: Mapped[list[Any]]
    contact_full_name: Mapped[str | None] = mapped_column(String(255))
    contact_phone: Mapped[str | None] = mapped_column(String(50))
    contact_email: Mapped[str | None] = mapped_column(String(255))
    contact_location: Mapped[str | None] = mapped_column(String(255))
    contact_website: Mapped[str | None] = mapped_column(String(255))


class SourceChoice(Input):
    """One place to look at: `source` names it; a company board also needs `board`, a feed its `url`.

    `url` is also the address of a board on the employer's own domain, `region` where a board is kept ("eu").
    """

    source: str = Field(min_length=1, max_length=50)
    board: str | None = Field(default=None, max_length=255)
    url: str | None = Field(default=None, max_length=2048)
    region: str | None = Field(default=None, max_length=20)
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class SourceChoiceRow:
    source: str
    board: str | None
    url: str | None
    enabled: bool
    region: str | None = None


@dataclass(frozen=True, slots=True)
class ResumeLink:
    id: UUID
    name: str
    original_filename: str
    has_text: bool


@dataclass(frozen=True, slots=True)
class JobProfileRow:
    """`min_score_threshold` on the 0..10 scale; `resume` and `story` are None when none is linked."""

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
    filters: Filters
    sources: list[SourceChoiceRow]
    contact_full_name: str | None
    contact_phone: str | None
    contact_email: str | None
    contact_location: str | None
    contact_website: str | None
    created_at: datetime
    updated_at: datetime | None
    resume: ResumeLink | None
    story: StoryLink | None

    @property
    def live_sources(self) -> list[SourceChoiceRow]:
        """The enabled sources; the sample board only while it is alone."""
        enabled = [choice for choice in self.sources if choice.enabled]
        return [choice for choice in enabled if choice.source != SAMPLE] or enabled


@dataclass(frozen=True, slots=True)
class WholeJobProfile(JobProfileRow):
    """`projects` is None when none is linked."""

    projects: list[ProjectRow] | None


Word = Annotated[str, Field(max_length=255)]
Words = Field(default=None, max_length=50)


class JobProfileDraft(Input):
    name: str = Field(default="Default Profile", min_length=1, max_length=100)
    is_default: bool = False
    resume_id: UUID | None = None
    story_id: UUID | None = None
    project_ids: list[UUID] | None = Words
    target_roles: list[Word] | None = Words
    target_locations: list[Word] | None = Words
    min_score_threshold: float = Field(default=7.0, ge=0, le=10)
    preferences: dict[str, Any] | None = None
    filters: Filters | None = None
    sources: list[SourceChoice] | None = Words
    contact_full_name: str | None = Field(default=None, max_length=255)
    contact_phone: str | None = Field(default=None, max_length=50)
    contact_email: str | None = Field(default=None, max_length=255)
    contact_location: str | None = Field(default=None, max_length=255)
    contact_website: str | None = Field(default=None, max_length=255)


class JobProfileChanges(JobProfileDraft):
    name: str = Field(default=ABSENT, min_length=1, max_length=100)
    is_default: bool = ABSENT
    min_score_threshold: float = Field(default=ABSENT, ge=0, le=10)


COLUMNS = (
    JobProfile.id, JobProfile.user_id, JobProfile.name, JobProfile.is_default, JobProfile.resume_id,
    JobProfile.story_id, JobProfile.project_ids, JobProfile.target_roles, JobProfile.target_locations,
    JobProfile.min_score_threshold, JobProfile.preferences, JobProfile.filters, JobProfile.sources,
    JobProfile.contact_full_name, JobProfile.contact_phone, JobProfile.contact_email, JobProfile.contact_location,
    JobProfile.contact_website,
    JobProfile.created_at, JobProfile.updated_at,
    Resume.id, Resume.name, Resume.original_filename, HAS_TEXT, Story.name,
)  # fmt: skip


def row_of(row: Any) -> JobProfileRow:
    """The row of one read of `COLUMNS`."""
    *values, resume_id, resume_name, filename, has_text, story_name = row
    named = dict(zip(NAMES, values, strict=True))
    if named["project_ids"] is not None:
        named["project_ids"] = [UUID(id) for id in named["project_ids"]]
    named["filters"] = Filters.model_validate(named["filters"])
    named["sources"] = [SourceChoiceRow(**choice) for choice in named["sources"]]
    resume = None if resume_id is None else ResumeLink(resume_id, resume_name, filename, bool(has_text))
    story = None if story_name is None else StoryLink(named["story_id"], story_name)
    return JobProfileRow(**named, resume=resume, story=story)


NAMES = [column.key for column in COLUMNS[:-5]]
