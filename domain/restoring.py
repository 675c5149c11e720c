"""Keeping a posting that a rule or the threshold dropped."""

from uuid import UUID

from domain.job_service import Candidate, JobService
from domain.jobs import JobRow
from domain.ratings import RatingService
from domain.reasons import reasoning


async def restore(ratings: RatingService, id: UUID) -> JobRow:
    """The job that the dropped posting becomes; the one that is there already, where there is one."""
    rating = await ratings.restore(id)
    jobs = JobService.of(ratings)
    candidate = Candidate(rating.posting_id, rating.score, rating.fit, reasoning(rating.fit))
    await jobs.keep([candidate], rating.profile_id, None, None)
    return await jobs.of_posting(rating.posting_id)
