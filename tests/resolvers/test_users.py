"""Accounts: what happens to them is told, and whoever is deleted or disabled is out at once."""

import asyncio
import time
from typing import Any

import pytest
from starlette.requests import HTTPConnection

from domain.errors import AuthenticationError, AuthorizationError, NotFoundError
from domain.events import Event
from domain.outbox import OutboxEntry
from domain.ports import AccessClaims
from domain.scopes import Scope
from domain.sessions import SessionService, TokenPair
from domain.users import Registration, UserChanges, UserService
from domain.viewers import Role, Viewer
from infra.http.authentication import Authenticator
from infra.runtime import Runtime
from resolvers.operators import create_account, set_role
from resolvers.sessions import refresh
from resolvers.users import delete_user, register, update_me, update_user, user


@pytest.fixture
def works() -> bool:
    return False


async def signed_in(scope: Scope) -> TokenPair:
    ports = scope.ports
    async with scope.write(UserService) as users:
        row = await users.get_by_id(scope.viewer.id)
        return await SessionService.of(users).create_session(row, ports.tokens, ports.policy)


def connection() -> HTTPConnection:
    return HTTPConnection({"type": "http", "headers": [], "client": None})


async def out(authenticator: Authenticator, claims: AccessClaims) -> float:
    """Seconds until whoever holds an open socket with this token is told to go."""
    began = time.monotonic()
    await asyncio.wait_for(authenticator.revoked(claims), 10)
    return time.monotonic() - began


async def test_what_happens_to_accounts_is_told_with_whose_it_is(
    runtime: Runtime, stranger: Scope, root: Scope
) -> None:
    heard: list[Event] = []
    runtime.database.after_commit.insert(0, lambda work: heard.extend(work.events))
    ada = await register(stranger, Registration(email="ada@example.com", password="correct horse"))
    own = Scope(Viewer(user_id=ada.id), runtime.ports)
    await update_me(own, UserChanges(full_name="Ada"))
    await update_user(root, ada.id, UserChanges(role=Role.ADMIN))
    await set_role(root, "ada@example.com", Role.USER)
    bob = await create_account(root, Registration(email="bob@example.com", password="correct horse"))
    await delete_user(root, ada.id)
    assert [(event.name, event.owner_id, event.subject_id) for event in heard] == [
        ("user.created", ada.id, ada.id),
        ("user.updated", ada.id, ada.id),
        ("user.updated", ada.id, ada.id),
        ("user.updated", ada.id, ada.id),
        ("user.created", bob.id, bob.id),
        ("user.deleted", ada.id, ada.id),
    ]
    assert len({event.event_id for event in heard}) == 6
    stored = OutboxEntry(name=heard[0].name, owner_id=ada.id, payload=heard[0].to_json())
    assert stored.event == heard[0]
    assert stored.event.event_id == heard[0].event_id


@pytest.mark.parametrize("how", ["delete", "disable"])
async def test_a_deleted_or_disabled_account_loses_its_sessions_tokens_and_sockets(
    runtime: Runtime, root: Scope, ada: Scope, how: str
) -> None:
    pair = await signed_in(ada)
    authenticator = Authenticator(runtime.ports, runtime.settings)
    claims = runtime.ports.tokens.read_access(pair.access_token)
    assert (await authenticator.viewer(connection(), pair.access_token)).user_id == ada.viewer.id
    leaving = asyncio.create_task(out(authenticator, claims))
    await asyncio.sleep(0.1)
    assert not leaving.done()
    if how == "delete":
        await delete_user(root, ada.viewer.id)
    else:
        await update_user(root, ada.viewer.id, UserChanges(is_active=False))
    assert await leaving < 2.5, "by the event, not by the next look"
    with pytest.raises(AuthenticationError):
        await authenticator.viewer(connection(), pair.access_token)
    with pytest.raises(AuthenticationError):
        await refresh(Scope(Viewer(), runtime.ports), pair.refresh_token)


async def test_a_changed_account_keeps_its_sockets(runtime: Runtime, ada: Scope) -> None:
    pair = await signed_in(ada)
    authenticator = Authenticator(runtime.ports, runtime.settings)
    leaving = asyncio.create_task(out(authenticator, runtime.ports.tokens.read_access(pair.access_token)))
    await asyncio.sleep(0.1)
    await update_me(ada, UserChanges(full_name="Ada"))
    await asyncio.sleep(0.5)
    assert not leaving.done()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_accounts_are_for_admins(ada: Scope, bob: Scope, stranger: Scope) -> None:
    calls: list[Any] = [
        lambda scope: user(scope, bob.viewer.id),
        lambda scope: update_user(scope, bob.viewer.id, UserChanges(full_name="taken over")),
        lambda scope: delete_user(scope, bob.viewer.id),
    ]
    for call in calls:
        with pytest.raises(AuthorizationError):
            await call(ada)
        with pytest.raises(AuthenticationError):
            await call(stranger)
    async with bob.read(UserService) as users:
        assert (await users.get_by_id(bob.viewer.id)).full_name is None


async def test_a_deleted_account_is_not_there_any_more(root: Scope, ada: Scope) -> None:
    assert (await delete_user(root, ada.viewer.id)).email == "ada@example.com"
    for call in (user, delete_user):
        with pytest.raises(NotFoundError) as missing:
            await call(root, ada.viewer.id)
        assert missing.value.details == {"user_id": str(ada.viewer.id)}
