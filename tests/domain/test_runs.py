"""Runs as people see them: their own, filtered, paged and counted."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError as Unfit
from sqlalchemy import func, select, update

from domain.clock import utc_now
from domain.errors import NotFoundError, ValidationError
from domain.pages import PageArgs
from domain.run_service import RunService
from domain.runs import LIVE, Run, RunFilter, RunRow, RunStatus, TriggerType
from domain.scopes import Scope
from domain.viewers import Viewer


@pytest.fixture
def works() -> bool:
    return False


async def ask(scope: Scope, number: int, name: str = "echo", trigger: TriggerType = TriggerType.API) -> RunRow:
    async with scope.write(RunService) as runs:
        return await runs.request(name, {"n": number, "é": [None, {"a": 1.5}]}, trigger)


async def change(scope: Scope, id: UUID, **values: Any) -> None:
    async with Scope(Viewer(), scope.ports).write(RunService) as runs:
        await runs.session.execute(update(Run).where(Run.id == id).values(**values))


async def found(scope: Scope, **where: Any) -> list[UUID]:
    async with scope.read(RunService) as runs:
        page = await runs.page(RunFilter(**where), PageArgs(first=100), with_total=True)
        numbered = await runs.numbered(RunFilter(**where), 1, 100)
    assert page.nodes == numbered.rows
    assert page.total_count == numbered.total == len(page.nodes)
    return [row.id for row in page.nodes]


async def test_a_requested_run_waits_to_be_taken(ada: Scope) -> None:
    run = await ask(ada, 1)
    assert (run.status, run.user_id, run.event_seq, run.attempts if hasattr(run, "attempts") else 0) == (
        RunStatus.PENDING,
        ada.viewer.id,
        1,
        0,
    )
    assert (run.input, run.output, run.metadata, run.started_at) == ({"n": 1, "é": [None, {"a": 1.5}]}, None, {}, None)


async def test_the_order_of_the_inputs_fields_makes_no_other_run(ada: Scope) -> None:
    async with ada.write(RunService) as runs:
        first = await runs.request("echo", {"a": 1, "b": {"c": 2, "d": 3}}, TriggerType.API)
        second = await runs.request("echo", {"b": {"d": 3, "c": 2}, "a": 1}, TriggerType.MANUAL)
    assert first == second


async def test_what_is_asked_for_without_a_user_is_one_live_run_too(stranger: Scope) -> None:
    runs = await asyncio.gather(*(ask(stranger, 1, trigger=TriggerType.WEBHOOK) for _ in range(8)))
    assert {run.user_id for run in runs} == {None}
    again = await ask(stranger, 1)
    assert again.id in {run.id for run in runs}


@pytest.mark.parametrize("status", RunStatus)
async def test_only_a_live_run_is_joined(ada: Scope, status: RunStatus) -> None:
    first = await ask(ada, 1)
    await change(ada, first.id, status=status)
    joined = (await ask(ada, 1)).id == first.id
    assert joined is (status in LIVE) is not status.ended


async def test_everybody_sees_their_own_and_an_admin_all(ada: Scope, bob: Scope, root: Scope) -> None:
    hers, his = await ask(ada, 1), await ask(bob, 1)
    own = await ask(root, 2)
    assert await found(ada) == [hers.id]
    assert await found(root) == [own.id, his.id, hers.id]
    assert await found(root, mine=True) == [own.id]
    async with root.read(RunService) as runs:
        assert (await runs.get(hers.id)).id == hers.id
    for id in (hers.id, uuid4()):
        for how in ("get", "cancel", "retry"):
            async with bob.write(RunService) as runs:
                with pytest.raises(NotFoundError) as missing:
                    await getattr(runs, how)(id)
            assert missing.value.details == {"run_id": str(id)}
    async with ada.read(RunService) as runs:
        assert await runs.get(hers.id) == hers


async def test_filters_narrow_together(ada: Scope) -> None:
    first, second, third = [
        await ask(ada, n, name, trigger)
        for n, (name, trigger) in enumerate(
            (("echo", TriggerType.API), ("echo", TriggerType.CRON), ("job_search", TriggerType.API))
        )
    ]
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    await change(ada, second.id, status=RunStatus.ERROR, started_at=noon)
    assert await found(ada, pipeline_name="echo") == [second.id, first.id]
    assert await found(ada, status=["error"]) == [second.id]
    assert await found(ada, status=["error", "pending"], trigger_type="api") == [third.id, first.id]
    for started in (noon, "2026-01-01T12:00:00", "2026-01-01T14:00:00+02:00"):
        assert await found(ada, started_after=started) == [second.id]
        assert await found(ada, started_before=started) == [second.id]
    assert await found(ada, started_after="2026-01-01T12:00:01") == []
    assert await found(ada, pipeline_name="%") == []


@pytest.mark.parametrize(
    "where",
    [
        {"status": ["done"]},
        {"started_after": "yesterday"},
        {"pipeline_name": "x" * 65},
        {"pipeline_name": "\x00"},
        {"trigger_type": "x"},
    ],
)
def test_a_filter_that_cannot_be_is_refused(where: dict[str, Any]) -> None:
    with pytest.raises(Unfit):
        RunFilter(**where)


async def test_statistics_count_what_was_asked_for_in_the_last_hours(ada: Scope, bob: Scope) -> None:
    async with ada.read(RunService) as runs:
        assert (await runs.stats(None, 24)).success_rate == 0.0
    ends = (
        RunStatus.SUCCESS,
        RunStatus.SUCCESS,
        RunStatus.ERROR,
        RunStatus.CANCELLED,
        RunStatus.PENDING,
        RunStatus.SUCCESS,
    )
    for number, status in enumerate(ends):
        run = await ask(ada, number, "echo" if number else "job_search")
        await change(ada, run.id, status=status, duration_ms=None if status is RunStatus.PENDING else number)
    await change(ada, run.id, created_at=utc_now() - timedelta(hours=25))
    async with ada.read(RunService) as runs:
        stats = await runs.stats(None, 24)
        assert (stats.total, stats.success, stats.errors, stats.success_rate, stats.avg_duration_ms) == (
            5,
            2,
            1,
            40.0,
            1.5,
        )
        assert (await runs.stats("echo", 24)).success_rate == 25.0
        assert (await runs.stats(None, 26)).total == 6
        for hours in (0, -1, 721, 2**31 - 1, 10**12):
            with pytest.raises(ValidationError, match="between 1 and 720"):
                await runs.stats(None, hours)
    async with bob.read(RunService) as runs:
        assert (await runs.stats(None, 24)).total == 0


async def test_a_waiting_run_is_cancelled_at_once(ada: Scope) -> None:
    run = await ask(ada, 1)
    await change(ada, run.id, status=RunStatus.WAITING)
    async with ada.write(RunService) as runs:
        cancelled = await runs.cancel(run.id)
        assert (cancelled.status, cancelled.duration_ms) == (RunStatus.CANCELLED, None)
        assert [event.name for event in runs.work.events] == ["run.ended"]


async def test_a_run_goes_with_its_story_when_its_owner_goes(ada: Scope) -> None:
    from domain.users import UserService

    await ask(ada, 1)
    async with ada.write(UserService) as users:
        await users.delete(ada.viewer.id)
    async with ada.read(RunService) as runs:
        assert await runs.session.scalar(select(func.count()).select_from(Run)) == 0
