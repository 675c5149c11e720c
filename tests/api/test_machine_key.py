"""A program with the machine key runs pipelines for nobody in particular; whoever has no key or a wrong one runs none."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx2
import pytest

from infra.settings import Settings

KEY = "a machine key: not guessed in a hurry"
PATH = "/api/v1/pipelines/webhook/echo"
BODY = {"input": {"message": "hello"}, "metadata": {"source": "cron", "n": 1}}
Serve = Callable[[Settings], AbstractAsyncContextManager[httpx2.AsyncClient]]


@pytest.fixture
def works() -> bool:
    return True


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"API_KEY": KEY})


@pytest.fixture
async def client(serve: Serve, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with serve(settings) as opened:
        yield opened


async def execute(client: httpx2.AsyncClient, body: Any = BODY, path: str = PATH, **headers: str) -> httpx2.Response:
    return await client.post(path, json=body, headers=headers or {"X-API-Key": KEY})


async def runs(person: Any) -> list[dict[str, Any]]:
    return (await person.get("/pipelines/runs"))["runs"]


async def test_a_machine_runs_a_pipeline_and_is_answered_when_it_ends(
    client: httpx2.AsyncClient, root: Any, ada: Any
) -> None:
    answer = await execute(client)
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "output": {"echo": "hello", "length": 5, "source": "echo"},
        "error": None,
        "metadata": {"source": "cron", "n": 1},
    }
    [run] = await runs(root)
    assert (run["user_id"], run["trigger_type"], run["status"]) == (None, "webhook", "success")
    assert run["run_metadata"] == {"source": "cron", "n": 1}
    assert await runs(ada) == []


async def test_input_and_metadata_may_be_left_out(client: httpx2.AsyncClient) -> None:
    answer = await execute(client, {})
    assert answer.status_code == 200
    assert answer.json()["success"] is False
    answer = await execute(client, {"input": {"message": "x"}})
    assert answer.json()["metadata"] == {}


@pytest.mark.parametrize("body", [{"input": []}, {"input": None}, {"input": "x"}, {"input": {}, "metadata": 1}, []])
async def test_what_is_no_object_is_422(client: httpx2.AsyncClient, body: Any) -> None:
    assert (await execute(client, body)).status_code == 422


@pytest.mark.parametrize("headers", [{"X-Other": "x"}, {"X-API-Key": ""}, {"Authorization": f"Bearer {KEY}"}])
async def test_without_a_key_it_is_401(client: httpx2.AsyncClient, root: Any, headers: dict[str, str]) -> None:
    answer = await execute(client, **headers)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "AUTHENTICATION_ERROR"
    assert await runs(root) == []


@pytest.mark.parametrize("key", ["wrong", KEY + "x", KEY[:-1], KEY.upper(), "é" * 10])
async def test_with_a_wrong_key_it_is_403(client: httpx2.AsyncClient, root: Any, key: str) -> None:
    answer = await client.post(PATH, json=BODY, headers={b"X-API-Key": key.encode()})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "AUTHORIZATION_ERROR"
    assert await runs(root) == []


async def test_where_no_key_is_set_every_key_is_wrong(serve: Serve, settings: Settings) -> None:
    async with serve(settings.model_copy(update={"API_KEY": ""})) as client:
        assert (await execute(client)).status_code == 403
        assert (await execute(client, **{"X-API-Key": ""})).status_code == 401


async def test_the_header_is_a_setting(serve: Serve, settings: Settings) -> None:
    async with serve(settings.model_copy(update={"API_KEY_HEADER": "X-Machine"})) as client:
        assert (await execute(client, **{"X-Machine": KEY})).status_code == 200
        assert (await execute(client)).status_code == 401
        described = (await client.get("/api/v1/openapi.json")).json()
    assert described["components"]["securitySchemes"]["machine_key"]["name"] == "X-Machine"
    assert described["paths"][PATH.replace("echo", "{name}")]["post"]["security"] == [{"machine_key": []}]


async def test_an_unknown_pipeline_or_one_that_needs_a_person_is_no_success(client: httpx2.AsyncClient) -> None:
    for name in ("no_such_pipeline", "job_search"):
        answer = await execute(client, {"input": {}}, PATH.replace("echo", name))
        assert answer.status_code == 200
        assert answer.json()["success"] is False
        assert answer.json()["error"]


async def test_the_key_opens_nothing_else(client: httpx2.AsyncClient) -> None:
    for path in ("/api/v1/pipelines/runs", "/api/v1/items", "/api/v1/users"):
        assert (await client.get(path, headers={"X-API-Key": KEY})).status_code == 401
    body = {"query": "{ runs { totalCount } }"}
    answer = await client.post("/graphql", json=body, headers={"X-API-Key": KEY})
    assert answer.json()["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"
