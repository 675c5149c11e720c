"""The profile and résumé that a pipeline works with, or the documented refusal (contract.md section 13)."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from domain.errors import DomainError, NotFoundError
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileRow
from domain.pipelines.engine import StepWork
from domain.projects import ProjectService
from domain.resumes import ResumeService
from domain.stories import StoryService


class ProfileRequiredError(DomainError):
    """`details` lists the profiles that could be chosen instead, and where one is made."""

    code: ClassVar[str] = "PROFILE_REQUIRED"
    default: ClassVar[str] = "This needs a job profile with a résumé"


@dataclass(frozen=True, slots=True)
class Chosen:
    profile: JobProfileRow
    resume_text: str
    story: str | None
    projects: tuple[str, ...]


async def choose_profile(work: StepWork, profile_id: UUID | None) -> Chosen:
    """The named profile or the default one, with the texts of its résumé, story and projects."""
    async with work.read(JobProfileService) as profiles:
        profile = await _find(profiles, profile_id)
        text = None
        if profile.resume_id is not None:
            text = await ResumeService.of(profiles).get_text_content(profile.resume_id)
        if not text:
            sentence = f"The profile '{profile.name}' needs a résumé with readable text"
            raise await _refusal(profiles, sentence)
        stories = await StoryService.of(profiles).contents([profile.story_id] if profile.story_id else [])
        projects = await ProjectService.of(profiles).texts(profile.project_ids or [])
    return Chosen(profile, text, next(iter(stories.values()), None), tuple(projects))


async def _find(profiles: JobProfileService, profile_id: UUID | None) -> JobProfileRow:
    if profile_id is not None:
        try:
            return await profiles.get_by_id(profile_id)
        except NotFoundError:
            raise await _refusal(profiles, f"No job profile with the id {profile_id} is yours") from None
    default = await profiles.get_default()
    if default is None:
        raise await _refusal(profiles, "You have no default job profile yet: create one, with your résumé")
    return default


async def _refusal(profiles: JobProfileService, sentence: str) -> ProfileRequiredError:
    return ProfileRequiredError(
        sentence,
        {
            "error_type": "profile_required",
            "message": sentence,
            "available_profiles": [summary(profile) for profile in await profiles.list_for_user()],
            "create_profile_url": "/jobs/profiles",
        },
    )


def summary(profile: JobProfileRow) -> dict[str, Any]:
    """The documented short form of a profile (contract.md section 11)."""
    resume = profile.resume
    return {
        "id": str(profile.id),
        "name": profile.name,
        "is_default": profile.is_default,
        "has_resume": resume is not None and resume.has_text,
        "resume_name": resume.name if resume else None,
        "has_story": profile.story is not None,
        "story_name": profile.story.name if profile.story else None,
        "project_count": len(profile.project_ids or ()),
        "target_roles_count": len(profile.target_roles),
        "min_score_threshold": profile.min_score_threshold,
    }
