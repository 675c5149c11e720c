"""What HTTP adds to an operation: our endpoint against Strawberry's, `python -m bench.graphql.transport`.

Called in process as a server calls them, so that only the endpoints differ. CPU time per request, contenders
interleaved; the floor runs the operation and encodes its answer without any HTTP.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.types import ASGIApp
from strawberry.asgi import GraphQL

from bench.graphql.rows import JOBS, schema
from infra.http.graphql import GraphQLApp
from infra.http.graphql_sessions import Opened
from schema.execution.operations import Operations

ROUNDS = 7
CALLS = 30
BODIES = {"50 jobs": {"query": JOBS, "variables": {"first": 50}}, "__typename": {"query": "{ __typename }"}}


def request(app: ASGIApp, body: bytes) -> Callable[[], Awaitable[bytes]]:
    headers = [(b"content-type", b"application/json"), (b"accept", b"application/json"), (b"host", b"localhost")]

    async def call() -> bytes:
        sent: list[bytes] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.body":
                sent.append(message["body"])

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "scheme": "http",
        }
        await app(scope, receive, send)
        return b"".join(sent)

    return call


def contenders(parameters: dict[str, Any]) -> dict[str, Callable[[], Awaitable[bytes]]]:
    operations = Operations(schema)
    query, variables = parameters["query"], parameters.get("variables")

    async def opened(_connection: object, _payload: object) -> Opened:
        return Opened(dict)

    async def floor() -> bytes:
        operation = operations.prepare(query, variables, None)
        return orjson.dumps((await operations.execute(operation, variables, {}, "bench")).payload())

    body = orjson.dumps(parameters)
    return {
        "floor": floor,
        "our endpoint": request(GraphQLApp(operations, opened), body),
        "Strawberry's": request(GraphQL(schema), body),
    }


async def measure(call: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of CPU per call."""
    started = time.process_time()
    for _ in range(CALLS):
        await call()
    return (time.process_time() - started) / CALLS * 1e6


async def compare(name: str, parameters: dict[str, Any]) -> None:
    calls = contenders(parameters)
    answers = [orjson.loads(await call()) for call in calls.values()]
    assert all(answer == answers[0] for answer in answers), "the contenders do not answer alike"
    gc.collect()
    gc.freeze()
    rounds: dict[str, list[float]] = {contender: [] for contender in calls}
    names = list(calls)
    for index in range(ROUNDS):
        for contender in names[index % len(names) :] + names[: index % len(names)]:
            rounds[contender].append(await measure(calls[contender]))
    base = rounds["floor"]
    for contender, times in rounds.items():
        ratio = statistics.median(time_ / fast for time_, fast in zip(times, base, strict=True))
        added = statistics.median(time_ - fast for time_, fast in zip(times, base, strict=True))
        print(f"{name:12} {contender:14} {statistics.median(times):8.0f} µs   {ratio:5.1f} × floor, {added:+.0f} µs")


async def main() -> None:
    for name, parameters in BODIES.items():
        await compare(name, parameters)


if __name__ == "__main__":
    asyncio.run(main())
