"""`/api/v1/ws/agent` over real sockets: the documented frames in their order, and who may open one."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx2
import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bench.agents.model_server import Answer, Call, ModelServer, call, say
from domain.scopes import Scope
from domain.sessions import SessionService
from domain.users import Registration, UserService
from domain.viewers import Viewer
from infra.http.app import create_app
from infra.settings import Settings


class Running:
    """A server with one signed-in person."""

    def __init__(self, port: int, app: Any, token: str, session: Scope, model: ModelServer) -> None:
        self.port, self.app, self.token, self.person, self.model = port, app, token, session, model

    def open(self, query: str | None = None, **options: Any) -> Any:
        query = f"?token={self.token}" if query is None else query
        return connect(f"ws://127.0.0.1:{self.port}/api/v1/ws/agent{query}", **options)

    async def get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.port}/api/v1", headers=headers) as client:
            return (await client.get(path)).json()


@pytest.fixture
def serve(settings: Settings) -> Callable[..., AbstractAsyncContextManager[Running]]:
    @asynccontextmanager
    async def serving(script: Any = (), **changes: Any) -> AsyncIterator[Running]:
        async with ModelServer(script) as model:
            given = {"OPENAI_BASE_URL": model.url, "AI_MODEL": "scripted"} if script != () else {}
            app = create_app(settings.model_copy(update={**given, **changes}), works=True, sweeps=True)
            config = uvicorn.Config(app, port=0, log_config=None, ws="websockets-sansio", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            task = asyncio.create_task(server.serve())
            while not server.started:
                assert not task.done(), task.exception()
                await asyncio.sleep(0.01)
            port = server.servers[0].sockets[0].getsockname()[1]
            try:
                token, person = await sign_up(app)
                yield Running(port, app, token, person, model)
            finally:
                server.should_exit = True
                await task

    return serving


async def sign_up(app: Any) -> tuple[str, Scope]:
    ports = app.state.runtime.ports
    scope = Scope(Viewer(), ports)
    async with scope.write(UserService) as users:
        user = await users.register(Registration(email="ada@example.com", password="correct horse"), None)
    async with scope.write(SessionService) as sessions:
        pair = await sessions.create_session(user, ports.tokens, ports.policy)
    return pair.access_token, Scope(Viewer(user_id=user.id), ports)


async def turn(socket: ClientConnection, **frame: Any) -> list[dict[str, Any]]:
    await socket.send(json.dumps(frame))
    return await frames(socket)


async def frames(socket: ClientConnection) -> list[dict[str, Any]]:
    found = []
    async with asyncio.timeout(15):
        while not found or found[-1]["type"] not in {"complete", "error"}:
            text = await socket.recv()
            assert isinstance(text, str), "frames are text"
            found.append(json.loads(text))
    return found


def types(found: list[dict[str, Any]]) -> list[str]:
    """The types in order, repeated deltas told once."""
    told: list[str] = []
    for frame in found:
        if not (frame["type"].endswith("_delta") and told[-1] == frame["type"]):
            told.append(frame["type"])
    return told


PLAIN = [
    "user_prompt", "user_prompt_processed", "model_request_start", "part_start", "text_delta", "final_result_start",
    "text_delta", "call_tools_start", "final_result", "complete",
]  # fmt: skip


async def test_a_plain_turn_sends_the_documented_frames_in_their_order(serve: Any) -> None:
    async with serve([say("Good day to you, Ada.")]) as server, server.open() as socket:
        found = await turn(socket, message="hello " * 20)
        assert types(found) == ["conversation_created", *PLAIN]
        assert all(set(frame) == {"type", "data"} for frame in found)
        by_type = {frame["type"]: frame["data"] for frame in found}
        id = by_type["conversation_created"]["conversation_id"]
        assert by_type["conversation_created"] == {"conversation_id": id, "area": None}
        assert by_type["user_prompt"] == {"content": ("hello " * 20).strip()}
        assert by_type["part_start"] == {"index": 0, "part_type": "TextPart"}
        assert by_type["final_result_start"] == {"tool_name": None}
        assert by_type["final_result"] == {"output": "Good day to you, Ada."}
        assert by_type["complete"] == {"conversation_id": id, "area": None}
        said = "".join(frame["data"]["content"] for frame in found if frame["type"] == "text_delta")
        assert said == "Good day to you, Ada."
        kept = await server.get(f"/conversations/{id}")
        assert kept["title"] == ("hello " * 20)[:50].strip()
        assert [message["content"] for message in kept["messages"]] == [("hello " * 20).strip(), said]


async def test_a_turn_with_a_tool_sends_the_documented_frames_in_their_order(serve: Any) -> None:
    answers = [call(Call("jobs_list_jobs", '{"min_score": 7}', "abc")), say("There are none yet.")]
    async with serve(answers) as server, server.open(f"?area=jobs&token={server.token}") as socket:
        found = await turn(socket, message="jobs above 7", conversation_id=None)
        assert types(found) == [
            "conversation_created", "user_prompt", "user_prompt_processed",
            "model_request_start", "part_start", "tool_call_delta", "call_tools_start", "tool_call", "tool_result",
            *PLAIN[2:],
        ]  # fmt: skip
        by_type = {frame["type"]: frame["data"] for frame in found}
        assert by_type["tool_call"] == {
            "tool_name": "jobs_list_jobs", "args": {"min_score": 7.0}, "tool_call_id": "abc",
        }  # fmt: skip
        assert by_type["tool_result"]["tool_call_id"] == "abc"
        assert json.loads(by_type["tool_result"]["content"])["success"]
        assert by_type["complete"]["area"] == "jobs"
        kept = await server.get(f"/conversations/{by_type['complete']['conversation_id']}")
        (made,) = kept["messages"][1]["tool_calls"]
        assert made["args"] == {"min_score": 7.0}
        assert made["status"] == "completed"
        assert made["result"] == by_type["tool_result"]["content"]


async def test_a_failed_turn_ends_with_one_error_and_leaves_the_socket_usable(serve: Any) -> None:
    async with serve([Answer(status=400), say("Much better than before.")]) as server, server.open() as socket:
        found = await turn(socket, message="first")
        assert found[-1]["type"] == "error"
        assert "complete" not in types(found)
        again = await turn(socket, message="second")
        assert types(again) == PLAIN
        messages = (await server.get("/conversations"))[0]
        kept = await server.get(f"/conversations/{messages['id']}/messages")
        assert [m["content"] for m in kept] == ["first", "second", "Much better than before."]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("not json", "JSON object"),
        ("[1, 2]", "JSON object"),
        ("{}", "Empty message"),
        ('{"message": ""}', "Empty message"),
        ('{"message": "  "}', "Empty message"),
        ('{"message": 7}', "Empty message"),
        ('{"message": "hi", "conversation_id": "nonsense"}', "conversation_id"),
        ('{"message": "hi", "conversation_id": 7}', "conversation_id"),
        ('{"message": "hi", "conversation_id": "00000000-0000-4000-8000-000000000000"}', "no conversation"),
        ('{"message": "hi", "history": "all of it"}', "list"),
        ('{"message": "hi", "history": [{"role": "wizard", "content": "x"}]}', "role"),
        (json.dumps({"message": "x" * 40_000}), "text"),
        (b"\x00\x01", "binary"),
    ],
)
async def test_a_frame_that_makes_no_sense_is_one_error(serve: Any, sent: Any, told: str) -> None:
    async with serve() as server, server.open() as socket:
        await socket.send(sent)
        found = await frames(socket)
        assert types(found) == ["error"]
        assert told in found[0]["data"]["message"]
        assert types(await turn(socket, message="hello"))[-1] == "complete"


async def test_what_conversation_a_frame_belongs_to(serve: Any) -> None:
    async with serve() as server, server.open() as socket:
        first = (await turn(socket, message="hello"))[-1]["data"]["conversation_id"]
        assert (await turn(socket, message="hello"))[-1]["data"]["conversation_id"] == first
        second = (await turn(socket, message="hello", conversation_id=None))[-1]["data"]["conversation_id"]
        assert second != first
        back = await turn(socket, message="hello", conversation_id=first)
        assert back[-1]["data"]["conversation_id"] == first
        assert "conversation_created" not in types(back)


def contents(request: dict[str, Any]) -> list[str]:
    return [message["content"] for message in request["messages"][1:]]


async def test_history_stands_for_what_was_said_before_it(serve: Any) -> None:
    async with serve(lambda _: say("yes")) as server, server.open() as socket:
        given = [{"role": "user", "content": "my name is Ada"}, {"role": "assistant", "content": "hello Ada"}]
        await turn(socket, message="one")
        await turn(socket, message="two", history=given)
        await turn(socket, message="three")
        assert contents(server.model.requests[1]) == ["my name is Ada", "hello Ada", "two"]
        assert contents(server.model.requests[2]) == ["my name is Ada", "hello Ada", "two", "yes", "three"]
        await turn(socket, message="four", conversation_id=None)
        assert contents(server.model.requests[3]) == ["four"]


async def test_another_socket_remembers_a_conversation_that_it_names(serve: Any) -> None:
    async with serve(lambda _: say("noted")) as server:
        async with server.open() as socket:
            id = (await turn(socket, message="I like trains"))[-1]["data"]["conversation_id"]
        async with server.open() as socket:
            await turn(socket, message="what do I like?", conversation_id=id)
        assert contents(server.model.requests[1]) == ["I like trains", "noted", "what do I like?"]


async def closed(server: Running, query: str, **options: Any) -> tuple[int, str]:
    async with server.open(query, **options) as socket:
        with pytest.raises(ConnectionClosed) as ended:
            async with asyncio.timeout(5):
                await socket.recv()
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code, ended.value.rcvd.reason


async def test_who_may_not_open_a_socket_is_told_after_it_was_accepted(serve: Any) -> None:
    async with serve() as server:
        assert await closed(server, "") == (4001, "Missing authentication token")
        assert await closed(server, "?token=x") == (4001, "Invalid or expired token")
        ports = server.app.state.runtime.ports
        async with Scope(Viewer(), ports).read(SessionService):
            refresh = ports.tokens.refresh(server.person.viewer.id, 1)
        assert await closed(server, f"?token={refresh}") == (4001, "Invalid token type")


async def test_a_cookie_is_believed_of_our_own_pages_only(serve: Any) -> None:
    async with serve() as server:
        cookie = {"Cookie": f"access_token={server.token}"}
        assert await closed(server, "", additional_headers=cookie, origin="https://evil.example") == (
            4001, "Origin not allowed",
        )  # fmt: skip
        assert await closed(server, "", additional_headers=cookie) == (4001, "Origin not allowed")
        async with server.open("", additional_headers=cookie, origin="http://localhost:3000") as socket:
            assert types(await turn(socket, message="hello"))[-1] == "complete"


async def test_an_unknown_area_is_told_and_closed(serve: Any) -> None:
    async with serve() as server, server.open(f"?token={server.token}&area=cooking") as socket:
        assert json.loads(await socket.recv()) == {"type": "error", "data": {"message": "Area 'cooking' not found"}}
        with pytest.raises(ConnectionClosed) as ended:
            await socket.recv()
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 4004


async def test_two_sockets_of_one_person_may_be_open(serve: Any) -> None:
    async with serve() as server, server.open() as one, server.open() as other:
        found = await asyncio.gather(turn(one, message="hello"), turn(other, message="hello"))
        assert [types(each)[-1] for each in found] == ["complete", "complete"]


async def test_a_revoked_session_closes_its_sockets(serve: Any) -> None:
    async with serve() as server, server.open() as socket:
        assert types(await turn(socket, message="hello"))[-1] == "complete"
        async with server.person.write(SessionService) as sessions:
            await sessions.revoke_all_sessions()
        with pytest.raises(ConnectionClosed) as ended:
            async with asyncio.timeout(6):
                await socket.recv()
        assert ended.value.rcvd is not None
        assert ended.value.rcvd.code == 4001


async def test_a_turn_goes_on_when_its_socket_goes_away(serve: Any) -> None:
    async with serve([say("word " * 40, pause=0.02)]) as server:
        async with server.open() as socket:
            await socket.send(json.dumps({"message": "go on"}))
            id = json.loads(await socket.recv())["data"]["conversation_id"]
        for _ in range(200):
            kept = await server.get(f"/conversations/{id}/messages")
            if len(kept) == 2:
                break
            await asyncio.sleep(0.05)
        assert kept[1]["content"] == ("word " * 40).strip()


async def test_plain_http_is_not_found(serve: Any) -> None:
    async with serve() as server:
        assert await server.get("/ws/agent") == {"detail": "Not Found"}
