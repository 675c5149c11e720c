"""job_search: read the sources, see each opening once, rate it against the résumé, keep what fits."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from domain.assessing import candidacy
from domain.batches import decide_batch, rate_batch
from domain.clock import utc_now
from domain.filtering import Decision
from domain.filters import Filters
from domain.fit import SCORER_VERSION
from domain.inputs import Input
from domain.job_service import JobService
from domain.jobs import HIGH_SCORE, JobRow
from domain.pipelines.engine import Pipeline, StepWork
from domain.pipelines.gathering import gather_source
from domain.pipelines.merging import merge_listings
from domain.pipelines.profile_choice import choose_profile
from domain.pipelines.rating import BATCH, Keep, Verdicts, Waiting, assess_fitting, judge, store
from domain.posting_facts import PostingFactService
from domain.postings import PostingService
from domain.ratings import RatingService
from domain.sightings import Account, SightingService
from domain.texts import digest

MOCK = "mock"


class Scraper(StrEnum):
    """`jobspy` is what old clients send: it means the profile's enabled sources. Nothing is scraped."""

    JOBSPY = "jobspy"
    MOCK = "mock"


class JobSearchInput(Input):
    profile_id: UUID | None = Field(
        default=None,
        description="The profile to search for; the default one when left out.",
        json_schema_extra={"format": "x-profile-select"},
    )
    scraper: Scraper = Field(default=Scraper.JOBSPY, description="The profile's sources, or invented test listings.")
    hours_old: int = Field(default=72, ge=1, le=720, json_schema_extra={"x-hidden": True})
    results_per_term: int = Field(default=10, ge=1, le=50, json_schema_extra={"x-hidden": True})
    save_all: bool = Field(default=False, json_schema_extra={"x-hidden": True})


class JobSummary(BaseModel):
    id: UUID
    title: str
    company: str
    location: str | None
    relevance_score: float | None
    status: str
    job_url: str

    @classmethod
    def of(cls, row: JobRow) -> "JobSummary":
        return cls.model_validate(row, from_attributes=True)


class JobSearchOutput(BaseModel):
    """`account` adds up: seen = new + known + duplicate + filtered + below + failed."""

    total_scraped: int
    total_analyzed: int
    jobs_saved: int
    high_scoring: int
    duplicates_skipped: int
    top_jobs: list[JobSummary]
    account: dict[str, Any]


@dataclass
class SearchState:
    """Everything a resumed run needs; what was seen and rated is in its sightings."""

    profile_id: UUID | None
    scraper: Scraper
    save_all: bool
    max_age_hours: int | None
    results_per_term: int
    threshold: float = 7.0
    terms: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    sources: list[dict[str, Any]] = field(default_factory=list)
    output: dict[str, Any] | None = None


def begin(given: JobSearchInput) -> SearchState:
    """An age limit counts only when it was sent: boards list what is open, however long it has been."""
    sent = given.model_fields_set
    return SearchState(
        profile_id=given.profile_id,
        scraper=given.scraper,
        save_all=given.save_all,
        max_age_hours=given.hours_old if "hours_old" in sent else None,
        results_per_term=given.results_per_term,
    )


async def choose(work: StepWork, state: SearchState) -> None:
    """Choosing the profile."""
    profile = (await choose_profile(work, state.profile_id)).profile
    state.profile_id = profile.id
    state.threshold = profile.min_score_threshold
    state.terms = profile.target_roles or ["Software Engineer"]
    state.places = profile.target_locations or ["Remote"]
    choices = profile.live_sources
    state.sources = [{"source": c.source, "board": c.board, "url": c.url, "region": c.region} for c in choices]
    if state.scraper is Scraper.MOCK:
        state.sources = [{"source": MOCK, "board": None, "url": None}]
    work.metadata.update(
        search_terms=state.terms, locations=state.places, min_score=state.threshold, profile_name=profile.name
    )


async def gather(work: StepWork, state: SearchState) -> None:
    """Reading the sources."""
    problems = []
    for number, choice in enumerate(state.sources):
        await work.say(number, len(state.sources), f"reading {choice['source']}")
        problem = await gather_source(work, choice, state.terms, state.places, state.results_per_term)
        if problem is not None:
            problems.append(problem)
    async with work.read(SightingService) as sightings:
        seen = await sightings.count(work.run_id)
    told = f"saw {seen} listings" + (f"; {len(problems)} of the sources had trouble" if problems else "")
    await work.say(len(state.sources), len(state.sources), told)


async def merge(work: StepWork, state: SearchState) -> None:
    """Finding openings listed twice.

    One board never lists an opening twice under different ids, so there is nothing to compare with a single one.
    """
    seen, merged = await merge_listings(work, compare=len(state.sources) > 1)
    await work.say(seen, seen, f"{merged} listed more than once")


async def rate(work: StepWork, state: SearchState) -> None:
    """Rating against the résumé."""
    chosen = await choose_profile(work, state.profile_id)
    made_from = (digest(chosen.resume_text), SCORER_VERSION)
    async with work.read(SightingService) as sightings:
        total = await sightings.count(work.run_id)
        done = total - await sightings.count(work.run_id, open_only=True)
    filters = _filters(chosen.profile.filters, state.max_age_hours)
    keep = Keep(chosen.profile.id, state.threshold, state.save_all, ", ".join(state.terms), filters)
    while batch := await _next_batch(work, keep, made_from):
        pairs = [(text.title, text.description) for _, text in batch.to_rate]
        ratings = await work.ports.cpu.run(rate_batch, chosen.resume_text, pairs) if pairs else []
        await assess_fitting(work, batch, ratings, keep, candidacy(chosen.profile, chosen.resume_text))
        await store(work, batch, judge(batch, ratings, keep), keep, made_from)
        done += len(batch.keys)
        await work.say(done, total, f"rated {done} of {total}")


async def sum_up(work: StepWork, state: SearchState) -> None:
    """Summing up."""
    async with work.read(SightingService) as sightings:
        account = await sightings.account(work.run_id)
        best = await JobService.of(sightings).of_run(work.run_id, limit=100_000)
    if account.new == 0:
        work.metadata["message"] = "No new jobs this time"
    state.output = _output(account, best).model_dump(mode="json")


def _filters(filters: Filters, max_age_hours: int | None) -> Filters:
    """The profile's, with the age that this search asks for."""
    return filters if max_age_hours is None else filters.model_copy(update={"max_age_hours": max_age_hours})


async def _next_batch(work: StepWork, keep: Keep, made_from: tuple[str, str]) -> Verdicts | None:
    async with work.read(SightingService) as sightings:
        waiting = await sightings.open(work.run_id, BATCH)
        if not waiting:
            return None
        ids = [id for _, id in waiting]
        texts = await PostingService.of(sightings).texts(ids)
        current = await RatingService.of(sightings).current(keep.profile_id, list(texts))
        facts = await PostingFactService.of(sightings).facts(ids) if keep.filters.are_set else {}
    decisions: list[Decision] = []
    if facts:
        rules = keep.filters.model_dump(mode="json")
        decisions = await work.ports.cpu.run(decide_batch, rules, list(facts.values()), utc_now())
    return Verdicts.sort(Waiting(waiting, texts, current, dict(zip(facts, decisions, strict=True))), made_from, keep)


def _output(account: Account, best: list[JobRow]) -> JobSearchOutput:
    return JobSearchOutput(
        total_scraped=account.seen,
        total_analyzed=account.new + account.below,
        jobs_saved=account.new,
        high_scoring=sum(1 for job in best if (job.relevance_score or 0) >= HIGH_SCORE),
        duplicates_skipped=account.duplicate + account.known,
        top_jobs=[JobSummary.of(job) for job in best[:5]],
        account=account.to_json(),
    )


JOB_SEARCH = Pipeline(
    name="job_search",
    summary="Reads the profile's sources, rates every posting against the résumé and keeps what fits.",
    area="jobs",
    tags=("jobs", "scraping", "ai"),
    input=JobSearchInput,
    output=JobSearchOutput,
    state=SearchState,
    begin=begin,
    steps=(choose, gather, merge, rate, sum_up),
    finish=lambda state: JobSearchOutput.model_validate(state.output),
)
