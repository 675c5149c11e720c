"""Runs of pipelines: rows with a lease, an attempt count and a fencing number.

The row is the truth and a queue message only a doorbell. Whoever works on a run holds its lease and writes every
effect together with `hold`, so that a worker which was paused and wakes up late can change nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Index, Select, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Base, Entity, choice
from domain.inputs import Input, Moment


class RunStatus(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCESS = "success"
    ERROR = "error"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in {RunStatus.SUCCESS, RunStatus.ERROR, RunStatus.CANCELLED}


class TriggerType(StrEnum):
    API = "api"
    WEBHOOK = "webhook"
    AGENT = "agent"
    CRON = "cron"
    MANUAL = "manual"


class RunEventKind(StrEnum):
    REQUESTED = "requested"
    STARTED = "started"
    STEP = "step"
    PROGRESS = "progress"
    WAITING = "waiting"
    RETRIED = "retried"
    ENDED = "ended"


LIVE = ("pending", "running", "waiting")
IS_LIVE = "status IN ('pending', 'running', 'waiting')"
IS_NOBODYS = f"user_id IS NULL AND {IS_LIVE}"  # two nulls never collide in the other index


class Run(Entity):
    __tablename__ = "runs"
    __table_args__ = (
        Index(
            "uq_runs_live",
            "user_id",
            "pipeline_name",
            "input_hash",
            unique=True,
            sqlite_where=text(IS_LIVE),
            postgresql_where=text(IS_LIVE),
        ),
        Index(
            "uq_runs_live_nobodys",
            "pipeline_name",
            "input_hash",
            unique=True,
            sqlite_where=text(IS_NOBODYS),
            postgresql_where=text(IS_NOBODYS),
        ),
        Index("ix_runs_newest", "user_id", "created_at", "id"),
        Index("ix_runs_due", "status", "lease_until"),
    )

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    pipeline_name: Mapped[str] = mapped_column(String(64))
    status: Mapped[RunStatus] = mapped_column(choice(RunStatus), default=RunStatus.PENDING)
    trigger_type: Mapped[TriggerType] = mapped_column(choice(TriggerType), default=TriggerType.API)
    input_data: Mapped[dict[str, Any]]
    input_hash: Mapped[str] = mapped_column(String(64))
    output_data: Mapped[dict[str, Any] | None]
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_details: Mapped[dict[str, Any] | None]
    run_metadata: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[dict[str, Any] | None]
    steps_done: Mapped[int] = mapped_column(default=0)
    step: Mapped[str | None] = mapped_column(String(200))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    event_seq: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    duration_ms: Mapped[int | None]


class RunEvent(Base):
    __tablename__ = "run_events"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RunEventKind] = mapped_column(choice(RunEventKind))
    status: Mapped[RunStatus] = mapped_column(choice(RunStatus))
    step: Mapped[str | None] = mapped_column(String(200))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    message: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class RunRow:
    """`duration_ms` counts from the first start to the end; `step`, `done`, `total` say how far it is."""

    id: UUID
    user_id: UUID | None
    pipeline_name: str
    status: RunStatus
    trigger_type: TriggerType
    input: dict[str, Any]
    output: dict[str, Any] | None
    error_code: str | None
    error_message: str | None
    error_details: dict[str, Any] | None
    metadata: dict[str, Any]
    step: str | None
    done: int
    total: int
    event_seq: int
    started_at: datetime | None
    completed_at: datetime | None
    duration_ms: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RunEventRow:
    """One thing that happened in a run. `seq` counts from 1 without gaps."""

    run_id: UUID
    seq: int
    kind: RunEventKind
    status: RunStatus
    step: str | None
    done: int
    total: int
    message: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RunStats:
    """`success_rate` in percent with one decimal."""

    total: int
    success: int
    errors: int
    success_rate: float
    avg_duration_ms: float | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a run until it is taken by somebody else, who gets a higher `fence`.

    `attempts` counts the times it was taken since its last effect, `takes` those since it was asked for or retried.
    """

    run: RunRow
    fence: int
    attempts: int
    takes: int
    state: dict[str, Any] | None
    steps_done: int


class RunFilter(Input):
    pipeline_name: str | None = Field(default=None, max_length=64)
    status: list[RunStatus] | None = Field(default=None, max_length=6)
    trigger_type: TriggerType | None = None
    started_after: Moment | None = None
    started_before: Moment | None = None
    mine: bool = Field(default=False, description="Only your own, also for an admin.")


COLUMNS = (
    Run.id, Run.user_id, Run.pipeline_name, Run.status, Run.trigger_type, Run.input_data, Run.output_data,
    Run.error_code, Run.error_message, Run.error_details, Run.run_metadata, Run.step, Run.done, Run.total,
    Run.event_seq, Run.started_at, Run.completed_at, Run.duration_ms, Run.created_at,
)  # fmt: skip


def filtered(statement: Select[Any], where: RunFilter) -> Select[Any]:
    for column, value in (
        (Run.pipeline_name, where.pipeline_name),
        (Run.trigger_type, where.trigger_type),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if where.status is not None:
        statement = statement.where(Run.status.in_(where.status))
    if where.started_after is not None:
        statement = statement.where(Run.started_at >= where.started_after)
    if where.started_before is not None:
        statement = statement.where(Run.started_at <= where.started_before)
    return statement
