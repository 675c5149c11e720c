"""Which postings a person sees as one opening: what the comparison found, and what they decided themselves.

What was decided by hand stands for ever; what a comparison found is replaced by it. A pair is stored once, with the
smaller id first. Everything is the person's own: nobody's merge or split changes what another one sees.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.jobs import Job
from domain.postings import Posting
from domain.work import Service

MERGED_BY_HAND = "merged by hand"
SPLIT_BY_HAND = "split by hand"
_HOPS = 3  # from one listing to another over listings that both are merged with
_BATCH = 400


class MergeDecision(Entity):
    __tablename__ = "merge_decisions"
    __table_args__ = (
        UniqueConstraint("user_id", "first_id", "second_id"),
        Index("ix_merge_decisions_first", "first_id"),
        Index("ix_merge_decisions_second", "second_id"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    first_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"))
    second_id: Mapped[UUID] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"))
    same: Mapped[bool]
    by_hand: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(500))


@dataclass(frozen=True, slots=True)
class AlternativeRow:
    """Another listing of the same opening; `reason` says why it is one."""

    posting_id: UUID
    source: str
    title: str
    company: str
    location: str | None
    url: str
    apply_url: str | None
    posted_at: datetime | None
    last_seen_at: datetime
    reason: str
    by_hand: bool


@dataclass(frozen=True, slots=True)
class _Link:
    other: UUID
    reason: str
    by_hand: bool


Pair = tuple[UUID, UUID]


class MergeService(Service):
    async def by_hand(self, posting_ids: Sequence[UUID]) -> dict[Pair, bool]:
        """The viewer's own decisions about any of these postings: whether the two are the same."""
        columns = (MergeDecision.first_id, MergeDecision.second_id, MergeDecision.same)
        found: dict[Pair, bool] = {}
        for start in range(0, len(posting_ids), _BATCH):
            some = posting_ids[start : start + _BATCH]
            about = or_(MergeDecision.first_id.in_(some), MergeDecision.second_id.in_(some))
            mine = select(*columns).where(MergeDecision.user_id == self.viewer.id, MergeDecision.by_hand, about)
            found.update({(first, second): same for first, second, same in await self.session.execute(mine)})
        return found

    async def are_jobs(self, posting_ids: Sequence[UUID]) -> set[UUID]:
        """Those of the postings that are jobs of the viewer, hidden ones too."""
        found: set[UUID] = set()
        for start in range(0, len(posting_ids), _BATCH):
            mine = select(Job.posting_id).where(Job.user_id == self.viewer.id)
            found |= set(
                await self.session.scalars(mine.where(Job.posting_id.in_(posting_ids[start : start + _BATCH])))
            )
        return found

    async def note(self, merges: Iterable[tuple[UUID, UUID, str]]) -> None:
        """What a comparison found; a pair that was decided before stays as it is."""
        rows = [
            {
                "id": uuid4(),
                "user_id": self.viewer.id,
                **_ordered(one, other),
                "same": True,
                "by_hand": False,
                "reason": reason[:500],
                "created_at": self.work.now,
            }
            for one, other, reason in merges
            if one != other
        ]
        await self.work.insert_new(MergeDecision, rows)

    async def decide(self, one: UUID, other: UUID, *, same: bool) -> None:
        """By hand, for ever."""
        pair = _ordered(one, other)
        mine = select(MergeDecision).where(MergeDecision.user_id == self.viewer.id).filter_by(**pair)
        decision = (await self.session.scalars(mine.with_for_update())).one_or_none()
        if decision is None:
            decision = MergeDecision(user_id=self.viewer.id, **pair)
            self.session.add(decision)
        decision.same, decision.by_hand = same, True
        decision.reason = MERGED_BY_HAND if same else SPLIT_BY_HAND
        await self.session.flush()

    async def alternatives(self, posting_ids: Sequence[UUID]) -> dict[UUID, list[AlternativeRow]]:
        """The other listings of each posting's opening, the latest seen first; links of links count."""
        links = await self._links(posting_ids)
        reached = {id: _reached(id, links) for id in posting_ids}
        wanted = {other for found in reached.values() for other in found}
        columns = (
            Posting.id.label("posting_id"), Posting.source, Posting.title, Posting.company, Posting.location,
            Posting.url, Posting.apply_url, Posting.posted_at, Posting.last_seen_at,
        )  # fmt: skip
        rows: Iterable[Any] = (
            await self.session.execute(select(*columns).where(Posting.id.in_(wanted))) if wanted else ()
        )
        postings = {row.posting_id: row for row in rows}
        return {
            id: sorted(
                (_row(postings[o], why) for o, why in found.items() if o in postings),
                key=lambda row: (row.last_seen_at, str(row.posting_id)),
                reverse=True,
            )
            for id, found in reached.items()
        }

    async def _links(self, posting_ids: Sequence[UUID]) -> dict[UUID, list[_Link]]:
        """Every merge around the postings, in both directions."""
        links: dict[UUID, list[_Link]] = {}
        known: set[UUID] = set()
        edge = set(posting_ids)
        columns = (MergeDecision.first_id, MergeDecision.second_id, MergeDecision.reason, MergeDecision.by_hand)
        for _ in range(_HOPS):
            about = or_(MergeDecision.first_id.in_(edge), MergeDecision.second_id.in_(edge))
            mine = select(*columns).where(MergeDecision.user_id == self.viewer.id, MergeDecision.same, about)
            known |= edge
            edge = set()
            for first, second, reason, by_hand in await self.session.execute(mine):
                links.setdefault(first, []).append(_Link(second, reason, by_hand))
                links.setdefault(second, []).append(_Link(first, reason, by_hand))
                edge |= {first, second} - known
            if not edge:
                break
        return links


def _ordered(one: UUID, other: UUID) -> dict[str, UUID]:
    first, second = sorted((one, other), key=str)
    return {"first_id": first, "second_id": second}


def _reached(start: UUID, links: Mapping[UUID, Sequence[_Link]]) -> dict[UUID, _Link]:
    """Every posting that is merged with one, with the link that first led there."""
    found: dict[UUID, _Link] = {}
    edge = [start]
    while edge:
        following = [link for id in edge for link in links.get(id, ())]
        edge = []
        for link in following:
            if link.other != start and link.other not in found:
                found[link.other] = link
                edge.append(link.other)
    return found


def _row(posting: Any, link: _Link) -> AlternativeRow:
    values: dict[str, Any] = dict(posting._mapping)  # noqa: SLF001 - a row's documented view by name
    return AlternativeRow(**values, reason=link.reason, by_hand=link.by_hand)
