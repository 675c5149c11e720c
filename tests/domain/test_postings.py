"""Postings: one row for each, shared when it came from a board, owned when a person brought it."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.dedupe import listing_key
from domain.errors import AuthenticationError
from domain.listings import Listing
from domain.postings import IMPORT, Kept, Posting, PostingService
from domain.scopes import Scope


@pytest.fixture
def works() -> bool:
    return False


def listing(number: int, **values: Any) -> Listing:
    return Listing(
        **{
            "source": "lever",
            "board": "acme",
            "external_id": str(number),
            "title": f"Cook {number}",
            "company": "Acme",
            "url": f"https://example.com/{number}",
            "description": "Cooking.",
        }
        | values
    )


async def keep(scope: Scope, *listings: Listing, owned: bool = False) -> Kept:
    async with scope.write(PostingService) as postings:
        return await postings.keep(listings, owned=owned)


async def stored(scope: Scope) -> list[Any]:
    async with scope.read(PostingService) as postings:
        return list(await postings.session.execute(select(Posting.__table__).order_by(Posting.key)))


async def test_twice_the_same_is_the_same_as_once(ada: Scope, bob: Scope) -> None:
    first = await keep(ada, listing(1), listing(2), listing(1))
    assert len(first.ids) == len(first.new) == 2
    again = await keep(bob, listing(2), listing(1))
    assert (again.ids, again.new) == (first.ids, frozenset())
    rows = await stored(ada)
    assert len(rows) == 2
    assert all(row.updated_at is None and row.owner_id is None for row in rows)


async def test_what_changed_is_refreshed_and_keeps_its_id(ada: Scope) -> None:
    before = await keep(ada, listing(1), listing(2))
    changed = replace(listing(1), description="Cooking and baking.")
    after = await keep(ada, changed, listing(2))
    assert (after.ids, after.new) == (before.ids, frozenset())
    async with ada.read(PostingService) as postings:
        texts = await postings.texts(before.ids.values())
    assert texts[before.ids[listing_key(changed)]].description == "Cooking and baking."
    assert [row.updated_at is None for row in await stored(ada)] == [False, True]


async def test_what_a_person_brought_is_theirs_alone(ada: Scope, bob: Scope, stranger: Scope) -> None:
    same = listing(1, source=IMPORT)
    hers, his, shared = await keep(ada, same, owned=True), await keep(bob, same, owned=True), await keep(bob, same)
    assert len({*hers.ids.values(), *his.ids.values(), *shared.ids.values()}) == 3
    async with ada.read(PostingService) as postings:
        assert await postings.owned_ids() == list(hers.ids.values())
    with pytest.raises(AuthenticationError):
        await keep(stranger, same, owned=True)


async def test_readings_at_once_in_any_order_store_each_once(ada: Scope, bob: Scope) -> None:
    listings = [listing(n) for n in range(60)]
    answers = await asyncio.gather(
        *(keep(scope, *(listings if n % 2 else listings[::-1])) for n, scope in enumerate((ada, bob) * 3))
    )
    assert all(answer.ids == answers[0].ids for answer in answers)
    assert len(await stored(ada)) == 60


async def test_changes_at_once_in_any_order_store_one_of_them(ada: Scope, bob: Scope) -> None:
    listings = [listing(n) for n in range(40)]
    await keep(ada, *listings)
    await asyncio.gather(
        *(
            keep(scope, *[replace(one, description=str(n)) for one in (listings if n % 2 else listings[::-1])])
            for n, scope in enumerate((ada, bob) * 2)
        )
    )
    assert {row.description for row in await stored(ada)} <= {"0", "1", "2", "3"}


@pytest.mark.parametrize(
    "values",
    [
        {"title": "\U0001f600" * 2_000, "company": "é" * 2_000, "description": "x" * 1_000_000},
        {"url": "https://example.com/" + "ü" * 3_000, "apply_url": "https://example.com/" + "a" * 3_000},
        {"external_id": "日" * 3_000},
        {"external_id": "a:b%c", "board": "x:y"},
        {"board": None, "external_id": "", "url": "https://example.com/" + "z" * 3_000},
        {"raw": {"deep": [[[{"é": None}]]], "number": 2**53}},
        {"title": "", "company": "", "description": ""},
    ],
    ids=",".join,
)
async def test_whatever_a_source_says_is_stored_and_found_again(ada: Scope, values: dict[str, Any]) -> None:
    first = await keep(ada, listing(1, **values))
    again = await keep(ada, listing(1, **values), listing(2))
    assert len(first.new) == 1
    assert len(again.new) == 1
    async with ada.read(PostingService) as postings:
        text = (await postings.texts(first.ids.values()))[next(iter(first.ids.values()))]
    assert text.description == listing(1, **values).description
    assert len(text.title) <= 500


async def test_nothing_to_keep_is_nothing_kept(ada: Scope) -> None:
    assert await keep(ada) == Kept({}, frozenset())
    async with ada.read(PostingService) as postings:
        assert await postings.texts([]) == {}
        assert await postings.listings([]) == {}
        assert await postings.session.scalar(select(func.count()).select_from(Posting)) == 0


async def test_a_stored_listing_is_read_back_whole(ada: Scope) -> None:
    kept = await keep(ada, listing(1, raw={"a": "é"}))
    async with ada.read(PostingService) as postings:
        (document,) = (await postings.listings(list(kept.ids.values()))).values()
    assert Listing.from_json(document) == listing(1, raw={"a": "é"})
