"""Sightings: the account of a run adds up by construction."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.listings import Listing
from domain.postings import PostingService
from domain.run_service import RunService
from domain.runs import TriggerType
from domain.scopes import Scope
from domain.sightings import Account, Outcome, Seen, SightingService


@pytest.fixture
def works() -> bool:
    return False


@pytest.fixture
async def run_id(ada: Scope) -> UUID:
    async with ada.write(RunService) as runs:
        return (await runs.request("echo", {}, TriggerType.API)).id


@pytest.fixture
async def posting(ada: Scope) -> UUID:
    async with ada.write(PostingService) as postings:
        one = Listing(source="lever", external_id="1", title="Cook", company="Acme", url="https://example.com/1")
        return next(iter((await postings.keep([one], owned=False)).ids.values()))


async def record(scope: Scope, run_id: UUID, *seen: Seen) -> None:
    async with scope.write(SightingService) as sightings:
        await sightings.record(run_id, seen)


async def ask(scope: Scope, how: str, *args: Any, **options: Any) -> Any:
    async with scope.read(SightingService) as sightings:
        return await getattr(sightings, how)(*args, **options)


async def test_what_was_recorded_stays_as_it_is(ada: Scope, run_id: UUID, posting: UUID) -> None:
    await record(ada, run_id, Seen("a", "lever", posting), Seen("b", "lever", None, Outcome.FAILED, "row 2: no title"))
    await record(
        ada, run_id, Seen("a", "lever", None, Outcome.FAILED), Seen("c", "lever", posting), Seen("c", "x", posting)
    )
    await record(ada, run_id)
    assert await ask(ada, "count", run_id) == 3
    assert await ask(ada, "count", run_id, open_only=True) == 2
    assert await ask(ada, "open", run_id, 10) == [("a", posting), ("c", posting)]
    assert await ask(ada, "open", run_id, 1) == [("a", posting)]


async def test_what_cannot_be_rated_hides_nothing_that_can(ada: Scope, run_id: UUID, posting: UUID) -> None:
    await record(ada, run_id, *(Seen(str(n), "lever", None) for n in range(5)), Seen("z", "lever", posting))
    assert await ask(ada, "open", run_id, 3) == [("z", posting)]


async def test_the_account_adds_up(ada: Scope, run_id: UUID, posting: UUID) -> None:
    assert await ask(ada, "account", run_id) == Account()
    await record(
        ada,
        run_id,
        *(Seen(f"{n}", "lever" if n % 2 else "greenhouse", posting) for n in range(12)),
        Seen("bad", "feed", None, Outcome.FAILED, "é" * 1_000),
    )
    outcomes = {str(n): (outcome, None) for n, outcome in enumerate(Outcome)}
    outcomes |= {str(n): (Outcome.FILTERED, "salary" if n % 2 else "é") for n in range(6, 11)}
    async with ada.write(SightingService) as sightings:
        await sightings.close(run_id, outcomes)
        await sightings.close(run_id, {})
    account = await ask(ada, "account", run_id)
    assert account.seen == 12
    assert account.seen == sum(getattr(account, outcome) for outcome in Outcome)
    assert (account.new, account.filtered, account.failed) == (1, 6, 2)
    assert account.filtered_by == {"é": 3, "salary": 2, "": 1}
    assert account.failures == ["é" * 500]
    assert account.sources["feed"] == {"failed": 1}
    assert account.sources["lever"] == {"known": 1, "filtered": 3, "failed": 1}
    assert await ask(ada, "count", run_id, open_only=True) == 1
    assert account.to_json()["seen"] == 12


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_becomes_of_them_none_is_lost_and_none_counted_twice(
    ada: Scope, run_id: UUID, posting: UUID, data: st.DataObject
) -> None:
    before = (await ask(ada, "account", run_id)).seen
    keys = data.draw(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20), max_size=8)
    )
    start = await ask(ada, "count", run_id)
    await record(ada, run_id, *(Seen(f"{start}.{key}", "lever", posting) for key in keys))
    for _ in range(2):
        ends = {f"{start}.{key}": (data.draw(st.sampled_from(Outcome)), None) for key in keys}
        async with ada.write(SightingService) as sightings:
            await sightings.close(run_id, ends)
    account = await ask(ada, "account", run_id)
    assert account.seen == before + len(set(keys)) == sum(getattr(account, outcome) for outcome in Outcome)


async def test_a_very_long_key_is_recorded_and_closed(ada: Scope, run_id: UUID, posting: UUID) -> None:
    key = "日" * 600
    await record(ada, run_id, Seen(key, "lever", posting))
    ((found, _),) = await ask(ada, "open", run_id, 5)
    async with ada.write(SightingService) as sightings:
        await sightings.close(run_id, {found: (Outcome.NEW, None)})
    assert (await ask(ada, "account", run_id)).new == 1
