"""How often one may ask: contract section 1.2."""

import asyncio
from typing import Any

import pytest

from infra.settings import Settings

ITEMS, LOGIN, CONFIG = "/api/v1/items", "/api/v1/auth/login", "/api/v1/config/public"


@pytest.fixture
def few(settings: Settings) -> Settings:
    return settings.model_copy(update={"RATE_LIMIT_REQUESTS": 3, "RATE_LIMIT_PERIOD": 2})


async def signed_in(client: Any, email: str) -> dict[str, str]:
    """Uses up two of the requests of the address."""
    account = {"email": email, "password": "correct horse"}
    assert (await client.post("/api/v1/auth/register", json=account)).status_code == 201
    form = {"username": email, "password": "correct horse"}
    token = (await client.post(LOGIN, data=form)).json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


async def test_one_request_too_many_is_told_when_to_come_back(serve: Any, few: Settings) -> None:
    async with serve(few) as client:
        assert [(await client.get(CONFIG)).status_code for _ in range(3)] == [200] * 3
        answer = await client.get(CONFIG)
        assert answer.status_code == 429
        body = answer.json()
        assert list(body["error"]) == ["code", "message", "details"]
        assert body["error"]["code"] == "RATE_LIMIT_EXCEEDED"
        assert body["detail"] == body["error"]["message"]
        wait = int(answer.headers["retry-after"])
        assert 1 <= wait <= 2
        assert body["error"]["details"] == {"retry_after": wait}
        assert "x-request-id" in answer.headers
        await asyncio.sleep(wait)
        assert (await client.get(CONFIG)).status_code == 200


async def test_a_user_has_requests_of_their_own_behind_one_address(serve: Any, few: Settings) -> None:
    async with serve(few) as client:
        ada = await signed_in(client, "ada@example.com")
        await asyncio.sleep(2)
        bob = await signed_in(client, "bob@example.com")
        for headers in (ada, bob):
            assert [(await client.get(ITEMS, headers=headers)).status_code for _ in range(4)] == [200, 200, 200, 429]


async def test_a_token_that_does_not_hold_counts_for_its_address(serve: Any, few: Settings) -> None:
    async with serve(few) as client:
        forged = [{"Authorization": f"Bearer made.up.{number}"} for number in range(4)]
        assert [(await client.get(ITEMS, headers=one)).status_code for one in forged] == [401, 401, 401, 429]


async def test_health_is_never_limited_and_graphql_not_by_this(serve: Any, few: Settings) -> None:
    async with serve(few) as client:
        for path in ("/health", "/api/v1/health", "/api/v1/health/live", "/api/v1/health/ready", "/api/v1/ready"):
            assert [(await client.get(path)).status_code for _ in range(4)] == [200] * 4
        for _ in range(5):
            answer = await client.post("/graphql", json={"query": "{ __typename }"})
            assert answer.status_code == 200


async def test_another_page_may_read_that_it_asks_too_often(serve: Any, few: Settings) -> None:
    async with serve(few) as client:
        origin = {"Origin": "http://localhost:3000"}
        answers = [await client.get(CONFIG, headers=origin) for _ in range(4)]
        assert answers[-1].status_code == 429
        assert answers[-1].headers["access-control-allow-origin"] == "http://localhost:3000"


async def test_by_default_a_hundred_a_minute_pass(serve: Any, settings: Settings) -> None:
    async with serve(settings) as client:
        statuses = [(await client.get(CONFIG)).status_code for _ in range(101)]
        assert statuses == [200] * 100 + [429]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2:3::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_a_household_is_one_network(one: str, other: str, same: bool) -> None:
    from starlette.requests import Request

    from infra.http.rate_limits import _network

    def network(host: str) -> str:
        return _network(Request({"type": "http", "client": (host, 1), "headers": []}))

    assert (network(one) == network(other)) is same
