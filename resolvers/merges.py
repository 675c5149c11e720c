"""Listings of one opening: merged and split."""

from uuid import UUID

from domain.jobs import JobRow
from domain.merging import AlternativeRow, MergeService
from domain.scopes import Scope
from domain.splitting import merge_jobs
from domain.splitting import split_posting as split
from resolvers.access import access, signed_in


@access(signed_in)
async def alternatives(scope: Scope, posting_ids: list[UUID]) -> list[list[AlternativeRow]]:
    """The other listings of postings' openings, in the order of the ids."""
    async with scope.read(MergeService) as merges:
        found = await merges.alternatives(posting_ids)
    return [found[id] for id in posting_ids]


@access(signed_in)
async def merge_postings(scope: Scope, into_id: UUID, id: UUID) -> JobRow:
    """Two jobs of yours are the same opening, for ever: the first takes over the other's notes, the other is gone."""
    job, letter = await merge_jobs(scope, into_id, id)
    if letter:
        await scope.ports.files.delete(letter)
    return job


@access(signed_in)
async def split_posting(scope: Scope, job_id: UUID, posting_id: UUID) -> JobRow:
    """Another listing of a job is not the same opening, for ever: it becomes a job of its own, which is answered."""
    return await split(scope, job_id, posting_id)
