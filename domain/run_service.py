"""What people do with runs: ask for one, look, stop it, try it again."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import Float, Select, case, cast, func, select
from sqlalchemy.exc import IntegrityError

from domain.errors import NotFoundError, ValidationError
from domain.events import RunEnded, RunRequested
from domain.pages import Numbered, Order, Page, PageArgs, by_keyset, by_number, count, to_page
from domain.runs import (
    COLUMNS,
    LIVE,
    Run,
    RunEvent,
    RunEventKind,
    RunEventRow,
    RunFilter,
    RunRow,
    RunStats,
    RunStatus,
    TriggerType,
    filtered,
)
from domain.topics import run_topic
from domain.work import Service

HOURS_AT_MOST = 720
NEWEST_FIRST = Order("created_at", Run.created_at.expression, Run.id.expression, descending=True)


class RunService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        """Your own; for an admin, everybody's; for a machine, those that machines started."""
        wanted = select(*(columns or COLUMNS))
        if self.viewer.is_machine:
            return wanted.where(Run.user_id.is_(None))
        return wanted if self.viewer.is_admin else wanted.where(Run.user_id == self.viewer.id)

    async def request(
        self,
        pipeline_name: str,
        input: dict[str, Any],
        trigger: TriggerType,
        metadata: dict[str, Any] | None = None,
    ) -> RunRow:
        """A new run, or the one of the same person and input that still lives."""
        digest = sha256(orjson.dumps(input, option=orjson.OPT_SORT_KEYS)).hexdigest()
        live = await self._live(pipeline_name, digest, self.viewer.user_id)
        if live is not None:
            return live
        id = uuid4()
        run = {
            "id": id,
            "user_id": self.viewer.user_id,
            "pipeline_name": pipeline_name,
            "input_data": input,
            "input_hash": digest,
            "trigger_type": trigger,
            "status": RunStatus.PENDING,
            "run_metadata": metadata or {},
            "event_seq": 1,
            "created_at": self.work.now,
        }
        await self.work.insert_new(Run, [run])
        row = await self._find(select(*COLUMNS).where(Run.id == id))
        if row is None:  # somebody else asked for the same in this very moment
            live = await self._live(pipeline_name, digest, self.viewer.user_id)
            return live or await self.request(pipeline_name, input, trigger, metadata)
        self._record(row, RunEventKind.REQUESTED, 1)
        self.work.emit(RunRequested(owner_id=row.user_id, subject_id=id, pipeline_name=pipeline_name))
        return row

    async def get(self, id: UUID) -> RunRow:
        row = await self._find(self.visible().where(Run.id == id))
        if row is None:
            raise _missing(id)
        return row

    def filtered(self, where: RunFilter, *columns: Any) -> Select[Any]:
        found = filtered(self.visible(*columns), where)
        return found.where(Run.user_id == self.viewer.id) if where.mine else found

    async def page(self, where: RunFilter, args: PageArgs, *, with_total: bool) -> Page[RunRow]:
        statement, wanted, backwards = by_keyset(self.filtered(where), NEWEST_FIRST, args)
        found = [RunRow(*row) for row in await self.session.execute(statement)]
        total = await count(self.session, self.filtered(where, Run.id)) if with_total else None
        return to_page([(r, r.created_at, r.id) for r in found], NEWEST_FIRST, args, wanted, backwards, total)

    async def numbered(self, where: RunFilter, page: int, size: int) -> Numbered[RunRow]:
        newest = self.filtered(where).order_by(Run.created_at.desc(), Run.id.desc())
        rows = await self.session.execute(by_number(newest, page, size))
        total = await count(self.session, self.filtered(where, Run.id))
        return Numbered([RunRow(*row) for row in rows], total)

    async def stats(self, pipeline_name: str | None, since_hours: int) -> RunStats:
        if not 1 <= since_hours <= HOURS_AT_MOST:
            message = f"expected since_hours between 1 and {HOURS_AT_MOST}, found {since_hours}"
            raise ValidationError(message)
        ended = [func.count(case((Run.status == status, 1))) for status in (RunStatus.SUCCESS, RunStatus.ERROR)]
        since = Run.created_at >= self.work.now - timedelta(hours=since_hours)
        wanted = self.visible(func.count(), *ended, cast(func.avg(Run.duration_ms), Float)).where(since)
        if pipeline_name is not None:
            wanted = wanted.where(Run.pipeline_name == pipeline_name)
        total, success, errors, average = (await self.session.execute(wanted)).one()
        rate = round(100 * success / total, 1) if total else 0.0
        return RunStats(total, success, errors, rate, average)

    async def events(self, id: UUID, after: int, limit: int = 500) -> list[RunEventRow]:
        """What happened after the event numbered `after`, in order."""
        columns = (
            RunEvent.run_id, RunEvent.seq, RunEvent.kind, RunEvent.status, RunEvent.step, RunEvent.done,
            RunEvent.total, RunEvent.message, RunEvent.created_at,
        )  # fmt: skip
        later = select(*columns).where(RunEvent.run_id == id, RunEvent.seq > after)
        return [RunEventRow(*row) for row in await self.session.execute(later.order_by(RunEvent.seq).limit(limit))]

    async def cancel(self, id: UUID) -> RunRow:
        """Ends a run that nobody works on at once, and a worked-on one between two of its items."""
        run = await self._get(id)
        if run.status.ended:
            return RunRow(*(getattr(run, column.key) for column in COLUMNS))
        run.cancel_requested = True
        if run.status is not RunStatus.RUNNING or (run.lease_until and run.lease_until <= self.work.now):
            end(self, run, RunStatus.CANCELLED)
        await self.session.flush()
        self.work.wake(run_topic(id))
        return await self.get(id)

    async def retry(self, id: UUID) -> RunRow:
        """A failed or cancelled run goes on after the last step that was done."""
        run = await self._get(id)
        if run.status not in {RunStatus.ERROR, RunStatus.CANCELLED}:
            message = f"expected a run that failed or was cancelled, found one that is '{run.status}'"
            raise ValidationError(message, {"run_id": str(id)})
        live = await self._live(run.pipeline_name, run.input_hash, run.user_id)
        if live is not None:
            raise _under_way(live.id)
        run.status, run.cancel_requested, run.attempts, run.failures = RunStatus.PENDING, False, 0, 0
        run.error_code = run.error_message = run.error_details = run.completed_at = run.lease_until = None
        run.event_seq += 1
        try:
            await self.session.flush()
        except IntegrityError as same:  # another run of the same input was asked for in this very moment
            raise _under_way() from same
        row = await self.get(id)
        self._record(row, RunEventKind.RETRIED, run.event_seq)
        self.work.emit(RunRequested(owner_id=run.user_id, subject_id=id, pipeline_name=run.pipeline_name))
        return row

    def _record(self, row: RunRow, kind: RunEventKind, seq: int) -> None:
        self.session.add(
            RunEvent(
                run_id=row.id,
                seq=seq,
                kind=kind,
                status=row.status,
                step=row.step,
                done=row.done,
                total=row.total,
                created_at=self.work.now,
            )
        )
        self.work.wake(run_topic(row.id))

    async def _live(self, pipeline_name: str, digest: str, user_id: UUID | None) -> RunRow | None:
        same = select(*COLUMNS).where(
            Run.user_id == user_id,
            Run.pipeline_name == pipeline_name,
            Run.input_hash == digest,
            Run.status.in_(LIVE),
        )
        return await self._find(same)

    async def _find(self, statement: Select[Any]) -> RunRow | None:
        row = (await self.session.execute(statement)).one_or_none()
        return RunRow(*row) if row else None

    async def _get(self, id: UUID) -> Run:
        run: Run | None = (
            await self.session.scalars(self.visible(Run).where(Run.id == id).with_for_update())
        ).one_or_none()
        if run is None:
            raise _missing(id)
        return run


def end(service: Service, run: Run, status: RunStatus, message: str | None = None) -> None:
    """Close the run's row, its story and tell the world; the caller holds the row."""
    now = service.work.now
    run.status, run.lease_until, run.completed_at = status, None, now
    if run.started_at is not None:
        run.duration_ms = round((now - run.started_at).total_seconds() * 1000)
    run.event_seq += 1
    service.session.add(
        RunEvent(
            run_id=run.id,
            seq=run.event_seq,
            kind=RunEventKind.ENDED,
            status=status,
            step=run.step,
            done=run.done,
            total=run.total,
            message=message,
            created_at=now,
        )
    )
    service.work.wake(run_topic(run.id))
    service.work.emit(
        RunEnded(owner_id=run.user_id, subject_id=run.id, pipeline_name=run.pipeline_name, status=status.value)
    )


def _under_way(id: UUID | None = None) -> ValidationError:
    named = f", as run {id}" if id else ""
    return ValidationError(f"the same work is under way already{named}", {"run_id": str(id)} if id else None)


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no run with the id {id} is yours", {"run_id": str(id)})
