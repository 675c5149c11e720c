"""GraphiQL as it is served: its page, its files, and a walk through it in a real browser."""

import asyncio
import json
import re
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import strawberry
import uvicorn
from graphql import build_schema, parse, validate
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from infra.http import graphiql
from infra.http.graphql import GraphQLApp
from infra.http.graphql_sessions import Opened
from schema.execution.operations import Operations

DASHBOARD = Path(graphiql.DIST).parent
CHROMIUM = shutil.which("chromium")


@strawberry.type
class Query:
    @strawberry.field
    def authorization(self, info: strawberry.Info) -> str:
        return info.context["authorization"]


@strawberry.type
class Login:
    access_token: str


@strawberry.type
class Mutation:
    @strawberry.mutation
    def log_in(self) -> Login:
        return Login(access_token="t0ken")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: strawberry.Info) -> AsyncGenerator[str, None]:
        for number in range(3):
            yield f"{info.context['authorization']} {number}"


async def open_context(connection: Any, payload: Any) -> Opened:
    header = (payload or {}).get("Authorization") or connection.headers.get("authorization", "nobody")
    return Opened(lambda: {"authorization": header})


def application(dist: Path = graphiql.DIST) -> Starlette:
    operations = Operations(strawberry.Schema(Query, Mutation, Subscription))
    app = GraphQLApp(operations, open_context, page=graphiql.page(dist))
    return Starlette(routes=[Route("/graphql", app), WebSocketRoute("/graphql", app), graphiql.files(dist)])


async def get(app: Starlette, path: str, accept: str = "text/html") -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    waiting = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Any:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": b"", "headers": [(b"accept", accept.encode())], "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await app(scope, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<p>Grüße</p>", encoding="utf-8")
    (tmp_path / "dist" / "assets" / "main-1a2b.js").write_text("1")
    (tmp_path / "secret").write_text("s")
    return tmp_path / "dist"


async def test_the_page_may_load_from_this_server_only(dist):
    status, headers, body = await get(application(dist), "/graphql")
    assert (status, body.decode()) == (200, "<p>Grüße</p>")
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-cache"


async def test_files_with_a_hash_in_their_name_are_kept_for_ever(dist):
    app = application(dist)
    status, headers, _ = await get(app, "/dashboard/assets/main-1a2b.js")
    assert status == 200
    assert headers["cache-control"] == "public, max-age=31536000, immutable"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-type"].startswith("text/javascript")
    status, headers, _ = await get(app, "/dashboard/assets/other.js")
    assert status == 404
    assert "immutable" not in headers.get("cache-control", "")


@pytest.mark.parametrize("path", ["/dashboard/../secret", "/dashboard/assets/../../secret", "/dashboard//secret"])
async def test_nothing_outside_the_folder_is_served(dist, path):
    assert (await get(application(dist), path))[0] == 404


async def test_a_page_that_was_not_built_says_how_to_build_it(tmp_path):
    status, headers, body = await get(application(tmp_path / "nowhere"), "/graphql")
    assert status == 503
    assert headers["content-type"].startswith("text/plain")
    assert b"make dashboard" in body
    assert (await get(application(tmp_path / "nowhere"), "/dashboard/assets/x.js"))[0] == 404


SCHEMA = build_schema((DASHBOARD.parent / "schema" / "schema.graphql").read_text(encoding="utf-8"))


def examples() -> list[tuple[str, str | None]]:
    """The queries and variables of examples.ts; template literals there have no substitutions."""
    text = (DASHBOARD / "src" / "examples.ts").read_text(encoding="utf-8")
    found = re.findall(r"query: `((?:[^`\\]|\\.)*)`,\s*(?:variables: `([^`]*)`,)?", text)
    assert len(found) == text.count("query: `")
    return [(query.replace("\\\\", "\\").replace("\\`", "`"), variables or None) for query, variables in found]


@pytest.mark.parametrize(("query", "variables"), examples())
def test_every_example_is_valid_against_the_schema_with_the_variables_it_declares(query, variables):
    document = parse(query)
    assert validate(SCHEMA, document) == []
    declared = {
        definition.variable.name.value
        for operation in document.definitions
        for definition in operation.variable_definitions or ()
    }
    assert set(json.loads(variables or "{}")) == declared


def test_the_lock_names_no_registry():
    text = (DASHBOARD / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text


@asynccontextmanager
async def serving(app: Starlette) -> AsyncGenerator[str, None]:
    config = uvicorn.Config(app, port=0, ws="websockets-sansio", log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not (graphiql.DIST / "index.html").exists(), reason="GraphiQL is not built")
async def test_graphiql_runs_queries_and_subscriptions_without_leaving_this_server():
    from playwright.async_api import Page, async_playwright

    asked: list[str] = []
    complaints: list[str] = []

    async def run(page: Page, query: str, expected: str) -> None:
        await page.click(".graphiql-query-editor .view-lines")
        await page.keyboard.press("Control+a")
        await page.keyboard.insert_text(query)
        await page.wait_for_timeout(700)  # GraphiQL reads the operation's name half a second after the last key
        await page.keyboard.press("Control+Enter")
        await page.locator(".graphiql-response", has_text=re.compile(expected)).wait_for(timeout=10_000)

    async with serving(application()) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = await browser.new_page(viewport={"width": 1400, "height": 850})
            page.on("request", lambda request: asked.append(request.url))
            page.on("websocket", lambda socket: asked.append(socket.url))
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            await page.goto(f"http://{address}/graphql")
            await page.locator(".graphiql-query-editor", has_text="SignUp").wait_for(timeout=20_000)
            await page.click(".graphiql-tab-add")
            await page.wait_for_timeout(300)
            await run(page, "query A { authorization }", "nobody")
            await run(page, "mutation L { logIn { accessToken } }", "t0ken")
            await run(page, "query B { authorization }", "Bearer.t0ken")
            await run(page, "subscription S { count }", "Bearer.t0ken.2")
        finally:
            await browser.close()
    assert {urlsplit(url).netloc for url in asked if not url.startswith(("data:", "blob:"))} == {address}
    assert any(url.startswith("ws://") for url in asked)
    assert complaints == []
