"""What a User-Agent tells (contract.md section 5), and how long sessions are remembered."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from domain.clock import utc_now
from domain.devices import read_device
from domain.errors import AuthenticationError
from domain.inputs import Input
from domain.scopes import Scope
from domain.sessions import Login, Session, SessionService
from domain.users import UserService

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1"
IPAD = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) Version/17.0 Safari/604.1"


@pytest.fixture
def works() -> bool:
    return False


@pytest.mark.parametrize(
    ("agent", "name", "kind"),
    [
        (None, None, None),
        ("", None, None),
        (WINDOWS, "Chrome", "desktop"),
        (WINDOWS + " Edg/126.0", "Chrome", "desktop"),
        (PHONE, "Chrome", "mobile"),
        (IPHONE, "Safari", "mobile"),
        (IPAD, "Safari", "tablet"),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/127.0", "Firefox", "desktop"),
        ("Some Tablet", "Unknown Browser", "tablet"),
        ("an android tablet", "Unknown Browser", "mobile"),
        ("Edge", "Edge", "desktop"),
        ("curl/8.5.0", "Unknown Browser", "desktop"),
        ("chrome", "Unknown Browser", "desktop"),
    ],
)
def test_the_device_of_a_user_agent(agent: str | None, name: str | None, kind: str | None) -> None:
    assert read_device(agent) == (name, kind)


@given(st.text())
def test_any_user_agent_is_some_device(agent: str) -> None:
    assert read_device(agent).type in {"mobile", "tablet", "desktop", None}


def test_a_login_is_trimmed_like_every_input() -> None:
    assert issubclass(Login, Input)
    assert Login(email=" a@b ", password=" x ").email == "a@b"


async def test_ended_and_expired_sessions_are_forgotten_and_living_ones_kept(ada: Scope) -> None:
    ports = ada.ports
    async with ada.write(SessionService) as sessions:
        user = await UserService.of(sessions).get_by_id(ada.viewer.id)
        pairs = [await sessions.create_session(user, ports.tokens, ports.policy) for _ in range(3)]
        await sessions.logout_by_refresh_token(pairs[0].refresh_token, ports.tokens)
        stored = {session.id: session for session in await sessions.session.scalars(select(Session))}
        stored[ports.tokens.read_refresh(pairs[1].refresh_token)[0]].expires_at = utc_now() - timedelta(days=1)
    async with ada.write(SessionService) as sessions:
        assert await sessions.forget_ended(utc_now() - timedelta(hours=1)) == 1
        assert await sessions.forget_ended(utc_now() + timedelta(hours=1)) == 1
        assert len(await sessions.get_user_sessions()) == 1


async def test_a_session_of_a_deleted_account_is_gone(ada: Scope) -> None:
    ports = ada.ports
    async with ada.write(SessionService) as sessions:
        user = await UserService.of(sessions).get_by_id(ada.viewer.id)
        pair = await sessions.create_session(user, ports.tokens, ports.policy)
    async with ada.write(UserService) as users:
        await users.delete(ada.viewer.id)
    async with ada.write(SessionService) as sessions:
        assert await sessions.alive(ports.tokens.read_refresh(pair.refresh_token)[0]) is None
        with pytest.raises(AuthenticationError):
            await sessions.validate_refresh_token(pair.refresh_token, ports.tokens, ports.policy)


async def test_a_very_long_user_agent_and_address_are_kept_short(ada: Scope) -> None:
    viewer = type(ada.viewer)(ada.viewer.id, address="1" * 500, user_agent="Chrome" * 10_000)
    async with Scope(viewer, ada.ports).write(SessionService) as sessions:
        user = await UserService.of(sessions).get_by_id(viewer.id)
        await sessions.create_session(user, ada.ports.tokens, ada.ports.policy)
        (row,) = await sessions.get_user_sessions()
    assert len(row.ip_address) <= 64
    assert row.device_name == "Chrome"
