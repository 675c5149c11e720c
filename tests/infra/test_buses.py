"""The bus wakes whoever listens, in memory and through Redis alike; what it loses is only a wake-up."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from domain.ports import Bus
from infra.buses.memory import LAG_AT_MOST, MemoryBus

REDIS = os.environ.get("TEST_REDIS_URL", "")
services = [pytest.mark.services, pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL is unset")]
SOON = 2.0


class Space:
    """Buses of several processes over one place."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.namespace = f"pa_test_{uuid.uuid4().hex[:12]}"
        self.memory = MemoryBus()
        self.opened: list[Bus] = []

    def bus(self) -> Bus:
        if self.kind == "memory":
            return self.memory
        from redis.asyncio import Redis

        from infra.buses.redis import RedisBus

        client = Redis.from_url(REDIS, socket_timeout=None, client_name=self.namespace)
        self.opened.append(RedisBus(client, self.namespace))
        return self.opened[-1]

    async def empty(self) -> None:
        """What a restart of an unsaved Redis does, to our keys only."""
        from redis.asyncio import Redis

        async with Redis.from_url(REDIS) as client:
            await client.delete(*[key async for key in client.scan_iter(f"{self.namespace}:*")] or ["none"])

    async def cut(self) -> None:
        """End our readers' connections."""
        from redis.asyncio import Redis

        async with Redis.from_url(REDIS) as client:
            for known in await client.client_list():
                if known["name"] == self.namespace and known["cmd"] == "xread":
                    await client.client_kill_filter(_id=known["id"])


async def space_of(kind: str) -> AsyncIterator[Space]:
    made = Space(kind)
    yield made
    for bus in made.opened:
        await bus.close()
    if kind == "redis":
        await made.empty()


@pytest.fixture(params=["memory", pytest.param("redis", marks=services)])
async def space(request: pytest.FixtureRequest) -> AsyncIterator[Space]:
    async for made in space_of(request.param):
        yield made


@pytest.fixture
async def redis_space() -> AsyncIterator[Space]:
    async for made in space_of("redis"):
        yield made


async def test_who_listens_hears_what_is_told_after_that_in_order(space: Space) -> None:
    teller, hearer = space.bus(), space.bus()
    await teller.publish("t", {"n": 0})
    async with hearer.listen("t") as listener:
        for n in range(1, 51):
            await teller.publish("t", {"n": n, "text": "é\x00\U0001f600", "none": None})
        heard = [await listener.next(SOON) for _ in range(50)]
        assert [message["n"] for message in heard] == list(range(1, 51))
        assert heard[0]["text"] == "é\x00\U0001f600"
        assert await listener.next(0.05) is None


async def test_everybody_who_listens_hears_it_and_nobody_of_another_topic(space: Space) -> None:
    buses = [space.bus() for _ in range(3)]
    async with AsyncExitStack() as stack:
        same = [await stack.enter_async_context(bus.listen("a")) for bus in (*buses, buses[0])]
        other = await stack.enter_async_context(buses[1].listen("b"))
        await buses[0].publish("a", {"x": 1})
        assert [await listener.next(SOON) for listener in same] == [{"x": 1}] * 4
        assert await other.next(0.05) is None


async def test_nothing_to_hear_is_none_after_the_time_and_not_before(space: Space) -> None:
    async with space.bus().listen("t") as listener:
        began = asyncio.get_running_loop().time()
        assert await listener.next(0.2) is None
        assert 0.15 < asyncio.get_running_loop().time() - began < 1


async def test_a_listener_that_left_is_forgotten(space: Space) -> None:
    bus = space.bus()
    async with bus.listen("t") as first:
        pass
    async with bus.listen("t") as second:
        await bus.publish("t", {"x": 1})
        assert await second.next(SOON) == {"x": 1}
        assert await first.next(0.01) is None


async def test_a_reader_that_is_ended_just_when_it_is_told_something_ends(space: Space) -> None:
    bus = space.bus()
    async with bus.listen("t") as listener:
        for _ in range(20):
            reading = asyncio.create_task(listener.next(30))
            await asyncio.sleep(0)
            listener.give({"x": 1})
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            assert await listener.next(SOON) == {"x": 1}


async def test_a_reader_that_lags_loses_the_oldest_and_keeps_the_newest(space: Space) -> None:
    bus = space.bus()
    async with bus.listen("t") as listener:
        for n in range(LAG_AT_MOST + 100):
            listener.give({"n": n})
        assert await listener.next(SOON) == {"n": 100}


async def test_the_bus_answers_its_check(space: Space) -> None:
    assert await space.bus().check() >= 0


async def test_closing_twice_and_without_use_is_no_error(space: Space) -> None:
    bus = space.bus()
    await bus.close()
    if space.kind == "memory":
        await bus.close()
    else:
        space.opened.remove(bus)


@pytest.mark.services
@pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL is unset")
async def test_an_emptied_redis_heals(redis_space: Space) -> None:
    teller, hearer = redis_space.bus(), redis_space.bus()
    async with hearer.listen("t") as listener:
        await teller.publish("t", {"n": 1})
        assert await listener.next(SOON) == {"n": 1}
        for n in range(2, 5):
            await redis_space.empty()
            await teller.publish("t", {"n": n})
            assert await listener.next(SOON) == {"n": n}


@pytest.mark.services
@pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL is unset")
async def test_a_cut_reader_goes_on_where_it_was_and_hears_nothing_twice(redis_space: Space) -> None:
    teller, hearer = redis_space.bus(), redis_space.bus()
    async with hearer.listen("t") as listener:
        for n in range(30):
            await teller.publish("t", {"n": n})
        heard = [await listener.next(SOON) for _ in range(30)]
        await redis_space.cut()
        for n in range(30, 60):
            await teller.publish("t", {"n": n})
        heard += [await listener.next(SOON) for _ in range(30)]
        assert [message["n"] for message in heard if message] == list(range(60))
        assert await listener.next(0.3) is None


@pytest.mark.services
@pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL is unset")
async def test_an_entry_that_cannot_be_read_ends_nothing(redis_space: Space) -> None:
    from redis.asyncio import Redis

    teller, hearer = redis_space.bus(), redis_space.bus()
    async with hearer.listen("t") as listener, Redis.from_url(REDIS) as client:
        await client.xadd(f"{redis_space.namespace}:bus", {"foreign": "x"})
        await client.xadd(f"{redis_space.namespace}:bus", {"t": "t", "m": "{broken"})
        await teller.publish("t", {"n": 1})
        assert await listener.next(SOON) == {"n": 1}


@pytest.mark.services
@pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL is unset")
async def test_an_old_place_after_a_clock_that_went_back_is_read_from_the_start(redis_space: Space) -> None:
    bus = redis_space.bus()
    await bus.publish("t", {})
    newest = await bus._newest()
    stamp, number = newest.split("-")
    assert await bus._resume(newest) == newest
    assert await bus._resume(f"{stamp}-{int(number) + 1}") == "0-0"
    assert await bus._resume(f"{int(stamp) - 1}-{10**6}") == f"{int(stamp) - 1}-{10**6}"
    await redis_space.empty()
    assert await bus._resume(newest) == "0-0"
    assert await bus._resume(None) is None


@pytest.mark.services
@pytest.mark.skipif(not REDIS, reason="TEST_REDIS_URL is unset")
async def test_ids_of_one_millisecond_are_compared_as_numbers(redis_space: Space) -> None:
    from redis.asyncio import Redis

    bus = redis_space.bus()
    async with Redis.from_url(REDIS) as client:
        await client.xadd(f"{redis_space.namespace}:bus", {"t": "t", "m": "{}"}, id="5-10")
    assert await bus._resume("5-9") == "5-9"


async def test_listening_does_not_wait_for_a_redis_that_is_away() -> None:
    """Followers read the database: without the bus they are only slower."""
    from redis.asyncio import Redis

    from infra.buses.redis import RedisBus

    bus = RedisBus(Redis.from_url("redis://127.0.0.1:1/0"), "x")
    async with asyncio.timeout(5), bus.listen("t") as listener:
        assert await listener.next(0.01) is None
    await bus.close()
