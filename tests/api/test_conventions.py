"""What holds for every route: contract sections 1, 1.1 and 1.2."""

import re
from typing import Any
from uuid import UUID

import pytest

from domain.scopes import Scope
from infra.http.rest import rest_routes
from resolvers.access import access, anyone
from schema.compat.rows import Row

ITEM = {"title": "milk"}


async def test_a_trailing_slash_is_sent_to_the_path_without(ada: Any) -> None:
    answer = await ada.ask("GET", "/items/")
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/api/v1/items")


async def test_an_unknown_path_is_not_found_in_one_word(ada: Any) -> None:
    answer = await ada.ask("GET", "/nothing/here")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert (await ada.ask("GET", "/ws/agent")).status_code == 404
    assert (await ada.ask("GET", "/ws")).status_code == 404


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("PUT", "/items", "GET, HEAD, POST"),
        ("PATCH", "/jobs/stats", "GET, HEAD"),
        ("DELETE", "/job-profiles/default", "GET, HEAD"),
        ("GET", "/auth/login", "POST"),
    ],
)
async def test_a_wrong_verb_is_told_the_right_ones(ada: Any, verb: str, path: str, allowed: str) -> None:
    answer = await ada.ask(verb, path)
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert ", ".join(sorted(answer.headers["allow"].split(", "))) == allowed


@pytest.mark.parametrize("body", [b"{", b'{"title": }', b"[1,", b"\xff", b'{"title": NaN}', b"nope", b"{" * 90])
async def test_broken_json_says_where_it_breaks(ada: Any, body: bytes) -> None:
    answer = await ada.ask("POST", "/items", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert (fault["type"], fault["msg"], fault["input"]) == ("json_invalid", "JSON decode error", {})
    assert fault["loc"][0] == "body"
    assert isinstance(fault["loc"][1], int)
    assert isinstance(fault["ctx"]["error"], str)


async def test_json_of_absurd_depth_is_broken_json(ada: Any) -> None:
    body = b'{"title": ' + b"[" * 500 + b"]" * 500 + b"}"
    answer = await ada.ask("POST", "/items", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "json_invalid")


@pytest.mark.parametrize("body", ["[]", '"x"', "7", "true"])
async def test_a_body_that_is_no_object_is_refused_whole(ada: Any, body: str) -> None:
    answer = await ada.ask("POST", "/items", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    (fault,) = answer.json()["detail"]
    assert (fault["type"], fault["loc"]) == ("model_attributes_type", ["body"])


@pytest.mark.parametrize("body", [b"", b"null"])
async def test_a_missing_body_is_a_missing_field(ada: Any, body: bytes) -> None:
    answer = await ada.ask("POST", "/items", content=body, headers={"Content-Type": "application/json"})
    expected = {"type": "missing", "loc": ["body"], "msg": "Field required", "input": None}
    assert (answer.status_code, answer.json()) == (422, {"detail": [expected]})


async def test_json_under_another_name_is_not_read(ada: Any) -> None:
    answer = await ada.ask("POST", "/items", content=b'{"title": "x"}', headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "model_attributes_type")
    vendor = {"Content-Type": "application/vnd.api+json; charset=utf-8"}
    assert (await ada.ask("POST", "/items", content=b'{"title": "x"}', headers=vendor)).status_code == 201


async def test_a_body_of_megabytes_is_too_large(ada: Any) -> None:
    answer = await ada.post("/items", {"title": "x", "description": "y" * 5_000_000})
    assert answer.status_code == 413
    assert isinstance(answer.json()["detail"], str)


async def test_all_faults_of_path_and_query_and_body_come_at_once(ada: Any) -> None:
    answer = await ada.ask("PATCH", "/items/nope", json={"title": 7, "is_active": "perhaps"})
    places = [fault["loc"] for fault in answer.json()["detail"]]
    assert places == [["path", "item_id"], ["body", "title"], ["body", "is_active"]]
    paged = await ada.ask("GET", "/items", params={"page": "0", "size": "101"})
    faults = paged.json()["detail"]
    assert [(fault["loc"], fault["type"], fault["input"], fault["ctx"]) for fault in faults] == [
        (["query", "page"], "greater_than_equal", "0", {"ge": 1}),
        (["query", "size"], "less_than_equal", "101", {"le": 100}),
    ]


async def test_a_malformed_id_says_what_an_id_is(ada: Any) -> None:
    (fault,) = (await ada.ask("GET", "/items/nope")).json()["detail"]
    assert (fault["type"], fault["loc"], fault["input"]) == ("uuid_parsing", ["path", "item_id"], "nope")


async def test_unknown_fields_are_ignored_and_texts_are_trimmed(ada: Any) -> None:
    answer = await ada.post("/items", {"title": "  milk \n", "colour": "white", "user_id": "x"})
    assert answer.status_code == 201
    assert answer.json()["title"] == "milk"


async def test_a_zero_character_is_refused_before_it_reaches_a_database(ada: Any) -> None:
    (fault,) = (await ada.post("/items", {"title": "a\x00b"})).json()["detail"]
    assert fault["loc"] == ["body", "title"]
    assert (await ada.ask("GET", "/jobs", params={"search": "a\x00"})).status_code == 422
    assert (await ada.ask("GET", "/pipelines/a%00b/runs")).status_code == 422


async def test_nobody_is_told_what_fits_before_signing_in(stranger: Any) -> None:
    answer = await stranger.post("/items", {"title": 7})
    assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"})


async def test_a_request_id_is_echoed_or_made(ada: Any) -> None:
    answer = await ada.ask("GET", "/items", headers={"X-Request-ID": "my-own.id_7"})
    assert answer.headers["x-request-id"] == "my-own.id_7"
    assert UUID((await ada.ask("GET", "/items")).headers["x-request-id"])
    assert UUID((await ada.ask("GET", "/nothing")).headers["x-request-id"])
    assert UUID((await ada.ask("GET", "/items/nope")).headers["x-request-id"])


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://localhost:8080"])
async def test_a_listed_web_client_may_ask_from_its_own_address(ada: Any, origin: str) -> None:
    asks = {
        "Origin": origin, "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization,content-type,x-anything",
    }  # fmt: skip
    answer = await ada.ask("OPTIONS", "/items", headers=asks)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert answer.headers["access-control-max-age"] == "600"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert "x-anything" in answer.headers["access-control-allow-headers"]
    read = await ada.ask("GET", "/items", headers={"Origin": origin})
    assert read.headers["access-control-allow-origin"] == origin
    assert "access-control-expose-headers" not in read.headers
    refused = await ada.ask("GET", "/items/nope", headers={"Origin": origin})
    assert refused.headers["access-control-allow-origin"] == origin


async def test_another_origin_is_turned_away(ada: Any) -> None:
    asks = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "GET"}
    assert (await ada.ask("OPTIONS", "/items", headers=asks)).status_code == 400
    read = await ada.ask("GET", "/items", headers={"Origin": "https://evil.example.com"})
    assert "access-control-allow-origin" not in read.headers


@access(anyone)
async def boom(scope: Scope) -> None:
    """Fail."""
    raise RuntimeError(f"the password of {scope} is swordfish")


async def test_a_bug_of_ours_is_masked_in_the_envelope(client: Any, stranger: Any) -> None:
    client._transport.app.router.routes.extend(rest_routes("/api/v1", [Row("GET", "/boom", boom)]))
    answer = await stranger.ask("GET", "/boom")
    assert answer.status_code == 500
    error = {"code": "INTERNAL_ERROR", "message": "Internal server error", "details": None}
    assert answer.json() == {"error": error, "detail": "Internal server error"}
    assert "x-request-id" in answer.headers


async def test_a_read_right_after_a_write_sees_it(ada: Any) -> None:
    for number in range(10):
        made = (await ada.post("/items", {"title": str(number)})).json()
        assert (await ada.get("/items"))["items"][0] == made
        changed = (await ada.ask("PATCH", f"/items/{made['id']}", json={"title": "new"})).json()
        assert await ada.get(f"/items/{made['id']}") == changed


async def test_times_have_microseconds_and_the_zone_of_their_noun(ada: Any) -> None:
    item = (await ada.post("/items", ITEM)).json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", item["created_at"])
    (session,) = (await ada.get("/sessions"))["sessions"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", session["created_at"])


async def test_a_head_is_a_get_without_its_body(ada: Any) -> None:
    answer = await ada.ask("HEAD", "/items")
    assert answer.status_code == 200
