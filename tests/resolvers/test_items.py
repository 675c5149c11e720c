"""Items through the door that every face uses."""

import asyncio
from uuid import uuid4

import pytest

from domain.errors import AuthenticationError, NotFoundError
from domain.items import ItemChanges, ItemDraft
from domain.pages import PageArgs
from domain.scopes import Scope
from resolvers.items import create_item, delete_item, item, items, numbered_items, update_item


@pytest.fixture
def works() -> bool:
    return False


async def test_an_item_lives_from_its_draft_to_its_deletion(ada: Scope) -> None:
    made = await create_item(ada, ItemDraft(title=" Łódź ", description=None))
    assert made.title == "Łódź"
    changed = await update_item(ada, made.id, ItemChanges(description="\U0001f600", is_active=False))
    assert await item(ada, made.id) == changed
    assert (await items(ada, PageArgs(), with_total=True)).nodes == [changed]
    assert (await numbered_items(ada)).rows == [changed]
    assert await delete_item(ada, made.id) == changed
    assert (await items(ada, PageArgs(), with_total=True)).total_count == 0


async def test_a_count_is_made_only_when_asked_for(ada: Scope) -> None:
    assert (await items(ada, PageArgs())).total_count is None


async def test_strangers_and_others_get_nothing_and_change_nothing(ada: Scope, bob: Scope, stranger: Scope) -> None:
    made = await create_item(ada, ItemDraft(title="a"))
    for scope, refusal in ((bob, NotFoundError), (stranger, AuthenticationError)):
        for act in (
            item(scope, made.id),
            update_item(scope, made.id, ItemChanges(title="b")),
            delete_item(scope, made.id),
            item(scope, uuid4()),
        ):
            with pytest.raises(refusal):
                await act
    for act in (items(stranger, PageArgs()), numbered_items(stranger), create_item(stranger, ItemDraft(title="x"))):
        with pytest.raises(AuthenticationError):
            await act
    assert await item(ada, made.id) == made


async def test_many_at_once_are_all_made(ada: Scope) -> None:
    await asyncio.gather(*(create_item(ada, ItemDraft(title=str(n))) for n in range(30)))
    found = await numbered_items(ada, 1, 100)
    assert {row.title for row in found.rows} == {str(n) for n in range(30)}
    assert [row.created_at for row in found.rows] == sorted((row.created_at for row in found.rows), reverse=True)
