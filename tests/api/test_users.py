"""Accounts over REST: contract section 4 and faults 3, 4 and 7."""

from typing import Any
from uuid import uuid4

import pytest

FIELDS = ["id", "email", "full_name", "is_active", "is_superuser", "role", "created_at", "updated_at"]


async def test_one_changes_ones_own_name_address_and_password(ada: Any, stranger: Any) -> None:
    answer = await ada.ask(
        "PATCH", "/users/me", json={"full_name": "Ada", "email": "A@NEW.org", "password": "horse battery"}
    )
    assert (answer.status_code, list(answer.json())) == (200, FIELDS)
    assert (answer.json()["full_name"], answer.json()["email"]) == ("Ada", "A@new.org")
    assert answer.json()["updated_at"] is not None
    form = {"username": "a@new.org", "password": "horse battery"}
    assert (await stranger.ask("POST", "/auth/login", data=form)).status_code == 200


async def test_role_and_activity_count_only_from_an_admin(ada: Any) -> None:
    answer = await ada.ask("PATCH", "/users/me", json={"role": "admin", "is_active": False, "full_name": "Ada"})
    found = answer.json()
    assert (answer.status_code, found["role"], found["is_active"], found["full_name"]) == (200, "user", True, "Ada")


@pytest.mark.parametrize(
    "changes", [{"is_active": None}, {"email": None}, {"email": "x"}, {"password": "short"}, {"role": "king"}]
)
async def test_a_change_that_does_not_fit_is_422(ada: Any, changes: Any) -> None:
    before = await ada.get("/users/me")
    answer = await ada.ask("PATCH", "/users/me", json=changes)
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", next(iter(changes))])
    assert await ada.get("/users/me") == before


async def test_somebody_elses_address_is_taken_in_any_spelling(ada: Any, bob: Any) -> None:
    answer = await ada.ask("PATCH", "/users/me", json={"email": "BOB@example.com"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]) == (
        409,
        "ALREADY_EXISTS",
        {"email": "BOB@example.com"},
    )
    assert (await ada.get("/users/me"))["email"] == "ada@example.com"


async def test_an_admin_reads_changes_and_deletes_accounts(root: Any, ada: Any) -> None:
    path = f"/users/{ada.id}"
    found = await root.get(path)
    assert (list(found), found["email"]) == (FIELDS, "ada@example.com")
    page = await root.get("/users", size=1)
    assert list(page) == ["items", "total", "page", "size", "pages"]
    assert (page["total"], page["pages"], [list(user) for user in page["items"]]) == (2, 2, [FIELDS])
    changed = (await root.ask("PATCH", path, json={"role": "admin", "is_active": False})).json()
    assert (changed["role"], changed["is_active"]) == ("admin", False)
    deleted = await root.ask("DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await root.ask("GET", path)).json()["error"]["details"] == {"user_id": str(ada.id)}


async def test_others_are_not_told_whether_an_account_is_there(ada: Any, bob: Any) -> None:
    for id in (bob.id, uuid4()):
        for verb in ("GET", "PATCH", "DELETE"):
            answer = await ada.ask(verb, f"/users/{id}", json={})
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AUTHORIZATION_ERROR")
    assert (await ada.ask("GET", "/users")).status_code == 403
    assert (await bob.get("/users/me"))["email"] == "bob@example.com"
