"""Adding one job by hand: an owned posting, rated where there is a résumé, and a job whatever the rating says."""

from typing import Any
from uuid import UUID

from domain.assessing import assess, candidacy, facts_of
from domain.batches import rate_batch
from domain.dedupe import listing_key
from domain.fit import SCORER_VERSION
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileRow
from domain.job_service import Candidate, JobService
from domain.jobs import JobRow
from domain.listings import Listing
from domain.postings import PostingService
from domain.ratings import ADDED, Rated, RatingService, Verdict
from domain.reasons import reasoning
from domain.resumes import ResumeService
from domain.scopes import Scope
from domain.texts import digest


async def add_listing(scope: Scope, listing: Listing, profile_id: UUID | None) -> JobRow:
    """The job of the listing, for the named profile or the default one; the one that is there already, if there is."""
    profile, resume_text = await _profile(scope, profile_id)
    fit: dict[str, Any] | None = None
    if resume_text:
        rated = await scope.ports.cpu.run(rate_batch, resume_text, [(listing.title, listing.description)])
        fit = None if isinstance(rated[0], str) else rated[0]
        if fit is not None:
            await assess(scope.ports.cpu, candidacy(profile, resume_text), [facts_of(listing)], [fit])
    score = fit["score"] if fit else None
    async with scope.write(JobService) as jobs:
        if known := await jobs.find_by_url(listing.url):
            return known
        kept = await PostingService.of(jobs).keep([listing], owned=True)
        posting_id = kept.ids[listing_key(listing)]
        if fit is not None:
            rating = Rated(posting_id, listing.content_hash, score, fit, Verdict.KEPT, ADDED)
            await RatingService.of(jobs).store(profile.id, [rating], digest(resume_text or ""), SCORER_VERSION)
        await jobs.keep([Candidate(posting_id, score, fit, reasoning(fit))], profile.id, None, None)
        return await jobs.of_posting(posting_id)


async def _profile(scope: Scope, profile_id: UUID | None) -> tuple[JobProfileRow, str | None]:
    async with scope.write(JobProfileService) as profiles:
        if profile_id is None:
            profile = await profiles.get_or_create_default()
        else:
            profile = await profiles.get_by_id(profile_id)
        if profile.resume_id is None:
            return profile, None
        return profile, await ResumeService.of(profiles).get_text_content(profile.resume_id)
