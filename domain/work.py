"""The unit of work: one short transaction (or one short read) for one use case."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from domain.clock import utc_now
from domain.entities import Base
from domain.events import Event
from domain.viewers import Viewer


class Work(ABC):
    """A session, who it works for, and what it has to tell once it is committed.

    Only `infra.database` makes one, and only it commits. `emit` is for what happened (durable, through the
    outbox); `wake` only rings the bus for whoever follows `topic` and may be lost.
    """

    def __init__(self, session: AsyncSession, viewer: Viewer, *, writing: bool) -> None:
        self.session = session
        self.viewer = viewer
        self.writing = writing
        self.now: datetime = utc_now()
        self.events: list[Event] = []
        self.topics: list[str] = []

    def emit(self, event: Event) -> None:
        if not self.writing:
            message = f"expected a write to emit {event.name}, found a read"
            raise RuntimeError(message)
        self.events.append(event)

    @abstractmethod
    async def insert_new(self, entity: type[Base], rows: Sequence[dict[str, Any]]) -> None:
        """Insert the rows whose unique keys are not there yet; the others are left as they stand."""

    def wake(self, topic: str) -> None:
        self.topics.append(topic)


class Service:
    """The use cases of one noun. Services of one `work` share its transaction."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.session = work.session
        self.viewer = work.viewer

    @classmethod
    def of(cls, other: "Service") -> Self:
        """This noun's service in the same transaction as `other`."""
        return cls(other.work)
