"""Jobs."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from uuid import UUID

from domain.cover_letters import print_letter
from domain.errors import NotFoundError, ValidationError
from domain.follow import QUIET_SECONDS
from domain.job_service import JobService
from domain.jobs import JobChanges, JobFilter, JobOrder, JobRow, JobStats, JobTexts, WholeJob
from domain.pages import Numbered, Page, PageArgs
from domain.posting_lives import PostingLife, PostingLifeService
from domain.ratings import DroppedRow, RatingService
from domain.restoring import restore
from domain.scopes import Scope
from domain.topics import user_topic
from resolvers.access import access, signed_in


@dataclass(frozen=True, slots=True)
class JobChange:
    """One event of a job; `job` is None when it is gone or hidden."""

    event: str
    job_id: UUID
    job: JobRow | None


@dataclass(frozen=True, slots=True)
class DeletedJob:
    """A job as it was, its long texts too."""

    job: JobRow
    texts: JobTexts


@dataclass(frozen=True, slots=True)
class LetterFile:
    name: str
    content: bytes


@access(signed_in)
async def jobs(
    scope: Scope,
    page: PageArgs,
    where: JobFilter | None = None,
    order_by: JobOrder | None = None,
    with_total: bool = False,
) -> Page[JobRow]:
    """Your jobs, filtered and ordered; the newest first unless ordered otherwise."""
    async with scope.read(JobService) as service:
        return await service.page(where or JobFilter(), order_by or JobOrder(), page, with_total=with_total)


@access(signed_in)
async def numbered_jobs(
    scope: Scope, where: JobFilter, order: JobOrder, page: int = 1, page_size: int = 20
) -> Numbered[WholeJob]:
    """Your jobs, filtered and ordered, by page number."""
    async with scope.read(JobService) as service:
        return await service.numbered(where, order, page, page_size)


@access(signed_in)
async def job(scope: Scope, id: UUID) -> JobRow:
    """One of your jobs."""
    async with scope.read(JobService) as service:
        return await service.get(id)


@access(signed_in)
async def whole_job(scope: Scope, id: UUID) -> WholeJob:
    """One of your jobs, with its long texts."""
    async with scope.read(JobService) as service:
        return await service.whole(id)


@access(signed_in)
async def job_texts(scope: Scope, ids: list[UUID]) -> list[JobTexts | None]:
    """The long side of jobs, in the order of the ids; null for one that is not yours."""
    async with scope.read(JobService) as service:
        found = await service.texts(ids)
    return [found.get(id) for id in ids]


@access(signed_in)
async def job_stats(scope: Scope) -> JobStats:
    """How many jobs stand where, and how well they fit."""
    async with scope.read(JobService) as service:
        return await service.stats()


@access(signed_in)
async def update_job(scope: Scope, id: UUID, changes: JobChanges) -> JobRow:
    """Change a job's status, notes, cover letter or prep notes."""
    async with scope.write(JobService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def delete_job(scope: Scope, id: UUID) -> DeletedJob:
    """Delete a job with its letter; the same posting is not offered again."""
    async with scope.write(JobService) as service:
        row, texts = await service.delete(id)
    if row.cover_letter_file_path:
        await scope.ports.files.delete(row.cover_letter_file_path)
    return DeletedJob(row, texts)


@access(signed_in)
async def print_cover_letter(scope: Scope, id: UUID) -> JobRow:
    """Make the PDF of a job's cover letter, with the contact block of the default profile."""
    return await print_letter(scope, id)


@access(signed_in)
async def cover_letter_file(scope: Scope, id: UUID) -> LetterFile:
    """The PDF of a job's cover letter, as it was made last."""
    async with scope.read(JobService) as service:
        row = await service.get(id)
    path = row.cover_letter_file_path
    if path is None:
        message = f"expected a job whose cover letter was printed, found none for '{row.title}': generate the PDF first"
        raise ValidationError(message, {"job_id": str(id)})
    try:
        content = await scope.ports.files.get(path)
    except NotFoundError as gone:
        message = f"the printed cover letter of job {id} is gone: generate the PDF again"
        raise ValidationError(message, {"job_id": str(id)}) from gone
    return LetterFile(path.rsplit("/", 1)[-1], content)


@access(signed_in)
async def dropped_postings(
    scope: Scope, page: PageArgs, profile_id: UUID | None = None, with_total: bool = False
) -> Page[DroppedRow]:
    """Postings that were rated and not kept, newest first, each with the rule that dropped it."""
    async with scope.read(RatingService) as ratings:
        return await ratings.dropped(profile_id, page, with_total=with_total)


@access(signed_in)
async def posting_lives(scope: Scope, posting_ids: list[UUID]) -> list[PostingLife | None]:
    """Whether postings are still open, in the order of the ids."""
    async with scope.read(PostingLifeService) as lives:
        found = await lives.lives(posting_ids)
    return [found.get(id) for id in posting_ids]


@access(signed_in)
async def restore_posting(scope: Scope, id: UUID) -> JobRow:
    """Keep a dropped posting after all: it becomes a job."""
    return await restore(scope, id)


@access(signed_in)
async def job_changes(scope: Scope) -> AsyncGenerator[JobChange]:
    """What happens to your jobs from now on; for live dashboards."""
    async with scope.ports.bus.listen(user_topic(scope.viewer.id)) as listener:
        while True:
            message = await listener.next(QUIET_SECONDS)
            if message is None or not message["name"].startswith("job."):
                continue
            job_id = UUID(message["event"]["subject_id"])
            try:
                async with scope.read(JobService) as service:
                    row: JobRow | None = await service.get(job_id)
            except NotFoundError:
                row = None
            yield JobChange(message["name"], job_id, row)
