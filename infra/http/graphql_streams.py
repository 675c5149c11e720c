"""Server-sent events: the distinct connections mode of the graphql-sse protocol."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing

from starlette.types import Receive, Send

from domain.errors import AuthenticationError
from infra.http.graphql_answers import encode
from infra.http.graphql_sessions import Opened, StreamLimits
from schema.execution.operations import Response

HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"vary", b"accept"),
    (b"x-content-type-options", b"nosniff"),
]
KEEPALIVE = b":\n\n"
NEXT = b"event: next\ndata: %s\n\n"
COMPLETE = b"event: complete\ndata:\n\n"
SESSION_OVER = encode(
    {
        "errors": [
            {
                "message": "The session is over: connect again with a new token.",
                "extensions": {"code": AuthenticationError.code},
            }
        ]
    }
)


async def stream(
    responses: AsyncGenerator[Response, None], opened: Opened, limits: StreamLimits, receive: Receive, send: Send
) -> None:
    """Send responses as `next` events until they end, the client leaves or lags, or its session is over."""
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    session = asyncio.ensure_future(opened.ended())
    try:
        await first_of(write(responses, limits, send), gone(receive), session)
        if session.done() and not session.cancelled():
            session.result()
            await write_body(send, limits, NEXT % SESSION_OVER)
        await write_body(send, limits, COMPLETE, more=False)
    except TimeoutError:
        return


async def first_of(*awaitables: Awaitable[object]) -> None:
    """Run until one of them ends, then stop the others; an error of one that ended is raised."""
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


async def gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def write(responses: AsyncGenerator[Response, None], limits: StreamLimits, send: Send) -> None:
    async with aclosing(responses):
        following = asyncio.ensure_future(anext(responses))
        try:
            while True:
                done, _ = await asyncio.wait([following], timeout=limits.keepalive_seconds)
                if not done:
                    await write_body(send, limits, KEEPALIVE)
                    continue
                payload = encode(following.result().payload())
                await write_body(send, limits, NEXT % payload)
                following = asyncio.ensure_future(anext(responses))
        except StopAsyncIteration:
            return
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def write_body(send: Send, limits: StreamLimits, body: bytes, *, more: bool = True) -> None:
    """Send a part; TimeoutError when the reader does not take it in time."""
    async with asyncio.timeout(limits.patience_seconds):
        await send({"type": "http.response.body", "body": body, "more_body": more})
