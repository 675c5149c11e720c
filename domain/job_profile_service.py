"""What may happen to job profiles."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError

from domain.errors import NotFoundError, ValidationError
from domain.filters import Filters
from domain.job_profiles import (
    COLUMNS,
    SAMPLE,
    JobProfile,
    JobProfileChanges,
    JobProfileDraft,
    JobProfileRow,
    SourceChoice,
    WholeJobProfile,
    row_of,
)
from domain.job_service import JobService
from domain.projects import ProjectService
from domain.resumes import Resume
from domain.stories import Story
from domain.users import one_at_a_time
from domain.work import Service

STORED_EMPTY = {"target_roles": list, "target_locations": list, "preferences": dict}


class JobProfileService(Service):
    def visible(self) -> Select[Any]:
        return (
            select(*COLUMNS)
            .outerjoin(Resume, Resume.id == JobProfile.resume_id)
            .outerjoin(Story, Story.id == JobProfile.story_id)
            .where(JobProfile.user_id == self.viewer.id)
        )

    async def create(self, draft: JobProfileDraft) -> JobProfileRow:
        """The first profile becomes the default anyway; a new one looks at the sample board only."""
        await one_at_a_time(self)
        await self._check_links(draft.given())
        values = {name: getattr(draft, name) for name in JobProfileDraft.model_fields}
        for name, empty in STORED_EMPTY.items():
            values[name] = values[name] if values[name] is not None else empty()
        values["sources"] = _stored(draft.sources if draft.sources is not None else [SourceChoice(source=SAMPLE)])
        values["filters"] = _given(draft.filters)
        values["project_ids"] = _texts(draft.project_ids)
        values["is_default"] = draft.is_default or await self._count() == 0
        if values["is_default"]:
            await self._no_default()
        profile = JobProfile(user_id=self.viewer.id, **values)
        self.session.add(profile)
        await self._flush_unique(profile.name)
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
        await one_at_a_time(self)
        return await self.get_default() or await self.create(JobProfileDraft(is_default=True))

    async def list_for_user(self) -> list[JobProfileRow]:
        ordered = self.visible().order_by(JobProfile.is_default.desc(), JobProfile.created_at, JobProfile.id)
        return [row_of(row) for row in await self.session.execute(ordered)]

    async def whole(self, id: UUID) -> WholeJobProfile:
        row = await self.get_by_id(id)
        projects = None
        if row.project_ids is not None:
            known = await ProjectService.of(self).by_id(row.project_ids)
            projects = [known[id] for id in row.project_ids if id in known]
        values = {field.name: getattr(row, field.name) for field in fields(JobProfileRow)}
        return WholeJobProfile(**values, projects=projects)

    async def update(self, id: UUID, changes: JobProfileChanges) -> JobProfileRow:
        profile = await self._get(id)
        given = changes.given()
        await self._check_links(given)
        wants_default = given.pop("is_default", False)
        for name, empty in STORED_EMPTY.items():
            if name in given and given[name] is None:
                given[name] = empty()
        if "filters" in given:
            given["filters"] = _given(given["filters"])
        if "project_ids" in given:
            given["project_ids"] = _texts(given["project_ids"])
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

    async def delete(self, id: UUID) -> WholeJobProfile:
        """The oldest of the others becomes the default when the default goes."""
        profile = await self._get(id)
        row = await self.whole(id)
        await self.session.delete(profile)
        await self.session.flush()
        if row.is_default:
            others = select(JobProfile).where(JobProfile.user_id == self.viewer.id)
            heir = (await self.session.scalars(others.order_by(JobProfile.created_at).limit(1))).one_or_none()
            if heir is not None:
                await self._make_default(heir)
        await self._show_or_hide_samples()
        return row

    async def forget_project(self, id: UUID) -> None:
        """A project that is gone is gone from every profile of the viewer."""
        mine = select(JobProfile).where(JobProfile.user_id == self.viewer.id, JobProfile.project_ids.is_not(None))
        for profile in await self.session.scalars(mine.with_for_update()):
            profile.project_ids = [other for other in profile.project_ids or [] if other != str(id)]
        await self.session.flush()

    async def _no_default(self) -> None:
        mine = update(JobProfile).where(JobProfile.user_id == self.viewer.id, JobProfile.is_default)
        await self.session.execute(mine.values(is_default=False, updated_at=JobProfile.updated_at))

    async def _make_default(self, profile: JobProfile) -> None:
        if profile.is_default:
            return
        await self._no_default()
        profile.is_default = True
        await self.session.flush()

    async def _show_or_hide_samples(self) -> None:
        jobs = JobService.of(self)
        await jobs.hide_samples(hidden=await jobs.hides_samples())

    async def _check_links(self, given: dict[str, Any]) -> None:
        """Résumé, story and projects of a profile must be the viewer's own."""
        for name, noun, entity in (("resume_id", "résumés", Resume), ("story_id", "stories", Story)):
            id = given.get(name)
            mine = select(entity.id).where(entity.id == id, entity.user_id == self.viewer.id)
            if id is not None and await self.session.scalar(mine) is None:
                message = f"expected one of your {noun}, found no such id: {id}"
                raise ValidationError(message, {name: str(id)})
        wanted = given.get("project_ids") or []
        known = await ProjectService.of(self).by_id(wanted) if wanted else {}
        missing = [str(id) for id in wanted if id not in known]
        if missing:
            message = f"expected your own projects, found no such ids: {', '.join(missing)}"
            raise ValidationError(message, {"project_ids": missing})

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
        await one_at_a_time(self)
        mine = select(JobProfile).where(JobProfile.id == id, JobProfile.user_id == self.viewer.id)
        profile = (await self.session.scalars(mine.with_for_update())).one_or_none()
        if profile is None:
            raise _missing(id)
        return profile


def _stored(sources: list[SourceChoice]) -> list[dict[str, Any]]:
    return [choice.model_dump() for choice in sources]


def _given(filters: Filters | None) -> dict[str, Any]:
    return filters.model_dump(mode="json", exclude_defaults=True) if filters else {}


def _texts(ids: Sequence[UUID] | None) -> list[str] | None:
    return None if ids is None else [str(id) for id in dict.fromkeys(ids)]


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no job profile with the id {id} is yours", {"profile_id": str(id)})
