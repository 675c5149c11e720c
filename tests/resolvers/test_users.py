"""Accounts through the door that every face uses."""

from collections.abc import Callable
from dataclasses import replace
from uuid import uuid4

import pytest

from domain.errors import AlreadyExistsError, AuthenticationError, AuthorizationError, NotFoundError
from domain.pages import PageArgs
from domain.scopes import Scope
from domain.sessions import Login
from domain.users import Registration, UserChanges
from domain.viewers import Role, Viewer
from infra.runtime import Runtime
from resolvers.sessions import login
from resolvers.users import delete_user, me, numbered_users, register, update_me, update_user, user, users

EMAIL, PASSWORD = "eve@example.com", "correct horse"


@pytest.fixture
def works() -> bool:
    return False


async def test_whoever_registers_can_sign_in_and_is_not_signed_in_by_that(stranger: Scope) -> None:
    made = await register(stranger, Registration(email=EMAIL, password=PASSWORD, full_name="Eve"))
    assert (made.full_name, made.role) == ("Eve", Role.USER)
    assert (await login(stranger, Login(email=EMAIL, password=PASSWORD))).user == made
    with pytest.raises(AlreadyExistsError):
        await register(stranger, Registration(email="EVE@example.com", password="another password"))
    assert (await login(stranger, Login(email=EMAIL, password=PASSWORD))).user.id == made.id


async def test_a_password_of_128_wide_characters_works_and_its_last_counts(stranger: Scope) -> None:
    password = "\U0001f600" * 127
    await register(stranger, Registration(email=EMAIL, password=password + "é"))
    assert (await login(stranger, Login(email=EMAIL, password=password + "é"))).user.email == EMAIL
    with pytest.raises(AuthenticationError):
        await login(stranger, Login(email=EMAIL, password=password + "è"))


async def test_a_closed_registration_makes_nobody(stranger: Scope, root: Scope) -> None:
    closed = replace(stranger.ports, policy=replace(stranger.ports.policy, registration_enabled=False))
    with pytest.raises(AuthorizationError, match="Registration is closed"):
        await register(Scope(Viewer(), closed), Registration(email=EMAIL, password=PASSWORD))
    assert (await numbered_users(root)).total == 1


async def test_a_new_password_replaces_the_old_one(stranger: Scope, runtime: Runtime) -> None:
    made = await register(stranger, Registration(email=EMAIL, password=PASSWORD))
    mine = Scope(Viewer(made.id), runtime.ports)
    await update_me(mine, UserChanges(password="another password"))
    await update_me(mine, UserChanges(full_name="Eve", role=Role.ADMIN, is_active=False))
    assert (await me(mine)).role is Role.USER
    with pytest.raises(AuthenticationError):
        await login(stranger, Login(email=EMAIL, password=PASSWORD))
    assert (await login(stranger, Login(email=EMAIL, password="another password"))).user.full_name == "Eve"


async def test_what_is_for_admins_is_for_nobody_else(ada: Scope, bob: Scope, stranger: Scope, root: Scope) -> None:
    id = ada.viewer.id
    for scope, refusal in ((bob, AuthorizationError), (ada, AuthorizationError), (stranger, AuthenticationError)):
        for act in (
            user(scope, id),
            users(scope, PageArgs()),
            numbered_users(scope),
            update_user(scope, id, UserChanges(full_name="x", role=Role.ADMIN)),
            delete_user(scope, id),
        ):
            with pytest.raises(refusal):
                await act
    assert await user(root, id) == await me(ada)
    assert ((await me(ada)).full_name, (await me(ada)).role) == (None, Role.USER)


async def test_an_admin_changes_and_deletes_others(
    ada: Scope, root: Scope, scope_of: Callable[[Viewer], Scope]
) -> None:
    assert (await update_user(root, ada.viewer.id, UserChanges(is_active=False))).is_active is False
    assert len((await users(root, PageArgs(), with_total=True)).nodes) == 2
    await delete_user(root, ada.viewer.id)
    for act in (delete_user(root, ada.viewer.id), user(root, uuid4()), me(ada)):
        with pytest.raises(NotFoundError):
            await act
    with pytest.raises(AuthenticationError, match="Not authenticated"):
        await me(scope_of(Viewer()))
