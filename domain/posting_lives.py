"""The life of a posting: first and last seen, closed, opened again; and reposts, as a note.

A shared posting closes only when two complete readings of its board lack it, or its board answers that there is none
with its id. A board that is down, or answers a robot's check, says nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from domain.jobs import Job
from domain.postings import Posting
from domain.work import Service

ENOUGH_MISSES = 2
SEEN_AGAIN = timedelta(hours=1)  # how exactly "last seen" is kept
REPOST_WINDOW = timedelta(days=90)
REPOST_GAP = timedelta(days=1)
_BATCH = 500


class PostingState(StrEnum):
    """`UNKNOWN`: no board is read for it, so nobody would tell us."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PostingLife:
    """`misses`: complete readings in a row that lacked it; `reposts` is a sentence where there were any."""

    posting_id: UUID
    state: PostingState
    first_seen_at: datetime
    last_seen_at: datetime
    closed_at: datetime | None
    misses: int
    reopened_count: int
    reposts: str | None


@dataclass(frozen=True, slots=True)
class PostingAddress:
    """Where a posting can be asked for by its id."""

    posting_id: UUID
    source: str
    board: str | None
    external_id: str
    last_seen_at: datetime


class PostingLifeService(Service):
    async def stand(self, ids: Sequence[UUID]) -> None:
        """These were seen open now."""
        for some in _batches(ids):
            mine = update(Posting).where(Posting.id.in_(some))
            back = mine.where(Posting.closed_at.is_not(None))
            await self.session.execute(
                back.values(
                    closed_at=None, reopened_count=Posting.reopened_count + 1, misses=0, updated_at=self.work.now
                )
            )
            await self.session.execute(mine.where(Posting.misses > 0).values(misses=0))
            aged = mine.where(Posting.last_seen_at < self.work.now - SEEN_AGAIN)
            await self.session.execute(aged.values(last_seen_at=self.work.now, updated_at=Posting.updated_at))

    async def miss(self, source: str, board: str, present: Iterable[UUID]) -> int:
        """A complete reading of a board lacks all but these. Answers how many closed."""
        open_ones = select(Posting.id).where(
            Posting.source == source, Posting.board == board, Posting.owner_id.is_(None), Posting.closed_at.is_(None)
        )
        missing = sorted(set(await self.session.scalars(open_ones)) - set(present), key=str)
        return await self._miss(missing)

    async def still_missing(self, source: str, board: str) -> int:
        """The board has not changed since its last complete reading: what that one lacked is lacking still."""
        lacking = select(Posting.id).where(
            Posting.source == source, Posting.board == board, Posting.closed_at.is_(None), Posting.misses > 0
        )
        return await self._miss(list(await self.session.scalars(lacking)))

    async def close(self, id: UUID) -> None:
        """Its board says that there is none with its id."""
        mine = update(Posting).where(Posting.id == id, Posting.closed_at.is_(None))
        await self.session.execute(mine.values(closed_at=self.work.now, misses=ENOUGH_MISSES))

    async def address(self, job_id: UUID) -> PostingAddress | None:
        """Where the viewer's job can be asked for; None for what no board of one employer lists."""
        columns = (
            Posting.id, Posting.source, Posting.board, Posting.listing["external_id"].as_string(), Posting.last_seen_at
        )  # fmt: skip
        wanted = select(*columns).join(Job, Job.posting_id == Posting.id)
        mine = wanted.where(Job.id == job_id, Job.user_id == self.viewer.id)
        row = (await self.session.execute(mine.where(Posting.owner_id.is_(None), Posting.board.is_not(None)))).first()
        return None if row is None else PostingAddress(*row)

    async def lives(self, ids: Sequence[UUID]) -> dict[UUID, PostingLife]:
        columns = (
            Posting.id, Posting.source, Posting.board, Posting.title, Posting.owner_id, Posting.created_at,
            Posting.last_seen_at, Posting.closed_at, Posting.misses, Posting.reopened_count,
        )  # fmt: skip
        rows = (await self.session.execute(select(*columns).where(Posting.id.in_(ids)))).all()
        dates = await self._dates([(row.source, row.board, row.title) for row in rows if row.board])
        return {row.id: _life(row, dates.get((row.source, row.board, row.title.casefold()), [])) for row in rows}

    async def _dates(self, openings: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], list[datetime]]:
        """When the boards posted something of the same title."""
        if not openings:
            return {}
        columns = (Posting.source, Posting.board, Posting.title, Posting.posted_at)
        alike = select(*columns).where(
            Posting.owner_id.is_(None),
            Posting.posted_at.is_not(None),
            Posting.source.in_({source for source, _, _ in openings}),
            Posting.board.in_({board for _, board, _ in openings}),
            Posting.title.in_({title for _, _, title in openings}),
        )
        found: dict[tuple[str, str, str], list[datetime]] = {}
        rows: Iterable[Any] = await self.session.execute(alike)
        for source, board, title, posted_at in rows:
            found.setdefault((source, board, title.casefold()), []).append(posted_at)
        return found

    async def _miss(self, ids: Sequence[UUID]) -> int:
        closed = 0
        for some in _batches(ids):
            mine = update(Posting).where(Posting.id.in_(some))
            await self.session.execute(mine.values(misses=Posting.misses + 1))
            gone = mine.where(Posting.misses >= ENOUGH_MISSES, Posting.closed_at.is_(None)).returning(Posting.id)
            closed += len((await self.session.execute(gone.values(closed_at=self.work.now))).all())
        return closed


def _life(row: Any, dates: Sequence[datetime]) -> PostingLife:
    told = row.board is not None and row.owner_id is None
    state = PostingState.CLOSED if row.closed_at else PostingState.OPEN if told else PostingState.UNKNOWN
    return PostingLife(
        row.id, state, row.created_at, row.last_seen_at, row.closed_at, row.misses, row.reopened_count, reposts(dates)
    )


def reposts(dates: Iterable[datetime]) -> str | None:
    """A note about postings of one title on one board: dates at least a day apart, within 90 days of the newest."""
    newest_first = sorted(dates, reverse=True)
    distinct: list[datetime] = []
    for date in newest_first:
        near = newest_first[0] - date <= REPOST_WINDOW
        if near and (not distinct or distinct[-1] - date >= REPOST_GAP):
            distinct.append(date)
    if len(distinct) <= 1:
        return None
    return f"posted {len(distinct)} times since {distinct[-1]:%Y-%m-%d}"


def _batches(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH))
