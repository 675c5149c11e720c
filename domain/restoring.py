"""Keeping a posting that a rule or the threshold dropped."""

from typing import Any
from uuid import UUID

from domain.assessing import assess, candidacy
from domain.batches import rate_batch
from domain.fit import SCORER_VERSION
from domain.job_profile_service import JobProfileService
from domain.job_service import Candidate, JobService
from domain.jobs import JobRow
from domain.posting_facts import PostingFactService
from domain.ratings import RatingService
from domain.reasons import reasoning
from domain.resumes import ResumeService
from domain.scopes import Scope
from domain.texts import digest


async def restore(scope: Scope, id: UUID) -> JobRow:
    """The job that the dropped posting becomes, rated and assessed; the one that is there already, if there is."""
    fit, resume_hash = await _fit(scope, id)
    async with scope.write(RatingService) as ratings:
        rating = await ratings.restore(id, fit, (resume_hash, SCORER_VERSION))
        jobs = JobService.of(ratings)
        candidate = Candidate(rating.posting_id, rating.score, rating.fit, reasoning(rating.fit))
        await jobs.keep([candidate], rating.profile_id, None, None)
        return await jobs.of_posting(rating.posting_id)


async def _fit(scope: Scope, id: UUID) -> tuple[dict[str, Any] | None, str]:
    """A new rating of what is dropped, None for a profile without a résumé; and the hash of the résumé's text."""
    async with scope.read(RatingService) as ratings:
        dropped = await ratings.get(id)
        profile = await JobProfileService.of(ratings).get_by_id(dropped.profile_id)
        if profile.resume_id is None:
            return None, ""
        resume_text = await ResumeService.of(ratings).get_text_content(profile.resume_id)
        posting = (await PostingFactService.of(ratings).facts([dropped.posting_id]))[dropped.posting_id]
    if not resume_text:
        return None, ""
    rated = (await scope.ports.cpu.run(rate_batch, resume_text, [(posting.title, posting.description)]))[0]
    if isinstance(rated, str):
        return None, ""
    await assess(scope.ports.cpu, candidacy(profile, resume_text), [posting], [rated])
    return rated, digest(resume_text)
