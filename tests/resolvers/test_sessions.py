"""Signing in, staying signed in and signing out."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from domain.clock import utc_now
from domain.errors import AuthenticationError, NotFoundError
from domain.outbox import OutboxEntry
from domain.scopes import Scope
from domain.sessions import INVALID, Login, Session, SessionService, TokenPair
from domain.users import Registration, UserChanges
from domain.viewers import Role, Viewer
from infra.database import EngineDatabase
from infra.runtime import Runtime
from infra.tokens import SignedTokens
from resolvers.sessions import login, logout, refresh, revoke_all_sessions, revoke_session, sessions
from resolvers.users import register, update_user

EMAIL, PASSWORD = "ada@example.com", "correct horse"


@pytest.fixture
def works() -> bool:
    return False


@pytest.fixture
async def account(stranger: Scope) -> UUID:
    return (await register(stranger, Registration(email=EMAIL, password=PASSWORD))).id


async def sign_in(stranger: Scope, email: str = EMAIL, password: str = PASSWORD) -> TokenPair:
    return await login(stranger, Login(email=email, password=password))


def signed_in(runtime: Runtime, pair: TokenPair, role: Role = Role.USER) -> Scope:
    claims = runtime.ports.tokens.read_access(pair.access_token)
    return Scope(Viewer(claims.user_id, role, claims.session_id), runtime.ports)


async def alive(runtime: Runtime, pair: TokenPair) -> bool:
    claims = runtime.ports.tokens.read_access(pair.access_token)
    async with Scope(Viewer(), runtime.ports).read(SessionService) as service:
        return await service.alive(claims.session_id) is not None


async def age(database: EngineDatabase, pair: TokenPair, runtime: Runtime, **values: object) -> None:
    id, _ = runtime.ports.tokens.read_refresh(pair.refresh_token)
    async with database.write(Viewer()) as work:
        await work.session.execute(update(Session).where(Session.id == id).values(**values))


async def test_a_login_gives_two_tokens_and_a_session(runtime: Runtime, stranger: Scope, account: UUID) -> None:
    pair = await sign_in(stranger)
    assert pair.user.id == account
    assert pair.expires_in == runtime.ports.policy.access_lifetime
    assert await alive(runtime, pair)
    assert pair.refresh_token.startswith("pa_refresh.")


async def test_two_logins_in_the_same_second_differ(stranger: Scope, account: UUID) -> None:
    pairs = [await sign_in(stranger) for _ in range(3)]
    assert len({pair.access_token for pair in pairs}) == len({pair.refresh_token for pair in pairs}) == 3


async def test_only_a_digest_of_the_refresh_token_is_stored(
    stranger: Scope, account: UUID, database: EngineDatabase
) -> None:
    pair = await sign_in(stranger)
    async with database.read(Viewer()) as work:
        row = (await work.session.execute(select(Session.__table__))).one()
    assert not any(pair.refresh_token in str(value) for value in row)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong horse"),
        ("nobody@example.com", PASSWORD),
        ("", ""),
        (EMAIL, PASSWORD + " x"),
        ("%", "%"),
        ("no-password@example.com", ""),
    ],
)
async def test_every_wrong_login_is_told_the_same(stranger: Scope, account: UUID, email: str, password: str) -> None:
    with pytest.raises(AuthenticationError) as refused:
        await sign_in(stranger, email, password)
    assert (refused.value.message, refused.value.details) == ("Invalid email or password", None)


async def test_an_account_without_a_password_cannot_sign_in(stranger: Scope, bob: Scope) -> None:
    for password in ("", "correct horse", "nobody's password"):
        with pytest.raises(AuthenticationError, match="Invalid email or password"):
            await sign_in(stranger, "bob@example.com", password)


async def test_the_address_counts_in_any_spelling_and_with_blanks_around(stranger: Scope, account: UUID) -> None:
    assert (await sign_in(stranger, " ADA@Example.COM ")).user.id == account


async def test_a_disabled_account_can_neither_sign_in_nor_go_on(
    runtime: Runtime, stranger: Scope, account: UUID, root: Scope
) -> None:
    pair = await sign_in(stranger)
    await update_user(root, account, UserChanges(is_active=False))
    for act in (sign_in(stranger), refresh(stranger, pair.refresh_token), alive(runtime, pair)):
        with pytest.raises(AuthenticationError, match="User account is disabled"):
            await act
    with pytest.raises(AuthenticationError, match="Invalid email or password"):
        await sign_in(stranger, password="wrong horse")


async def test_a_refresh_gives_a_new_pair_for_the_same_session(
    runtime: Runtime, stranger: Scope, account: UUID
) -> None:
    first = await sign_in(stranger)
    second = await refresh(stranger, first.refresh_token)
    assert second.refresh_token != first.refresh_token
    assert second.access_token != first.access_token
    assert second.user.id == account
    assert len(await sessions(signed_in(runtime, second))) == 1
    third = await refresh(stranger, second.refresh_token)
    assert len({pair.refresh_token for pair in (first, second, third)}) == 3


async def test_within_the_leeway_the_token_before_gives_the_same_successor(stranger: Scope, account: UUID) -> None:
    first = await sign_in(stranger)
    second = await refresh(stranger, first.refresh_token)
    twin = await refresh(stranger, first.refresh_token)
    assert twin.refresh_token == second.refresh_token
    assert twin.access_token != second.access_token
    assert (await refresh(stranger, second.refresh_token)).refresh_token != second.refresh_token


async def test_after_the_leeway_the_token_before_ends_the_session(
    runtime: Runtime, stranger: Scope, account: UUID, database: EngineDatabase
) -> None:
    first = await sign_in(stranger)
    second = await refresh(stranger, first.refresh_token)
    await age(
        database, first, runtime, rotated_at=utc_now() - timedelta(seconds=runtime.ports.policy.refresh_leeway + 1)
    )
    with pytest.raises(AuthenticationError, match=INVALID):
        await refresh(stranger, first.refresh_token)
    assert not await alive(runtime, second)
    with pytest.raises(AuthenticationError, match=INVALID):
        await refresh(stranger, second.refresh_token)


async def test_an_older_token_ends_the_session_at_once_and_no_other_session(
    runtime: Runtime, stranger: Scope, account: UUID
) -> None:
    other = await sign_in(stranger)
    first = await sign_in(stranger)
    second = await refresh(stranger, first.refresh_token)
    third = await refresh(stranger, second.refresh_token)
    with pytest.raises(AuthenticationError, match=INVALID):
        await refresh(stranger, first.refresh_token)
    for token in (second, third):
        with pytest.raises(AuthenticationError, match=INVALID):
            await refresh(stranger, token.refresh_token)
    assert not await alive(runtime, third)
    assert await alive(runtime, other)


async def test_a_token_of_a_generation_that_was_never_given_out_ends_the_session(
    runtime: Runtime, stranger: Scope, account: UUID
) -> None:
    pair = await sign_in(stranger)
    id, _ = runtime.ports.tokens.read_refresh(pair.refresh_token)
    with pytest.raises(AuthenticationError, match=INVALID):
        await refresh(stranger, runtime.ports.tokens.refresh(id, 7))
    assert not await alive(runtime, pair)


async def test_unknown_ended_expired_and_forged_tokens_are_told_the_same(
    runtime: Runtime, stranger: Scope, account: UUID, database: EngineDatabase
) -> None:
    ended, expired, good = [await sign_in(stranger) for _ in range(3)]
    await logout(stranger, ended.refresh_token)
    await age(database, expired, runtime, expires_at=utc_now() - timedelta(seconds=1))
    id, _ = runtime.ports.tokens.read_refresh(good.refresh_token)
    tokens = (
        ended.refresh_token,
        expired.refresh_token,
        runtime.ports.tokens.refresh(uuid4(), 0),
        SignedTokens("another key that is long enough", 5).refresh(id, 0),
        good.refresh_token[:-1] + ("A" if good.refresh_token[-1] != "A" else "B"),
        good.access_token,
        "",
    )
    for token in tokens:
        with pytest.raises(AuthenticationError) as refused:
            await refresh(stranger, token)
        assert refused.value.message == INVALID
    assert not await alive(runtime, expired)
    assert await alive(runtime, good)


async def test_refreshes_at_once_never_give_two_different_successors(stranger: Scope, account: UUID) -> None:
    pair = await sign_in(stranger)
    for _ in range(3):
        answers = await asyncio.gather(*(refresh(stranger, pair.refresh_token) for _ in range(10)))
        assert len({answer.refresh_token for answer in answers}) == 1
        pair = answers[0]


async def test_logging_out_ends_the_session_and_may_be_repeated(
    runtime: Runtime, stranger: Scope, account: UUID, database: EngineDatabase
) -> None:
    pair = await sign_in(stranger)
    newer = await refresh(stranger, pair.refresh_token)
    for token in (newer.refresh_token, newer.refresh_token, pair.refresh_token):
        assert await logout(stranger, token) is True
    assert not await alive(runtime, pair)


@pytest.mark.parametrize("token", ["", "x", "pa_refresh.", "\x00", "\ud800", "é" * 10_000])
async def test_logging_out_with_any_text_is_no_error_and_ends_nothing(
    runtime: Runtime, stranger: Scope, account: UUID, token: str
) -> None:
    pair = await sign_in(stranger)
    assert await logout(stranger, token) is True
    assert await logout(stranger, runtime.ports.tokens.refresh(uuid4(), 0)) is True
    assert await alive(runtime, pair)


async def test_sessions_are_shown_last_used_first_with_the_present_one_marked(
    runtime: Runtime, stranger: Scope, account: UUID, database: EngineDatabase
) -> None:
    pairs = [await sign_in(stranger) for _ in range(3)]
    for age_in_hours, pair in enumerate(pairs):
        await age(database, pair, runtime, last_used_at=utc_now() - timedelta(hours=age_in_hours))
    shown = await sessions(signed_in(runtime, pairs[1]))
    assert [session.is_current for session in shown] == [False, True, False]
    await refresh(stranger, pairs[2].refresh_token)
    assert [session.is_current for session in await sessions(signed_in(runtime, pairs[2]))] == [True, False, False]


async def test_a_session_tells_of_its_device_and_address(runtime: Runtime, account: UUID) -> None:
    agent = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
    there = Scope(Viewer(address="2001:db8::1", user_agent=agent), runtime.ports)
    (session,) = await sessions(signed_in(runtime, await sign_in(there)))
    assert (session.device_name, session.device_type, session.ip_address) == ("Safari", "tablet", "2001:db8::1")


async def test_revoking_a_session_ends_that_one_only(runtime: Runtime, stranger: Scope, account: UUID) -> None:
    kept, revoked = await sign_in(stranger), await sign_in(stranger)
    me = signed_in(runtime, kept)
    id = signed_in(runtime, revoked).viewer.session_id
    assert (await revoke_session(me, id)).id == id
    assert [session.is_current for session in await sessions(me)] == [True]
    assert not await alive(runtime, revoked)
    with pytest.raises(AuthenticationError):
        await refresh(stranger, revoked.refresh_token)
    with pytest.raises(NotFoundError):
        await revoke_session(me, id)


async def test_another_persons_session_does_not_exist(
    runtime: Runtime, stranger: Scope, account: UUID, bob: Scope, root: Scope
) -> None:
    pair = await sign_in(stranger)
    id = signed_in(runtime, pair).viewer.session_id
    for other in (bob, root):
        with pytest.raises(NotFoundError):
            await revoke_session(other, id)
        assert await revoke_all_sessions(other) == 0
        assert await sessions(other) == []
    assert await alive(runtime, pair)


async def test_revoking_all_ends_this_one_too_and_says_how_many(
    runtime: Runtime, stranger: Scope, account: UUID, database: EngineDatabase
) -> None:
    pairs = [await sign_in(stranger) for _ in range(3)]
    await logout(stranger, pairs[0].refresh_token)
    assert await revoke_all_sessions(signed_in(runtime, pairs[1])) == 2
    assert [await alive(runtime, pair) for pair in pairs] == [False] * 3


async def test_a_person_who_signs_out_is_told_of_once(
    stranger: Scope, account: UUID, settings: object, make_runtime: Callable[..., object]
) -> None:
    """Every ended session is one event, however often it is ended."""
    pair = await sign_in(stranger)
    topic = f"user:{account}"
    async with stranger.ports.bus.listen(topic) as listener:
        await asyncio.gather(*(logout(stranger, pair.refresh_token) for _ in range(5)))
        told = await listener.next(5)
        assert told["name"] == "session.ended"
        assert await listener.next(0.3) is None


async def test_a_refused_refresh_leaves_nothing_in_the_outbox(
    stranger: Scope, account: UUID, database: EngineDatabase
) -> None:
    with pytest.raises(AuthenticationError):
        await refresh(stranger, "pa_refresh.x")
    async with database.read(Viewer()) as work:
        waiting = select(func.count()).select_from(OutboxEntry).where(OutboxEntry.name == "session.ended")
        assert await work.session.scalar(waiting) == 0
