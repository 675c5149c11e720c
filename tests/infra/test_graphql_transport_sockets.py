"""graphql-transport-ws: what is said, in which order, and with which code a socket is closed."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import strawberry
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import AuthenticationError, AuthorizationError, NotFoundError
from infra.http.graphql import GraphQLApp
from infra.http.graphql_sessions import Opened, StreamLimits
from schema.execution.operations import Operations


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, info: strawberry.Info) -> str:
        return f"hello {info.context['name']} {info.context['number']}"

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(60)
        return "done"

    @strawberry.field
    def missing(self) -> str | None:
        raise NotFoundError("There is no job 7")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def add(self, number: int) -> int:
        return number + 1


ENDED: list[str] = []


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3, pause: float = 0.0) -> AsyncGenerator[int, None]:
        try:
            for number in range(to):
                yield number
                await asyncio.sleep(pause)
        finally:
            ENDED.append("count")

    @strawberry.subscription
    async def failing(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError("the password is hunter2")

    @strawberry.subscription
    async def refused(self) -> AsyncGenerator[int, None]:
        raise NotFoundError("There is no run 7")
        yield 1

    @strawberry.subscription
    async def large(self, size: int = 1_000_000) -> AsyncGenerator[str, None]:
        while True:
            yield "x" * size


schema = strawberry.Schema(Query, Mutation, Subscription)


@dataclass
class Closed(Exception):  # noqa: N818 - how it ended, which tests ask for
    code: int
    reason: str = ""


@dataclass
class Client:
    """The other end of a socket, without a network between."""

    incoming: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    outgoing: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    taken: bool = True

    def say(self, message: object) -> None:
        text = message if isinstance(message, str) else orjson.dumps(message).decode()
        self.incoming.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        self.incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})

    def init(self, payload: Any = None) -> None:
        self.say({"type": "connection_init", **({} if payload is None else {"payload": payload})})

    def subscribe(self, query: str, id: str = "1", **parameters: Any) -> None:
        self.say({"id": id, "type": "subscribe", "payload": {"query": query, **parameters}})

    async def send(self, message: Any) -> None:
        if not self.taken and message["type"] == "websocket.send":
            await asyncio.Event().wait()
        self.outgoing.put_nowait(message)

    async def hear(self) -> Any:
        async with asyncio.timeout(5):
            message = await self.outgoing.get()
        if message["type"] == "websocket.close":
            raise Closed(message["code"], message.get("reason", ""))
        if message["type"] == "websocket.accept":
            return message
        assert isinstance(message["text"], str)
        return orjson.loads(message["text"])

    async def closed(self) -> Closed:
        """How the socket was closed, after whatever else was said."""
        while True:
            try:
                await self.hear()
            except Closed as closed:
                return closed

    async def ready(self, payload: Any = None) -> None:
        self.init(payload)
        assert await self.hear() == {"type": "connection_ack"}


class Server:
    def __init__(self, open_context: Any = None, **options: Any) -> None:
        self.number = 0
        self.payloads: list[Any] = []
        limits = StreamLimits(**options.pop("streams", {}))
        deadline = options.pop("deadline", 10.0)
        operations = Operations(schema, deadline=deadline)
        self.app = GraphQLApp(operations, open_context or self.open, streams=limits, **options)

    async def open(self, connection: Any, payload: Any) -> Opened:
        self.payloads.append(payload)
        return Opened(self.context)

    def context(self) -> dict[str, Any]:
        self.number += 1
        return {"name": "Ada", "number": self.number}

    @asynccontextmanager
    async def connect(
        self,
        subprotocols: tuple[str, ...] = ("graphql-transport-ws",),
        headers: dict[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> AsyncGenerator[Client, None]:
        client = Client()
        client.incoming.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "path": "/graphql",
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in (headers or {}).items()],
            "subprotocols": list(subprotocols),
            "client": (address, 5),
            "state": {"request_id": "r-42"},
        }
        serving = asyncio.create_task(self.app(scope, client.incoming.get, client.send))
        try:
            first = await client.hear()
            assert first["type"] == "websocket.accept"
            yield client
        finally:
            client.leave()
            async with asyncio.timeout(5):
                await serving


async def test_a_subscription_answers_and_completes():
    server = Server()
    async with server.connect() as client:
        await client.ready()
        client.subscribe("subscription { count(to: 2) }", id="a")
        heard = [await client.hear() for _ in range(3)]
    assert heard == [
        {"id": "a", "type": "next", "payload": {"data": {"count": 0}}},
        {"id": "a", "type": "next", "payload": {"data": {"count": 1}}},
        {"id": "a", "type": "complete"},
    ]
    assert not server.app.seats.taken
    assert not server.app.addresses.taken


async def test_queries_and_mutations_run_too_each_with_a_context_of_its_own():
    server = Server()
    async with server.connect() as client:
        await client.ready({"token": "t"})
        for number in (1, 2):
            client.subscribe("{ hello }", id=str(number))
            assert (await client.hear())["payload"] == {"data": {"hello": f"hello Ada {number}"}}
            assert await client.hear() == {"id": str(number), "type": "complete"}
        client.subscribe("mutation ($n: Int!) { add(number: $n) }", id="m", variables={"n": 1})
        assert (await client.hear())["payload"] == {"data": {"add": 2}}
    assert server.payloads == [{"token": "t"}]


async def test_the_protocol_is_agreed_and_the_old_one_is_not_offered():
    server = Server()
    async with server.connect(("graphql-ws", "graphql-transport-ws")) as client:
        await client.ready()
    for offered in ((), ("graphql-ws",), ("other",)):
        async with server.connect(offered) as client:
            assert (await client.closed()).code == 4406


async def test_pings_are_answered_before_and_after_the_acknowledgement():
    async with Server().connect() as client:
        client.say({"type": "ping", "payload": {"a": 1}})
        assert await client.hear() == {"type": "pong", "payload": {"a": 1}}
        await client.ready()
        client.say({"type": "pong"})
        client.say({"type": "ping"})
        assert await client.hear() == {"type": "pong"}


HOSTILE_MESSAGES = {
    "null": "null",
    "an array": "[]",
    "a number": "1",
    "a string": '"x"',
    "not JSON": "{",
    "nothing": "",
    "100,000 nested arrays": "[" * 100_000,
    "nested payload": '{"type": "ping", "payload": {"a": ' + "[" * 900 + "]" * 900 + "}}",
    "no type": "{}",
    "a type that is a number": '{"type": 1}',
    "an unknown type": '{"type": "start"}',
    "a ping with a string": '{"type": "ping", "payload": "x"}',
    "a ping with an array": '{"type": "ping", "payload": []}',
    "an id that is a number": '{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}',
    "an id that is an object": '{"type": "subscribe", "id": {}, "payload": {"query": "{ hello }"}}',
    "an empty id": '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}',
    "an endless id": '{"type": "subscribe", "id": "' + "x" * 300 + '", "payload": {"query": "{ hello }"}}',
    "no id": '{"type": "subscribe", "payload": {"query": "{ hello }"}}',
    "no payload": '{"type": "subscribe", "id": "1"}',
    "a payload that is null": '{"type": "subscribe", "id": "1", "payload": null}',
    "a payload that is a string": '{"type": "subscribe", "id": "1", "payload": "x"}',
    "a batch": '{"type": "subscribe", "id": "1", "payload": [{"query": "{ hello }"}]}',
    "a query that is a number": '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
    "variables that are an array": '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "variables": []}}',
    "an operation name that is a number": '{"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "operationName": 5}}',
    "a complete without id": '{"type": "complete"}',
    "a complete whose id is an object": '{"type": "complete", "id": {}}',
    "a server's message": '{"type": "next", "id": "1", "payload": {}}',
}


@pytest.mark.parametrize("message", HOSTILE_MESSAGES.values(), ids=HOSTILE_MESSAGES)
async def test_a_malformed_message_closes_the_socket_with_4400(message):
    async with Server().connect() as client:
        await client.ready()
        client.say(message)
        closed = await client.closed()
    assert closed.code == 4400
    assert closed.reason.startswith("Invalid message: ")
    assert len(closed.reason.encode()) <= 123


@pytest.mark.parametrize("message", ['{"type": "connection_init", "payload": 5}', "[]", '{"type": "x"}'])
async def test_a_malformed_first_message_closes_the_socket_with_4400(message):
    async with Server().connect() as client:
        client.say(message)
        assert (await client.closed()).code == 4400


async def test_a_binary_frame_closes_the_socket_with_4400():
    async with Server().connect() as client:
        client.incoming.put_nowait({"type": "websocket.receive", "bytes": b'{"type":"connection_init"}'})
        assert (await client.closed()).code == 4400


async def test_a_frame_that_is_too_large_closes_the_socket_with_1009():
    async with Server(streams={"frame_bytes": 100}).connect() as client:
        client.say({"type": "ping", "payload": {"a": "x" * 100}})
        assert (await client.closed()).code == 1009


async def test_subscribing_before_the_acknowledgement_is_unauthorized():
    async with Server().connect() as client:
        client.subscribe("{ hello }")
        assert (await client.closed()).code == 4401


async def test_a_second_initialisation_is_too_many():
    async with Server().connect() as client:
        await client.ready()
        client.init()
        assert (await client.closed()).code == 4429


async def test_a_socket_that_says_nothing_is_closed_with_4408():
    async with Server(streams={"init_seconds": 0.05}).connect() as client:
        client.say({"type": "ping"})
        assert (await client.closed()).code == 4408


async def test_an_id_that_is_in_use_closes_the_socket_with_4409():
    async with Server().connect() as client:
        await client.ready()
        client.subscribe("subscription { count(pause: 60) }")
        await client.hear()
        client.subscribe("{ hello }")
        closed = await client.closed()
    assert (closed.code, closed.reason) == (4409, "Subscriber for 1 already exists")


@pytest.mark.parametrize(
    ("error", "code", "reason"),
    [
        (AuthenticationError("The token has expired"), 4401, "The token has expired"),
        (AuthorizationError("é" * 200), 4403, "é" * 61),
        (RuntimeError("hunter2"), 4500, "Internal server error"),
    ],
)
async def test_a_refused_initialisation_closes_the_socket(error, code, reason, caplog):
    async def refuse(connection: object, payload: object) -> Opened:
        raise error

    async with Server(refuse).connect() as client:
        client.init()
        closed = await client.closed()
    assert (closed.code, closed.reason) == (code, reason)


async def test_a_socket_is_closed_with_4401_when_its_session_is_revoked():
    revoked = asyncio.Event()

    async def opened(connection: object, payload: object) -> Opened:
        return Opened(dict, owner="ada", closing=revoked.wait)

    ENDED.clear()
    async with Server(opened).connect() as client:
        await client.ready()
        client.subscribe("subscription { count(pause: 60) }")
        await client.hear()
        revoked.set()
        assert (await client.closed()).code == 4401
    assert ENDED == ["count"]


@pytest.mark.parametrize("seconds", [0.05, -10])
async def test_a_socket_is_closed_with_4401_when_its_token_expires(seconds):
    async def opened(connection: object, payload: object) -> Opened:
        return Opened(dict, expires_at=time.time() + seconds)

    async with Server(opened).connect() as client:
        client.init()
        assert (await client.closed()).code == 4401


async def test_complete_stops_a_subscription_and_frees_its_id():
    ENDED.clear()
    async with Server().connect() as client:
        await client.ready()
        client.subscribe("subscription { count(pause: 60) }")
        await client.hear()
        client.say({"type": "complete", "id": "1"})
        client.say({"type": "complete", "id": "1"})
        client.say({"type": "complete", "id": "unknown"})
        client.subscribe("{ hello }")
        assert [(await client.hear())["type"] for _ in range(2)] == ["next", "complete"]
        assert ENDED == ["count"]


async def test_a_client_that_leaves_stops_everything():
    ENDED.clear()
    async with Server().connect() as client:
        await client.ready()
        for number in range(5):
            client.subscribe("subscription { count(pause: 60) }", id=str(number))
        for _ in range(5):
            await client.hear()
    assert ENDED == ["count"] * 5


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { refused }", "NOT_FOUND"),
        ("subscription ($n: Int!) { count(to: $n) }", "VALIDATION_ERROR"),
        ("{ " + " ".join(f"a{i}: hello" for i in range(40)) + " }", "QUERY_TOO_MANY_ALIASES"),
    ],
)
async def test_an_operation_that_never_runs_ends_with_an_error(query, code):
    async with Server().connect() as client:
        await client.ready()
        client.subscribe(query)
        heard = await client.hear()
        assert (heard["id"], heard["type"]) == ("1", "error")
        assert heard["payload"][0]["extensions"]["code"] == code
        client.say({"type": "ping"})
        assert await client.hear() == {"type": "pong"}


async def test_a_source_that_breaks_ends_with_a_masked_error(caplog):
    async with Server().connect() as client:
        await client.ready()
        with caplog.at_level(logging.ERROR):
            client.subscribe("subscription { failing }")
            assert (await client.hear())["payload"] == {"data": {"failing": 1}}
            heard = await client.hear()
    assert heard["type"] == "error"
    assert heard["payload"][0]["message"] == "Internal server error"
    assert heard["payload"][0]["extensions"]["details"] == {"request_id": "r-42"}
    assert "hunter2" in caplog.text


async def test_field_errors_are_part_of_a_response():
    async with Server().connect() as client:
        await client.ready()
        client.subscribe("{ missing }")
        heard = await client.hear()
        assert heard["type"] == "next"
        assert heard["payload"]["data"] == {"missing": None}
        assert heard["payload"]["errors"][0]["extensions"] == {"code": "NOT_FOUND"}


async def test_a_query_has_a_deadline():
    async with Server(deadline=0.05).connect() as client:
        await client.ready()
        client.subscribe("{ slow }")
        assert (await client.hear())["payload"]["errors"][0]["extensions"]["code"] == "DEADLINE_EXCEEDED"


async def test_operations_of_one_socket_are_limited():
    async with Server(streams={"operations": 2}).connect() as client:
        await client.ready()
        for number in range(3):
            client.subscribe("subscription { count(pause: 60) }", id=str(number))
        heard = [await client.hear() for _ in range(3)]
        (refused,) = [message for message in heard if message["type"] == "error"]
        assert (refused["id"], refused["payload"][0]["extensions"]["code"]) == ("2", "TOO_MANY_OPERATIONS")


async def test_sockets_of_one_owner_are_limited_and_freed():
    async def opened(connection: object, payload: Any) -> Opened:
        return Opened(dict, owner=payload["user"])

    server = Server(opened, streams={"per_owner": 1})
    async with server.connect() as first:
        await first.ready({"user": "ada"})
        async with server.connect() as second:
            second.init({"user": "ada"})
            assert (await second.closed()).code == 4429
        async with server.connect() as other:
            await other.ready({"user": "grace"})
    async with server.connect() as again:
        await again.ready({"user": "ada"})


async def test_sockets_of_one_address_are_limited_before_they_say_who_they_are():
    server = Server(streams={"per_address": 1})
    async with server.connect(address="10.0.0.1"):
        with pytest.raises(Closed):
            async with server.connect(address="10.0.0.1"):
                pass
        async with server.connect(address="10.0.0.2") as other:
            await other.ready()


async def test_only_our_own_and_listed_sites_may_open_a_socket():
    server = Server(allowed_origins=("https://app.example",))
    for origin in ("http://jobs.example:8000", "https://app.example", "https://JOBS.example:8000"):
        async with server.connect(headers={"host": "jobs.example:8000", "origin": origin}) as client:
            await client.ready()
    for origin in ("https://evil.example", "null", "http://jobs.example", "http://jobs.example:8000.evil.example"):
        with pytest.raises(Closed):
            async with server.connect(headers={"host": "jobs.example:8000", "origin": origin}):
                pass


async def test_a_reader_that_lags_is_dropped():
    server = Server(streams={"patience_seconds": 0.05})
    async with server.connect() as client:
        await client.ready()
        client.taken = False
        client.subscribe("subscription { count(to: 9) }")
        assert (await client.closed()).code == 1013


async def test_hundreds_of_operations_leave_nothing_behind():
    server = Server()
    async with server.connect() as client:
        await client.ready()
        for number in range(200):
            client.subscribe("subscription { count(to: 3) }", id=str(number % 7) + "-" + str(number))
            for _ in range(4):
                await client.hear()
    assert not server.app.seats.taken
    assert not server.app.addresses.taken
    assert {task.get_name() for task in asyncio.all_tasks()} == {asyncio.current_task().get_name()}


MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["connection_init", "subscribe", "complete", "ping", "pong", "next", 1, None]),
        "id": st.sampled_from(["1", "2", "", 1, None, {}]),
        "payload": st.sampled_from([None, {}, [], "x", {"query": "{ hello }"}, {"query": 1}, {"query": "{"}]),
    },
)


@settings(max_examples=100, deadline=None)
@given(messages=st.lists(MESSAGES | st.text(max_size=5), max_size=6))
def test_whatever_is_said_a_socket_is_closed_with_a_code_of_the_protocol(messages):
    async def talk() -> None:
        async with Server().connect() as client:
            await client.ready()
            for message in messages:
                client.say(message)
            client.say("end")
            assert (await client.closed()).code in {4400, 4409, 4429}

    asyncio.run(talk())
