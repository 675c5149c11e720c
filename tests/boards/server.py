"""A local server that speaks the job boards' APIs, well and badly, and writes down who asked for what, when.

Routes answer with a Reply, a list of replies (one after the other, the last for ever) or a function of the request.
Loaded by path from a conftest, since tests are no package.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Asked:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    started: float
    ended: float = 0.0


@dataclass
class Reply:
    """`cut` sends only so many bytes of the body and hangs up; `delay` waits before the first byte, `drip` between bytes."""

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drip: float = 0.0
    cut: int | None = None

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Route = Reply | list[Reply] | Callable[[Asked], Reply]


class BoardServer:
    Reply = Reply

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = {}
        self.log: list[Asked] = []
        self.at_once = 0
        self.most_at_once = 0
        self._tls = tls
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if self._tls else 'http'}://{self.host}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def asked(self, path: str) -> list[Asked]:
        return [asked for asked in self.log if asked.path == path]

    def smallest_pause(self) -> float:
        """Between the end of an answer and the start of the next request."""
        ordered = sorted(self.log, key=lambda asked: asked.started)
        return min(later.started - earlier.ended for earlier, later in pairwise(ordered))

    def json(self, path: str, value: Any) -> None:
        """A document with an ETag, answered 304 to whoever has it already."""
        content = json.dumps(value).encode()
        self.document(path, content, "application/json; charset=utf-8")

    def document(self, path: str, content: bytes, content_type: str) -> None:
        etag = f'"{sha256(content).hexdigest()[:16]}"'

        def answer(asked: Asked) -> Reply:
            if asked.headers.get("if-none-match") == etag:
                return Reply(304, headers={"ETag": etag})
            return Reply(200, content, {"ETag": etag, "Content-Type": content_type})

        self.routes[path] = answer

    def greenhouse(self, board: str, jobs: list[dict[str, Any]]) -> None:
        self.json(f"/v1/boards/{board}/jobs", {"jobs": jobs, "meta": {"total": len(jobs)}})

    def lever(self, site: str, postings: list[dict[str, Any]]) -> None:
        self.json(f"/v0/postings/{site}", postings)

    @staticmethod
    def zipped(content: bytes) -> Reply:
        return Reply(200, gzip.compress(content), {"Content-Encoding": "gzip"})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            while (asked := await self._read(reader)) and await self._answer(asked, writer):
                pass
        writer.close()
        with suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
            await writer.wait_closed()

    async def _read(self, reader: asyncio.StreamReader) -> Asked | None:
        line = await reader.readline()
        if not line:
            return None
        method, target, _ = line.decode("latin-1").split(" ", 2)
        headers = {}
        while (line := await reader.readline()).strip():
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        parts = urlsplit(target)
        asked = Asked(method, unquote(parts.path), parse_qs(parts.query), headers, body, time.monotonic())
        self.log.append(asked)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        return asked

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> bool:
        try:
            reply = self._reply(asked)
            await asyncio.sleep(reply.delay)
            content = reply.content()
            headers = {"Content-Length": str(len(content)), "Content-Type": "application/json", **reply.headers}
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"HTTP/1.1 {reply.status} Status\r\n{head}\r\n".encode("latin-1"))
            if reply.drip:
                for byte in content:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(reply.drip)
            else:
                writer.write(content if reply.cut is None else content[: reply.cut])
            await writer.drain()
            return reply.cut is None
        finally:
            asked.ended = time.monotonic()
            self.at_once -= 1

    def _reply(self, asked: Asked) -> Reply:
        route = self.routes.get(asked.path, Reply(404, {"status": 404, "error": "Not found"}))
        if callable(route):
            return route(asked)
        if isinstance(route, list):
            return route.pop(0) if len(route) > 1 else route[0]
        return route
