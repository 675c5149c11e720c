"""A running application and people who call it, over ASGI: every request goes through the whole stack."""

from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import httpx2
import pytest
from starlette.applications import Starlette

from domain.dedupe import listing_key
from domain.job_service import Candidate, JobService
from domain.listings import Listing
from domain.postings import PostingService
from domain.scopes import Scope
from domain.sessions import SessionService
from domain.users import Registration, UserService
from domain.viewers import Role, Viewer
from infra.http.app import create_app
from infra.settings import Settings

V1 = "/api/v1"
RESUMES = Path(__file__).parents[1] / "data" / "resumes"
Answer = httpx2.Response


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who asks; a stranger has no id and sends no token."""

    client: httpx2.AsyncClient
    id: UUID | None = None
    token: str | None = None

    async def ask(self, verb: str, path: str, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= options.pop("headers", {})
        return await self.client.request(verb, f"{V1}{path}", headers=headers, **options)

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.ask("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.ask("POST", path, **({} if body is None else {"json": body}), **options)

    async def upload(self, path: str, filename: str, content: bytes, kind: str = "text/plain", **fields: str) -> Answer:
        return await self.ask("POST", path, files={"file": (filename, content, kind)}, data=fields)


Serve = Callable[[Settings], AbstractAsyncContextManager[httpx2.AsyncClient]]
SignUp = Callable[..., Coroutine[Any, Any, Person]]


@pytest.fixture
def works() -> bool:
    """True where a test executes runs."""
    return False


@pytest.fixture
def serve(works: bool) -> Serve:
    @asynccontextmanager
    async def serving(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
        app = create_app(settings, works=works, sweeps=works)
        async with app.router.lifespan_context(app):
            transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True, client=("192.0.2.7", 50_000))
            async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
                yield client

    return serving


@pytest.fixture
async def client(serve: Serve, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """As many requests as a test wants; the limit itself is tested with its own settings."""
    async with serve(settings.model_copy(update={"RATE_LIMIT_REQUESTS": 100_000})) as opened:
        yield opened


@pytest.fixture
def stranger(client: httpx2.AsyncClient) -> Person:
    return Person(client)


@pytest.fixture
def sign_up(client: httpx2.AsyncClient) -> SignUp:
    """An account that is signed in; without a password, which would only cost time."""

    async def make(email: str, role: Role = Role.USER) -> Person:
        ports = app_of(client).state.runtime.ports
        scope = Scope(Viewer(), ports)
        async with scope.write(UserService) as users:
            user = await users.register(Registration(email=email, password="correct horse"), None, role=role)
        async with scope.write(SessionService) as sessions:
            pair = await sessions.create_session(user, ports.tokens, ports.policy)
        return Person(client, user.id, pair.access_token)

    return make


@pytest.fixture
async def ada(sign_up: SignUp) -> Person:
    return await sign_up("ada@example.com")


@pytest.fixture
async def bob(sign_up: SignUp) -> Person:
    return await sign_up("bob@example.com")


@pytest.fixture
async def root(sign_up: SignUp) -> Person:
    return await sign_up("root@example.com", Role.ADMIN)


GiveJobs = Callable[..., Coroutine[Any, Any, list[str]]]


@pytest.fixture
def give_jobs() -> GiveJobs:
    """Jobs of a person as a search would have kept them: (title, company, score, date posted, description)."""

    async def give(person: Person, *wanted: tuple[str, str, float | None, datetime | None, str]) -> list[str]:
        assert person.id is not None
        scope = Scope(Viewer(user_id=person.id), app_of(person.client).state.runtime.ports)
        listings = [
            Listing(
                source="import",
                external_id=f"{title} {company}",
                title=title,
                company=company,
                url=f"https://example.com/{company}/{title}".replace(" ", "-"),
                description=description,
                posted_at=posted,
            )
            for title, company, _, posted, description in wanted
        ]
        async with scope.write(PostingService) as postings:
            kept = (await postings.keep(listings, owned=True)).ids
            ids = [kept[listing_key(listing)] for listing in listings]
            candidates = [Candidate(id, job[2], None, None) for id, job in zip(ids, wanted, strict=True)]
            made = await JobService.of(postings).keep(candidates, cast("UUID", None), None, None)
        return [str(made[id]) for id in ids]

    return give


def app_of(client: httpx2.AsyncClient) -> Starlette:
    app = client._transport.app  # type: ignore[attr-defined]
    assert isinstance(app, Starlette)
    return app
