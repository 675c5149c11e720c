"""Job profiles: what a person looks for, with which résumé, and where."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.errors import NotFoundError, ValidationError
from domain.inputs import ABSENT, Input
from domain.job_service import JobService
from domain.resumes import HAS_TEXT, Resume
from domain.work import Service

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
    resume_id: Mapped[UUID | None] = mapped_column(ForeignKey("resumes.id", ondelete="SET NULL"))
    target_roles: Mapped[list[str]]
    target_locations: Mapped[list[str]]
    min_score_threshold: Mapped[float] = mapped_column(default=7.0)
    preferences: Mapped[dict[str, Any]]
    sources: Mapped[list[Any]]
    contact_full_name: Mapped[str | None] = mapped_column(String(255))
    contact_phone: Mapped[str | None] = mapped_column(String(50))
    contact_email: Mapped[str | None] = mapped_column(String(255))
    contact_location: Mapped[str | None] = mapped_column(String(255))
    contact_website: Mapped[str | None] = mapped_column(String(255))


class SourceChoice(Input):
    """One place to look at: `source` names it; a company board also needs `board`, a feed its `url`."""

    source: str = Field(min_length=1, max_length=50)
    board: str | None = Field(default=None, max_length=255)
    url: str | None = Field(default=None, max_length=2048)
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class SourceChoiceRow:
    source: str
    board: str | None
    url: str | None
    enabled: bool


@dataclass(frozen=True, slots=True)
class ResumeLink:
    id: UUID
    name: str
    original_filename: str
    has_text: bool


@dataclass(frozen=True, slots=True)
class JobProfileRow:
    """`min_score_threshold` on the 0..10 scale; `resume` is None when none is linked."""

    id: UUID
    user_id: UUID
    name: str
    is_default: bool
    resume_id: UUID | None
    target_roles: list[str]
    target_locations: list[str]
    min_score_threshold: float
    preferences: dict[str, Any]
    sources: list[SourceChoiceRow]
    contact_full_name: str | None
    contact_phone: str | None
    contact_email: str | None
    contact_location: str | None
    contact_website: str | None
    created_at: datetime
    updated_at: datetime | None
    resume: ResumeLink | None

    @property
    def live_sources(self) -> list[SourceChoiceRow]:
        """The enabled sources; the sample board only while it is alone."""
        enabled = [choice for choice in self.sources if choice.enabled]
        return [choice for choice in enabled if choice.source != SAMPLE] or enabled


Words = Field(default=None, max_length=50)


class JobProfileDraft(Input):
    name: str = Field(default="Default Profile", min_length=1, max_length=100)
    is_default: bool = False
    resume_id: UUID | None = None
    target_roles: list[str] | None = Words
    target_locations: list[str] | None = Words
    min_score_threshold: float = Field(default=7.0, ge=0, le=10)
    preferences: dict[str, Any] | None = None
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
    JobProfile.target_roles, JobProfile.target_locations, JobProfile.min_score_threshold, JobProfile.preferences,
    JobProfile.sources, JobProfile.contact_full_name, JobProfile.contact_phone, JobProfile.contact_email,
    JobProfile.contact_location, JobProfile.contact_website, JobProfile.created_at, JobProfile.updated_at,
    Resume.id, Resume.name, Resume.original_filename, HAS_TEXT,
)  # fmt: skip
STORED_EMPTY = {"target_roles": list, "target_locations": list, "preferences": dict}


class JobProfileService(Service):
    def visible(self) -> Select[Any]:
        return (
            select(*COLUMNS)
            .outerjoin(Resume, Resume.id == JobProfile.resume_id)
            .where(JobProfile.user_id == self.viewer.id)
        )

    async def create(self, draft: JobProfileDraft) -> JobProfileRow:
        """The first profile becomes the default anyway; a new one looks at the sample board only."""
        await self._check_resume(draft.resume_id)
        values = {name: getattr(draft, name) for name in JobProfileDraft.model_fields}
        for name, empty in STORED_EMPTY.items():
            values[name] = values[name] if values[name] is not None else empty()
        values["sources"] = _stored(
            draft.sources if draft.sources is not None else [SourceChoice(source=SAMPLE)]
        )
        wants_default = values.pop("is_default")
        profile = JobProfile(user_id=self.viewer.id, **values)
        self.session.add(profile)
        await self._flush_unique(profile.name)
        if wants_default or await self._count() == 1:
            await self._make_default(profile)
        await self._show_or_hide_samples()
        return await self.get_by_id(profile.id)

    async def get_by_id(self, id: UUID) -> JobProfileRow:
        row = (await self.session.execute(self.visible().where(JobProfile.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        return row_of(row)

    async def get_default(self) -> JobProfileRow | None:
        row = (await self.session.execute(self.visible().where(JobProfile.is_default))).one_or_none()
        return row_of(row) if row else None

    async def get_or_create_default(self) -> JobProfileRow:
        return await self.get_default() or await self.create(JobProfileDraft(is_default=True))

    async def list_for_user(self) -> list[JobProfileRow]:
        ordered = self.visible().order_by(JobProfile.is_default.desc(), JobProfile.created_at, JobProfile.id)
        return [row_of(row) for row in await self.session.execute(ordered)]

    async def update(self, id: UUID, changes: JobProfileChanges) -> JobProfileRow:
        profile = await self._get(id)
        given = changes.given()
        await self._check_resume(given.get("resume_id"))
        wants_default = given.pop("is_default", False)
        for name, empty in STORED_EMPTY.items():
            if name in given and given[name] is None:
                given[name] = empty()
        if "sources" in given:
            given["sources"] = _stored(given["sources"] or [])
        for name, value in given.items():
            setattr(profile, name, value)
        await self._flush_unique(profile.name)
        if wants_default:
            await self._make_default(profile)
        await self._show_or_hide_samples()
        return await self.get_by_id(id)

    async def set_default(self, id: UUID) -> JobProfileRow:
        await self._make_default(await self._get(id))
        return await self.get_by_id(id)

    async def delete(self, id: UUID) -> JobProfileRow:
        """The oldest of the others becomes the default when the default goes."""
        profile = await self._get(id)
        row = await self.get_by_id(id)
        await self.session.delete(profile)
        await self.session.flush()
        if row.is_default:
            others = select(JobProfile).where(JobProfile.user_id == self.viewer.id)
            heir = (await self.session.scalars(others.order_by(JobProfile.created_at).limit(1))).one_or_none()
            if heir is not None:
                await self._make_default(heir)
        await self._show_or_hide_samples()
        return row

    async def _make_default(self, profile: JobProfile) -> None:
        others = update(JobProfile).where(JobProfile.user_id == self.viewer.id, JobProfile.id != profile.id)
        await self.session.execute(
            others.where(JobProfile.is_default).values(is_default=False, updated_at=JobProfile.updated_at)
        )
        profile.is_default = True
        await self.session.flush()

    async def _show_or_hide_samples(self) -> None:
        """Sample jobs are hidden as soon as any profile looks at a real source."""
        stored = await self.session.scalars(
            select(JobProfile.sources).where(JobProfile.user_id == self.viewer.id)
        )
        real = any(
            choice["enabled"] and choice["source"] != SAMPLE for sources in stored for choice in sources
        )
        await JobService.of(self).hide_samples(hidden=real)

    async def _check_resume(self, id: UUID | None) -> None:
        if id is None:
            return
        mine = select(Resume.id).where(Resume.id == id, Resume.user_id == self.viewer.id)
        if await self.session.scalar(mine) is None:
            message = f"expected one of your résumés, found no such résumé: {id}"
            raise ValidationError(message, {"resume_id": str(id)})

    async def _count(self) -> int:
        mine = select(func.count()).select_from(JobProfile).where(JobProfile.user_id == self.viewer.id)
        return await self.session.scalar(mine) or 0

    async def _flush_unique(self, name: str) -> None:
        try:
            await self.session.flush()
        except IntegrityError as taken:
            message = f"expected a name that none of your profiles has yet, found '{name}'"
            raise ValidationError(message, {"name": name}) from taken

    async def _get(self, id: UUID) -> JobProfile:
        mine = select(JobProfile).where(JobProfile.id == id, JobProfile.user_id == self.viewer.id)
        profile = (await self.session.scalars(mine.with_for_update())).one_or_none()
        if profile is None:
            raise _missing(id)
        return profile


def _stored(sources: list[SourceChoice]) -> list[dict[str, Any]]:
    return [choice.model_dump() for choice in sources]


def row_of(row: Any) -> JobProfileRow:
    *values, resume_id, resume_name, filename, has_text = row
    values[9] = [SourceChoiceRow(**choice) for choice in values[9]]
    link = None if resume_id is None else ResumeLink(resume_id, resume_name, filename, bool(has_text))
    return JobProfileRow(*values, link)


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no job profile with the id {id} is yours", {"profile_id": str(id)})
