"""A run watched from a second client: every event once, in order, however often the line is cut."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

FOLLOW = "subscription($id: ID!, $after: Int) { runProgress(runId: $id, after: $after) { seq kind done total status } }"
SEARCH = 'mutation { executePipeline(name: "job_search", input: {}) { id status } }'
CUTS = 100


@contextmanager
def socket(server: Any) -> Iterator[ClientConnection]:
    address = f"ws://127.0.0.1:{server.port}/graphql"
    with connect(address, subprotocols=["graphql-transport-ws"], close_timeout=0.1) as line:  # type: ignore[list-item]
        line.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {server.token}"}}))
        assert json.loads(line.recv(10))["type"] == "connection_ack"
        yield line


def follow(line: ClientConnection, run_id: str, after: int) -> Iterator[dict[str, Any]]:
    payload = {"query": FOLLOW, "variables": {"id": run_id, "after": after}}
    line.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
    while (message := json.loads(line.recv(30)))["type"] == "next":
        assert "errors" not in message["payload"], message
        yield message["payload"]["data"]["runProgress"]
    assert message["type"] == "complete", message


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_event_arrives_once_and_in_order_though_the_socket_is_cut_a_hundred_times(
    new_server: Callable[..., Any],
) -> None:
    chance = random.Random(7)
    server = new_server()
    server.start()
    server.with_resume(1000)
    run_id = server.ask(SEARCH)["executePipeline"]["id"]
    seen: list[dict[str, Any]] = []
    cuts = 0
    while not seen or seen[-1]["kind"] != "ENDED":
        with socket(server) as line:
            patience = chance.randint(0, 2)
            for number, event in enumerate(follow(line, run_id, seen[-1]["seq"] if seen else 0)):
                seen.append(event)
                if cuts < CUTS and number >= patience:
                    cuts += 1
                    line.socket.close()
                    break
    assert [event["seq"] for event in seen] == list(range(1, len(seen) + 1))
    with socket(server) as line:
        assert list(follow(line, run_id, 0)) == seen, "whoever comes later is told the same story"
    while cuts < CUTS:
        after = chance.randint(0, len(seen) - 1)
        with socket(server) as line:
            assert next(follow(line, run_id, after))["seq"] == after + 1
            line.socket.close()
        cuts += 1
    assert seen[-1]["status"] == "SUCCESS"
