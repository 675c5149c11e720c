"""Runs end, once, whatever happens to who works on them."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy import select, update

from domain.clock import utc_now
from domain.errors import DomainError, ExternalServiceError, NotFoundError, ValidationError
from domain.inputs import Input
from domain.items import Item, ItemDraft, ItemService
from domain.leases import LeaseService
from domain.pipelines.catalog import PIPELINES
from domain.pipelines.engine import Pipeline, Step, StepWork
from domain.ports import Ports
from domain.runs import Run, RunEventKind, RunEventRow, RunRow, RunStatus
from domain.scopes import Scope
from domain.users import UserChanges, UserService
from domain.viewers import Viewer
from infra.runtime import Runtime
from infra.settings import Settings
from resolvers.runs import cancel_run, execute_pipeline, retry_run, run, run_progress
from workers.runs import execute_run
from workers.sweeps import ring_again

Open = Callable[..., AbstractAsyncContextManager[Runtime]]


@pytest.fixture
def works() -> bool:
    """The tests are the workers, so that they can pause and die where it matters."""
    return False


class KilledError(BaseException):
    """The worker is gone in this instant: nothing is given back."""


class NumberInput(Input):
    number: int = 0


class Output(BaseModel):
    trail: list[str]


@dataclass
class Trail:
    trail: list[str] = field(default_factory=list)


@pytest.fixture
def add() -> Iterator[Callable[..., str]]:
    """Adds a pipeline of the given steps, for this test; answers its name."""
    added: list[str] = []

    def make(*steps: Step) -> str:
        name = f"test_{len(added)}"
        added.append(name)
        PIPELINES[name] = Pipeline(
            name=name,
            summary="A test.",
            input=NumberInput,
            output=Output,
            state=Trail,
            begin=lambda input: Trail([f"number {input.number}"]),
            steps=steps,
            finish=lambda state: Output(trail=state.trail),
        )
        return name

    yield make
    for name in added:
        del PIPELINES[name]


def step(name: str, *acts: Callable[[StepWork], Any]) -> Step:
    """A step that leaves its mark and then does, in its n-th execution, the n-th act (the last one from then on)."""
    done = iter(range(10**6))

    async def go(work: StepWork, state: Trail) -> None:
        state.trail.append(name)
        if acts:
            await acts[min(next(done), len(acts) - 1)](work)

    go.__doc__ = f"Doing {name}."
    return go


async def nothing(work: StepWork) -> None:
    """Goes well."""


async def die(work: StepWork) -> None:
    raise KilledError


async def fail(work: StepWork) -> None:
    raise ExternalServiceError("the board is down", {"source": "a board"})


async def refuse(work: StepWork) -> None:
    raise ValidationError("expected a résumé, found none", {"field": "résumé"})


async def crash(work: StepWork) -> None:
    raise ZeroDivisionError("secret")


async def effect(work: StepWork) -> None:
    """Keyed: done again it does nothing."""
    async with work.write(ItemService) as items:
        if await items.session.scalar(select(Item.id).where(Item.title == "effect")) is None:
            await items.create(ItemDraft(title="effect"))


async def effect_and_die(work: StepWork) -> None:
    await effect(work)
    raise KilledError


async def change(scope: Scope, id: UUID, **values: Any) -> None:
    async with Scope(Viewer(), scope.ports).write(LeaseService) as leases:
        await leases.session.execute(update(Run).where(Run.id == id).values(**values))


async def work_once(scope: Scope, id: UUID, ports: Ports | None = None) -> RunRow:
    """One worker takes the run now, whenever it was due, and does what it can."""
    await change(scope, id, lease_until=None)
    with suppress(KilledError):
        await execute_run(ports or scope.ports, id)
    return await run(scope, id)


def impatient(scope: Scope, **policy: Any) -> Ports:
    return replace(scope.ports, policy=replace(scope.ports.policy, **{"lease": 1, **policy}))


async def until(scope: Scope, id: UUID, *statuses: RunStatus, within: float = 10) -> RunRow:
    async with asyncio.timeout(within):
        while (found := await run(scope, id)).status not in statuses:
            await asyncio.sleep(0.02)
    return found


async def story(scope: Scope, id: UUID, after: int = 0) -> list[RunEventRow]:
    return [event async for event in run_progress(scope, id, after)]


async def titles(scope: Scope) -> list[str]:
    async with scope.read(ItemService) as items:
        return [row.title for row in (await items.numbered(1, 100)).rows]


async def test_a_run_is_executed_and_tells_its_story_without_gaps(ada: Scope) -> None:
    requested = await execute_pipeline(ada, "echo", {"message": "hello", "uppercase": True})
    assert requested.status is RunStatus.PENDING
    await work_once(ada, requested.id)
    told = await story(ada, requested.id)
    assert [event.seq for event in told] == list(range(1, len(told) + 1))
    kinds = [RunEventKind.REQUESTED, RunEventKind.STARTED, RunEventKind.STEP, RunEventKind.PROGRESS, RunEventKind.ENDED]
    assert [event.kind for event in told] == kinds
    ended = await run(ada, requested.id)
    assert ended.status is RunStatus.SUCCESS
    assert ended.output == {"echo": "HELLO", "length": 5, "source": "echo"}
    assert ended.duration_ms is not None
    assert await story(ada, requested.id, after=3) == told[3:]
    assert await story(ada, requested.id, after=len(told)) == []


async def test_finished_steps_are_not_done_again_after_a_death(ada: Scope, add: Callable[..., str]) -> None:
    name = add(step("one"), step("two", die, nothing), step("three"))
    asked = await execute_pipeline(ada, name, {"number": 7})
    assert (await work_once(ada, asked.id)).status is RunStatus.RUNNING
    ended = await work_once(ada, asked.id)
    assert ended.output == {"trail": ["number 7", "one", "two", "three"]}
    steps = [event.message for event in await story(ada, asked.id) if event.kind is RunEventKind.STEP]
    assert steps == ["Doing one", "Doing two", "Doing two", "Doing three"]


async def test_metadata_of_finished_steps_survives_a_death(ada: Scope, add: Callable[..., str]) -> None:
    async def note(work: StepWork) -> None:
        work.metadata.setdefault("notes", []).append("é")

    async def note_and_die(work: StepWork) -> None:
        await note(work)
        raise KilledError

    asked = await execute_pipeline(ada, add(step("one", note), step("two", note_and_die, note)), {})
    await work_once(ada, asked.id)
    assert (await work_once(ada, asked.id)).metadata == {"notes": ["é", "é"]}


async def test_work_that_kills_its_worker_three_times_is_parked_with_its_reason(
    ada: Scope, add: Callable[..., str]
) -> None:
    asked = await execute_pipeline(ada, add(step("one"), step("two", die)), {})
    for _ in range(3):
        assert (await work_once(ada, asked.id)).status is RunStatus.RUNNING
    parked = await work_once(ada, asked.id)
    assert parked.status is RunStatus.ERROR
    assert (
        parked.error_message
        == "parked: its worker died 3 times in a row without progress, last in the step 'Doing two'"
    )
    assert (await retry_run(ada, asked.id)).status is RunStatus.PENDING
    for _ in range(3):
        assert (await work_once(ada, asked.id)).status is RunStatus.RUNNING
    assert (await work_once(ada, asked.id)).status is RunStatus.ERROR


async def test_deaths_with_progress_between_end_only_at_the_last_limit_which_a_retry_renews(
    ada: Scope, add: Callable[..., str]
) -> None:
    asked = await execute_pipeline(ada, add(step("one", *[effect_and_die] * 13, nothing)), {})
    ports = impatient(ada, max_takes=6)
    for _ in range(6):
        assert (await work_once(ada, asked.id, ports)).status is RunStatus.RUNNING
    parked = await work_once(ada, asked.id, ports)
    assert parked.error_message == (
        "parked: it was taken up 6 times without coming to its end, last in the step 'Doing one'"
    )
    await retry_run(ada, asked.id)
    for _ in range(6):
        assert (await work_once(ada, asked.id, ports)).status is RunStatus.RUNNING
    assert await titles(ada) == ["effect"]


async def test_what_may_pass_is_tried_three_times_with_a_pause(ada: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one", fail)), {})
    for shortest in (1.5, 6):
        assert (await work_once(ada, asked.id)).status is RunStatus.PENDING
        async with ada.read(LeaseService) as leases:
            due = await leases.session.scalar(select(Run.lease_until).where(Run.id == asked.id))
        assert timedelta(seconds=shortest) < due - utc_now() < timedelta(seconds=shortest * 2)
        await execute_run(ada.ports, asked.id)
        assert (await run(ada, asked.id)).status is RunStatus.PENDING
    failed = await work_once(ada, asked.id)
    assert (failed.status, failed.error_code, failed.error_message, failed.error_details) == (
        RunStatus.ERROR,
        "EXTERNAL_SERVICE_ERROR",
        "the board is down",
        {"source": "a board"},
    )


async def test_each_step_has_its_own_three_tries(ada: Scope, add: Callable[..., str]) -> None:
    name = add(step("one", fail, fail, nothing), step("two", fail, fail, nothing))
    asked = await execute_pipeline(ada, name, {})
    for _ in range(4):
        assert (await work_once(ada, asked.id)).status is RunStatus.PENDING
    assert (await work_once(ada, asked.id)).status is RunStatus.SUCCESS


async def test_a_refusal_ends_the_run_at_once(ada: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one", refuse)), {})
    ended = await work_once(ada, asked.id)
    assert (ended.status, ended.error_code, ended.error_details) == (
        RunStatus.ERROR,
        "VALIDATION_ERROR",
        {"field": "résumé"},
    )
    assert ended.error_message == "expected a résumé, found none"


async def test_a_crash_is_tried_again_and_never_shown(ada: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one", crash)), {})
    for _ in range(2):
        assert (await work_once(ada, asked.id)).status is RunStatus.PENDING
    ended = await work_once(ada, asked.id)
    assert (ended.error_code, ended.error_message) == ("INTERNAL_ERROR", DomainError.default)


async def test_a_pipeline_that_is_gone_ends_in_an_error(ada: Scope, add: Callable[..., str]) -> None:
    name = add(step("one"))
    asked = await execute_pipeline(ada, name, {})
    kept = PIPELINES.pop(name)
    for _ in range(3):
        ended = await work_once(ada, asked.id)
    PIPELINES[name] = kept
    assert ended.status is RunStatus.ERROR


async def test_a_message_that_comes_twice_or_late_does_nothing(ada: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one", effect)), {})
    await asyncio.gather(*(execute_run(ada.ports, asked.id) for _ in range(10)))
    told = await story(ada, asked.id)
    await execute_run(ada.ports, asked.id)
    await execute_run(ada.ports, ada.viewer.id)
    assert await story(ada, asked.id) == told
    assert [event.kind for event in told].count(RunEventKind.STARTED) == 1


@dataclass
class Gate:
    """Where a step waits; `left` says how it ended."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    left: str = ""

    async def __call__(self, work: StepWork) -> None:
        self.reached.set()
        try:
            await self.opened.wait()
            await effect(work)
            self.left = "passed"
        except asyncio.CancelledError:
            self.left = "cancelled"
            raise


async def test_a_pending_run_is_cancelled_at_once(ada: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one", effect)), {})
    assert (await cancel_run(ada, asked.id)).status is RunStatus.CANCELLED
    assert (await work_once(ada, asked.id)).status is RunStatus.CANCELLED
    assert (await cancel_run(ada, asked.id)).status is RunStatus.CANCELLED
    assert await titles(ada) == []
    assert [event.kind for event in await story(ada, asked.id)] == [RunEventKind.REQUESTED, RunEventKind.ENDED]


async def test_a_working_run_is_cancelled_within_seconds_though_it_waits(ada: Scope, add: Callable[..., str]) -> None:
    gate = Gate()
    asked = await execute_pipeline(ada, add(step("one", gate), step("two", effect)), {})
    worker = asyncio.create_task(execute_run(impatient(ada), asked.id))
    await gate.reached.wait()
    began = time.monotonic()
    assert (await cancel_run(ada, asked.id)).status is RunStatus.RUNNING
    await until(ada, asked.id, RunStatus.CANCELLED, within=5)
    assert time.monotonic() - began < 2
    await worker
    assert gate.left == "cancelled"
    assert await titles(ada) == []


async def test_a_cancelled_run_stops_before_its_next_effect(ada: Scope, add: Callable[..., str]) -> None:
    gate = Gate()
    asked = await execute_pipeline(ada, add(step("one", gate)), {})
    worker = asyncio.create_task(execute_run(ada.ports, asked.id))
    await gate.reached.wait()
    await cancel_run(ada, asked.id)
    gate.opened.set()
    await worker
    assert (await run(ada, asked.id)).status is RunStatus.CANCELLED
    assert await titles(ada) == []


async def test_runs_that_are_cancelled_anywhere_are_cancelled_soon_and_whole(
    ada: Scope, add: Callable[..., str]
) -> None:
    """Also in the middle of a statement, whose connection is then lost."""

    async def write_on(work: StepWork) -> None:
        for n in range(1000):
            async with work.write(ItemService) as items:
                await items.create(ItemDraft(title=f"{work.run_id} {n}"))

    name = add(step("one", write_on))
    ports = impatient(ada)
    for number in range(8):
        asked = await execute_pipeline(ada, name, {"number": number})
        worker = asyncio.create_task(execute_run(ports, asked.id))
        await asyncio.sleep(0.01 + number * 0.003)
        began = time.monotonic()
        await cancel_run(ada, asked.id)
        await worker
        assert time.monotonic() - began < 2
        assert (await run(ada, asked.id)).status is RunStatus.CANCELLED


async def test_a_paused_worker_that_wakes_up_late_writes_nothing(ada: Scope, add: Callable[..., str]) -> None:
    gate = Gate()
    asked = await execute_pipeline(ada, add(step("one", gate, effect), step("two")), {})
    paused = asyncio.create_task(execute_run(impatient(ada, lease=60), asked.id))
    await gate.reached.wait()
    assert (await work_once(ada, asked.id)).status is RunStatus.SUCCESS
    told = await story(ada, asked.id)
    gate.opened.set()
    await paused
    assert await story(ada, asked.id) == told
    assert (await run(ada, asked.id)).output == {"trail": ["number 0", "one", "two"]}
    assert await titles(ada) == ["effect"]
    assert gate.left == ""


async def test_a_worker_whose_lease_was_taken_is_ended_by_its_renewal(ada: Scope, add: Callable[..., str]) -> None:
    gate = Gate()
    asked = await execute_pipeline(ada, add(step("one", gate, nothing)), {})
    paused = asyncio.create_task(execute_run(impatient(ada), asked.id))
    await gate.reached.wait()
    await work_once(ada, asked.id)
    async with asyncio.timeout(2):
        await paused
    assert gate.left == "cancelled"
    assert (await run(ada, asked.id)).status is RunStatus.SUCCESS


async def test_a_long_wait_keeps_its_lease(ada: Scope, add: Callable[..., str]) -> None:
    gate = Gate()
    asked = await execute_pipeline(ada, add(step("one", gate)), {})
    worker = asyncio.create_task(execute_run(impatient(ada), asked.id))
    await asyncio.sleep(1.5)
    await execute_run(ada.ports, asked.id)
    gate.opened.set()
    await worker
    assert gate.left == "passed"
    assert [event.kind for event in await story(ada, asked.id)].count(RunEventKind.STARTED) == 1


async def test_a_worker_that_is_stopped_gives_its_run_back(ada: Scope, add: Callable[..., str]) -> None:
    gate = Gate()
    asked = await execute_pipeline(ada, add(step("one"), step("two", gate, nothing)), {})
    for _ in range(4):
        gate.reached.clear()
        worker = asyncio.create_task(work_once(ada, asked.id))
        if (await asyncio.wait([worker, asyncio.create_task(gate.reached.wait())], return_when="FIRST_COMPLETED"))[
            0
        ] == {worker}:
            break
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        assert (await run(ada, asked.id)).status is RunStatus.PENDING
    assert (await work_once(ada, asked.id)).status is RunStatus.SUCCESS


async def test_progress_is_told_ten_times_a_second_at_most_and_its_last_word_always(
    ada: Scope, add: Callable[..., str]
) -> None:
    async def chatter(work: StepWork) -> None:
        until = time.monotonic() + 0.5
        done = 0
        while time.monotonic() < until:
            done += 1
            await work.say(done, 0, f"seen {done}")
            await asyncio.sleep(0)
        await asyncio.gather(*(work.say(n, 1000, str(n)) for n in range(50)))
        await work.say(999, 1000, "the last word")

    asked = await execute_pipeline(ada, add(step("one", chatter)), {})
    await work_once(ada, asked.id)
    told = [event for event in await story(ada, asked.id) if event.kind is RunEventKind.PROGRESS]
    assert 2 <= len(told) <= 8
    assert (told[-1].done, told[-1].message) == (999, "the last word")


async def test_twenty_requests_at_once_make_one_run(ada: Scope, bob: Scope, add: Callable[..., str]) -> None:
    name = add(step("one"))
    asked = await asyncio.gather(*(execute_pipeline(ada, name, {"number": 1}) for _ in range(20)))
    assert len({one.id for one in asked}) == 1
    others = [await execute_pipeline(ada, name, {"number": 2}), await execute_pipeline(bob, name, {"number": 1})]
    assert len({one.id for one in (*asked, *others)}) == 3
    await work_once(ada, asked[0].id)
    assert (await execute_pipeline(ada, name, {"number": 1})).id != asked[0].id


async def test_only_a_failed_or_cancelled_run_is_retried(ada: Scope, bob: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one"), step("two", refuse, nothing)), {})
    with pytest.raises(ValidationError, match="found one that is 'pending'"):
        await retry_run(ada, asked.id)
    await work_once(ada, asked.id)
    with pytest.raises(NotFoundError):
        await retry_run(bob, asked.id)
    again = await retry_run(ada, asked.id)
    assert (again.status, again.error_code, again.completed_at) == (RunStatus.PENDING, None, None)
    ended = await work_once(ada, asked.id)
    assert ended.output == {"trail": ["number 0", "one", "two"]}
    with pytest.raises(ValidationError, match="found one that is 'success'"):
        await retry_run(ada, asked.id)


async def test_a_run_whose_work_is_under_way_again_is_not_retried(
    ada: Scope, root: Scope, add: Callable[..., str]
) -> None:
    name = add(step("one", refuse))
    first = await execute_pipeline(ada, name, {})
    await work_once(ada, first.id)
    second = await execute_pipeline(ada, name, {})
    for scope in (ada, root):
        with pytest.raises(ValidationError, match=f"under way already, as run {second.id}"):
            await retry_run(scope, first.id)
    await work_once(ada, second.id)
    answers = await asyncio.gather(*(retry_run(ada, id) for id in (first.id, second.id) * 3), return_exceptions=True)
    assert sum(isinstance(answer, RunRow) for answer in answers) == 1
    assert all(isinstance(answer, RunRow | ValidationError) for answer in answers)


async def test_a_run_ends_when_its_owner_was_disabled_and_goes_with_its_owner(
    ada: Scope, root: Scope, add: Callable[..., str]
) -> None:
    name = add(step("one", effect))
    asked = await execute_pipeline(ada, name, {})
    async with root.write(UserService) as users:
        await users.update(ada.viewer.id, UserChanges(is_active=False))
    ended = await work_once(ada, asked.id)
    assert (ended.status, ended.error_message) == (RunStatus.ERROR, "User account is disabled")
    assert await titles(ada) == []
    async with root.write(UserService) as users:
        await users.delete(ada.viewer.id)
    await execute_run(ada.ports, asked.id)
    with pytest.raises(NotFoundError):
        await run(root, asked.id)


async def test_what_nobody_works_on_is_rung_for(ada: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one", die)), {})
    assert await ring_again(ada.ports) == 0
    await change(ada, asked.id, created_at=utc_now() - timedelta(minutes=1))
    assert await ring_again(ada.ports) == 1
    await work_once(ada, asked.id)
    assert await ring_again(ada.ports) == 0
    await change(ada, asked.id, lease_until=utc_now())
    assert await ring_again(ada.ports) == 1


async def test_what_waits_in_a_long_queue_is_not_rung_for_again_and_again(ada: Scope, add: Callable[..., str]) -> None:
    asked = await execute_pipeline(ada, add(step("one")), {})
    await change(ada, asked.id, created_at=utc_now() - timedelta(minutes=1))
    rung: dict[UUID, float] = {}
    assert [await ring_again(ada.ports, rung) for _ in range(5)] == [1, 0, 0, 0, 0]
    rung[asked.id] -= ada.ports.policy.lease
    assert await ring_again(ada.ports, rung) == 1
    await work_once(ada, asked.id)
    rung[asked.id] -= ada.ports.policy.lease
    assert await ring_again(ada.ports, rung) == 0
    assert rung == {}


@pytest.fixture
def server(make_runtime: Open, settings: Settings) -> Callable[[], AbstractAsyncContextManager[Runtime]]:
    return lambda: make_runtime(settings, works=True, sweeps=True)


async def test_a_server_executes_what_is_asked_for(ada: Scope, server: Callable[[], Any]) -> None:
    async with server() as opened:
        scope = Scope(ada.viewer, opened.ports)
        asked = await execute_pipeline(scope, "echo", {"message": "hello"})
        async with asyncio.timeout(10):
            assert (await story(scope, asked.id))[-1].status is RunStatus.SUCCESS


async def test_a_server_that_stops_gives_back_what_it_works_on_and_starts_nothing_new(
    ada: Scope, server: Callable[[], Any], add: Callable[..., str]
) -> None:
    gate = Gate()
    name = add(step("one"), step("two", gate))
    async with server() as opened:
        scope = Scope(ada.viewer, opened.ports)
        asked = [await execute_pipeline(scope, name, {"number": n}) for n in range(12)]
        await gate.reached.wait()
        await asyncio.sleep(0.3)
        began = time.monotonic()
    assert time.monotonic() - began < 4
    statuses = [(await run(ada, one.id)).status for one in asked]
    assert statuses == [RunStatus.PENDING] * 12
    gate.opened.set()
    async with server() as opened:
        scope = Scope(ada.viewer, opened.ports)
        ended = [await until(scope, one.id, RunStatus.SUCCESS, within=20) for one in asked]
    assert all(one.output["trail"] == [f"number {n}", "one", "two"] for n, one in enumerate(ended))


async def test_a_server_takes_up_what_a_dead_one_left(
    ada: Scope, server: Callable[[], Any], add: Callable[..., str]
) -> None:
    asked = await execute_pipeline(ada, add(step("one", effect), step("two", die, nothing)), {})
    await work_once(ada, asked.id)
    await change(ada, asked.id, lease_until=utc_now())
    async with server() as opened:
        ended = await until(Scope(ada.viewer, opened.ports), asked.id, RunStatus.SUCCESS, within=15)
    assert ended.output == {"trail": ["number 0", "one", "two"]}
    assert await titles(ada) == ["effect"]
