"""What becomes of a batch of postings: known, filtered, kept, below, failed; written in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from domain.assessing import assess
from domain.batches import Candidacy, Rating
from domain.filtering import Decision
from domain.filters import Filters
from domain.job_service import Candidate, JobService
from domain.pipelines.engine import StepWork
from domain.posting_facts import PostingFactService
from domain.postings import PostingText
from domain.ratings import CurrentRating, Rated, RatingKey, RatingService, Verdict
from domain.reasons import reasoning
from domain.sightings import Outcome, SightingService

BATCH = 50
End = tuple[Outcome, str | None]


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept, and for which profile."""

    profile_id: UUID
    threshold: float
    everything: bool
    search_terms: str
    filters: Filters

    def fits(self, score: float) -> bool:
        return self.everything or score >= self.threshold

    def is_settled(self, rating: CurrentRating, key: RatingKey) -> bool:
        """Whether rating again would change nothing: same text, résumé and scorer, and the same verdict today."""
        if rating.key != key or rating.verdict is Verdict.FILTERED or rating.score is None:
            return False
        return rating.verdict is Verdict.KEPT or not self.fits(rating.score)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is known of a batch's postings before anything is rated; `decisions` is empty without filters."""

    sightings: Sequence[tuple[str, UUID]]
    texts: Mapping[UUID, PostingText]
    current: Mapping[UUID, CurrentRating]
    decisions: Mapping[UUID, Decision]


@dataclass(slots=True)
class Verdicts:
    """A batch of sightings: what is settled without a rating, and what is to be rated.

    `unknown` holds what the filters could not tell of a posting, `chosen` the postings that stay kept whatever they
    score now, because they were kept before, each with the rule that kept it.
    """

    keys: list[str]
    ends: dict[str, End] = field(default_factory=dict)
    filtered: list[Rated] = field(default_factory=list)
    to_rate: list[tuple[str, PostingText]] = field(default_factory=list)
    unknown: dict[UUID, tuple[str, ...]] = field(default_factory=dict)
    chosen: dict[UUID, str | None] = field(default_factory=dict)

    @classmethod
    def sort(cls, waiting: Waiting, made_from: tuple[str, str], keep: Keep) -> "Verdicts":
        """`made_from`: the résumé's hash and the scorer's version; the same again gives the same rating."""
        batch = cls([key for key, _ in waiting.sightings])
        for key, posting_id in waiting.sightings:
            text = waiting.texts.get(posting_id)
            if text is None:
                batch.ends[key] = (Outcome.FAILED, "the posting is gone")
                continue
            batch._sort_one(key, text, waiting, RatingKey(text.content_hash, *made_from), keep)
        return batch

    def _sort_one(self, key: str, text: PostingText, waiting: Waiting, made_from: RatingKey, keep: Keep) -> None:
        rating = waiting.current.get(text.id)
        decision = waiting.decisions.get(text.id, Decision())
        was_kept = rating is not None and rating.verdict is Verdict.KEPT
        if rating is not None and keep.is_settled(rating, made_from):
            self.ends[key] = (Outcome.KNOWN, None)
        elif decision.rule is not None and not was_kept:
            self.ends[key] = (Outcome.FILTERED, decision.rule)
            if rating is None or (rating.verdict, rating.rule) != (Verdict.FILTERED, decision.reason):
                dropped = Rated(text.id, text.content_hash, None, None, Verdict.FILTERED, decision.reason)
                self.filtered.append(dropped)
        else:
            self.to_rate.append((key, text))
            self.unknown[text.id] = decision.unknown
            if was_kept and rating is not None:
                self.chosen[text.id] = rating.rule


async def assess_fitting(
    work: StepWork, batch: Verdicts, ratings: Sequence[Rating], keep: Keep, candidate: Candidacy
) -> None:
    """What will be kept gets its requirements and its eligibility; the rest is not worth the time."""
    fitting = {
        text.id: rating
        for (_, text), rating in zip(batch.to_rate, ratings, strict=True)
        if isinstance(rating, dict) and (text.id in batch.chosen or keep.fits(rating["score"]))
    }
    if not fitting:
        return
    async with work.read(PostingFactService) as postings:
        facts = await postings.facts(list(fitting))
    await assess(work.ports.cpu, candidate, list(facts.values()), [fitting[id] for id in facts])


@dataclass(frozen=True, slots=True)
class Judged:
    rated: list[Rated]
    kept: dict[str, Candidate]
    ends: dict[str, End]


def judge(batch: Verdicts, ratings: Sequence[Rating], keep: Keep) -> Judged:
    judged = Judged(list(batch.filtered), {}, dict(batch.ends))
    for (key, text), rating in zip(batch.to_rate, ratings, strict=True):
        if isinstance(rating, str):
            judged.ends[key] = (Outcome.FAILED, f"{text.title} at {text.company}: {rating}")
            continue
        rating["unknown"] = list(batch.unknown[text.id])
        score = rating["score"]
        fits = text.id in batch.chosen or keep.fits(score)
        verdict = Verdict.KEPT if fits else Verdict.BELOW
        rule = batch.chosen.get(text.id) if fits else f"score {score} is below the threshold {keep.threshold}"
        judged.rated.append(Rated(text.id, text.content_hash, score, rating, verdict, rule))
        if fits:
            judged.kept[key] = Candidate(text.id, score, rating, reasoning(rating))
        else:
            judged.ends[key] = (Outcome.BELOW, None)
    return judged


async def store(work: StepWork, batch: Verdicts, judged: Judged, keep: Keep, made_from: tuple[str, str]) -> None:
    """Ratings, jobs and outcomes of one batch, all or nothing, while the lease holds."""
    ends = dict(judged.ends)
    async with work.write(RatingService) as ratings:
        if judged.rated:
            await ratings.store(keep.profile_id, judged.rated, *made_from)
        jobs = JobService.of(ratings)
        candidates = list(judged.kept.values())
        new = await jobs.keep(candidates, keep.profile_id, work.run_id, keep.search_terms) if candidates else {}
        again = [candidate for candidate in candidates if candidate.posting_id not in new]
        await jobs.rescore(again)
        for key, candidate in judged.kept.items():
            ends[key] = (Outcome.NEW if candidate.posting_id in new else Outcome.KNOWN, None)
        await SightingService.of(ratings).close(work.run_id, ends)
    unsettled = set(batch.keys) - set(ends)
    if unsettled:
        message = f"expected an outcome for every posting of the batch, found none for {len(unsettled)}"
        raise RuntimeError(message)
