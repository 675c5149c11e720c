"""Merging two jobs, and making a job of a listing that was merged by mistake."""

from uuid import UUID

from domain.assessing import assess, candidacy
from domain.batches import rate_batch
from domain.errors import NotFoundError, ValidationError
from domain.fit import SCORER_VERSION
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileRow
from domain.job_service import Candidate, JobService
from domain.jobs import JobChanges, JobRow, JobStatus
from domain.merging import MergeService
from domain.posting_facts import PostingFactService
from domain.postings import PostingService
from domain.ratings import ADDED, Rated, RatingService, Verdict
from domain.reasons import reasoning
from domain.resumes import ResumeService
from domain.scopes import Scope
from domain.texts import digest


async def merge_jobs(scope: Scope, into_id: UUID, id: UUID) -> tuple[JobRow, str | None]:
    """The first job takes over the second's notes and, if it is new, its status; the second is gone.

    Answers the job, and the file of the second one's letter, which nobody needs any more.
    """
    if into_id == id:
        message = "expected two different jobs to merge, found the same one twice"
        raise ValidationError(message, {"job_id": str(id)})
    async with scope.write(JobService) as jobs:
        into, other = await jobs.get(into_id), await jobs.get(id)
        texts = await jobs.texts([into_id, id])
        await MergeService.of(jobs).decide(into.posting_id, other.posting_id, same=True)
        await jobs.delete(id)
        changes = {}
        if texts[id].notes:
            changes["notes"] = "\n\n".join(filter(None, (texts[into_id].notes, texts[id].notes)))[:100_000]
        if into.status is JobStatus.NEW and other.status is not JobStatus.NEW:
            changes["status"] = other.status
        merged = await jobs.update(into_id, JobChanges.model_validate(changes)) if changes else into
        return merged, other.cover_letter_file_path


async def split_posting(scope: Scope, job_id: UUID, posting_id: UUID) -> JobRow:
    """A listing that is no other than the job's in error becomes a job of its own, rated, for ever apart."""
    async with scope.read(JobService) as jobs:
        job = await jobs.get(job_id)
        alternatives = (await MergeService.of(jobs).alternatives([job.posting_id]))[job.posting_id]
        found = next((one for one in alternatives if one.posting_id == posting_id), None)
        if found is None:
            message = f"expected another listing of the job {job_id}, found {posting_id}"
            raise NotFoundError(message, {"job_id": str(job_id), "posting_id": str(posting_id)})
        if found.url == job.job_url:
            message = f"expected a listing with an address of its own, found that of the job: {found.url}"
            raise ValidationError(message, {"posting_id": str(posting_id)})
        profile = await _profile(jobs, job)
        text = profile.resume_id and await ResumeService.of(jobs).get_text_content(profile.resume_id)
        posting = (await PostingFactService.of(jobs).facts([posting_id]))[posting_id]
    rated = (await scope.ports.cpu.run(rate_batch, text, [(posting.title, posting.description)]))[0] if text else ""
    fit = None if isinstance(rated, str) else rated
    if fit is not None and text:
        await assess(scope.ports.cpu, candidacy(profile, text), [posting], [fit])
    async with scope.write(JobService) as jobs:
        merges = MergeService.of(jobs)
        for one in [job.posting_id, *(one.posting_id for one in alternatives)]:
            if one != posting_id:
                await merges.decide(one, posting_id, same=False)
        if fit is not None:
            hashed = (await PostingService.of(jobs).texts([posting_id]))[posting_id].content_hash
            kept = Rated(posting_id, hashed, fit["score"], fit, Verdict.KEPT, ADDED)
            await RatingService.of(jobs).store(profile.id, [kept], digest(text or ""), SCORER_VERSION)
        score = fit["score"] if fit else None
        await jobs.keep([Candidate(posting_id, score, fit, reasoning(fit))], profile.id, None, job.search_terms)
        return await jobs.of_posting(posting_id)


async def _profile(jobs: JobService, job: JobRow) -> JobProfileRow:
    profiles = JobProfileService.of(jobs)
    found = await profiles.get_by_id(job.profile_id) if job.profile_id else await profiles.get_default()
    if found is None:
        message = "expected a profile to rate the listing for, found none"
        raise ValidationError(message, {"job_id": str(job.id)})
    return found
