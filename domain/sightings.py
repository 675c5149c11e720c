"""Sightings: what each run saw, one row per listing, and what became of it.

The account of a run is counted from these rows, so it adds up by construction:
`seen = new + known + duplicate + filtered + below + failed`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Base, choice
from domain.postings import short_key
from domain.work import Service


class Outcome(StrEnum):
    NEW = "new"
    KNOWN = "known"
    DUPLICATE = "duplicate"
    FILTERED = "filtered"
    BELOW = "below"
    FAILED = "failed"


class Sighting(Base):
    __tablename__ = "sightings"
    __table_args__ = (Index("ix_sightings_open", "run_id", "outcome", "position"),)

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(700), primary_key=True)
    position: Mapped[int]
    source: Mapped[str] = mapped_column(String(50))
    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id", ondelete="CASCADE"), index=True)
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome))
    reason: Mapped[str | None] = mapped_column(String(500))


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing a run saw; `outcome` is None while it is still to be rated."""

    key: str
    source: str
    posting_id: UUID | None
    outcome: Outcome | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """What became of everything a run saw. `filtered_by` counts per rule, `sources` per source and outcome."""

    seen: int = 0
    new: int = 0
    known: int = 0
    duplicate: int = 0
    filtered: int = 0
    below: int = 0
    failed: int = 0
    filtered_by: dict[str, int] = field(default_factory=dict)
    sources: dict[str, dict[str, int]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class SightingService(Service):
    async def record(self, run_id: UUID, seen: Sequence[Seen]) -> None:
        """Keyed by the run and the listing: what was recorded before stays as it is."""
        start = await self.count(run_id)
        rows = [
            {
                "run_id": run_id,
                "key": short_key(one.key),
                "position": start + number,
                "source": one.source,
                "posting_id": one.posting_id,
                "outcome": one.outcome,
                "reason": one.reason and one.reason[:500],
            }
            for number, one in enumerate(seen)
        ]
        await self.work.insert_new(Sighting, rows)

    async def count(self, run_id: UUID, *, open_only: bool = False) -> int:
        counted = select(func.count()).select_from(Sighting).where(Sighting.run_id == run_id)
        if open_only:
            counted = counted.where(Sighting.outcome.is_(None))
        return await self.session.scalar(counted) or 0

    async def open(self, run_id: UUID, limit: int) -> list[tuple[str, UUID]]:
        """The next listings to rate: (key, posting id), in the order they were seen."""
        waiting = select(Sighting.key, Sighting.posting_id).where(Sighting.run_id == run_id, Sighting.outcome.is_(None))
        ratable = waiting.where(Sighting.posting_id.is_not(None)).order_by(Sighting.position).limit(limit)
        rows = await self.session.execute(ratable)
        return [(key, posting_id) for key, posting_id in rows if posting_id is not None]

    async def close(self, run_id: UUID, outcomes: Mapping[str, tuple[Outcome, str | None]]) -> None:
        for (outcome, reason), keys in _grouped(outcomes).items():
            mine = update(Sighting).where(Sighting.run_id == run_id, Sighting.key.in_(map(short_key, keys)))
            await self.session.execute(mine.values(outcome=outcome, reason=reason and reason[:500]))

    async def account(self, run_id: UUID) -> Account:
        counted = select(Sighting.outcome, Sighting.source, Sighting.reason, func.count())
        mine = counted.where(Sighting.run_id == run_id)
        rows = await self.session.execute(mine.group_by(Sighting.outcome, Sighting.source, Sighting.reason))
        totals: dict[str, int] = {}
        rules: dict[str, int] = {}
        sources: dict[str, dict[str, int]] = {}
        failures: list[str] = []
        for outcome, source, reason, number in rows:
            if outcome is None:  # still to be rated
                continue
            totals[outcome.value] = totals.get(outcome.value, 0) + number
            per_source = sources.setdefault(source, {})
            per_source[outcome.value] = per_source.get(outcome.value, 0) + number
            if outcome is Outcome.FILTERED:
                rules[reason or ""] = rules.get(reason or "", 0) + number
            if outcome is Outcome.FAILED and reason:
                failures.append(reason)
        return Account(
            sum(totals.values()), **totals, filtered_by=rules, sources=sources, failures=sorted(failures)[:50]
        )


def _grouped(outcomes: Mapping[str, tuple[Outcome, str | None]]) -> dict[tuple[Outcome, str | None], list[str]]:
    groups: dict[tuple[Outcome, str | None], list[str]] = {}
    for key, end in outcomes.items():
        groups.setdefault(end, []).append(key)
    return groups
