"""Readings of sources: who was asked what and when, so that nobody is asked more often than their terms allow.

A board is read for everybody. Whoever wants it again before its time, or while it has not changed, gets what the
last reading found.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.listings import SourceTerms, Validator
from domain.postings import Posting
from domain.sightings import Seen
from domain.work import Service

_BATCH = 500


class SourceReading(Entity):
    """A question to a source. `read_at`: when its answer was last kept; `times`: how often it was asked on `day`."""

    __tablename__ = "source_readings"
    __table_args__ = (UniqueConstraint("source", "question"),)

    source: Mapped[str] = mapped_column(String(50))
    question: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    times: Mapped[int]
    read_at: Mapped[datetime | None]
    validators: Mapped[dict[str, Any]]
    posting_ids: Mapped[list[str]]


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a source may be asked now, else `why_not`; and what the last reading kept.

    `posting_ids` is None where there was no reading yet.
    """

    why_not: str | None = None
    validators: Mapping[str, Validator] = field(default_factory=dict)
    posting_ids: Sequence[UUID] | None = None


class ReadingService(Service):
    async def ask(self, source: str, question: str, terms: SourceTerms) -> Permission:
        """Permission to ask, counted against the day whatever comes of it; or what there is instead."""
        last = await self._find(source, question)
        known = _known(last)
        if last and last.read_at and terms.reading_pause:
            due = last.read_at + timedelta(seconds=terms.reading_pause)
            if self.work.now < due:
                return Permission(f"it was read already, and is again from {due:%Y-%m-%d %H:%M} UTC", *known)
        if terms.max_per_day is not None and await self._asked_today(source) >= terms.max_per_day:
            return Permission(f"it may be read {terms.max_per_day} times a day, and was today", *known)
        if last is None:
            last = SourceReading(source=source, question=question, validators={}, posting_ids=[], times=0)
            self.session.add(last)
        today = self.work.now.date()
        last.times = last.times + 1 if last.day == today else 1
        last.day = today
        await self.session.flush()
        return Permission(None, *known)

    async def note(
        self, source: str, question: str, validators: Mapping[str, Validator], posting_ids: Sequence[UUID] | None
    ) -> None:
        """An answer has been kept. `posting_ids` is None for one that had not changed."""
        reading = await self._find(source, question)
        if reading is None:
            return
        reading.read_at = self.work.now
        if posting_ids is not None:
            reading.validators = {url: asdict(validator) for url, validator in validators.items()}
            reading.posting_ids = [str(id) for id in posting_ids]
        await self.session.flush()

    async def found_before(self, source: str, posting_ids: Sequence[UUID]) -> list[Seen]:
        """Those postings of a reading that are still there, as if they had been seen now."""
        seen: list[Seen] = []
        for start in range(0, len(posting_ids), _BATCH):
            wanted = select(Posting.key, Posting.id).where(Posting.id.in_(posting_ids[start : start + _BATCH]))
            seen += [Seen(key, source, id) for key, id in await self.session.execute(wanted)]
        return seen

    async def _find(self, source: str, question: str) -> SourceReading | None:
        mine = select(SourceReading).where(SourceReading.source == source, SourceReading.question == question)
        return (await self.session.scalars(mine.with_for_update())).one_or_none()

    async def _asked_today(self, source: str) -> int:
        today = SourceReading.day == self.work.now.date()
        counted = select(func.coalesce(func.sum(SourceReading.times), 0))
        return int(await self.session.scalar(counted.where(SourceReading.source == source, today)) or 0)


def _known(last: SourceReading | None) -> tuple[dict[str, Validator], list[UUID] | None]:
    if last is None or last.read_at is None:
        return {}, None
    validators = {url: Validator(**held) for url, held in last.validators.items()}
    return validators, [UUID(id) for id in last.posting_ids]
