"""What a worker does with a run: take it, hold it, tell of it, end it. Every write checks the fence."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update

from domain.errors import DomainError
from domain.run_service import end
from domain.runs import COLUMNS, Lease, Run, RunEvent, RunEventKind, RunRow, RunStatus
from domain.topics import run_topic
from domain.work import Service

STARTABLE = (RunStatus.PENDING, RunStatus.RUNNING)


class LeaseLostError(Exception):
    """Somebody else works on this run now: whatever this worker still does must have no effect."""


class RunCancelledError(Exception):
    """The person asked the run to stop."""


class LeaseService(Service):
    async def take(self, id: UUID, seconds: int) -> Lease | None:
        """The lease, or None when the run has ended, waits, is held by another or is not yet due again."""
        now = self.work.now
        free = or_(Run.lease_until.is_(None), Run.lease_until <= now)
        taken = (
            update(Run)
            .where(Run.id == id, Run.status.in_(STARTABLE), free)
            .values(
                status=RunStatus.RUNNING,
                fence=Run.fence + 1,
                attempts=Run.attempts + 1,
                lease_until=now + timedelta(seconds=seconds),
            )
            .returning(Run.fence)
        )
        fence = (await self.session.execute(taken)).scalar_one_or_none()
        if fence is None:
            return None
        run = await self._held(id, fence)
        run.started_at = run.started_at or now
        self._record(run, RunEventKind.STARTED, None)
        await self.session.flush()
        takes = await self._takes(id)
        return Lease(_row(run), fence, run.attempts, takes, run.state, run.steps_done)

    async def hold(self, id: UUID, fence: int, seconds: int) -> None:
        """Renew the lease inside the transaction of an effect. An effect is progress: the attempts start anew."""
        held = (
            update(Run)
            .where(Run.id == id, Run.fence == fence, Run.status == RunStatus.RUNNING)
            .values(lease_until=self.work.now + timedelta(seconds=seconds), attempts=1)
            .returning(Run.cancel_requested)
        )
        self._check((await self.session.execute(held)).scalar_one_or_none())

    async def renew(self, id: UUID, fence: int, seconds: int) -> None:
        """Keep the lease while a long wait makes no progress."""
        held = (
            update(Run)
            .where(Run.id == id, Run.fence == fence, Run.status == RunStatus.RUNNING)
            .values(lease_until=self.work.now + timedelta(seconds=seconds))
            .returning(Run.cancel_requested)
        )
        self._check((await self.session.execute(held)).scalar_one_or_none())

    async def say(self, id: UUID, fence: int, done: int, total: int, message: str | None) -> None:
        run = await self._held(id, fence)
        run.done, run.total = done, total
        self._record(run, RunEventKind.PROGRESS, message)

    async def begin_step(self, id: UUID, fence: int, label: str) -> None:
        run = await self._held(id, fence)
        run.step, run.done, run.total = label, 0, 0
        self._record(run, RunEventKind.STEP, label)

    async def finish_step(
        self, id: UUID, fence: int, state: dict[str, Any], steps_done: int, metadata: dict[str, Any]
    ) -> None:
        """The checkpoint: whoever takes the run next goes on after this step, with this state and metadata."""
        run = await self._held(id, fence)
        run.state, run.steps_done, run.attempts, run.failures = state, steps_done, 1, 0
        run.run_metadata = metadata

    async def succeed(self, id: UUID, fence: int, output: dict[str, Any], metadata: dict[str, Any]) -> None:
        run = await self._held(id, fence)
        run.output_data, run.run_metadata = output, metadata
        end(self, run, RunStatus.SUCCESS)

    async def fail(self, id: UUID, fence: int, error: DomainError) -> None:
        run = await self._held(id, fence)
        run.error_code, run.error_message, run.error_details = error.code, error.message, error.details
        end(self, run, RunStatus.ERROR, error.message)

    async def failures(self, id: UUID, fence: int) -> int:
        """How often the present step has failed so far."""
        return (await self._held(id, fence)).failures

    async def cancel(self, id: UUID, fence: int) -> None:
        end(self, await self._held(id, fence), RunStatus.CANCELLED)

    async def put_off(self, id: UUID, fence: int, until: datetime) -> None:
        """After a failure that may pass: give the run back, to be taken again from `until` on."""
        run = await self._held(id, fence)
        run.status, run.lease_until, run.attempts = RunStatus.PENDING, until, 0
        run.failures += 1

    async def release(self, id: UUID, fence: int) -> None:
        """Give the run back to anybody at once: this worker is being stopped, which is nobody's failure."""
        run = await self._held(id, fence)
        run.status, run.lease_until, run.attempts = RunStatus.PENDING, self.work.now, run.attempts - 1

    async def due(self, grace: timedelta, limit: int = 100) -> Sequence[UUID]:
        """Runs that nobody works on though they could be: their message was lost or their worker died."""
        now = self.work.now
        idle = or_(Run.lease_until <= now, Run.lease_until.is_(None) & (Run.created_at <= now - grace))
        found = select(Run.id).where(Run.status.in_(STARTABLE), idle).order_by(Run.created_at).limit(limit)
        return (await self.session.scalars(found)).all()

    async def abandon_all(self) -> None:
        """Every lease is void: for a server that knows itself to be the only worker, when it starts.

        That it was stopped says nothing against its runs, so their attempts are given back; `max_takes` still
        ends one that stops the server again and again.
        """
        held = update(Run).where(Run.status == RunStatus.RUNNING)
        await self.session.execute(held.values(lease_until=self.work.now, attempts=Run.attempts - 1))

    async def _takes(self, id: UUID) -> int:
        mine = RunEvent.run_id == id
        retried = select(func.max(RunEvent.seq)).where(mine, RunEvent.kind == RunEventKind.RETRIED).scalar_subquery()
        since = select(func.count()).where(mine, RunEvent.kind == RunEventKind.STARTED)
        return await self.session.scalar(since.where(RunEvent.seq > func.coalesce(retried, 0))) or 0

    async def _held(self, id: UUID, fence: int) -> Run:
        run = await self.session.get(Run, id, with_for_update=True)
        if run is None or run.fence != fence or run.status is not RunStatus.RUNNING:
            raise LeaseLostError(id)
        return run

    def _record(self, run: Run, kind: RunEventKind, message: str | None) -> None:
        run.event_seq += 1
        self.session.add(
            RunEvent(
                run_id=run.id,
                seq=run.event_seq,
                kind=kind,
                status=run.status,
                step=run.step,
                done=run.done,
                total=run.total,
                message=message,
                created_at=self.work.now,
            )
        )
        self.work.wake(run_topic(run.id))

    @staticmethod
    def _check(cancel_requested: bool | None) -> None:
        if cancel_requested is None:
            raise LeaseLostError
        if cancel_requested:
            raise RunCancelledError


def _row(run: Run) -> RunRow:
    return RunRow(*(getattr(run, column.key) for column in COLUMNS))
