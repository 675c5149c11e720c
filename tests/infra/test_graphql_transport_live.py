"""The transports behind a real server: the audits of the GraphQL over HTTP specification, and real sockets."""

import asyncio
import json
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from infra.http.graphql import GraphQLApp
from infra.http.graphql_sessions import Opened, StreamLimits
from schema.execution.operations import Operations

DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"
NODE = shutil.which("node")


@strawberry.type
class Query:
    hello: str = "hello"


SENT: list[int] = []


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number

    @strawberry.subscription
    async def flood(self) -> AsyncGenerator[str, None]:
        while True:
            SENT.append(1)
            yield "x" * 100_000


schema = strawberry.Schema(Query, subscription=Subscription)


async def open_context(connection: Any, payload: Any) -> Opened:
    return Opened(dict)


@asynccontextmanager
async def serving(**limits: Any) -> AsyncGenerator[tuple[str, GraphQLApp], None]:
    graphql = GraphQLApp(Operations(schema), open_context, streams=StreamLimits(**limits))
    routes = [Route("/graphql", graphql), WebSocketRoute("/graphql", graphql)]
    config = uvicorn.Config(
        Starlette(routes=routes),
        port=0,
        ws="websockets-sansio",
        log_level="critical",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graphql", graphql
    finally:
        server.should_exit = True
        await task


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
@pytest.mark.skipif(not (DASHBOARD / "node_modules" / "graphql-http").is_dir(), reason="the dashboard is not built")
async def test_all_audits_of_graphql_over_http_are_met():
    async with serving() as (address, _):
        audit = await asyncio.create_subprocess_exec(
            NODE, DASHBOARD / "audit.mjs", f"http://{address}", stdout=asyncio.subprocess.PIPE
        )
        output, _ = await audit.communicate()
    assert output.decode().strip() == "61/61 audits met"


async def test_a_real_client_subscribes():
    async with (
        serving() as (address, graphql),
        connect(f"ws://{address}", subprotocols=["graphql-transport-ws"], proxy=None) as socket,  # type: ignore[list-item]
    ):
        assert socket.subprotocol == "graphql-transport-ws"
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        payload = {"query": "subscription { count }"}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        heard = [await socket.recv() for _ in range(4)]
        assert all(isinstance(text, str) for text in heard)
        assert [json.loads(text)["type"] for text in heard] == ["next", "next", "next", "complete"]
        assert sum(graphql.seats.taken.values()) == 1


@pytest.mark.parametrize(
    ("message", "code"), [("[]", 4400), (b"{}", 4400), ('{"type": "subscribe"}', 4401), ("x" * 2_000, 1009)]
)
async def test_a_real_client_is_told_why_it_is_closed(message, code):
    async with (
        serving(frame_bytes=1_000) as (address, _),
        connect(f"ws://{address}", subprotocols=["graphql-transport-ws"], proxy=None) as socket,  # type: ignore[list-item]
    ):
        await socket.send(message)
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == code


async def test_a_foreign_site_is_refused_at_the_handshake():
    from websockets.exceptions import InvalidStatus

    async with serving() as (address, _):
        with pytest.raises(InvalidStatus) as refused:
            async with connect(f"ws://{address}", origin="https://evil.example", proxy=None):  # type: ignore[arg-type]
                pass
        assert refused.value.response.status_code == 403


async def test_a_real_reader_that_lags_is_dropped_and_held_in_bounds():
    SENT.clear()
    async with serving(patience_seconds=0.3) as (address, graphql):
        host, _, rest = address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(rest.partition("/")[0]), limit=1_000)
        writer.write(
            b"GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": "subscription { flood }"}}
        for message in ({"type": "connection_init"}, subscribe):
            text = json.dumps(message).encode()
            writer.write(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text)
        async with asyncio.timeout(10):
            while not SENT:
                await asyncio.sleep(0.01)
            while graphql.seats.taken:
                await asyncio.sleep(0.05)
        assert len(SENT) < 200  # what the kernel's own buffers take; nothing is queued by us
        writer.close()
