"""What becomes of a batch of postings: known, filtered, kept, below, failed; written in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.batches import Rating
from domain.job_service import Candidate, JobService
from domain.pipelines.engine import StepWork
from domain.postings import PostingText
from domain.ratings import CurrentRating, Rated, RatingKey, RatingService, Verdict
from domain.reasons import reasoning
from domain.sightings import Outcome, SightingService

BATCH = 50
End = tuple[Outcome, str | None]


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept, and for which profile. `oldest` is None where age does not matter."""

    profile_id: UUID
    threshold: float
    everything: bool
    search_terms: str
    oldest: datetime | None = None

    def fits(self, score: float) -> bool:
        return self.everything or score >= self.threshold

    def is_settled(self, rating: CurrentRating | None, key: RatingKey) -> bool:
        """Whether rating again would change nothing: same text, résumé and scorer, and the same verdict today."""
        if rating is None or rating.key != key or rating.verdict is Verdict.FILTERED or rating.score is None:
            return False
        return rating.verdict is Verdict.KEPT or not self.fits(rating.score)

    def is_too_old(self, text: PostingText) -> bool:
        return self.oldest is not None and text.posted_at is not None and text.posted_at < self.oldest


@dataclass(slots=True)
class Verdicts:
    """A batch of sightings: what is settled without a rating, and what is to be rated."""

    keys: list[str]
    ends: dict[str, End] = field(default_factory=dict)
    filtered: list[Rated] = field(default_factory=list)
    to_rate: list[tuple[str, PostingText]] = field(default_factory=list)

    @classmethod
    def sort(
        cls,
        waiting: Sequence[tuple[str, UUID]],
        texts: dict[UUID, PostingText],
        current: dict[UUID, CurrentRating],
        made_from: tuple[str, str],
        keep: Keep,
    ) -> "Verdicts":
        """`made_from`: the résumé's hash and the scorer's version; the same again gives the same rating."""
        batch = cls([key for key, _ in waiting])
        for key, posting_id in waiting:
            text = texts.get(posting_id)
            if text is None:
                batch.ends[key] = (Outcome.FAILED, "the posting is gone")
            elif keep.is_settled(current.get(posting_id), RatingKey(text.content_hash, *made_from)):
                batch.ends[key] = (Outcome.KNOWN, None)
            elif keep.is_too_old(text):
                rule = f"posted before {keep.oldest:%Y-%m-%d %H:%M} UTC"
                batch.ends[key] = (Outcome.FILTERED, "older than asked for")
                batch.filtered.append(Rated(posting_id, text.content_hash, None, None, Verdict.FILTERED, rule))
            else:
                batch.to_rate.append((key, text))
        return batch


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
        score = rating["score"]
        fits = keep.fits(score)
        rule = None if fits else f"score {score} is below the threshold {keep.threshold}"
        verdict = Verdict.KEPT if fits else Verdict.BELOW
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
