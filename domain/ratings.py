"""Ratings: how well a posting fits a person's profile, and what became of it. The past ones stay as history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, Select, String, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity, choice
from domain.errors import NotFoundError
from domain.pages import Order, Page, PageArgs, by_keyset, count, to_page
from domain.postings import Posting
from domain.work import Service

BY_HAND = "restored by hand"
ADDED = "added by hand"


class Verdict(StrEnum):
    KEPT = "kept"
    BELOW = "below"
    FILTERED = "filtered"


class Rating(Entity):
    __tablename__ = "ratings"
    __table_args__ = (
        Index(
            "uq_ratings_current",
            "user_id",
            "profile_id",
            "posting_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index("ix_ratings_history", "user_id", "posting_id", "created_at", "id"),
        Index("ix_ratings_newest", "user_id", "is_current", "verdict", "created_at", "id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    profile_id: Mapped[UUID] = mapped_column(ForeignKey("job_profiles.id", ondelete="CASCADE"), index=True)
    posting_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"), index=True)
    score: Mapped[float | None]
    fit: Mapped[dict[str, Any] | None]
    verdict: Mapped[Verdict] = mapped_column(choice(Verdict))
    rule: Mapped[str | None] = mapped_column(String(500))
    scorer_version: Mapped[str] = mapped_column(String(32))
    posting_hash: Mapped[str] = mapped_column(String(64))
    resume_hash: Mapped[str] = mapped_column(String(64))
    is_current: Mapped[bool] = mapped_column(default=True)


@dataclass(frozen=True, slots=True)
class DroppedRow:
    """A posting that was rated and not kept, with the rule that dropped it."""

    id: UUID
    profile_id: UUID
    posting_id: UUID
    title: str
    company: str
    location: str | None
    url: str
    source: str
    sample: bool
    score: float | None
    verdict: Verdict
    rule: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """A posting's score at a time, with what it was made from; the hashes tell whether the texts were the same."""

    id: UUID
    posting_id: UUID
    profile_id: UUID
    score: float | None
    verdict: Verdict
    rule: str | None
    scorer_version: str
    posting_hash: str
    resume_hash: str
    is_current: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating to store. `fit` is the JSON of a `domain.fit.Fit`, None when a filter spared the rating."""

    posting_id: UUID
    posting_hash: str
    score: float | None
    fit: dict[str, Any] | None
    verdict: Verdict
    rule: str | None


@dataclass(frozen=True, slots=True)
class CurrentRating:
    key: "RatingKey"
    verdict: Verdict
    score: float | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class RatingKey:
    """What a rating was made from; the same key again would give the same rating."""

    posting_hash: str
    resume_hash: str
    scorer_version: str


DROPPED = (
    Rating.id, Rating.profile_id, Rating.posting_id, Posting.title, Posting.company, Posting.location, Posting.url,
    Posting.source, Posting.sample, Rating.score, Rating.verdict, Rating.rule, Rating.created_at,
)  # fmt: skip
SCORES = (
    Rating.id, Rating.posting_id, Rating.profile_id, Rating.score, Rating.verdict, Rating.rule, Rating.scorer_version,
    Rating.posting_hash, Rating.resume_hash, Rating.is_current, Rating.created_at,
)  # fmt: skip
LATEST = 10
NEWEST_FIRST = Order("created_at", Rating.created_at.expression, Rating.id.expression, descending=True)


class RatingService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        mine = select(*columns).where(Rating.user_id == self.viewer.id, Rating.is_current)
        return mine.join(Posting, Posting.id == Rating.posting_id)

    async def current(self, profile_id: UUID, posting_ids: Sequence[UUID]) -> dict[UUID, CurrentRating]:
        made_from = (Rating.posting_hash, Rating.resume_hash, Rating.scorer_version)
        wanted = self.visible(Rating.posting_id, Rating.verdict, Rating.score, Rating.rule, *made_from)
        mine = wanted.where(Rating.profile_id == profile_id, Rating.posting_id.in_(posting_ids))
        rows = await self.session.execute(mine)
        return {id: CurrentRating(RatingKey(*key), verdict, score, rule) for id, verdict, score, rule, *key in rows}

    async def store(self, profile_id: UUID, rated: Sequence[Rated], resume_hash: str, scorer_version: str) -> None:
        """The new ratings; earlier ones of the same postings become history."""
        ids = [one.posting_id for one in rated]
        mine = update(Rating).where(Rating.user_id == self.viewer.id, Rating.profile_id == profile_id)
        past = mine.where(Rating.posting_id.in_(ids), Rating.is_current)
        await self.session.execute(past.values(is_current=False, updated_at=self.work.now))
        rows = [
            {
                "id": uuid4(),
                "user_id": self.viewer.id,
                "profile_id": profile_id,
                "posting_id": one.posting_id,
                "score": one.score,
                "fit": one.fit,
                "verdict": one.verdict,
                "rule": one.rule and one.rule[:500],
                "scorer_version": scorer_version,
                "posting_hash": one.posting_hash,
                "resume_hash": resume_hash,
                "is_current": True,
                "created_at": self.work.now,
            }
            for one in sorted(rated, key=lambda one: one.posting_id)  # in one order, so that two never lock crosswise
        ]
        await self.work.insert_new(Rating, rows)

    async def dropped(self, profile_id: UUID | None, args: PageArgs, *, with_total: bool) -> Page[DroppedRow]:
        wanted = self.visible(*DROPPED).where(Rating.verdict != Verdict.KEPT)
        if profile_id is not None:
            wanted = wanted.where(Rating.profile_id == profile_id)
        statement, limit, backwards = by_keyset(wanted, NEWEST_FIRST, args)
        found = [DroppedRow(*row) for row in await self.session.execute(statement)]
        total = await count(self.session, wanted) if with_total else None
        return to_page([(r, r.created_at, r.id) for r in found], NEWEST_FIRST, args, limit, backwards, total)

    async def rated_postings(self, profile_id: UUID, after: UUID | None, limit: int) -> list[tuple[UUID, str]]:
        """The next postings by id that have a rating for the profile, with their sources."""
        mine = self.visible(Rating.posting_id, Posting.source).where(Rating.profile_id == profile_id)
        later = mine if after is None else mine.where(Rating.posting_id > after)
        rows = await self.session.execute(later.order_by(Rating.posting_id).limit(limit))
        return [(posting_id, source) for posting_id, source in rows]

    async def history(self, posting_id: UUID, args: PageArgs, *, with_total: bool) -> Page[ScoreRow]:
        """Every score that the viewer's profiles gave to a posting, newest first."""
        wanted = self._scores().where(Rating.posting_id == posting_id)
        statement, limit, backwards = by_keyset(wanted, NEWEST_FIRST, args)
        found = [ScoreRow(*row) for row in await self.session.execute(statement)]
        total = await count(self.session, wanted) if with_total else None
        return to_page([(r, r.created_at, r.id) for r in found], NEWEST_FIRST, args, limit, backwards, total)

    async def latest_scores(self, posting_ids: Sequence[UUID]) -> dict[UUID, list[ScoreRow]]:
        """The newest LATEST scores of each posting, newest first."""
        newest = (Rating.created_at.desc(), Rating.id.desc())
        number = func.row_number().over(partition_by=Rating.posting_id, order_by=newest).label("number")
        mine = self._scores(number).where(Rating.posting_id.in_(posting_ids))
        ranked = mine.subquery()
        columns = [ranked.c[column.key] for column in SCORES]
        rows = select(*columns).where(ranked.c.number <= LATEST).order_by(ranked.c.posting_id, ranked.c.number)
        found: dict[UUID, list[ScoreRow]] = {}
        for row in await self.session.execute(rows):
            found.setdefault(row.posting_id, []).append(ScoreRow(*row))
        return found

    def _scores(self, *more: Any) -> Select[Any]:
        """The viewer's ratings, past ones too."""
        columns: tuple[Any, ...] = (*SCORES, *more)
        return select(*columns).where(Rating.user_id == self.viewer.id)

    async def get(self, id: UUID) -> DroppedRow:
        row = (await self.session.execute(self.visible(*DROPPED).where(Rating.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        return DroppedRow(*row)

    async def restore(self, id: UUID, fit: dict[str, Any] | None, made_from: tuple[str, str]) -> Rating:
        """The rating of a dropped posting, kept from now on; the caller makes the job.

        `fit` replaces the one there is; `made_from` are its résumé's hash and the scorer's version.
        """
        found = select(Rating).where(Rating.id == id, Rating.user_id == self.viewer.id, Rating.is_current)
        rating = (await self.session.scalars(found.with_for_update())).one_or_none()
        if rating is None:
            raise _missing(id)
        if fit is not None:
            rating.fit, rating.score = fit, fit["score"]
            rating.resume_hash, rating.scorer_version = made_from
        rating.verdict, rating.rule = Verdict.KEPT, BY_HAND
        await self.session.flush()
        return rating


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no dropped posting with the id {id} is yours", {"rating_id": str(id)})
