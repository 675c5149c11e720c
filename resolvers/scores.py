"""The scores that postings had."""

from uuid import UUID

from domain.job_service import JobService
from domain.pages import Page, PageArgs
from domain.ratings import RatingService, ScoreRow
from domain.scopes import Scope
from resolvers.access import access, signed_in


@access(signed_in)
async def score_history(scope: Scope, job_id: UUID, page: PageArgs, with_total: bool = False) -> Page[ScoreRow]:
    """Every score that a job of yours had, newest first, with the scorer's version and what it was made from."""
    async with scope.read(JobService) as jobs:
        job = await jobs.get(job_id)
        return await RatingService.of(jobs).history(job.posting_id, page, with_total=with_total)


@access(signed_in)
async def latest_scores(scope: Scope, posting_ids: list[UUID]) -> list[list[ScoreRow]]:
    """The newest scores of postings, in the order of the ids."""
    async with scope.read(RatingService) as ratings:
        found = await ratings.latest_scores(posting_ids)
    return [found.get(id, []) for id in posting_ids]
