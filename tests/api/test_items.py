"""Items over REST: contract section 7.1."""

from typing import Any
from uuid import UUID

import pytest

FIELDS = ["id", "title", "description", "is_active", "created_at", "updated_at"]


async def test_an_item_is_made_read_changed_and_deleted(ada: Any) -> None:
    answer = await ada.post("/items", {"title": "milk", "description": None})
    made = answer.json()
    assert (answer.status_code, list(made)) == (201, FIELDS)
    assert UUID(made["id"]).version == 4
    assert (made["title"], made["description"], made["is_active"], made["updated_at"]) == ("milk", None, True, None)
    path = f"/items/{made['id']}"
    assert await ada.get(path) == made
    changed = (await ada.ask("PATCH", path, json={"is_active": False})).json()
    assert list(changed) == FIELDS
    assert changed == {**made, "is_active": False, "updated_at": changed["updated_at"]}
    assert changed["updated_at"].endswith("+00:00")
    deleted = await ada.ask("DELETE", path)
    assert (deleted.status_code, deleted.content) == (204, b"")
    gone = await ada.ask("GET", path)
    assert (gone.status_code, gone.json()["error"]["details"]) == (404, {"item_id": made["id"]})


async def test_absent_stays_and_null_is_written(ada: Any) -> None:
    made = (await ada.post("/items", {"title": "milk", "description": "two litres"})).json()
    path = f"/items/{made['id']}"
    assert (await ada.ask("PATCH", path, json={})).json()["description"] == "two litres"
    assert (await ada.ask("PATCH", path, json={"title": "cream"})).json()["description"] == "two litres"
    assert (await ada.ask("PATCH", path, json={"description": None})).json()["description"] is None


@pytest.mark.parametrize("changes", [{"title": None}, {"is_active": None}, {"title": "x" * 256}, {"title": 7}])
async def test_a_change_that_does_not_fit_changes_nothing(ada: Any, changes: Any) -> None:
    made = (await ada.post("/items", {"title": "milk"})).json()
    answer = await ada.ask("PATCH", f"/items/{made['id']}", json=changes)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", next(iter(changes))]
    assert await ada.get(f"/items/{made['id']}") == made


@pytest.mark.parametrize("title", ["", "x" * 255, "Zoë 😀 \u202e", "' OR 1=1 --"])
async def test_any_title_of_up_to_255_characters_will_do(ada: Any, title: str) -> None:
    answer = await ada.post("/items", {"title": title})
    assert (answer.status_code, answer.json()["title"]) == (201, title)


async def test_items_come_in_pages_by_number_newest_first(ada: Any) -> None:
    assert await ada.get("/items") == {"items": [], "total": 0, "page": 1, "size": 50, "pages": 0}
    for number in range(5):
        await ada.post("/items", {"title": str(number)})
    second = await ada.get("/items", page=2, size=2)
    assert list(second) == ["items", "total", "page", "size", "pages"]
    assert [item["title"] for item in second["items"]] == ["2", "1"]
    assert (second["total"], second["page"], second["size"], second["pages"]) == (5, 2, 2, 3)
    for far in (99, 10**15):
        assert await ada.get("/items", page=far, size=2) == {**second, "items": [], "page": far}


@pytest.mark.parametrize(("name", "value"), [("page", "0"), ("page", "x"), ("size", "0"), ("size", "101")])
async def test_a_page_that_cannot_be_is_422(ada: Any, name: str, value: str) -> None:
    answer = await ada.ask("GET", "/items", params={name: value})
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["query", name])
