"""job_rescore: rate everything again that was rated for a profile, without asking any source."""

from uuid import UUID

from pydantic import Field

from domain.inputs import Input
from domain.pipelines.engine import Pipeline, StepWork
from domain.pipelines.job_search import JobSearchOutput, Scraper, SearchState, choose, rate, sum_up
from domain.ratings import RatingService
from domain.sightings import Seen, SightingService

PAGE = 500


class JobRescoreInput(Input):
    profile_id: UUID | None = Field(
        default=None,
        description="The profile to rate for; the default one when left out.",
        json_schema_extra={"format": "x-profile-select"},
    )


def begin(given: JobRescoreInput) -> SearchState:
    return SearchState(
        profile_id=given.profile_id, scraper=Scraper.JOBSPY, save_all=False, max_age_hours=None, results_per_term=0
    )


async def recall(work: StepWork, state: SearchState) -> None:
    """Listing what was rated before."""
    profile_id, after, found = state.profile_id, None, 0
    while profile_id is not None:
        async with work.read(RatingService) as ratings:
            page = await ratings.rated_postings(profile_id, after, PAGE)
        if not page:
            break
        async with work.write(SightingService) as sightings:
            await sightings.record(work.run_id, [Seen(f"posting:{id}", source, id) for id, source in page])
        after, found = page[-1][0], found + len(page)
    await work.say(found, found, f"{found} postings were rated before")


JOB_RESCORE = Pipeline(
    name="job_rescore",
    summary="Rates everything again that was rated for a profile, by its résumé, filters and threshold of today.",
    area="jobs",
    tags=("jobs", "ai"),
    input=JobRescoreInput,
    output=JobSearchOutput,
    state=SearchState,
    begin=begin,
    steps=(choose, recall, rate, sum_up),
    finish=lambda state: JobSearchOutput.model_validate(state.output),
)
