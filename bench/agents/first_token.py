"""How long a model's first byte takes to its reader, through the whole stack: 50 chats at once.

The model's server, the product's server and the readers are three processes. The model's server notes when it writes
the first byte of an answer, the readers when the first text of it arrives over graphql-transport-ws; both read the
same clock. Run: python -m bench.agents.first_token [chats] [rounds]
"""

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from bench.agents.model_server import ModelServer, say
from bench.servers import Server

WORDS = "The quick answer is that every one of these roles fits, though the second pays more. "
FOLLOW = "subscription($id: ID!, $after: Int) { chat(conversationId: $id, after: $after) { kind text offset turnId } }"
SEND = "mutation($m: MessageToSendInput!) { sendMessage(message: $m) { id conversationId firstSeq } }"
CREATE = "mutation { createConversation(draft: {}) { id } }"
LIMIT_MS = 30.0
SETTLED_SECONDS = 3.0
"""A page is open for a while before its person has typed something; the protocol acknowledges no subscription."""


class Clocked(ModelServer):
    """Streams some 40 pieces a second; an answer begins with the chat it belongs to, its time goes to a file."""

    def __init__(self, log: Path) -> None:
        super().__init__(self.reply)
        self.log = log.open("a", buffering=1)

    def reply(self, request: dict[str, Any]) -> Any:
        name = request["messages"][-1]["content"]
        answer = say(f"{name} {WORDS}", size=4, think=random.uniform(0.2, 1.2), pause=0.025)
        loop = asyncio.get_running_loop()
        loop.call_later(answer.think, lambda: self.log.write(f"{name} {time.monotonic()}\n"))
        return answer


async def serve_model(log: Path, port: int) -> None:
    model = Clocked(log)
    model.port = port
    async with model:
        await asyncio.Event().wait()


async def chat(server: Server, name: str, ready: asyncio.Barrier) -> tuple[str, float]:
    """An open chat page: its conversation is followed, then its person says something; when the first text arrived."""
    address = f"ws://127.0.0.1:{server.port}/graphql"
    async with connect(address, subprotocols=["graphql-transport-ws"], close_timeout=0.1) as line:  # type: ignore[list-item]
        await line.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {server.token}"}}))
        await line.recv()
        made = await ask(line, CREATE, {})
        id = made["createConversation"]["id"]
        following = {"query": FOLLOW, "variables": {"id": id, "after": 0}}
        await line.send(json.dumps({"type": "subscribe", "id": "chat", "payload": following}))
        await ready.wait()
        await asyncio.sleep(SETTLED_SECONDS)
        said = {"query": SEND, "variables": {"m": {"text": name, "conversationId": id}}}
        await line.send(json.dumps({"type": "subscribe", "id": "send", "payload": said}))
        return name, await first_text(line)


async def first_text(line: Any) -> float:
    first = 0.0
    while True:
        message = json.loads(await asyncio.wait_for(line.recv(), 60))
        if message["id"] != "chat":
            continue
        event = message["payload"]["data"]["chat"]
        if event["kind"] == "TEXT" and not first:
            first = time.monotonic()
        if event["kind"] in {"DONE", "ERROR"}:
            assert event["kind"] == "DONE", event
            return first


async def ask(line: Any, query: str, variables: dict[str, Any]) -> dict[str, Any]:
    payload = {"query": query, "variables": variables}
    await line.send(json.dumps({"type": "subscribe", "id": "ask", "payload": payload}))
    answer = json.loads(await line.recv())["payload"]["data"]
    assert json.loads(await line.recv())["type"] == "complete"
    return answer


def measure(chats: int, rounds: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "first_bytes"
        log.touch()
        port = Server({"DATA_DIR": folder}).port
        model = subprocess.Popen([sys.executable, "-m", "bench.agents.first_token", "--model", str(log), str(port)])
        servers = []
        try:
            environ = {
                "DATA_DIR": folder, "OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1", "AI_MODEL": "scripted",
                "AI_DAILY_TOKENS": "1000000000", "RATE_LIMIT_REQUESTS": "1000000",
                **{name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ},
            }  # fmt: skip
            made = []
            for _ in range(-(-chats // 15)):
                # a person may have so many sockets open; the chats are of several people
                server = servers[0] if servers else Server(environ)
                if not servers:
                    server.start()
                    servers.append(server)
                person = Server.__new__(Server)
                person.__dict__.update(server.__dict__)
                person.sign_in()
                made.append(person)
            asyncio.run(talk(made, 5, -1))
            arrived, spent = {}, cpu_seconds(servers[0])
            for number in range(rounds):
                arrived.update(asyncio.run(talk(made, chats, number)))
            print(f"server CPU: {1000 * (cpu_seconds(servers[0]) - spent) / len(arrived):.1f} ms for a whole chat")
            began = dict(line.split() for line in log.read_text().splitlines())
            waits = {name: (at - float(began[name])) * 1000 for name, at in arrived.items()}
            for number in range(rounds):
                of_round = sorted(wait for name, wait in waits.items() if name.startswith(f"r{number}c"))
                print(f"round {number}: median {statistics.median(of_round):.1f}, p95 {quantile(of_round, 0.95):.1f}")
            return list(waits.values())
        finally:
            for server in servers:
                server.stop()
            model.kill()
            model.wait(10)


def cpu_seconds(server: Server) -> float:
    """What the server's process has used so far (Linux)."""
    assert server.process is not None
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def talk(people: list[Server], chats: int, number: int) -> dict[str, float]:
    ready = asyncio.Barrier(chats)
    names = [f"r{number}c{n}" for n in range(chats)]
    return dict(await asyncio.gather(*(chat(people[n % len(people)], name, ready) for n, name in enumerate(names))))


def quantile(ordered: list[float], part: float) -> float:
    return ordered[round(part * (len(ordered) - 1))]


def main() -> None:
    if sys.argv[1:2] == ["--model"]:
        asyncio.run(serve_model(Path(sys.argv[2]), int(sys.argv[3])))
        return
    chats = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 4
    waits = sorted(measure(chats, rounds))
    p95 = quantile(waits, 0.95)
    print(f"{len(waits)} first pieces, {chats} chats at once; milliseconds from the model's first byte to the reader:")
    print(f"median {statistics.median(waits):.1f}, p90 {quantile(waits, 0.9):.1f}, p95 {p95:.1f}")
    print(f"largest {waits[-1]:.1f}; the limit for p95 is {LIMIT_MS:.0f}: {'kept' if p95 <= LIMIT_MS else 'not kept'}")


if __name__ == "__main__":
    main()
