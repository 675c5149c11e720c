"""A scripted server of OpenAI's API on loopback: real HTTP, real server-sent events, and every way to fail.

It speaks chat completions and Responses; a script is a function from the request's JSON to an `Answer`.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

Script = Callable[[dict[str, Any]], "Answer"]


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Refusal:
    text: str


@dataclass(frozen=True)
class Call:
    name: str
    arguments: str
    id: str = "call_1"
    pieces: int = 3


@dataclass(frozen=True)
class Answer:
    """`ending`: done; cut (the stream ends early, politely), reset, hang; `corrupt` breaks the piece before it."""

    parts: tuple[Any, ...] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: str = "scripted"
    think: float = 0.0
    pause: float = 0.0
    finish: str | None = None
    ending: str = "done"
    corrupt: bool = False


def say(text: str, size: int = 16, **options: Any) -> Answer:
    return Answer(tuple(Text(text[n : n + size]) for n in range(0, len(text), size)), **options)


def call(*calls: Call, **options: Any) -> Answer:
    return Answer(tuple(calls), **options)


class ModelServer:
    """`script` answers every request; `requests` keeps what was asked."""

    def __init__(self, script: Script | Iterable[Answer]) -> None:
        if callable(script):
            self.script = script
        else:
            answers = iter(script)
            self.script = lambda _request: next(answers)
        self.requests: list[dict[str, Any]] = []
        self.aborted = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            self.aborted += 1
        except asyncio.CancelledError:
            pass
        finally:
            self._open.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ", 2)[1].decode()
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        request = json.loads(await reader.readexactly(length) or b"{}")
        self.requests.append(request)
        answer = self.script(request)
        await asyncio.sleep(answer.think)
        if answer.ending == "hang" and not answer.parts:
            await asyncio.sleep(3600)
        if answer.status != 200:
            await _send_whole(writer, answer.status, answer.headers, {"error": {"message": answer.error, "code": None}})
            return True
        if not request.get("stream"):
            await _send_whole(writer, 200, answer.headers, _completion(answer))
            return True
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        events = list(_responses(answer) if path.endswith("/responses") else _chunks(answer))
        for event in events:
            await _send(writer, b"data: " + json.dumps(event).encode() + b"\n\n")
            if answer.pause:
                await asyncio.sleep(answer.pause)
        return await _end(writer, answer)


async def _end(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    if answer.corrupt:
        await _send(writer, b'data: {"choices": [{"delta": {"content": "brok\n\n')
    if answer.ending == "reset":
        writer.transport.abort()
        return False
    if answer.ending == "hang":
        await asyncio.sleep(3600)
    if answer.ending == "done":
        await _send(writer, b"data: [DONE]\n\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _send(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


async def _send_whole(writer: asyncio.StreamWriter, status: int, headers: dict[str, str], body: Any) -> None:
    content = json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} Scripted", "content-type: application/json", f"content-length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
    await writer.drain()


def _reason(answer: Answer) -> str:
    return answer.finish or ("tool_calls" if any(isinstance(part, Call) for part in answer.parts) else "stop")


def _chunks(answer: Answer) -> Iterable[dict[str, Any]]:
    base = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted"}

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}

    index = 0
    for part in answer.parts:
        if isinstance(part, Call):
            head = {"index": index, "id": part.id, "type": "function", "function": {"name": part.name, "arguments": ""}}
            yield chunk({"tool_calls": [head]})
            for piece in _cut(part.arguments, part.pieces):
                yield chunk({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
            index += 1
        else:
            yield chunk({"refusal" if isinstance(part, Refusal) else "content": part.text})
    if answer.ending == "done" and not answer.corrupt:
        yield chunk({}, _reason(answer))
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        yield {**base, "choices": [], "usage": usage}


def _responses(answer: Answer) -> Iterable[dict[str, Any]]:
    number = 0

    def event(kind: str, **data: Any) -> dict[str, Any]:
        nonlocal number
        number += 1
        return {"type": kind, "sequence_number": number, **data}

    place = {"item_id": "m1", "content_index": 0, "output_index": 0}
    for output, part in enumerate(answer.parts):
        if isinstance(part, Call):
            item = {"type": "function_call", "id": f"f{output}", "call_id": part.id, "name": part.name, "arguments": ""}
            yield event("response.output_item.added", output_index=output, item=item)
            for piece in _cut(part.arguments, part.pieces):
                yield event(
                    "response.function_call_arguments.delta", output_index=output, item_id=f"f{output}", delta=piece
                )
        elif isinstance(part, Refusal):
            yield event("response.refusal.delta", delta=part.text, **place)
        else:
            yield event("response.output_text.delta", delta=part.text, logprobs=[], **place)
    if answer.ending == "done" and not answer.corrupt:
        length = answer.finish == "length"
        response = {
            "id": "r1", "object": "response", "created_at": 1, "model": "scripted", "output": [], "tools": [],
            "parallel_tool_calls": True, "tool_choice": "auto", "status": "incomplete" if length else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if length else None,
            "usage": {
                "input_tokens": 11, "output_tokens": 7, "total_tokens": 18,
                "input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0},
            },
        }  # fmt: skip
        yield event("response.incomplete" if length else "response.completed", response=response)


def _completion(answer: Answer) -> dict[str, Any]:
    text = "".join(part.text for part in answer.parts if isinstance(part, Text))
    message = {"role": "assistant", "content": text}
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": _reason(answer)}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }  # fmt: skip


def _cut(text: str, pieces: int) -> list[str]:
    size = max(1, -(-len(text) // max(1, pieces)))
    return [text[n : n + size] for n in range(0, len(text), size)]


class ThreadedModelServer:
    """The same server on a thread of its own, for tests and benchmarks that drive other processes."""

    def __init__(self, script: Script | Iterable[Answer]) -> None:
        self.inner = ModelServer(script)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), daemon=True)

    @property
    def url(self) -> str:
        return self.inner.url

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None and self._stop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with self.inner:
            self._ready.set()
            await self._stop.wait()
