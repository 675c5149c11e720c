"""Events on their way: written with what they tell of, handed on after the commit, at least once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Integer, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.clock import utc_now
from domain.entities import Base
from domain.events import Event
from domain.work import Service


class OutboxEntry(Base):
    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(64))
    owner_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def event(self) -> Event:
        return Event.kinds[self.name].from_json(self.payload)


class OutboxService(Service):
    async def take(self, limit: int = 200) -> Sequence[OutboxEntry]:
        """The oldest entries nobody else is handing on right now; locked until this work ends."""
        oldest = select(OutboxEntry).order_by(OutboxEntry.id).limit(limit).with_for_update(skip_locked=True)
        return (await self.session.scalars(oldest)).all()

    async def any(self) -> bool:
        return await self.session.scalar(select(OutboxEntry.id).limit(1)) is not None

    async def forget(self, entries: Sequence[OutboxEntry]) -> None:
        if entries:
            await self.session.execute(delete(OutboxEntry).where(OutboxEntry.id.in_([e.id for e in entries])))
