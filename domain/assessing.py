"""The verdicts of postings that are kept: added to the evidence of their scores."""

from collections.abc import Sequence
from typing import Any

from domain.batches import Candidacy, assess_batch
from domain.filtering import PostingFacts
from domain.job_profiles import JobProfileRow
from domain.listings import Listing
from domain.ports import Cpu


def candidacy(profile: JobProfileRow, resume_text: str) -> Candidacy:
    return Candidacy(resume_text, profile.contact_location, tuple(profile.filters.employment_types))


async def assess(
    cpu: Cpu, candidate: Candidacy, postings: Sequence[PostingFacts], fits: Sequence[dict[str, Any]]
) -> None:
    """Each posting's requirements and eligibility go into its fit; what cannot be assessed stays without."""
    if not postings:
        return
    found = await cpu.run(assess_batch, candidate, postings)
    for fit, verdicts in zip(fits, found, strict=True):
        if isinstance(verdicts, dict):
            fit.update(verdicts)


def facts_of(listing: Listing) -> PostingFacts:
    return PostingFacts(
        title=listing.title,
        company=listing.company,
        description=listing.description,
        posted_at=listing.posted_at,
        places=listing.places,
        workplace=listing.workplace,
        remote_regions=listing.remote_regions,
        pay=listing.pay,
        employment_type=listing.employment_type,
        seniority=listing.seniority,
    )
