"""Following: what is stored is told once and in order, whatever the bus loses and wherever the reader is cut off."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.errors import NotFoundError
from domain.follow import follow
from domain.leases import LeaseService
from domain.run_service import RunService
from domain.runs import RunRow, RunStatus, TriggerType
from domain.scopes import Scope
from domain.viewers import Viewer
from infra.buses.memory import MemoryBus
from resolvers.runs import cancel_run, retry_run, run_changes, run_progress


@pytest.fixture
def works() -> bool:
    return False


class DeafBus(MemoryBus):
    """Loses every message; being asked, it says so at once, where a real one would after two seconds."""

    @asynccontextmanager
    async def listen(self, topic: str) -> AsyncIterator[Any]:
        yield self

    async def next(self, timeout: float) -> None:
        await asyncio.sleep(0.005)


async def ask(scope: Scope, number: int = 0) -> RunRow:
    async with scope.write(RunService) as runs:
        return await runs.request("echo", {"message": str(number)}, TriggerType.API)


async def work(scope: Scope, id: UUID, count: int, pause: float = 0.0) -> None:
    """Take the run, tell of it `count` times, end it: count + 3 events in all."""
    system = Scope(Viewer(), scope.ports)
    async with system.write(LeaseService) as leases:
        lease = await leases.take(id, 60)
    for number in range(count):
        async with system.write(LeaseService) as leases:
            await leases.say(id, lease.fence, number, count, str(number))
        await asyncio.sleep(pause)
    async with system.write(LeaseService) as leases:
        await leases.succeed(id, lease.fence, {}, {})


async def seqs(scope: Scope, id: UUID, after: int = 0) -> list[int]:
    async with asyncio.timeout(20), aclosing(run_progress(scope, id, after)) as events:
        return [event.seq async for event in events]


async def test_followers_miss_nothing_while_events_are_written(ada: Scope) -> None:
    run = await ask(ada)
    followers = [asyncio.create_task(seqs(ada, run.id, after)) for after in (0, 0, 1, 5)]
    await work(ada, run.id, 60)
    for follower, after in zip(followers, (0, 0, 1, 5), strict=True):
        assert await follower == list(range(after + 1, 64))


@pytest.mark.parametrize("deaf", [False, True])
async def test_a_reader_cut_at_a_hundred_random_moments_reads_every_event_once_and_in_order(
    ada: Scope, deaf: bool
) -> None:
    """A bus that loses every message only delays."""
    chance = random.Random(5)
    reader = Scope(ada.viewer, replace(ada.ports, bus=DeafBus())) if deaf else ada
    run = await ask(ada)
    writing = asyncio.create_task(work(ada, run.id, 150, pause=0.002))
    read: list[int] = []
    cuts = 0
    async with asyncio.timeout(30):
        while cuts < 100 or not read or read[-1] < 153:
            cuts += 1
            wanted = chance.randrange(1, 5)
            async with aclosing(run_progress(reader, run.id, read[-1] if read else 0)) as events:
                async for event in events:
                    read.append(event.seq)
                    wanted -= 1
                    if not wanted and cuts <= 100:
                        break
    await writing
    assert read == list(range(1, 154))


async def test_a_reader_cut_in_the_middle_of_its_waiting_leaves_nothing_behind(ada: Scope) -> None:
    run = await ask(ada)
    bus = MemoryBus()
    reader = Scope(ada.viewer, replace(ada.ports, bus=bus))
    for _ in range(20):
        task = asyncio.create_task(seqs(reader, run.id))
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with aclosing(run_progress(reader, run.id)) as events:
        await anext(events)
        assert len(bus._listeners) == 1
    assert not bus._listeners


async def test_an_ended_run_is_told_to_its_end_and_no_further(ada: Scope) -> None:
    run = await ask(ada)
    system = Scope(Viewer(), ada.ports)
    async with system.write(LeaseService) as leases:
        lease = await leases.take(run.id, 60)
        for number in range(1_200):
            await leases.say(run.id, lease.fence, number, 1_200, None)
        await leases.succeed(run.id, lease.fence, {}, {})
    assert await seqs(ada, run.id) == list(range(1, 1_204))
    assert await seqs(ada, run.id, after=1_202) == [1_203]
    assert await seqs(ada, run.id, after=1_203) == []
    assert await seqs(ada, run.id, after=10**6) == []


async def test_a_retried_run_is_followed_over_its_first_end(ada: Scope) -> None:
    run = await ask(ada)
    await cancel_run(ada, run.id)
    await retry_run(ada, run.id)
    following = asyncio.create_task(seqs(ada, run.id))
    await work(ada, run.id, 1)
    assert await following == list(range(1, 7))


async def test_another_persons_run_cannot_be_followed(ada: Scope, bob: Scope, root: Scope) -> None:
    run = await ask(ada)
    with pytest.raises(NotFoundError):
        await seqs(bob, run.id)
    await work(ada, run.id, 0)
    assert await seqs(root, run.id) == [1, 2, 3]


async def test_the_list_of_runs_opens_with_their_state_and_tells_every_change(ada: Scope, bob: Scope) -> None:
    for deaf in (False, True):
        reader = Scope(ada.viewer, replace(ada.ports, bus=DeafBus())) if deaf else ada
        first, theirs = await ask(ada, 1 + deaf), await ask(bob, 1 + deaf)
        told: list[tuple[UUID, RunStatus]] = []
        async with asyncio.timeout(15), aclosing(run_changes(reader)) as changes:
            async for row in changes:
                told.append((row.id, row.status))
                if told[-1] == (first.id, RunStatus.PENDING):
                    second = await ask(ada, 10 + deaf)
                    await work(bob, theirs.id, 0)
                elif told[-1] == (second.id, RunStatus.PENDING):
                    await cancel_run(ada, second.id)
                    await work(ada, first.id, 0)
                if {(second.id, RunStatus.CANCELLED), (first.id, RunStatus.SUCCESS)} <= set(told):
                    break
        assert len(told) == len(set(told))
        assert theirs.id not in {id for id, _ in told}


async def test_whatever_is_followed_ends_with_its_newest() -> None:
    batches = iter([[1, 2], [], [3], [4, 9], [5]])

    async def read() -> list[int]:
        return next(batches)

    found = [number async for number in follow(DeafBus(), "t", read, ended=lambda number: number == 9)]
    assert found == [1, 2, 3, 4, 9]
