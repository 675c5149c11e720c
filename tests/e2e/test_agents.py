"""A server that is killed in the middle of an answer: the turn goes on or ends honestly, the same in every face."""

import json
import time
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from websockets.sync.client import connect

from bench.agents.model_server import Answer, ThreadedModelServer, say

SEND = "mutation($m: MessageToSendInput!) { sendMessage(message: $m) { id conversationId firstSeq } }"
TURN = "query($id: ID!) { turn(id: $id) { status errorMessage answerId } }"
MESSAGES = "query($id: ID!) { messages(conversationId: $id) { nodes { role content } } }"
CHAT = "subscription($id: ID!) { chat(conversationId: $id) { seq kind turnId offset text } }"


def started(new_server: Callable[..., Any], model: ThreadedModelServer) -> Any:
    server = new_server(OPENAI_BASE_URL=model.url, AI_MODEL="scripted", LEASE_SECONDS="4")
    server.start()
    server.sign_in()
    return server


def ended(server: Any, turn_id: str, seconds: float = 30) -> dict[str, Any]:
    deadline = time.monotonic() + seconds
    while (turn := server.ask(TURN, id=turn_id)["turn"])["status"] in {"PENDING", "RUNNING"}:
        assert time.monotonic() < deadline, turn
        time.sleep(0.1)
    return turn


def story(server: Any, conversation_id: str, turn_id: str) -> list[dict[str, Any]]:
    """The events of a conversation until the turn's end, as somebody who comes later is told them."""
    address = f"ws://127.0.0.1:{server.port}/graphql"
    events = []
    with connect(address, subprotocols=["graphql-transport-ws"], close_timeout=0.1) as line:  # type: ignore[list-item]
        line.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {server.token}"}}))
        line.recv(10)
        payload = {"query": CHAT, "variables": {"id": conversation_id}}
        line.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
        while not events or events[-1]["kind"] not in {"DONE", "ERROR", "STOPPED"}:
            events.append(json.loads(line.recv(10))["payload"]["data"]["chat"])
    assert all(event["turnId"] == turn_id for event in events)
    return events


def reads_the_same_everywhere(server: Any, conversation_id: str, turn_id: str) -> list[tuple[str, str]]:
    graphql = server.ask(MESSAGES, id=conversation_id)["messages"]["nodes"]
    headers = {"Authorization": f"Bearer {server.token}"}
    rest = httpx2.get(f"{server.url}/api/v1/conversations/{conversation_id}", headers=headers).json()["messages"]
    said = [(message["role"], message["content"]) for message in rest]
    assert said == [(node["role"].lower(), node["content"]) for node in graphql]
    told = "".join(event["text"] for event in story(server, conversation_id, turn_id) if event["kind"] == "TEXT")
    assert told.strip() == "".join(content for role, content in said if role == "assistant")
    return said


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_server_killed_in_mid_answer_ends_the_turn_with_an_honest_error(new_server: Callable[..., Any]) -> None:
    with ThreadedModelServer(lambda _: say("word " * 400, size=5, pause=0.05)) as model:
        server = started(new_server, model)
        sent = server.ask(SEND, m={"text": "tell me a lot"})["sendMessage"]
        time.sleep(2)
        server.kill()
        began = time.monotonic()
        server.start()
        turn = ended(server, sent["id"])
        assert time.monotonic() - began < 30
        assert turn["status"] == "FAILED"
        assert "the server stopped in the middle of this answer" in turn["errorMessage"]
        said = reads_the_same_everywhere(server, sent["conversationId"], sent["id"])
        assert said[0] == ("user", "tell me a lot")
        assert said[1][1].startswith("word word word"), "what was said is kept"


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_server_killed_before_the_first_word_answers_after_all(new_server: Callable[..., Any]) -> None:
    answers = iter([Answer(ending="hang"), say("Here is the whole answer.")])
    with ThreadedModelServer(lambda _: next(answers)) as model:
        server = started(new_server, model)
        sent = server.ask(SEND, m={"text": "hello"})["sendMessage"]
        deadline = time.monotonic() + 10
        while not model.inner.requests:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        server.kill()
        began = time.monotonic()
        server.start()
        assert ended(server, sent["id"])["status"] == "DONE"
        assert time.monotonic() - began < 30
        said = reads_the_same_everywhere(server, sent["conversationId"], sent["id"])
        assert said == [("user", "hello"), ("assistant", "Here is the whole answer.")]
