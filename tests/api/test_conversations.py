"""Conversations and areas in REST, field by field (contract.md sections 6 and 9)."""

from typing import Any
from uuid import uuid4

import pytest


@pytest.fixture
def works() -> bool:
    return True


CONVERSATION = ["id", "user_id", "title", "is_archived", "area", "created_at", "updated_at"]
MESSAGE = [
    "id", "conversation_id", "role", "content", "model_name", "tokens_used", "tool_calls", "created_at", "updated_at",
]  # fmt: skip


async def make(person: Any, **body: Any) -> Any:
    answer = await person.post("/conversations", body)
    assert answer.status_code == 201
    return answer.json()


async def test_a_conversation_has_the_documented_fields(ada: Any) -> None:
    answer = await ada.ask("POST", "/conversations")
    assert answer.status_code == 201, "the body is optional"
    made = answer.json()
    assert list(made) == CONVERSATION
    assert (made["title"], made["area"], made["is_archived"], made["updated_at"]) == (None, None, False, None)
    assert made["user_id"] == str(ada.id)
    assert made["created_at"].endswith("+00:00")
    given = await make(ada, title=" Bread ", area="jobs", user_id=str(uuid4()))
    assert (given["title"], given["area"], given["user_id"]) == ("Bread", "jobs", str(ada.id))
    assert (await ada.post("/conversations", {"title": "x" * 256})).status_code == 422


async def test_a_message_is_added_and_touches_its_conversation(ada: Any) -> None:
    id = (await make(ada))["id"]
    answer = await ada.post(f"/conversations/{id}/messages", {"role": "user", "content": "hello"})
    assert answer.status_code == 201
    said = answer.json()
    assert list(said) == MESSAGE
    assert (said["role"], said["content"], said["model_name"], said["tool_calls"]) == ("user", "hello", None, [])
    whole = await ada.get(f"/conversations/{id}")
    assert list(whole) == [*CONVERSATION, "messages"]
    assert whole["messages"] == [said]
    assert whole["updated_at"] is not None
    assert await ada.get(f"/conversations/{id}/messages", skip=1) == []
    for body in (
        {"role": "wizard", "content": "x"},
        {"role": "user"},
        {"role": "user", "content": "a", "tokens_used": -1},
    ):
        assert (await ada.post(f"/conversations/{id}/messages", body)).status_code == 422


async def test_conversations_come_by_activity_with_untouched_ones_first(ada: Any) -> None:
    old, touched, fresh = [(await make(ada, title=name))["id"] for name in ("old", "touched", "fresh")]
    for id in (old, touched):
        await ada.post(f"/conversations/{id}/messages", {"role": "user", "content": "hi"})
    assert [c["id"] for c in await ada.get("/conversations")] == [fresh, touched, old]
    assert (await ada.post(f"/conversations/{old}/archive")).json()["is_archived"] is True
    assert [c["id"] for c in await ada.get("/conversations")] == [fresh, touched]
    assert len(await ada.get("/conversations", include_archived=True)) == 3
    assert len(await ada.get("/conversations", skip=1, limit=1)) == 1
    assert (await ada.ask("GET", "/conversations", params={"limit": 101})).status_code == 422


async def test_a_conversation_is_changed_and_deleted_with_its_messages(ada: Any) -> None:
    id = (await make(ada, title="before"))["id"]
    changed = await ada.ask("PATCH", f"/conversations/{id}", json={"title": "after"})
    assert (changed.status_code, changed.json()["title"]) == (200, "after")
    assert (await ada.ask("PATCH", f"/conversations/{id}", json={"is_archived": None})).status_code == 422
    gone = await ada.ask("DELETE", f"/conversations/{id}")
    assert (gone.status_code, gone.content) == (204, b"")
    missing = await ada.ask("GET", f"/conversations/{id}")
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "NOT_FOUND"
    assert missing.json()["error"]["details"] == {"conversation_id": id}


async def test_what_is_somebody_elses_does_not_exist(ada: Any, bob: Any, stranger: Any) -> None:
    id = (await make(ada, title="mine"))["id"]
    calls = [
        ("GET", "", None), ("PATCH", "", {"title": "taken"}), ("DELETE", "", None), ("POST", "/archive", None),
        ("GET", "/messages", None), ("POST", "/messages", {"role": "user", "content": "x"}),
    ]  # fmt: skip
    for verb, path, body in calls:
        options = {} if body is None else {"json": body}
        assert (await bob.ask(verb, f"/conversations/{id}{path}", **options)).status_code == 404
        assert (await stranger.ask(verb, f"/conversations/{id}{path}", **options)).status_code == 401
    told = await bob.post("/agent/areas/jobs/chat", {"message": "hi", "conversation_id": id})
    assert told.status_code == 404
    whole = await ada.get(f"/conversations/{id}")
    assert (whole["title"], whole["is_archived"], whole["messages"]) == ("mine", False, [])


@pytest.mark.parametrize("prefix", ["/agent/areas", "/areas"])
async def test_an_area_is_talked_to_in_both_spellings(ada: Any, prefix: str) -> None:
    (area,) = (await ada.get(prefix))["areas"]
    assert list(area) == ["area", "description"]
    assert area["area"] == "jobs"
    answer = await ada.post(f"{prefix}/jobs/chat", {"message": "stats please " + "x" * 60, "history": []})
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["response", "conversation_id"]
    id = answer.json()["conversation_id"]
    whole = await ada.get(f"/conversations/{id}")
    assert (whole["title"], whole["area"]) == (("stats please " + "x" * 60)[:50], "jobs")
    assert [message["content"] for message in whole["messages"]][1] == answer.json()["response"]
    again = await ada.post(f"{prefix}/jobs/chat", {"message": "stats", "conversation_id": id})
    assert again.json()["conversation_id"] == id
    (call,) = (await ada.get(f"/conversations/{id}/messages"))[3]["tool_calls"]
    assert (call["tool_name"], call["args"], call["status"]) == ("jobs_get_job_stats", {}, "completed")


async def test_what_an_area_refuses(ada: Any, stranger: Any) -> None:
    unknown = await ada.post("/agent/areas/cooking/chat", {"message": "hi"})
    assert (unknown.status_code, unknown.json()["detail"]) == (404, "Area 'cooking' not found")
    for body in ({}, {"message": ""}, {"message": "hi", "conversation_id": "x"}, {"message": "hi", "history": [{}]}):
        assert (await ada.post("/agent/areas/jobs/chat", body)).status_code == 422
    nowhere = await ada.post("/agent/areas/jobs/chat", {"message": "hi", "conversation_id": str(uuid4())})
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert (await stranger.ask("GET", "/agent/areas")).status_code == 401
