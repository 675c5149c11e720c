"""The doorbell: a message names a reaction and an id, and is answered on the loop of whoever works."""

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from domain.ports import Ports
from infra.doorbells import DramatiqDoorbell, redis_broker, stub_broker
from workers import DECLARED, REACTIONS
from workers.reactions import Reaction

REDIS = os.environ.get("TEST_REDIS_URL", "")
services = [pytest.mark.services, pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL is unset")]


async def never(ports: Ports, id: UUID) -> None:
    pytest.fail("a reaction is called by whoever answers, not by the doorbell")


FAST, SLOW = Reaction("fast", "fast_queue", never), Reaction("slow", "slow_queue", never)
Make = Callable[[], DramatiqDoorbell]


@pytest.fixture(params=["stub", pytest.param("redis", marks=services)])
async def make(request: pytest.FixtureRequest) -> AsyncIterator[Make]:
    """Doorbells over one broker's place; with Redis each stands for a process of its own."""
    namespace = f"pa_test_{uuid.uuid4().hex[:12]}"
    stub = stub_broker()
    opened: list[DramatiqDoorbell] = []

    def make_one() -> DramatiqDoorbell:
        if request.param == "stub" and opened:
            return opened[0]
        broker = stub if request.param == "stub" else redis_broker(REDIS, namespace)
        opened.append(DramatiqDoorbell(broker, (FAST, SLOW)))
        return opened[-1]

    yield make_one
    for doorbell in opened:
        await doorbell.close()
    if request.param == "redis":
        from redis.asyncio import Redis

        async with Redis.from_url(REDIS) as client:
            await client.delete("none", *[key async for key in client.scan_iter(f"{namespace}:*")])


class Answers:
    """Notes what was rung for; `slow` reactions wait until they are let go."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, UUID]] = []
        self.loops: set[asyncio.AbstractEventLoop] = set()
        self.go = asyncio.Event()

    async def __call__(self, reaction: Reaction, id: UUID) -> None:
        self.loops.add(asyncio.get_running_loop())
        if reaction is SLOW:
            await self.go.wait()
        self.heard.append((reaction.name, id))

    async def count(self, number: int, within: float = 5) -> None:
        async with asyncio.timeout(within):
            while len(self.heard) < number:
                await asyncio.sleep(0.01)


async def test_every_ring_is_answered_on_the_loop_that_answers(make: Make) -> None:
    caller, worker, answers = make(), make(), Answers()
    worker.answer(answers, threads=4)
    ids = [uuid4() for _ in range(40)]
    await asyncio.gather(*(caller.ring("fast", id) for id in ids))
    await answers.count(40)
    assert sorted(answers.heard) == sorted(("fast", id) for id in ids)
    assert answers.loops == {asyncio.get_running_loop()}


async def test_what_was_rung_before_anybody_worked_is_answered_later(make: Make) -> None:
    caller, worker, answers = make(), make(), Answers()
    id = uuid4()
    await caller.ring("fast", id)
    worker.answer(answers, threads=1)
    await answers.count(1)
    assert answers.heard == [("fast", id)]


async def test_one_kind_that_waits_holds_up_no_other(make: Make) -> None:
    caller, worker, answers = make(), make(), Answers()
    worker.answer(answers, threads=2)
    for _ in range(2):
        await caller.ring("slow", uuid4())
    await asyncio.sleep(0.3)
    for _ in range(5):
        await caller.ring("fast", uuid4())
    await answers.count(5)
    answers.go.set()
    await answers.count(7)


async def test_a_failing_reaction_ends_neither_the_worker_nor_is_tried_again(make: Make) -> None:
    caller, worker, answers = make(), make(), Answers()

    async def react(reaction: Reaction, id: UUID) -> None:
        await answers(reaction, id)
        if len(answers.heard) < 3:
            raise RuntimeError("told in the log") if len(answers.heard) == 1 else ValueError

    worker.answer(react, threads=1)
    for _ in range(4):
        await caller.ring("fast", uuid4())
    await answers.count(4)
    await asyncio.sleep(0.2)
    assert len(answers.heard) == 4


async def test_closing_does_not_wait_for_ever_for_a_reaction_that_hangs(make: Make) -> None:
    caller, worker, answers = make(), make(), Answers()

    async def react(reaction: Reaction, id: UUID) -> None:
        await answers.go.wait()

    worker.answer(react, threads=1)
    await caller.ring("slow", uuid4())
    await asyncio.sleep(0.3)
    asyncio.get_running_loop().call_later(0.3, answers.go.set)
    began = time.monotonic()
    await worker.close()
    assert time.monotonic() - began < 3


async def test_only_declared_reactions_can_be_rung_for(make: Make) -> None:
    with pytest.raises(KeyError):
        await make().ring("no_such_reaction", uuid4())


def test_everything_that_follows_from_an_event_is_declared_under_a_name_of_its_own() -> None:
    names = [reaction.name for reaction in DECLARED]
    assert len(names) == len(set(names))
    followed: set[Any] = {reaction for reactions in REACTIONS.values() for reaction in reactions}
    assert followed <= set(DECLARED)
