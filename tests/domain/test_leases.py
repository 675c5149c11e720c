"""A run is worked on by one at a time; whoever comes late can change nothing."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select, update

from domain.clock import utc_now
from domain.errors import DomainError, ExternalServiceError, ValidationError
from domain.items import Item, ItemDraft, ItemService
from domain.leases import LeaseLostError, LeaseService, RunCancelledError
from domain.run_service import RunService
from domain.runs import Lease, Run, RunEvent, RunEventKind, RunEventRow, RunRow, RunStatus, TriggerType
from domain.scopes import Scope
from domain.viewers import Viewer

SECONDS = 15
Act = Callable[[LeaseService, UUID, int], Coroutine[Any, Any, Any]]


@pytest.fixture
def works() -> bool:
    return False


@pytest.fixture
async def asked(ada: Scope) -> RunRow:
    async with ada.write(RunService) as runs:
        return await runs.request("echo", {"message": "hello"}, TriggerType.API)


def system(scope: Scope) -> Scope:
    return Scope(Viewer(), scope.ports)


async def take(scope: Scope, id: UUID, seconds: int = SECONDS) -> Lease | None:
    async with system(scope).write(LeaseService) as leases:
        return await leases.take(id, seconds)


async def act(scope: Scope, how: Act, id: UUID, fence: int) -> Any:
    async with system(scope).write(LeaseService) as leases:
        return await how(leases, id, fence)


async def change(scope: Scope, id: UUID, **values: Any) -> None:
    async with system(scope).write(LeaseService) as leases:
        await leases.session.execute(update(Run).where(Run.id == id).values(**values))


async def stored(scope: Scope, id: UUID) -> tuple[Any, ...]:
    async with system(scope).read(LeaseService) as leases:
        row = (await leases.session.execute(select(*Run.__table__.columns).where(Run.id == id))).one()
        events = (await leases.session.execute(select(*RunEvent.__table__.columns).where(RunEvent.run_id == id))).all()
    return (tuple(row), tuple(tuple(event) for event in events))


async def failures(scope: Scope, lease: Lease) -> int:
    return await act(scope, LeaseService.failures, lease.run.id, lease.fence)


async def row(scope: Scope, id: UUID) -> RunRow:
    async with scope.read(RunService) as runs:
        return await runs.get(id)


async def story(scope: Scope, id: UUID) -> list[RunEventRow]:
    async with scope.read(RunService) as runs:
        return await runs.events(id, 0)


ACTS: dict[str, Act] = {
    "hold": lambda s, id, fence: s.hold(id, fence, SECONDS),
    "renew": lambda s, id, fence: s.renew(id, fence, SECONDS),
    "say": lambda s, id, fence: s.say(id, fence, 1, 2, "said"),
    "begin_step": lambda s, id, fence: s.begin_step(id, fence, "step"),
    "finish_step": lambda s, id, fence: s.finish_step(id, fence, {"a": 1}, 1, {}),
    "succeed": lambda s, id, fence: s.succeed(id, fence, {"out": 1}, {}),
    "fail": lambda s, id, fence: s.fail(id, fence, DomainError("no")),
    "cancel": lambda s, id, fence: s.cancel(id, fence),
    "put_off": lambda s, id, fence: s.put_off(id, fence, utc_now()),
    "release": lambda s, id, fence: s.release(id, fence),
}


async def test_a_run_is_taken_once_however_many_ask(ada: Scope, asked: RunRow) -> None:
    taken = await asyncio.gather(*(take(ada, asked.id) for _ in range(20)))
    (lease,) = [lease for lease in taken if lease is not None]
    assert (lease.fence, lease.attempts, lease.takes, lease.steps_done) == (1, 1, 1, 0)
    assert lease.run.status is RunStatus.RUNNING
    assert lease.run.started_at is not None


async def test_an_unknown_run_is_taken_by_nobody(ada: Scope, asked: RunRow) -> None:
    assert await take(ada, ada.viewer.id) is None


@pytest.mark.parametrize("name", ACTS)
async def test_a_worker_that_wakes_up_late_changes_nothing(ada: Scope, asked: RunRow, name: str) -> None:
    late = await take(ada, asked.id)
    await change(ada, asked.id, lease_until=utc_now() - timedelta(seconds=1))
    newer = await take(ada, asked.id)
    assert newer.fence == late.fence + 1
    before = await stored(ada, asked.id)
    with pytest.raises(LeaseLostError):
        await act(ada, ACTS[name], asked.id, late.fence)
    assert await stored(ada, asked.id) == before
    await act(ada, ACTS[name], asked.id, newer.fence)


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("end", ["succeed", "fail", "cancel"])
async def test_nothing_is_written_to_a_run_that_has_ended(ada: Scope, asked: RunRow, name: str, end: str) -> None:
    lease = await take(ada, asked.id)
    await act(ada, ACTS[end], asked.id, lease.fence)
    before = await stored(ada, asked.id)
    with pytest.raises(LeaseLostError):
        await act(ada, ACTS[name], asked.id, lease.fence)
    assert await take(ada, asked.id) is None
    assert await stored(ada, asked.id) == before


async def test_an_effect_of_a_late_worker_is_undone_with_the_refusal(ada: Scope, asked: RunRow) -> None:
    late = await take(ada, asked.id)
    await change(ada, asked.id, lease_until=utc_now())
    await take(ada, asked.id)

    async def write_late() -> None:
        async with ada.write(ItemService) as items:
            await items.create(ItemDraft(title="too late"))
            await LeaseService.of(items).hold(asked.id, late.fence, SECONDS)

    with pytest.raises(LeaseLostError):
        await write_late()
    async with ada.read(ItemService) as items:
        assert (await items.numbered(1, 10)).total == 0


async def test_a_lease_that_is_held_is_nobody_elses_until_it_ends(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id, 1)
    assert await take(ada, asked.id) is None
    await act(ada, ACTS["renew"], asked.id, lease.fence)
    await asyncio.sleep(1.1)
    assert await take(ada, asked.id) is None
    await change(ada, asked.id, lease_until=utc_now())
    assert (await take(ada, asked.id)).attempts == 2


async def test_an_effect_counts_as_progress_and_a_renewal_does_not(ada: Scope, asked: RunRow) -> None:
    for expected in (1, 2, 3):
        lease = await take(ada, asked.id)
        assert lease.attempts == expected
        await act(ada, ACTS["renew"], asked.id, lease.fence)
        await act(ada, ACTS["begin_step"], asked.id, lease.fence)
        await act(ada, ACTS["say"], asked.id, lease.fence)
        await change(ada, asked.id, lease_until=utc_now())
    lease = await take(ada, asked.id)
    await act(ada, ACTS["hold"], asked.id, lease.fence)
    await change(ada, asked.id, lease_until=utc_now())
    assert (await take(ada, asked.id)).attempts == 2


async def test_a_finished_step_is_remembered_with_its_state_and_clears_the_failures(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id)
    await act(ada, ACTS["put_off"], asked.id, lease.fence)
    lease = await take(ada, asked.id)
    assert (lease.attempts, await failures(ada, lease)) == (1, 1)
    await act(
        ada, lambda s, id, fence: s.finish_step(id, fence, {"é": [None, 1.5]}, 1, {"seen": 3}), asked.id, lease.fence
    )
    await act(ada, ACTS["release"], asked.id, lease.fence)
    lease = await take(ada, asked.id)
    assert (lease.state, lease.steps_done, await failures(ada, lease)) == ({"é": [None, 1.5]}, 1, 0)
    assert lease.run.metadata == {"seen": 3}


async def test_a_run_that_was_put_off_is_taken_when_it_is_due_and_not_before(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id)
    await act(ada, lambda s, id, fence: s.put_off(id, fence, utc_now() + timedelta(seconds=60)), asked.id, lease.fence)
    assert (await row(ada, asked.id)).status is RunStatus.PENDING
    assert await take(ada, asked.id) is None
    assert await due(ada) == []
    await change(ada, asked.id, lease_until=utc_now())
    assert await due(ada) == [asked.id]
    assert await take(ada, asked.id) is not None


async def test_a_released_run_is_free_at_once_and_its_attempt_is_given_back(ada: Scope, asked: RunRow) -> None:
    for _ in range(5):
        lease = await take(ada, asked.id)
        assert lease.attempts == 1
        await act(ada, ACTS["release"], asked.id, lease.fence)
        assert await due(ada) == [asked.id]


async def due(scope: Scope, grace: float = 60) -> list[UUID]:
    async with system(scope).read(LeaseService) as leases:
        return list(await leases.due(timedelta(seconds=grace)))


async def test_runs_whose_message_was_lost_or_whose_worker_died_are_due(ada: Scope, asked: RunRow) -> None:
    assert await due(ada) == []
    assert await due(ada, 0) == [asked.id]
    lease = await take(ada, asked.id)
    assert await due(ada, 0) == []
    await change(ada, asked.id, lease_until=utc_now())
    assert await due(ada) == [asked.id]
    await act(ada, ACTS["cancel"], asked.id, lease.fence)
    assert await due(ada, 0) == []
    await change(ada, asked.id, status=RunStatus.WAITING)
    assert await due(ada, 0) == []


async def test_a_server_that_starts_alone_voids_every_lease(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id, 600)
    async with system(ada).write(LeaseService) as leases:
        await leases.abandon_all()
    assert await due(ada) == [asked.id]
    assert (await take(ada, asked.id)).fence == lease.fence + 1


async def test_whoever_holds_a_run_learns_that_it_shall_stop(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id)
    async with ada.write(RunService) as runs:
        assert (await runs.cancel(asked.id)).status is RunStatus.RUNNING
    for name in ("hold", "renew"):
        with pytest.raises(RunCancelledError):
            await act(ada, ACTS[name], asked.id, lease.fence)
    await act(ada, ACTS["cancel"], asked.id, lease.fence)
    assert (await row(ada, asked.id)).status is RunStatus.CANCELLED


async def test_a_dead_workers_run_is_cancelled_at_once(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id)
    await change(ada, asked.id, lease_until=utc_now() - timedelta(seconds=1))
    async with ada.write(RunService) as runs:
        assert (await runs.cancel(asked.id)).status is RunStatus.CANCELLED
    with pytest.raises(LeaseLostError):
        await act(ada, ACTS["hold"], asked.id, lease.fence)


async def test_what_a_run_says_while_it_is_cancelled_has_no_gap(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id)

    async def say(number: int) -> None:
        await act(ada, lambda s, id, fence: s.say(id, fence, number, 20, f"é {number}"), asked.id, lease.fence)

    async def cancel() -> None:
        async with ada.write(RunService) as runs:
            await runs.cancel(asked.id)

    await asyncio.gather(*(say(n) for n in range(20)), cancel(), cancel())
    await act(ada, ACTS["cancel"], asked.id, lease.fence)
    events = await story(ada, asked.id)
    assert [event.seq for event in events] == list(range(1, 24))
    assert [event.kind for event in events].count(RunEventKind.ENDED) == 1
    assert {event.message for event in events if event.kind is RunEventKind.PROGRESS} == {f"é {n}" for n in range(20)}


async def test_a_failure_is_told_with_its_code_and_details(ada: Scope, asked: RunRow) -> None:
    lease = await take(ada, asked.id)
    wrong = ExternalServiceError("the board is down", {"source": "é"})
    await act(ada, lambda s, id, fence: s.fail(id, fence, wrong), asked.id, lease.fence)
    ended = await row(ada, asked.id)
    assert (ended.status, ended.error_code, ended.error_message, ended.error_details) == (
        RunStatus.ERROR,
        "EXTERNAL_SERVICE_ERROR",
        "the board is down",
        {"source": "é"},
    )
    assert (await story(ada, asked.id))[-1].message == "the board is down"
    assert ended.duration_ms >= 0


class Machine(RuleBasedStateMachine):
    """Two workers and a person do anything in any order to one run. The invariants are the promises."""

    loop: asyncio.AbstractEventLoop
    scope: Scope
    count = 0

    def __init__(self) -> None:
        super().__init__()
        Machine.count += 1
        self.number = Machine.count
        self.leases: dict[int, Lease | None] = {0: None, 1: None}
        self.ended: RunStatus | None = None
        self.effects = 0
        self.id = self.do(self._ask())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _ask(self) -> UUID:
        async with self.scope.write(RunService) as runs:
            return (await runs.request("echo", {"message": str(self.number)}, TriggerType.API)).id

    @rule(worker=st.integers(0, 1))
    def take(self, worker: int) -> None:
        lease = self.do(take(self.scope, self.id))
        if lease is not None:
            assert self.ended is None
            others = [other.fence for other in self.leases.values() if other is not None]
            assert all(lease.fence > fence for fence in others)
            self.leases[worker] = lease

    @rule(worker=st.integers(0, 1), item=st.integers(0, 2))
    def keyed_effect(self, worker: int, item: int) -> None:
        lease = self.leases[worker]
        if lease is not None and self.do(self._effect(lease, f"{self.number}.{item}")):
            assert self._newest(lease)
            assert self.ended is None

    async def _effect(self, lease: Lease, key: str) -> bool:
        try:
            async with self.scope.write(ItemService) as items:
                await LeaseService.of(items).hold(self.id, lease.fence, SECONDS)
                if await items.session.scalar(select(Item.id).where(Item.title == key)) is None:
                    await items.create(ItemDraft(title=key))
                    self.effects += 1
        except (LeaseLostError, RunCancelledError):
            return False
        return True

    @rule(worker=st.integers(0, 1), name=st.sampled_from([name for name in ACTS if name not in {"hold", "renew"}]))
    def act(self, worker: int, name: str) -> None:
        lease = self.leases[worker]
        if lease is None:
            return
        before = self.do(stored(self.scope, self.id))
        try:
            self.do(act(self.scope, ACTS[name], self.id, lease.fence))
        except LeaseLostError:
            assert self.do(stored(self.scope, self.id)) == before
            return
        assert self._newest(lease)
        assert self.ended is None
        self.ended = {"succeed": RunStatus.SUCCESS, "fail": RunStatus.ERROR, "cancel": RunStatus.CANCELLED}.get(name)

    def _newest(self, lease: Lease) -> bool:
        return lease.fence == max(other.fence for other in self.leases.values() if other is not None)

    @rule()
    def expire(self) -> None:
        self.do(change(self.scope, self.id, lease_until=utc_now() - timedelta(seconds=1)))

    @rule()
    def cancel(self) -> None:
        if self.do(self._person("cancel")).status is RunStatus.CANCELLED and self.ended is None:
            self.ended = RunStatus.CANCELLED

    @precondition(lambda self: self.ended in {RunStatus.ERROR, RunStatus.CANCELLED})
    @rule()
    def retry(self) -> None:
        assert self.do(self._person("retry")).status is RunStatus.PENDING
        self.ended = None

    @precondition(lambda self: self.ended not in {RunStatus.ERROR, RunStatus.CANCELLED})
    @rule()
    def retry_in_vain(self) -> None:
        with pytest.raises(ValidationError):
            self.do(self._person("retry"))

    async def _person(self, wish: str) -> RunRow:
        async with self.scope.write(RunService) as runs:
            return await getattr(runs, wish)(self.id)

    @invariant()
    def the_end_is_the_end_and_the_story_has_no_gap(self) -> None:
        now = self.do(row(self.scope, self.id))
        if self.ended is not None:
            assert now.status is self.ended
        else:
            assert not now.status.ended
        events = self.do(story(self.scope, self.id))
        assert [event.seq for event in events] == list(range(1, now.event_seq + 1))
        assert events[-1].status is now.status or events[-1].status in {RunStatus.RUNNING, RunStatus.PENDING}
        self.do(self._one_effect_per_item())

    async def _one_effect_per_item(self) -> None:
        async with self.scope.read(ItemService) as items:
            titles = (
                await items.session.scalars(select(Item.title).where(Item.title.startswith(f"{self.number}.")))
            ).all()
        assert len(titles) == len(set(titles)) == self.effects


async def test_no_order_of_events_breaks_a_promise(ada: Scope) -> None:
    """The machine is synchronous: it lives in a thread and hands its work to this loop."""
    Machine.loop, Machine.scope = asyncio.get_running_loop(), ada
    await asyncio.to_thread(
        run_state_machine_as_test,
        Machine,
        settings=settings(
            max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
