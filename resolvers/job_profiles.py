"""Job profiles."""

from uuid import UUID

from domain.errors import ValidationError
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileChanges, JobProfileDraft, JobProfileRow, SourceChoice, WholeJobProfile
from domain.scopes import Scope
from resolvers.access import access, signed_in


@access(signed_in)
async def job_profiles(scope: Scope) -> list[JobProfileRow]:
    """Your profiles: the default one, then the oldest first."""
    async with scope.read(JobProfileService) as service:
        return await service.list_for_user()


@access(signed_in)
async def job_profile(scope: Scope, id: UUID) -> JobProfileRow:
    """One of your profiles."""
    async with scope.read(JobProfileService) as service:
        return await service.get_by_id(id)


@access(signed_in)
async def whole_job_profile(scope: Scope, id: UUID) -> WholeJobProfile:
    """One of your profiles, with its projects."""
    async with scope.read(JobProfileService) as service:
        return await service.whole(id)


@access(signed_in)
async def default_job_profile(scope: Scope) -> JobProfileRow | None:
    """The profile that is used where none is named; null while you have none."""
    async with scope.read(JobProfileService) as service:
        return await service.get_default()


@access(signed_in)
async def create_job_profile(scope: Scope, draft: JobProfileDraft) -> JobProfileRow:
    """Say what you look for, with which résumé and in which sources; the first profile becomes the default."""
    _check_sources(scope, draft.sources)
    async with scope.write(JobProfileService) as service:
        return await service.create(draft)


@access(signed_in)
async def update_job_profile(scope: Scope, id: UUID, changes: JobProfileChanges) -> JobProfileRow:
    """Change a profile; only what is sent changes."""
    _check_sources(scope, changes.given().get("sources"))
    async with scope.write(JobProfileService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def set_default_job_profile(scope: Scope, id: UUID) -> JobProfileRow:
    """Make a profile the default one."""
    async with scope.write(JobProfileService) as service:
        return await service.set_default(id)


@access(signed_in)
async def delete_job_profile(scope: Scope, id: UUID) -> WholeJobProfile:
    """Delete a profile; if it was the default, the oldest of the others becomes it."""
    async with scope.write(JobProfileService) as service:
        return await service.delete(id)


def _check_sources(scope: Scope, sources: list[SourceChoice] | None) -> None:
    """A source that does not exist is refused where it is chosen, not when a run stumbles over it."""
    for number, choice in enumerate(sources or []):
        try:
            scope.ports.sources.check(choice.source, choice.board, choice.url, choice.region)
        except ValidationError as wrong:
            message = f"sources.{number}: {wrong.message}"
            raise ValidationError(message, wrong.details) from None
