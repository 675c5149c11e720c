"""Signing in through a real OpenID provider, and every way in which its answer may be false."""

import json
import re
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2
import jwt
import pytest
from sqlalchemy import func, select

from domain.identities import Identity
from domain.scopes import Scope
from domain.sessions import Session
from domain.users import User, UserChanges, UserService
from domain.viewers import Role, Viewer
from infra.settings import Settings

V1 = "/api/v1"
CALLBACK = "http://localhost:8000/api/v1/oauth/google/callback"
SCRIPT = Path(__file__).with_name("openid_provider.py")
Serve = Callable[[Settings], AbstractAsyncContextManager[httpx2.AsyncClient]]


@dataclass(frozen=True, slots=True)
class Provider:
    url: str
    expired_url: str

    def account(self, subject: str, **claims: Any) -> None:
        httpx2.put(f"{self.url}/users/{subject}", json=claims).raise_for_status()
        httpx2.put(f"{self.expired_url}/users/{subject}", json=claims).raise_for_status()

    def meddle(self, **how: Any) -> None:
        httpx2.put(f"{self.url}/meddle", json=how).raise_for_status()

    def seen(self) -> dict[str, str]:
        return json.loads(httpx2.get(f"{self.url}/seen").text)


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    ports = [process.stdout.readline().strip() for _ in range(2)]
    yield Provider(*(f"http://127.0.0.1:{port}" for port in ports))
    process.stdin.close()
    process.stdout.close()
    process.wait(10)


@pytest.fixture
def provider(running: Provider) -> Iterator[Provider]:
    running.account("ada-1", email="ada@example.com", email_verified=True, name="Ada Lovelace")
    yield running
    running.meddle()


@pytest.fixture
def settings(settings: Settings, provider: Provider) -> Settings:
    return settings.model_copy(
        update={
            "GOOGLE_CLIENT_ID": "our-client",
            "GOOGLE_CLIENT_SECRET": "our-secret",
            "GOOGLE_DISCOVERY_URL": f"{provider.url}/.well-known/openid-configuration",
            "FRONTEND_URL": "https://web.example.com/",
        }
    )


@pytest.fixture
async def client(serve: Serve, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    async with serve(settings) as opened:
        yield opened


async def begin(client: httpx2.AsyncClient) -> str:
    """The provider's page that the browser is sent to."""
    answer = await client.get(f"{V1}/oauth/google/login")
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def consent(page: str, subject: str = "ada-1") -> str:
    """The person signs in there; answers where the browser is sent next."""
    async with httpx2.AsyncClient() as browser:
        answer = await browser.post(page, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    address = answer.headers["location"]
    assert address.startswith(f"{CALLBACK}?")
    return address


async def come_back(client: httpx2.AsyncClient, address: str, **options: Any) -> tuple[str, dict[str, str]]:
    """The page of the web client and its query."""
    parts = urlsplit(address)
    answer = await client.get(f"{parts.path}?{parts.query}", **options)
    assert answer.status_code == 307, answer.text
    assert answer.headers["cache-control"] == "no-store"
    target = urlsplit(answer.headers["location"])
    assert (target.scheme, target.netloc) == ("https", "web.example.com")
    return target.path, {name: values[0] for name, values in parse_qs(target.query).items()}


async def sign_in(client: httpx2.AsyncClient, subject: str = "ada-1") -> tuple[str, dict[str, str]]:
    return await come_back(client, await consent(await begin(client), subject))


async def counted(client: httpx2.AsyncClient) -> tuple[int, int, int]:
    """Users, identities, sessions."""
    async with ports_of(client).database.read(Viewer()) as work:
        return tuple(
            [await work.session.scalar(select(func.count()).select_from(e)) for e in (User, Identity, Session)]
        )


def ports_of(client: httpx2.AsyncClient) -> Any:
    return client._transport.app.state.runtime.ports


async def open_account(client: httpx2.AsyncClient, email: str, role: Role = Role.USER) -> UUID:
    async with Scope(Viewer(), ports_of(client)).write(UserService) as users:
        return (await users.open_account(email, None, role=role)).id


async def me(client: httpx2.AsyncClient, query: dict[str, str]) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {query['access_token']}"}
    answer = await client.get(f"{V1}/users/me", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refused(client: httpx2.AsyncClient, outcome: tuple[str, dict[str, str]], error: str) -> None:
    assert outcome == ("/login", {"error": error})
    assert await counted(client) == (0, 0, 0)


FOREIGN = "This sign-in was not begun in this browser"
TOKEN = "The sign-in provider's token does not hold"


async def test_the_browser_is_sent_to_the_provider_with_state_nonce_and_challenge(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    answer = await client.get(f"{V1}/oauth/google/login")
    page = urlsplit(answer.headers["location"])
    query = {name: values[0] for name, values in parse_qs(page.query).items()}
    assert f"{page.scheme}://{page.netloc}{page.path}" == f"{provider.url}/oauth2/authorize"
    assert query["response_type"] == "code"
    assert query["client_id"] == "our-client"
    assert query["redirect_uri"] == CALLBACK
    assert query["scope"] == "openid email profile"
    assert query["code_challenge_method"] == "S256"
    assert len(query["state"]) == len(query["nonce"]) == len(query["code_challenge"]) == 43
    cookie = answer.headers["set-cookie"]
    assert re.match(r"session=[\w.-]+; ", cookie)
    for part in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={14 * 24 * 3600}"):
        assert part in cookie
    assert "Secure" not in cookie
    held = jwt.decode(client.cookies["session"], options={"verify_signature": False})
    assert (held["state"], held["nonce"]) == (query["state"], query["nonce"])
    assert set(held) == {"state", "nonce", "exp"}


async def test_every_sign_in_has_a_state_and_nonce_of_its_own(client: httpx2.AsyncClient) -> None:
    pages = [parse_qs(urlsplit(await begin(client)).query) for _ in range(3)]
    for name in ("state", "nonce", "code_challenge"):
        assert len({page[name][0] for page in pages}) == 3


async def test_over_https_the_cookie_is_secure(serve: Serve, settings: Settings) -> None:
    secure = settings.model_copy(update={"GOOGLE_REDIRECT_URI": CALLBACK.replace("http:", "https:")})
    async with serve(secure) as client:
        answer = await client.get(f"{V1}/oauth/google/login")
    assert "; Secure" in answer.headers["set-cookie"]


async def test_somebody_new_gets_an_account_without_a_password_and_a_session(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    path, query = await sign_in(client)
    assert (path, set(query)) == ("/auth/callback", {"access_token", "refresh_token"})
    user = await me(client, query)
    assert (user["email"], user["full_name"], user["role"]) == ("ada@example.com", "Ada Lovelace", "user")
    assert await counted(client) == (1, 1, 1)
    assert "session" not in client.cookies
    headers = {"Authorization": f"Bearer {query['access_token']}"}
    [session] = (await client.get(f"{V1}/sessions", headers=headers)).json()["sessions"]
    assert session["is_current"] is True
    refreshed = await client.post(f"{V1}/auth/refresh", json={"refresh_token": query["refresh_token"]})
    assert refreshed.status_code == 200
    form = {"username": "ada@example.com", "password": ""}
    assert (await client.post(f"{V1}/auth/login", data=form)).status_code in {401, 422}


async def test_the_code_is_exchanged_with_the_verifier_of_the_challenge(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    page = await begin(client)
    await come_back(client, await consent(page))
    seen = provider.seen()
    challenge = parse_qs(urlsplit(page).query)["code_challenge"][0]
    assert urlsafe_b64encode(sha256(seen["code_verifier"].encode()).digest()).decode().rstrip("=") == challenge
    assert seen["redirect_uri"] == CALLBACK
    assert seen["authorization"].startswith("Basic ")


async def test_the_same_subject_is_the_same_account_also_under_another_address(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    first = await me(client, (await sign_in(client))[1])
    for claims in (
        {"email": "ada@new.example.com", "email_verified": True},
        {"email": "ada@new.example.com", "email_verified": False},
        {},
        {"email": "no address at all", "email_verified": True},
    ):
        provider.account("ada-1", **claims)
        if claims.get("email") == "no address at all":
            assert (await sign_in(client))[1] == {"error": "The sign-in provider names an account with an odd email"}
            continue
        assert await me(client, (await sign_in(client))[1]) == first
    users, identities, _ = await counted(client)
    assert (users, identities) == (1, 1)


async def test_a_verified_address_links_to_the_account_that_has_it(client: httpx2.AsyncClient) -> None:
    id = await open_account(client, "ADA@example.com", Role.ADMIN)
    user = await me(client, (await sign_in(client))[1])
    assert (user["id"], user["role"], user["email"]) == (str(id), "admin", "ADA@example.com")
    assert await me(client, (await sign_in(client))[1]) == user
    assert (await counted(client))[:2] == (1, 1)


@pytest.mark.parametrize("verified", [False, None, "false", 0, "yes"])
async def test_an_unverified_address_neither_links_nor_opens_an_account(
    client: httpx2.AsyncClient, provider: Provider, verified: Any
) -> None:
    claims = {} if verified is None else {"email_verified": verified}
    provider.account("mallory", email="ada@example.com", **claims)
    outcome = await sign_in(client, "mallory")
    await refused(client, outcome, "Your provider has not verified your e-mail address")
    await open_account(client, "ada@example.com")
    assert (await sign_in(client, "mallory"))[0] == "/login"
    assert await counted(client) == (1, 0, 0)


async def test_two_subjects_with_one_verified_address_share_the_account(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    provider.account("ada-2", email="ada@example.com", email_verified=True)
    one = await me(client, (await sign_in(client))[1])
    two = await me(client, (await sign_in(client, "ada-2"))[1])
    assert one["id"] == two["id"]
    assert (await counted(client))[:2] == (1, 2)


async def test_a_disabled_account_cannot_sign_in(client: httpx2.AsyncClient) -> None:
    user = await me(client, (await sign_in(client))[1])
    root = Scope(Viewer(await open_account(client, "root@example.com"), Role.ADMIN), ports_of(client))
    async with root.write(UserService) as users:
        await users.update(UUID(user["id"]), UserChanges(is_active=False))
    assert await sign_in(client) == ("/login", {"error": "User account is disabled"})
    assert (await counted(client))[2] == 1


async def test_a_disabled_account_is_not_linked(client: httpx2.AsyncClient) -> None:
    id = await open_account(client, "ada@example.com")
    root = Scope(Viewer(await open_account(client, "root@example.com"), Role.ADMIN), ports_of(client))
    async with root.write(UserService) as users:
        await users.update(id, UserChanges(is_active=False))
    assert await sign_in(client) == ("/login", {"error": "User account is disabled"})
    assert await counted(client) == (2, 0, 0)


async def test_a_closed_server_opens_no_account_but_lets_known_people_in(serve: Serve, settings: Settings) -> None:
    closed = settings.model_copy(update={"REGISTRATION_ENABLED": False})
    async with serve(closed) as client:
        await refused(client, await sign_in(client), "Registration is closed on this server")
        await open_account(client, "ada@example.com")
        assert (await sign_in(client))[0] == "/auth/callback"


async def test_a_wrong_state_is_refused(client: httpx2.AsyncClient) -> None:
    address = await consent(await begin(client))
    state = parse_qs(urlsplit(address).query)["state"][0]
    for wrong in (
        address.replace(state, "x" * 43),
        address.replace(f"state={state}", "state="),
        address.replace("state", "stat"),
    ):
        await begin(client)
        await refused(client, await come_back(client, wrong), FOREIGN)


async def test_a_callback_without_the_cookie_or_with_a_forged_one_is_refused(client: httpx2.AsyncClient) -> None:
    address = await consent(await begin(client))
    state = parse_qs(urlsplit(address).query)["state"][0]
    forged = jwt.encode({"state": state, "nonce": "n", "exp": 9_999_999_999}, "k" * 32, algorithm="HS256")
    unsigned = jwt.encode({"state": state, "nonce": "n", "exp": 9_999_999_999}, "", algorithm="none")
    client.cookies.clear()
    for cookie in (None, "", "null", "a.b.c", forged, unsigned, "%00", "é"):
        client.cookies.clear()
        headers = {} if cookie is None else {"cookie": f"session={cookie}".encode()}
        await refused(client, await come_back(client, address, headers=headers), f"{FOREIGN}, or too long ago")


async def test_a_sign_in_that_was_begun_in_another_browser_is_refused(client: httpx2.AsyncClient) -> None:
    theirs = await consent(await begin(client))
    client.cookies.clear()
    await begin(client)
    await refused(client, await come_back(client, theirs), FOREIGN)


async def test_a_callback_that_is_replayed_is_refused(client: httpx2.AsyncClient) -> None:
    page = await begin(client)
    cookie = client.cookies["session"]
    address = await consent(page)
    assert (await come_back(client, address))[0] == "/auth/callback"
    assert await come_back(client, address) == ("/login", {"error": f"{FOREIGN}, or too long ago"})
    stolen = await come_back(client, address, headers={"cookie": f"session={cookie}"})
    assert stolen == ("/login", {"error": "The sign-in provider refused the sign-in"})
    assert await counted(client) == (1, 1, 1)


async def test_a_code_of_somebody_elses_sign_in_is_refused(client: httpx2.AsyncClient, provider: Provider) -> None:
    provider.account("victim", email="victim@example.com", email_verified=True)
    stolen = parse_qs(urlsplit(await consent(await begin(client), "victim")).query)["code"][0]
    client.cookies.clear()
    own = await consent(await begin(client))
    code = parse_qs(urlsplit(own).query)["code"][0]
    await refused(client, await come_back(client, own.replace(code, stolen)), TOKEN)


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"nonce": "another"}, TOKEN),
        ({"client_id": "another-client"}, TOKEN),
        ({"host": "evil.example.com"}, TOKEN),
        ({"forge": "none"}, TOKEN),
        ({"forge": "changed"}, TOKEN),
        ({"forge": "hs256"}, TOKEN),
        ({"forge": "garbage"}, TOKEN),
        ({"forge": "missing"}, TOKEN),
        ({"metadata": {"id_token_signing_alg_values_supported": ["none", "HS256"]}, "forge": "none"}, TOKEN),
        ({"metadata": {"issuer": "https://evil.example.com"}}, TOKEN),
        ({"metadata": {"authorization_response_iss_parameter_supported": True}}, "The answer comes from another sign-in provider"),
        ({"huge": True}, "The sign-in provider cannot be reached"),
        ({"metadata": {"jwks_uri": "http://127.0.0.1:1/"}}, "The sign-in provider cannot be reached"),
        ({"metadata": {"jwks_uri": "file:///etc/passwd"}}, "The sign-in provider cannot be reached"),
    ],
    ids=lambda value: json.dumps(value)[:60] if isinstance(value, dict) else "",
)  # fmt: skip
async def test_a_false_answer_of_the_provider_signs_nobody_in(
    client: httpx2.AsyncClient, provider: Provider, how: dict[str, Any], error: str
) -> None:
    provider.meddle(**how)
    await refused(client, await sign_in(client), error)
    provider.meddle()
    assert (await sign_in(client))[0] == "/auth/callback"


async def test_an_expired_token_is_refused(serve: Serve, settings: Settings, provider: Provider) -> None:
    expired = f"{provider.expired_url}/.well-known/openid-configuration"
    async with serve(settings.model_copy(update={"GOOGLE_DISCOVERY_URL": expired})) as client:
        await refused(client, await sign_in(client), TOKEN)


async def test_an_answer_that_names_another_issuer_is_refused(client: httpx2.AsyncClient, provider: Provider) -> None:
    address = await consent(await begin(client))
    outcome = await come_back(client, f"{address}&iss=https%3A%2F%2Fevil.example.com")
    await refused(client, outcome, "The answer comes from another sign-in provider")
    address = await consent(await begin(client))
    assert (await come_back(client, f"{address}&iss={provider.url}"))[0] == "/auth/callback"


async def test_an_address_that_only_the_user_info_tells_is_found_for_the_same_subject(
    client: httpx2.AsyncClient, provider: Provider
) -> None:
    provider.account("quiet")
    told = {"sub": "somebody-else", "email": "quiet@example.com", "email_verified": True}
    provider.meddle(userinfo=told)
    await refused(client, await sign_in(client, "quiet"), "Your provider has not verified your e-mail address")
    provider.meddle(userinfo=[told])
    await refused(client, await sign_in(client, "quiet"), "The sign-in provider cannot be reached")
    provider.meddle(userinfo={**told, "sub": "quiet"})
    assert (await me(client, (await sign_in(client, "quiet"))[1]))["email"] == "quiet@example.com"


async def test_a_person_who_says_no_is_told_so(client: httpx2.AsyncClient) -> None:
    page = await begin(client)
    state = parse_qs(urlsplit(page).query)["state"][0]
    for query in (f"error=access_denied&state={state}", f"state={state}", f"code=&state={state}"):
        await begin(client)
        state_now = jwt.decode(client.cookies["session"], options={"verify_signature": False})["state"]
        outcome = await come_back(client, f"{CALLBACK}?{query.replace(state, state_now)}")
        await refused(client, outcome, "The sign-in was not completed")


async def test_a_code_that_nobody_issued_is_refused(client: httpx2.AsyncClient) -> None:
    address = await consent(await begin(client))
    code = parse_qs(urlsplit(address).query)["code"][0]
    outcome = await come_back(client, address.replace(code, "made-up"))
    await refused(client, outcome, "The sign-in provider refused the sign-in")


@pytest.mark.parametrize("discovery", ["http://127.0.0.1:1/", "{url}/no-such-page", "{url}/", "nonsense"])
async def test_a_provider_that_is_down_is_a_503_before_and_a_redirect_after(
    serve: Serve, settings: Settings, provider: Provider, client: httpx2.AsyncClient, discovery: str
) -> None:
    address = await consent(await begin(client))
    cookie = client.cookies["session"]
    down = settings.model_copy(update={"GOOGLE_DISCOVERY_URL": discovery.format(url=provider.url)})
    async with serve(down) as other:
        answer = await other.get(f"{V1}/oauth/google/login")
        assert answer.status_code == 503
        assert answer.json()["error"] == {
            "code": "EXTERNAL_SERVICE_ERROR",
            "message": "The sign-in provider cannot be reached",
            "details": None,
        }
        assert "set-cookie" not in answer.headers
        outcome = await come_back(other, address, headers={"cookie": f"session={cookie}"})
        await refused(other, outcome, "The sign-in provider cannot be reached")


async def test_a_server_without_a_provider_says_so(serve: Serve, settings: Settings) -> None:
    async with serve(settings.model_copy(update={"GOOGLE_CLIENT_ID": ""})) as client:
        answer = await client.get(f"{V1}/oauth/google/login")
        assert answer.status_code == 503
        assert answer.json()["error"]["message"] == "Sign-in with Google is not set up on this server"
        assert (await come_back(client, CALLBACK))[0] == "/login"
