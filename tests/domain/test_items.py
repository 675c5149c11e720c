"""Items: the smallest complete noun; what others have does not exist."""

from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.errors import AuthenticationError, NotFoundError
from domain.items import ItemChanges, ItemDraft, ItemRow, ItemService
from domain.pages import PageArgs
from domain.scopes import Scope

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1c\x1d\x1e\x1f"))


@pytest.fixture
def works() -> bool:
    return False


@pytest.fixture
async def item(ada: Scope) -> ItemRow:
    async with ada.write(ItemService) as items:
        return await items.create(ItemDraft(title="a", description="b"))


async def get(scope: Scope, id: UUID) -> ItemRow:
    async with scope.read(ItemService) as items:
        return await items.get(id)


async def update(scope: Scope, id: UUID, **changes: object) -> ItemRow:
    async with scope.write(ItemService) as items:
        return await items.update(id, ItemChanges(**changes))


async def delete(scope: Scope, id: UUID) -> ItemRow:
    async with scope.write(ItemService) as items:
        return await items.delete(id)


async def test_a_new_item_is_active_and_was_never_changed(ada: Scope, item: ItemRow) -> None:
    assert (item.title, item.description, item.is_active, item.updated_at) == ("a", "b", True, None)
    assert await get(ada, item.id) == item


async def test_only_what_was_sent_changes(ada: Scope, item: ItemRow) -> None:
    changed = await update(ada, item.id, title="c")
    assert (changed.title, changed.description, changed.is_active) == ("c", "b", True)
    assert changed.updated_at >= item.created_at
    emptied = await update(ada, item.id, description=None, is_active=False)
    assert (emptied.title, emptied.description, emptied.is_active) == ("c", None, False)
    assert await get(ada, item.id) == emptied


async def test_a_deleted_item_is_answered_once_more_and_gone(ada: Scope, item: ItemRow) -> None:
    assert await delete(ada, item.id) == item
    for act in (get(ada, item.id), update(ada, item.id, title="x"), delete(ada, item.id)):
        with pytest.raises(NotFoundError) as missing:
            await act
        assert missing.value.details == {"item_id": str(item.id)}


async def test_another_persons_item_does_not_exist_for_anybody_else(
    ada: Scope, bob: Scope, root: Scope, item: ItemRow
) -> None:
    for other in (bob, root):
        refusals = []
        for id in (item.id, uuid4()):
            for act in (get(other, id), update(other, id, title="x"), delete(other, id)):
                with pytest.raises(NotFoundError) as missing:
                    await act
                refusals.append(missing.value.message.replace(str(id), "ID"))
        assert len(set(refusals)) == 1
        async with other.read(ItemService) as items:
            assert (await items.page(PageArgs(), with_total=True)).total_count == 0
            assert (await items.numbered(1, 10)).total == 0
    assert await get(ada, item.id) == item


async def test_a_stranger_has_no_items(stranger: Scope, item: ItemRow) -> None:
    for act in (get(stranger, item.id), update(stranger, item.id, title="x"), delete(stranger, item.id)):
        with pytest.raises(AuthenticationError):
            await act


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=TEXT.filter(lambda text: len(text) <= 255), description=st.none() | TEXT)
async def test_any_text_comes_back_as_it_was_sent(ada: Scope, title: str, description: str | None) -> None:
    async with ada.write(ItemService) as items:
        made = await items.create(ItemDraft(title=title, description=description))
    kept = await get(ada, made.id)
    assert (kept.title, kept.description) == (title.strip(), None if description is None else description.strip())


async def test_the_longest_texts_fit(ada: Scope) -> None:
    async with ada.write(ItemService) as items:
        made = await items.create(ItemDraft(title="\U0001f600" * 255, description="é" * 100_000))
    assert len((await get(ada, made.id)).title) == 255


@pytest.mark.parametrize(
    "draft",
    [
        {},
        {"title": None},
        {"title": "x" * 256},
        {"title": "a\x00"},
        {"title": "\ud800"},
        {"title": "a", "description": "x" * 100_001},
        {"title": 5},
    ],
)
def test_what_does_not_fit_is_refused(draft: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ItemDraft(**draft)


@pytest.mark.parametrize("changes", [{"title": None}, {"is_active": None}, {"is_active": "perhaps"}])
def test_null_for_what_must_have_a_value_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ItemChanges(**changes)
