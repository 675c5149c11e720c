"""Webhooks as existing clients know them, and the same in GraphQL."""

import re
from base64 import b64decode
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx2
import pytest

BODY = {"name": "CI", "url": "https://example.com/hook", "events": ["item.created"], "description": None}
WEBHOOK = ["id", "name", "url", "events", "is_active", "description", "created_at", "updated_at"]
DELIVERY = [
    "id", "webhook_id", "event_type", "response_status", "error_message", "attempt_count", "success", "created_at",
    "delivered_at",
]  # fmt: skip
ZULU = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


async def made(person: Any, **changes: Any) -> dict[str, Any]:
    answer = await person.post("/webhooks", {**BODY, **changes})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def trial(person: Any, webhook: dict[str, Any]) -> dict[str, Any]:
    """A delivery, by way of a test to an address that is refused."""
    answer = await person.post(f"/webhooks/{webhook['id']}/test")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def graphql(client: httpx2.AsyncClient, person: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {person.token}"}
    answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
    return answer.json()


async def test_a_webhook_is_made_shown_changed_and_deleted(ada: Any) -> None:
    webhook = await made(ada)
    assert list(webhook) == WEBHOOK
    assert {key: webhook[key] for key in BODY} == BODY
    assert webhook["is_active"] is True
    assert ZULU.fullmatch(webhook["created_at"])
    assert webhook["updated_at"] == webhook["created_at"]
    path = f"/webhooks/{webhook['id']}"
    assert await ada.get(path) == webhook
    changed = await ada.ask("PATCH", path, json={"url": "http://example.org/", "is_active": False})
    assert changed.status_code == 200
    body = changed.json()
    assert body["updated_at"] > webhook["updated_at"]
    assert {**body, "updated_at": ""} == {**webhook, "url": "http://example.org/", "is_active": False, "updated_at": ""}
    assert await ada.get(path) == body
    gone = await ada.ask("DELETE", path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await ada.ask("GET", path)).status_code == 404


async def test_only_what_is_sent_changes_and_null_is_a_value_where_it_may_be_one(ada: Any) -> None:
    webhook = await made(ada, description="what for")
    path = f"/webhooks/{webhook['id']}"
    assert (await ada.ask("PATCH", path, json={})).json()["description"] == "what for"
    assert (await ada.ask("PATCH", path, json={"description": None})).json()["description"] is None
    for field in ("name", "url", "events", "is_active"):
        refused = await ada.ask("PATCH", path, json={field: None})
        assert refused.status_code == 422
        assert refused.json()["detail"][0]["loc"] == ["body", field]


async def test_names_and_events_are_any_text_and_are_not_trimmed(ada: Any) -> None:
    webhook = await made(ada, name="  Grüße  ", events=[" anything at all ", "", "🎉"])
    assert (webhook["name"], webhook["events"]) == ("  Grüße  ", [" anything at all ", "", "🎉"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 256),
        ("name", None),
        ("name", "a\x00b"),
        ("url", "ftp://example.com/"),
        ("url", "example.com/hook"),
        ("url", "javascript:alert(1)"),
        ("url", "http://"),
        ("url", ""),
        ("url", "https://example.com/" + "x" * 2048),
        ("events", []),
        ("events", "item.created"),
        ("events", [None]),
        ("events", [1]),
        ("events", ["x" * 256]),
        ("events", ["x"] * 101),
    ],
)
async def test_what_is_no_webhook_is_refused_with_the_field_named(ada: Any, field: str, value: Any) -> None:
    answer = await ada.post("/webhooks", {**BODY, field: value})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][:2] == ["body", field]
    assert (await ada.get("/webhooks"))["total"] == 0


@pytest.mark.parametrize("field", ["name", "url", "events"])
async def test_what_is_missing_is_named(ada: Any, field: str) -> None:
    answer = await ada.post("/webhooks", {key: value for key, value in BODY.items() if key != field})
    assert answer.status_code == 422
    assert [(one["type"], one["loc"]) for one in answer.json()["detail"]] == [("missing", ["body", field])]


async def test_webhooks_are_listed_newest_first_in_slices(ada: Any, bob: Any) -> None:
    ids = [(await made(ada, name=f"n{number}"))["id"] for number in range(3)]
    await made(bob)
    everything = await ada.get("/webhooks")
    assert list(everything) == ["items", "total"]
    assert [one["id"] for one in everything["items"]] == ids[::-1]
    assert everything["total"] == 3
    part = await ada.get("/webhooks", skip=1, limit=1)
    assert ([one["id"] for one in part["items"]], part["total"]) == ([ids[1]], 3)
    assert await ada.get("/webhooks", skip=10**18) == {"items": [], "total": 3}
    for wrong in ({"skip": -1}, {"limit": 0}, {"limit": 101}, {"skip": "x"}):
        assert (await ada.ask("GET", "/webhooks", params=wrong)).status_code == 422


async def test_a_secret_is_told_when_it_is_made_anew_and_nowhere_else(ada: Any) -> None:
    webhook = await made(ada)
    answer = await ada.post(f"/webhooks/{webhook['id']}/regenerate-secret")
    assert answer.status_code == 200
    secret = answer.json()["secret"]
    assert list(answer.json()) == ["secret"]
    assert re.fullmatch(r"[\w-]{43}", secret)
    again = (await ada.post(f"/webhooks/{webhook['id']}/regenerate-secret")).json()["secret"]
    assert again != secret
    shown = await ada.get(f"/webhooks/{webhook['id']}")
    assert list(shown) == WEBHOOK
    assert not {secret, again} & {str(value) for value in shown.values()}


async def test_a_test_says_what_came_of_it_and_leaves_a_delivery(ada: Any) -> None:
    webhook = await made(ada, url="https://10.0.0.1/hook")
    found = await trial(ada, webhook)
    assert found == {"success": False, "status_code": None, "message": "10.0.0.1 is not a public address"}
    listed = await ada.get(f"/webhooks/{webhook['id']}/deliveries")
    assert list(listed) == ["items", "total"]
    [delivery] = listed["items"]
    assert list(delivery) == DELIVERY
    assert ZULU.fullmatch(delivery["created_at"])
    assert datetime.fromisoformat(delivery["created_at"]).utcoffset() is not None
    facts = {key: delivery[key] for key in DELIVERY if key not in {"id", "created_at"}}
    assert facts == {
        "webhook_id": webhook["id"],
        "event_type": "webhook.test",
        "response_status": None,
        "error_message": "10.0.0.1 is not a public address",
        "attempt_count": 1,
        "success": False,
        "delivered_at": None,
    }


async def test_deliveries_are_listed_newest_first_in_slices(ada: Any) -> None:
    webhook = await made(ada, url="https://10.0.0.1/hook")
    for _ in range(3):
        await trial(ada, webhook)
    path = f"/webhooks/{webhook['id']}/deliveries"
    everything = await ada.get(path)
    times = [one["created_at"] for one in everything["items"]]
    assert times == sorted(times, reverse=True)
    part = await ada.get(path, skip=1, limit=1)
    assert (part["items"], part["total"]) == (everything["items"][1:2], 3)
    assert (await ada.ask("GET", path, params={"limit": 101})).status_code == 422


async def test_a_delivery_is_replayed(ada: Any) -> None:
    webhook = await made(ada, url="https://10.0.0.1/hook")
    await trial(ada, webhook)
    [delivery] = (await ada.get(f"/webhooks/{webhook['id']}/deliveries"))["items"]
    answer = await ada.post(f"/webhooks/deliveries/{delivery['id']}/replay")
    assert answer.status_code == 200
    assert answer.json() == delivery
    twice = await ada.post(f"/webhooks/deliveries/{delivery['id']}/replay")
    assert twice.status_code == 422
    assert twice.json()["error"]["code"] == "VALIDATION_ERROR"


CALLS = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("GET", "/deliveries"),
    ("POST", "/test"),
    ("POST", "/regenerate-secret"),
]


@pytest.mark.parametrize(("verb", "tail"), CALLS)
async def test_somebody_elses_webhook_does_not_exist(ada: Any, bob: Any, verb: str, tail: str) -> None:
    webhook = await made(ada)
    body = {"json": {"name": "taken over"}} if verb == "PATCH" else {}
    foreign = await bob.ask(verb, f"/webhooks/{webhook['id']}{tail}", **body)
    unknown = await bob.ask(verb, f"/webhooks/{uuid4()}{tail}", **body)
    for answer in (foreign, unknown):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "NOT_FOUND"
        assert answer.json()["error"]["details"] is None
    assert await ada.get(f"/webhooks/{webhook['id']}") == webhook
    assert (await ada.get(f"/webhooks/{webhook['id']}/deliveries"))["total"] == 0


@pytest.mark.parametrize(("verb", "tail"), [*CALLS, ("POST", "")])
async def test_a_stranger_has_no_webhooks(stranger: Any, ada: Any, verb: str, tail: str) -> None:
    webhook = await made(ada)
    path = "/webhooks" if (verb, tail) == ("POST", "") else f"/webhooks/{webhook['id']}{tail}"
    answer = await stranger.ask(verb, path)
    assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"})
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_somebody_elses_delivery_cannot_be_replayed(ada: Any, bob: Any) -> None:
    webhook = await made(ada, url="https://10.0.0.1/hook")
    await trial(ada, webhook)
    [delivery] = (await ada.get(f"/webhooks/{webhook['id']}/deliveries"))["items"]
    answer = await bob.post(f"/webhooks/deliveries/{delivery['id']}/replay")
    assert answer.status_code == 404
    assert (await ada.get(f"/webhooks/{webhook['id']}/deliveries"))["items"] == [delivery]


@pytest.mark.parametrize(("verb", "tail"), CALLS)
async def test_a_malformed_id_is_422(ada: Any, verb: str, tail: str) -> None:
    answer = await ada.ask(verb, f"/webhooks/not-an-id{tail}", **({"json": {}} if verb == "PATCH" else {}))
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][0] == "path"


async def test_nobody_has_more_than_a_hundred_webhooks(ada: Any) -> None:
    for number in range(100):
        await made(ada, name=str(number))
    answer = await ada.post("/webhooks", BODY)
    assert answer.status_code == 422
    assert "at most 100 webhooks" in answer.json()["error"]["message"]


CREATE = """mutation($draft: WebhookDraftInput!) {
  createWebhook(draft: $draft) { id name url events isActive secret signingSecret createdAt updatedAt }
}"""


async def test_graphql_tells_the_secret_once_in_both_spellings(client: httpx2.AsyncClient, ada: Any) -> None:
    draft = {"name": "x", "url": "https://example.com/", "events": ["*"]}
    created = (await graphql(client, ada, CREATE, draft=draft))["data"]["createWebhook"]
    id, secret = created["id"], created["secret"]
    assert len(secret) == 43
    prefix, _, key = created["signingSecret"].partition("_")
    assert (prefix, b64decode(key).decode()) == ("whsec", secret)
    both = "webhook(id: $id) { secret signingSecret } node(id: $id) { __typename ... on Webhook { secret } }"
    shown = (await graphql(client, ada, f"query($id: ID!) {{ {both} }}", id=id))["data"]
    assert shown["webhook"] == {"secret": None, "signingSecret": None}
    assert shown["node"] == {"__typename": "Webhook", "secret": None}
    query = "mutation($id: ID!) { regenerateWebhookSecret(id: $id) { secret signingSecret } }"
    rotated = (await graphql(client, ada, query, id=id))["data"]["regenerateWebhookSecret"]
    assert rotated["secret"] != secret
    assert b64decode(rotated["signingSecret"].removeprefix("whsec_")).decode() == rotated["secret"]


async def test_graphql_lists_webhooks_and_deliveries_as_connections(client: httpx2.AsyncClient, ada: Any) -> None:
    webhook = await made(ada, url="https://10.0.0.1/hook")
    for _ in range(3):
        await trial(ada, webhook)
    query = """query($id: ID!, $after: String) {
      webhooks { totalCount nodes { id name failingSince disabledReason } }
      webhookDeliveries(webhookId: $id, first: 2, after: $after) {
        totalCount pageInfo { hasNextPage endCursor }
        nodes { id webhookId eventType status success responseStatus errorMessage attemptCount nextAttemptAt }
      }
    }"""
    first = (await graphql(client, ada, query, id=webhook["id"]))["data"]
    assert first["webhooks"]["totalCount"] == 1
    page = first["webhookDeliveries"]
    assert (page["totalCount"], len(page["nodes"]), page["pageInfo"]["hasNextPage"]) == (3, 2, True)
    assert page["nodes"][0]["status"] == "FAILED"
    assert page["nodes"][0]["nextAttemptAt"] is None
    after = page["pageInfo"]["endCursor"]
    rest = (await graphql(client, ada, query, id=webhook["id"], after=after))["data"]["webhookDeliveries"]
    assert (len(rest["nodes"]), rest["pageInfo"]["hasNextPage"]) == (1, False)
    replay = "mutation($id: ID!) { replayDelivery(id: $id) { id status success attemptCount nextAttemptAt } }"
    replayed = (await graphql(client, ada, replay, id=rest["nodes"][0]["id"]))["data"]["replayDelivery"]
    assert (replayed["status"], replayed["attemptCount"]) == ("PENDING", 1)
    assert replayed["nextAttemptAt"] is not None


async def test_graphql_keeps_webhooks_to_their_owner(client: httpx2.AsyncClient, ada: Any, bob: Any) -> None:
    webhook = await made(ada, url="https://10.0.0.1/hook")
    await trial(ada, webhook)
    [delivery] = (await ada.get(f"/webhooks/{webhook['id']}/deliveries"))["items"]
    for query, id in [
        ("query($id: ID!) { webhook(id: $id) { id } }", webhook["id"]),
        ("query($id: ID!) { webhookDeliveries(webhookId: $id) { totalCount } }", webhook["id"]),
        ('mutation($id: ID!) { updateWebhook(id: $id, changes: {name: "b"}) { id } }', webhook["id"]),
        ("mutation($id: ID!) { regenerateWebhookSecret(id: $id) { secret } }", webhook["id"]),
        ("mutation($id: ID!) { testWebhook(id: $id) { success } }", webhook["id"]),
        ("mutation($id: ID!) { deleteWebhook(id: $id) { id } }", webhook["id"]),
        ("mutation($id: ID!) { replayDelivery(id: $id) { id } }", delivery["id"]),
    ]:
        answer = await graphql(client, bob, query, id=id)
        assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND", query
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await graphql(client, bob, nodes, ids=[webhook["id"], delivery["id"]])
    assert found["data"]["nodes"] == [None, None]
    found = await graphql(client, ada, nodes, ids=[webhook["id"], delivery["id"]])
    assert [one["id"] for one in found["data"]["nodes"]] == [webhook["id"], delivery["id"]]
    assert await ada.get(f"/webhooks/{webhook['id']}") == webhook
