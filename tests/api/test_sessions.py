"""Signed-in devices over REST: contract section 5."""

from typing import Any
from uuid import uuid4

import pytest

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
TABLET = "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"
DESK = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
ACCOUNT = {"email": "grace@example.com", "password": "correct horse"}


async def sign_in(stranger: Any, agent: str | None = None) -> dict[str, str]:
    form = {"username": ACCOUNT["email"], "password": ACCOUNT["password"]}
    headers = {"User-Agent": agent or ""}
    pair: dict[str, str] = (await stranger.ask("POST", "/auth/login", data=form, headers=headers)).json()
    return pair


def by(pair: dict[str, str]) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {pair['access_token']}"}}


@pytest.mark.parametrize(
    ("agent", "name", "kind"),
    [
        (PHONE, "Chrome", "mobile"), (TABLET, "Safari", "tablet"), (DESK, "Firefox", "desktop"),
        ("curl/8.5.0", "Unknown Browser", "desktop"), ("Tablet Edge/1", "Edge", "tablet"), (None, None, None),
    ],
)  # fmt: skip
async def test_a_session_tells_its_device(stranger: Any, agent: str | None, name: str | None, kind: str | None) -> None:
    await stranger.post("/auth/register", ACCOUNT)
    pair = await sign_in(stranger, agent)
    listed = (await stranger.ask("GET", "/sessions", **by(pair))).json()
    assert list(listed) == ["sessions", "total"]
    (session,) = listed["sessions"]
    fields = ["id", "device_name", "device_type", "ip_address", "is_current", "created_at", "last_used_at"]
    assert list(session) == fields
    assert (session["device_name"], session["device_type"], session["ip_address"]) == (name, kind, "192.0.2.7")
    assert session["created_at"].endswith("Z")
    assert session["last_used_at"].endswith("Z")


async def test_ending_one_session_leaves_the_others(stranger: Any) -> None:
    await stranger.post("/auth/register", ACCOUNT)
    phone, desk = await sign_in(stranger, PHONE), await sign_in(stranger, DESK)
    listed = (await stranger.ask("GET", "/sessions", **by(desk))).json()
    assert [session["device_name"] for session in listed["sessions"]] == ["Firefox", "Chrome"]
    path = f"/sessions/{listed['sessions'][1]['id']}"
    answer = await stranger.ask("DELETE", path, **by(desk))
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await stranger.post("/auth/refresh", {"refresh_token": phone["refresh_token"]})).status_code == 401
    assert (await stranger.post("/auth/refresh", {"refresh_token": desk["refresh_token"]})).status_code == 200
    again = await stranger.ask("DELETE", path, **by(desk))
    assert (again.status_code, again.json()["error"]["details"]) == (404, None)


async def test_a_session_of_somebody_else_is_not_there(ada: Any, bob: Any) -> None:
    (session,) = (await ada.get("/sessions"))["sessions"]
    for id in (session["id"], uuid4()):
        answer = await bob.ask("DELETE", f"/sessions/{id}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert (await ada.get("/sessions"))["total"] == 1


async def test_signing_out_everywhere_says_how_many_sessions_ended(stranger: Any) -> None:
    await stranger.post("/auth/register", ACCOUNT)
    pairs = [await sign_in(stranger) for _ in range(3)]
    answer = await stranger.ask("DELETE", "/sessions", **by(pairs[0]))
    assert (answer.status_code, list(answer.json())) == (200, ["message", "sessions_logged_out"])
    assert answer.json()["sessions_logged_out"] == 3
    for pair in pairs:
        assert (await stranger.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})).status_code == 401
