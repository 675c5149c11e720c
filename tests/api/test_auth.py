"""Signing in over REST: contract sections 1.1 and 3."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from infra.settings import Settings

ACCOUNT = {"email": "grace@example.com", "password": "correct horse"}
USER_FIELDS = [
    "id", "email", "full_name", "is_active", "is_superuser", "role", "created_at", "updated_at",
]  # fmt: skip


async def register(stranger: Any, **changes: Any) -> dict[str, Any]:
    answer = await stranger.post("/auth/register", {**ACCOUNT, **changes})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def login(stranger: Any, username: str = ACCOUNT["email"], password: str = ACCOUNT["password"]) -> Any:
    return await stranger.ask("POST", "/auth/login", data={"username": username, "password": password})


async def tokens(stranger: Any) -> dict[str, Any]:
    answer = await login(stranger)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def is_envelope(answer: Any, status: int, code: str, details: Any = None) -> bool:
    """Asserts each field, so that a failure names it."""
    body = answer.json()
    error = body["error"]
    assert (answer.status_code, error["code"]) == (status, code), answer.text
    assert list(body) == ["error", "detail"]
    assert list(error) == ["code", "message", "details"]
    assert body["detail"] == error["message"]
    assert error["details"] == details
    if status == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
    return True


async def test_a_registration_answers_the_account_and_no_tokens(stranger: Any) -> None:
    user = await register(stranger, full_name="Grace Hopper")
    assert list(user) == USER_FIELDS
    assert user["full_name"] == "Grace Hopper"
    assert (user["is_active"], user["is_superuser"], user["role"]) == (True, False, "user")
    assert user["created_at"].endswith("+00:00")
    assert user["updated_at"] is None
    assert UUID(user["id"]).version == 4


async def test_the_web_client_may_call_the_full_name_just_name(stranger: Any) -> None:
    assert (await register(stranger, name="Grace"))["full_name"] == "Grace"


async def test_nobody_makes_themselves_an_admin_by_registering(stranger: Any) -> None:
    assert (await register(stranger, role="admin", is_superuser=True))["role"] == "user"


async def test_an_address_that_is_taken_is_a_conflict_in_any_spelling(stranger: Any) -> None:
    await register(stranger)
    answer = await stranger.post("/auth/register", {**ACCOUNT, "email": "GRACE@EXAMPLE.COM"})
    assert is_envelope(answer, 409, "ALREADY_EXISTS", {"email": "GRACE@example.com"})


@pytest.mark.parametrize(
    ("body", "place", "kind"),
    [
        ({"password": "correct horse"}, ["body", "email"], "missing"),
        ({"email": "nowhere", "password": "correct horse"}, ["body", "email"], "value_error"),
        ({"email": "a@example.com", "password": "1234567"}, ["body", "password"], "string_too_short"),
        ({"email": "a@example.com", "password": "x" * 129}, ["body", "password"], "string_too_long"),
        ({**ACCOUNT, "full_name": "x" * 256}, ["body", "full_name"], "string_too_long"),
        ({**ACCOUNT, "full_name": 7}, ["body", "full_name"], "string_type"),
        ({**ACCOUNT, "full_name": "a\x00b"}, ["body", "full_name"], "value_error"),
    ],
)
async def test_a_registration_that_does_not_fit_says_where(stranger: Any, body: Any, place: Any, kind: str) -> None:
    answer = await stranger.post("/auth/register", body)
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert (fault["loc"], fault["type"]) == (place, kind)
    assert {"type", "loc", "msg", "input"} <= set(fault) <= {"type", "loc", "msg", "input", "ctx"}


async def test_a_password_of_128_characters_and_many_bytes_works(stranger: Any) -> None:
    long = "🐎" * 128
    await register(stranger, password=long)
    assert (await login(stranger, password=long)).status_code == 200
    assert (await login(stranger, password=long[:-1])).status_code == 401


async def test_a_closed_server_says_so_in_a_sentence(serve: Any, settings: Settings) -> None:
    async with serve(settings.model_copy(update={"REGISTRATION_ENABLED": False})) as client:
        answer = await client.post("/api/v1/auth/register", json=ACCOUNT)
        assert answer.status_code == 403
        assert list(answer.json()) == ["detail"]
        assert isinstance(answer.json()["detail"], str)
        assert (await client.get("/api/v1/config/public")).json() == {"registration_enabled": False}


async def test_a_login_is_a_form_and_answers_two_tokens(stranger: Any) -> None:
    await register(stranger)
    pair = await tokens(stranger)
    assert list(pair) == ["access_token", "refresh_token", "token_type"]
    assert pair["token_type"] == "bearer"
    me = await stranger.ask("GET", "/auth/me", headers=bearer(pair["access_token"]))
    assert me.json()["email"] == ACCOUNT["email"]
    assert me.json() == (await stranger.ask("GET", "/users/me", headers=bearer(pair["access_token"]))).json()


async def test_a_login_finds_the_address_in_any_spelling(stranger: Any) -> None:
    await register(stranger)
    assert (await login(stranger, username="  Grace@EXAMPLE.com ")).status_code == 200


async def test_a_login_as_json_is_not_read(stranger: Any) -> None:
    answer = await stranger.post("/auth/login", {"username": "a", "password": "b"})
    assert answer.status_code == 422
    assert [fault["loc"] for fault in answer.json()["detail"]] == [["body", "username"], ["body", "password"]]
    assert all(fault["type"] == "missing" and fault["input"] is None for fault in answer.json()["detail"])


async def test_another_grant_than_password_is_refused(stranger: Any) -> None:
    form = {"grant_type": "client_credentials", "username": "a@example.com", "password": "b"}
    answer = await stranger.ask("POST", "/auth/login", data=form)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "grant_type"]


async def test_a_wrong_password_and_an_unknown_address_sound_the_same(stranger: Any) -> None:
    await register(stranger)
    wrong = await login(stranger, password="battery staple")
    unknown = await login(stranger, username="nobody@example.com")
    assert is_envelope(wrong, 401, "AUTHENTICATION_ERROR")
    assert wrong.json() == unknown.json()


async def test_ten_wrong_passwords_are_ten_times_401(stranger: Any) -> None:
    await register(stranger)
    for _ in range(10):
        assert is_envelope(await login(stranger, password="battery staple"), 401, "AUTHENTICATION_ERROR")
    assert (await login(stranger)).status_code == 200


async def test_an_account_without_a_password_cannot_be_signed_in_with_one(stranger: Any, ada: Any) -> None:
    assert is_envelope(await login(stranger, username="ada@example.com"), 401, "AUTHENTICATION_ERROR")


async def test_two_logins_in_the_same_second_are_two_sessions(stranger: Any) -> None:
    await register(stranger)
    first, second = await asyncio.gather(tokens(stranger), tokens(stranger))
    assert first["refresh_token"] != second["refresh_token"]
    for pair in (first, second):
        answer = await stranger.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
        assert answer.status_code == 200
    listed = await stranger.ask("GET", "/sessions", headers=bearer(first["access_token"]))
    assert listed.json()["total"] == 2


async def test_a_refresh_answers_two_new_tokens(stranger: Any) -> None:
    await register(stranger)
    pair = await tokens(stranger)
    answer = await stranger.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert answer.status_code == 200
    fresh = answer.json()
    assert list(fresh) == ["access_token", "refresh_token", "token_type"]
    assert fresh["access_token"] != pair["access_token"]
    assert fresh["refresh_token"] != pair["refresh_token"]
    assert (await stranger.ask("GET", "/auth/me", headers=bearer(fresh["access_token"]))).status_code == 200


async def test_two_tabs_that_refresh_at_once_get_the_same_successor(stranger: Any) -> None:
    await register(stranger)
    body = {"refresh_token": (await tokens(stranger))["refresh_token"]}
    first, second = [await stranger.post("/auth/refresh", body) for _ in range(2)]
    assert first.json()["refresh_token"] == second.json()["refresh_token"]


async def test_a_refresh_token_from_two_rotations_ago_ends_the_session(stranger: Any) -> None:
    await register(stranger)
    old = (await tokens(stranger))["refresh_token"]
    newer = (await stranger.post("/auth/refresh", {"refresh_token": old})).json()["refresh_token"]
    newest = (await stranger.post("/auth/refresh", {"refresh_token": newer})).json()["refresh_token"]
    for token in (old, newest):
        answer = await stranger.post("/auth/refresh", {"refresh_token": token})
        assert is_envelope(answer, 401, "AUTHENTICATION_ERROR")


@pytest.mark.parametrize("token", ["", "x", "pa_refresh.00.0.zz", "pa_refresh.ü", "a.b.c"])
async def test_a_made_up_refresh_token_is_refused(stranger: Any, token: str) -> None:
    answer = await stranger.post("/auth/refresh", {"refresh_token": token})
    assert is_envelope(answer, 401, "AUTHENTICATION_ERROR")


async def test_a_logout_needs_no_bearer_and_ends_the_session(stranger: Any) -> None:
    await register(stranger)
    pair = await tokens(stranger)
    for _ in range(2):
        answer = await stranger.post("/auth/logout", {"refresh_token": pair["refresh_token"]})
        assert (answer.status_code, answer.content) == (204, b"")
    refreshed = await stranger.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert is_envelope(refreshed, 401, "AUTHENTICATION_ERROR")
    assert (await stranger.post("/auth/logout", {})).status_code == 422


async def test_an_access_token_stops_within_five_seconds_of_its_session(stranger: Any) -> None:
    await register(stranger)
    pair = await tokens(stranger)
    assert (await stranger.ask("GET", "/auth/me", headers=bearer(pair["access_token"]))).status_code == 200
    await stranger.post("/auth/logout", {"refresh_token": pair["refresh_token"]})
    async with asyncio.timeout(5):
        while (await stranger.ask("GET", "/auth/me", headers=bearer(pair["access_token"]))).status_code == 200:
            await asyncio.sleep(0.2)


@pytest.mark.parametrize("header", [None, "Basic YTpi", "Bearer", "Bearer ", "Token x"])
async def test_without_a_bearer_nobody_is_let_in(stranger: Any, header: str | None) -> None:
    answer = await stranger.ask("GET", "/auth/me", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"})
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_refresh_token_is_no_access_token(stranger: Any) -> None:
    await register(stranger)
    pair = await tokens(stranger)
    answer = await stranger.ask("GET", "/auth/me", headers=bearer(pair["refresh_token"]))
    assert is_envelope(answer, 401, "AUTHENTICATION_ERROR")
    assert answer.json()["error"]["message"] == "Invalid token type"


@pytest.mark.parametrize("token", ["x", "a.b.c", "ü", "e30.e30."])
async def test_a_made_up_access_token_is_refused(stranger: Any, token: str) -> None:
    answer = await stranger.ask("GET", "/auth/me", headers={b"Authorization": f"Bearer {token}".encode()})
    assert is_envelope(answer, 401, "AUTHENTICATION_ERROR")


async def test_a_disabled_account_can_neither_sign_in_nor_go_on(stranger: Any, root: Any) -> None:
    user = await register(stranger)
    pair = await tokens(stranger)
    disabled = await root.ask("PATCH", f"/users/{user['id']}", json={"is_active": False})
    assert disabled.json()["is_active"] is False
    refused = await login(stranger)
    assert is_envelope(refused, 401, "AUTHENTICATION_ERROR")
    used = await stranger.ask("GET", "/auth/me", headers=bearer(pair["access_token"]))
    assert is_envelope(used, 401, "AUTHENTICATION_ERROR")
    refreshed = await stranger.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert is_envelope(refreshed, 401, "AUTHENTICATION_ERROR")


async def test_the_token_of_a_deleted_account_is_refused(stranger: Any, root: Any) -> None:
    user = await register(stranger)
    pair = await tokens(stranger)
    assert (await root.ask("DELETE", f"/users/{user['id']}")).status_code == 204
    used = await stranger.ask("GET", "/auth/me", headers=bearer(pair["access_token"]))
    assert is_envelope(used, 401, "AUTHENTICATION_ERROR")


async def test_a_stale_token_does_not_stop_a_login(stranger: Any) -> None:
    await register(stranger)
    form = {"username": ACCOUNT["email"], "password": ACCOUNT["password"]}
    answer = await stranger.ask("POST", "/auth/login", data=form, headers=bearer("stale"))
    assert answer.status_code == 200
