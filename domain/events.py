"""What happened: frozen values, written to the outbox in the transaction that made them true.

`name` is the public word (webhooks, dashboards); `owner_id` says whose event it is, None for nobody's;
`subject_id` is the object it happened to; `event_id` tells one from another, however often it is told.
"""

from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4


@dataclass(frozen=True, kw_only=True)
class Event:
    name: ClassVar[str]
    kinds: ClassVar[dict[str, type["Event"]]] = {}

    owner_id: UUID | None
    subject_id: UUID
    event_id: UUID = field(default_factory=uuid4, compare=False)

    def __init_subclass__(cls) -> None:
        Event.kinds[cls.name] = cls

    def to_json(self) -> dict[str, Any]:
        return {key: _plain(value) for key, value in asdict(self).items()}

    @classmethod
    def from_json(cls, payload: dict[str, Any]) -> Self:
        ids = ("owner_id", "subject_id", "event_id")
        known = {f.name for f in fields(cls)}
        values = {
            key: UUID(value) if key in ids and value is not None else value
            for key, value in payload.items()
            if key in known
        }
        return cls(**values)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value


@dataclass(frozen=True, kw_only=True)
class UserCreated(Event):
    name = "user.created"
    email: str


@dataclass(frozen=True, kw_only=True)
class UserUpdated(Event):
    name = "user.updated"
    email: str


@dataclass(frozen=True, kw_only=True)
class UserDeleted(Event):
    name = "user.deleted"
    email: str


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Event):
    name = "session.ended"


@dataclass(frozen=True, kw_only=True)
class ItemCreated(Event):
    name = "item.created"
    title: str


@dataclass(frozen=True, kw_only=True)
class ItemUpdated(Event):
    name = "item.updated"
    title: str


@dataclass(frozen=True, kw_only=True)
class ItemDeleted(Event):
    name = "item.deleted"
    title: str


@dataclass(frozen=True, kw_only=True)
class ResumeCreated(Event):
    name = "resume.created"
    title: str


@dataclass(frozen=True, kw_only=True)
class ResumeDeleted(Event):
    name = "resume.deleted"
    title: str


@dataclass(frozen=True, kw_only=True)
class JobCreated(Event):
    name = "job.created"
    title: str
    company: str
    score: float | None


@dataclass(frozen=True, kw_only=True)
class JobUpdated(Event):
    name = "job.updated"
    title: str
    company: str


@dataclass(frozen=True, kw_only=True)
class JobMoved(Event):
    name = "job.moved"
    title: str
    company: str
    old_status: str
    new_status: str


@dataclass(frozen=True, kw_only=True)
class JobDeleted(Event):
    name = "job.deleted"
    title: str
    company: str


@dataclass(frozen=True, kw_only=True)
class RunRequested(Event):
    name = "run.requested"
    pipeline_name: str


@dataclass(frozen=True, kw_only=True)
class RunEnded(Event):
    name = "run.ended"
    pipeline_name: str
    status: str


@dataclass(frozen=True, kw_only=True)
class WebhookDisabled(Event):
    name = "webhook.disabled"
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TurnRequested(Event):
    name = "turn.requested"
    conversation_id: str
