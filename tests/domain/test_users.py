"""Accounts: one per address in any spelling, changed by their owner or an admin."""

import asyncio
from uuid import uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from domain.errors import AlreadyExistsError, AuthenticationError, NotFoundError
from domain.items import Item, ItemDraft, ItemService
from domain.pages import PageArgs
from domain.scopes import Scope
from domain.users import Registration, User, UserChanges, UserService
from domain.viewers import Role, Viewer

PASSWORD = "correct horse"


@pytest.fixture
def works() -> bool:
    return False


async def register(scope: Scope, email: str) -> object:
    async with scope.write(UserService) as users:
        return await users.register(Registration(email=email, password=PASSWORD), "hash")


async def update(scope: Scope, id: object, **changes: object) -> object:
    async with scope.write(UserService) as users:
        return await users.update(id, UserChanges(**changes))


async def me(scope: Scope) -> object:
    async with scope.read(UserService) as users:
        return await users.get_by_id(scope.viewer.id)


async def test_a_new_account_is_an_active_ordinary_users(stranger: Scope) -> None:
    user = await register(stranger, "Ada@EXAMPLE.com")
    assert (user.email, user.role, user.is_active, user.is_superuser, user.updated_at) == (
        "Ada@example.com",
        Role.USER,
        True,
        False,
        None,
    )


@pytest.mark.parametrize("other", ["ada@example.com", "ADA@example.com", "Ada@Example.COM"])
async def test_an_address_is_taken_in_every_spelling(ada: Scope, bob: Scope, stranger: Scope, other: str) -> None:
    for act in (register(stranger, other), update(bob, bob.viewer.id, email=other)):
        with pytest.raises(AlreadyExistsError) as taken:
            await act
        assert taken.value.details == {"email": f"{other.split('@', maxsplit=1)[0]}@example.com"}
    assert (await me(bob)).email == "bob@example.com"


async def test_one_of_many_that_register_at_once_gets_the_address(stranger: Scope) -> None:
    answers = await asyncio.gather(
        *(register(stranger, email) for email in ("eve@example.com", "EVE@example.com") * 5), return_exceptions=True
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    assert sum(isinstance(answer, AlreadyExistsError) for answer in answers) == 9


async def test_an_address_may_be_respelled_and_returned_to(ada: Scope) -> None:
    assert (await update(ada, ada.viewer.id, email="ADA@example.com")).email == "ADA@example.com"
    assert (await update(ada, ada.viewer.id, email="ada@example.com")).updated_at is not None


async def test_an_address_whose_lower_case_is_too_long_is_refused(stranger: Scope) -> None:
    """U+0390 folds to three characters."""
    with pytest.raises(ValidationError, match="also in lower case"):
        Registration(email="\u0390" * 100 + "@example.com", password=PASSWORD)
    longest = "\u0390" * 80 + "@example.com"
    user = await register(stranger, longest)
    async with stranger.read(UserService) as users:
        assert (await users.credentials(longest.upper())).user.id == user.id


async def test_role_and_activity_count_only_from_an_admin(ada: Scope, root: Scope) -> None:
    kept = await update(ada, ada.viewer.id, role=Role.ADMIN, is_active=False, full_name="Ada")
    assert (kept.role, kept.is_active, kept.full_name) == (Role.USER, True, "Ada")
    changed = await update(root, ada.viewer.id, role=Role.ADMIN, is_active=False)
    assert (changed.role, changed.is_active, changed.full_name) == (Role.ADMIN, False, "Ada")


async def test_absent_stays_and_null_empties(ada: Scope) -> None:
    await update(ada, ada.viewer.id, full_name="Ada \U0001f600")
    assert (await update(ada, ada.viewer.id)).full_name == "Ada \U0001f600"
    assert (await update(ada, ada.viewer.id, full_name=None)).full_name is None


@pytest.mark.parametrize("name", ["email", "password", "is_active", "role"])
def test_null_for_what_must_have_a_value_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        UserChanges(**{name: None})


@pytest.mark.parametrize(
    "changes",
    [{"full_name": "x" * 256}, {"full_name": "a\x00"}, {"password": "short"}, {"role": "root"}, {"email": "x"}],
)
def test_what_does_not_fit_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        UserChanges(**changes)


async def test_the_password_is_changed_only_as_its_hash(ada: Scope) -> None:
    async with ada.write(UserService) as users:
        await users.update(ada.viewer.id, UserChanges(password="new password"), "new hash")
    async with ada.read(UserService) as users:
        row = (await users.session.execute(select(User.__table__))).one()
    assert row.hashed_password == "new hash"
    assert "new password" not in map(str, row)


async def test_somebody_else_does_not_exist_but_for_an_admin(ada: Scope, bob: Scope, root: Scope) -> None:
    for act in (update(bob, ada.viewer.id, full_name="x"), delete(bob, ada.viewer.id), get(bob, ada.viewer.id)):
        with pytest.raises(NotFoundError) as missing:
            await act
        assert missing.value.details == {"user_id": str(ada.viewer.id)}
    assert (await me(ada)).full_name is None
    assert (await get(root, ada.viewer.id)).email == "ada@example.com"
    async with bob.read(UserService) as users:
        assert await users.get_by_email("ada@example.com") is None
        assert (await users.page(PageArgs(), with_total=True)).total_count == 1
    async with root.read(UserService) as users:
        assert (await users.get_by_email(" ADA@example.com ")).id == ada.viewer.id
        assert (await users.numbered(1, 2)).total == 3
        page = await users.page(PageArgs(first=2), with_total=True)
        assert (len(page.nodes), page.total_count, page.page_info.has_next_page) == (2, 3, True)
        rest = await users.page(PageArgs(after=page.page_info.end_cursor), with_total=False)
        assert len({row.id for row in (*page.nodes, *rest.nodes)}) == 3


async def get(scope: Scope, id: object) -> object:
    async with scope.read(UserService) as users:
        return await users.get_by_id(id)


async def delete(scope: Scope, id: object) -> object:
    async with scope.write(UserService) as users:
        return await users.delete(id)


async def test_what_belongs_to_a_deleted_account_goes_with_it(ada: Scope, bob: Scope, root: Scope) -> None:
    for scope in (ada, bob):
        async with scope.write(ItemService) as items:
            await items.create(ItemDraft(title="mine"))
    assert (await delete(root, ada.viewer.id)).email == "ada@example.com"
    async with root.read(UserService) as users:
        assert list(await users.session.scalars(select(Item.user_id))) == [bob.viewer.id]
    with pytest.raises(NotFoundError):
        await delete(root, ada.viewer.id)
    with pytest.raises(NotFoundError):
        await delete(root, uuid4())


async def test_a_role_is_set_by_address(root: Scope, ada: Scope) -> None:
    async with root.write(UserService) as users:
        assert (await users.set_role(" ADA@example.com", Role.ADMIN)).role is Role.ADMIN
        with pytest.raises(NotFoundError):
            await users.set_role("nobody@example.com", Role.ADMIN)


async def test_a_stranger_sees_nobody(stranger: Scope, ada: Scope) -> None:
    async with stranger.read(UserService) as users:
        with pytest.raises(AuthenticationError, match="Not authenticated"):
            await users.get_by_id(ada.viewer.id)
    assert not Viewer(role=Role.ADMIN).is_admin
