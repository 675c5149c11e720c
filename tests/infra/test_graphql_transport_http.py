"""GraphQL over HTTP and server-sent events: what is answered, and how everything else is refused."""

import asyncio
import gzip
import json
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
import strawberry
from graphql import get_introspection_query
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.file_uploads import Upload
from strawberry.scalars import JSON

from domain.errors import AuthenticationError, AuthorizationError, NotFoundError, RateLimitError
from infra.http.graphql import GraphQLApp
from infra.http.graphql_requests import BodyLimits
from infra.http.graphql_sessions import Opened, StreamLimits
from schema.execution.limits import Limits
from schema.execution.operations import Operations


@strawberry.input
class Deep:
    inner: "Deep | None" = None


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "you") -> str:
        return f"hello {name}"

    @strawberry.field
    def context_number(self, info: strawberry.Info) -> int:
        return info.context["number"]

    @strawberry.field
    def missing(self) -> str | None:
        raise NotFoundError("There is no job 7", {"id": 7})

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("the password is hunter2")

    @strawberry.field
    def required(self) -> str:
        raise RuntimeError("the password is hunter2")

    @strawberry.field
    async def slow(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    @strawberry.field
    def echo(self, value: JSON) -> JSON:
        return value

    @strawberry.field
    def deep(self, value: Deep) -> bool:
        return value is not None

    @strawberry.field
    def big(self) -> JSON:
        return JSON(2**70)

    @strawberry.field
    def lone_surrogate(self) -> str:
        return "\ud800"


@strawberry.type
class Mutation:
    @strawberry.mutation
    def add(self, number: int) -> int:
        return number + 1

    @strawberry.mutation
    async def upload(self, file: Upload) -> str:
        return f"{file.filename} {len(await file.read())}"  # type: ignore[attr-defined]

    @strawberry.mutation
    async def uploads(self, files: list[Upload]) -> list[int]:
        return [len(await file.read()) for file in files]  # type: ignore[attr-defined]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3, pause: float = 0.0) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number
            await asyncio.sleep(pause)

    @strawberry.subscription
    async def failing(self) -> AsyncGenerator[int, None]:
        yield 1
        raise NotFoundError("The run is gone")


schema = strawberry.Schema(Query, Mutation, Subscription)
JSON_HEADERS = {"content-type": "application/json"}
RESPONSE = "application/graphql-response+json"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def error(self) -> Any:
        assert "data" not in self.json
        return self.json["errors"][0]


@dataclass
class Server:
    """The application, called as a server calls it."""

    open_context: Any = None
    deadline: float = 10.0
    limits: Limits = field(default_factory=Limits)
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.opened = 0

        async def opened(connection: object, params: object) -> Opened:
            self.opened += 1
            return Opened(lambda: {"number": self.opened})

        operations = Operations(schema, deadline=self.deadline, limits=self.limits)
        self.app = GraphQLApp(operations, self.open_context or opened, **self.options)

    async def call(
        self,
        body: bytes | Iterable[bytes] = b"",
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        query: str = "",
        stay: bool = True,
        state: dict[str, Any] | None = None,
    ) -> Answer:
        parts = [body] if isinstance(body, bytes) else list(body)
        waiting = [
            {"type": "http.request", "body": part, "more_body": index + 1 < len(parts)}
            for index, part in enumerate(parts)
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            if waiting:
                return waiting.pop(0)
            if stay:
                await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": "/graphql",
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in (JSON_HEADERS if headers is None else headers).items()],
            "client": ("127.0.0.1", 5),
            "state": state or {},
        }
        await self.app(scope, receive, send)
        start, *bodies = sent
        names = [name for name, _ in start["headers"]]
        assert len(names) == len(set(names))
        return Answer(
            start["status"],
            {name.decode(): value.decode() for name, value in start["headers"]},
            b"".join(part["body"] for part in bodies),
        )

    async def ask(self, query: str, accept: str | None = None, **parameters: Any) -> Answer:
        headers = JSON_HEADERS | ({"accept": accept} if accept else {})
        return await self.call(orjson.dumps({"query": query, **parameters}), headers=headers)


async def test_a_query_is_answered_in_the_form_that_is_asked_for():
    server = Server()
    plain = await server.ask("{ hello }")
    assert (plain.status, plain.json) == (200, {"data": {"hello": "hello you"}})
    assert plain.headers["content-type"] == "application/json; charset=utf-8"
    assert plain.headers["cache-control"] == "no-store"
    assert plain.headers["x-content-type-options"] == "nosniff"
    newer = await server.ask("{ hello }", RESPONSE)
    assert newer.headers["content-type"] == f"{RESPONSE}; charset=utf-8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        (f"application/json;q=0.5, {RESPONSE}", RESPONSE),
        (f"{RESPONSE};q=0.1, */*;q=0.01", RESPONSE),
        ("application/json, multipart/mixed", "application/json"),
        ("TEXT/html, Application/JSON ; q=0.2", "application/json"),
    ],
)
async def test_accept_is_negotiated(accept, expected):
    answer = await Server().ask("{ hello }", accept)
    assert answer.headers["content-type"].split(";")[0] == expected


@pytest.mark.parametrize("accept", ["text/plain", "application/json;q=0", "application/json;q=x", "image/*"])
async def test_what_cannot_be_offered_is_not_acceptable(accept):
    answer = await Server().ask("{ hello }", accept)
    assert answer.status == 406
    assert "found" in answer.error["message"]


async def test_every_operation_has_a_context_of_its_own():
    server = Server()
    assert [(await server.ask("{ contextNumber }")).json["data"]["contextNumber"] for _ in range(3)] == [1, 2, 3]


HOSTILE_BODIES = {
    "nothing": b"",
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "true": b"true",
    "an array": b"[]",
    "a batch": b'[{"query": "{ hello }"}]',
    "half an object": b'{"query": "{',
    "100,000 nested arrays": b"[" * 100_000 + b"]" * 100_000,
    "100,000 open arrays": b"[" * 100_000,
    "nested variables": b'{"query":"{hello}","variables":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
    "900 levels of variables": b'{"query":"{hello}","variables":{"a":' + b"[" * 900 + b"]" * 900 + b"}}",
    "invalid UTF-8": b'{"query": "\xff\xfe"}',
    "UTF-16": '{"query": "{ hello }"}'.encode("utf-16"),
    "a lone surrogate": b'{"query": "{ hello(name: \\"\\ud800\\") }"}',
    "NaN": b'{"query": "{ hello }", "variables": {"a": NaN}}',
    "gzip without saying so": gzip.compress(b'{"query": "{ hello }"}'),
    "null bytes": b"\x00" * 100,
    "a query that is null": b'{"query": null}',
    "a query that is an array": b'{"query": ["{ hello }"]}',
    "variables that are an array": b'{"query": "{ hello }", "variables": [1]}',
    "variables that are a string": b'{"query": "{ hello }", "variables": "{}"}',
    "an operation name that is a number": b'{"query": "{ hello }", "operationName": 1}',
    "extensions that are a string": b'{"query": "{ hello }", "extensions": "x"}',
}


@pytest.mark.parametrize("body", HOSTILE_BODIES.values(), ids=HOSTILE_BODIES)
@pytest.mark.parametrize("accept", ["application/json", RESPONSE, "text/event-stream"])
async def test_hostile_bodies_get_a_400_and_a_sentence(body, accept):
    server = Server()
    answer = await server.call(body, headers=JSON_HEADERS | {"accept": accept})
    assert answer.status == 400
    assert answer.error["extensions"] == {"code": "BAD_REQUEST"}
    assert len(answer.error["message"]) > 20
    assert server.opened == 0


async def test_an_integer_of_five_thousand_digits_is_no_server_error():
    body = b'{"query": "query ($v: JSON!) { echo(value: $v) }", "variables": {"v": ' + b"9" * 5_000 + b"}}"
    assert (await Server().call(body)).status in {200, 400}


async def test_numbers_and_texts_that_json_cannot_hold_are_still_answered():
    server = Server()
    assert json.loads((await server.ask("{ big }")).body) == {"data": {"big": 2**70}}
    assert b"\\ud800" in (await server.ask("{ loneSurrogate }")).body


async def test_deep_variables_of_a_recursive_input_are_no_server_error():
    value: Any = {}
    for _ in range(60):
        value = {"inner": value}
    answer = await Server().ask("query ($v: Deep!) { deep(value: $v) }", variables={"v": value})
    assert answer.json == {"data": {"deep": True}}


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/jsonp", "application/json, text/plain", "application/x-www-form-urlencoded",
     "application/json; charset=utf-16", "multipart/mixed", "application/graphql"],
)  # fmt: skip
async def test_other_content_types_are_unsupported(content_type):
    answer = await Server().call(b'{"query": "{ hello }"}', headers={"content-type": content_type})
    assert answer.status == 415
    assert "application/json" in answer.error["message"]


@pytest.mark.parametrize(
    "content_type", ["application/json;charset=UTF-8", 'application/json; charset="utf-8"', "Application/JSON"]
)
async def test_json_in_utf_8_is_read_however_it_is_written(content_type):
    body = '{"query": "{ hello(name: \\"Zoë 🏊\\") }"}'.encode()
    answer = await Server().call(body, headers={"content-type": content_type})
    assert answer.json["data"]["hello"] == "hello Zoë 🏊"


async def test_a_compressed_body_is_unsupported():
    body = gzip.compress(b'{"query": "{ hello }"}')
    assert (await Server().call(body, headers=JSON_HEADERS | {"content-encoding": "gzip"})).status == 415


async def test_a_body_that_is_too_large_is_refused_announced_or_not():
    server = Server(options={"bodies": BodyLimits(json=1_000)})
    parts = [b'{"query": "{ hello }", "x": "', *[b"x" * 300] * 5, b'"}']
    assert (await server.call(parts)).status == 413
    assert (await server.call([b"x"], headers=JSON_HEADERS | {"content-length": "1001"})).status == 413
    assert (await server.call([b"x"], headers=JSON_HEADERS | {"content-length": "9" * 5000})).status == 413


async def test_a_body_that_never_ends_is_given_up():
    server = Server(options={"bodies": BodyLimits(seconds=0.05)})
    never = asyncio.Event()

    async def receive() -> Any:
        await never.wait()

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": [(b"content-type", b"application/json")]}
    await server.app(scope, receive, send)
    assert sent[0]["status"] == 408


async def test_a_client_that_leaves_is_not_answered():
    server = Server()
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "query_string": b"", "headers": [(b"content-type", b"application/json")]}
    await server.app(scope, receive, send)
    assert sent == []


@pytest.mark.parametrize(("method", "status"), [("PUT", 405), ("DELETE", 405), ("HEAD", 405), ("OPTIONS", 405)])
async def test_other_methods_are_not_allowed(method, status):
    answer = await Server().call(b"", method=method)
    assert answer.status == status
    assert answer.headers["allow"] == "GET, POST"


async def test_get_runs_queries_and_refuses_mutations():
    server = Server()
    assert (await server.call(method="GET", query="query=%7Bhello%7D", headers={})).json["data"]
    query = "query=query(%24n:String!)%7Bhello(name:%24n)%7D&variables=%7B%22n%22%3A%22A%22%7D"
    assert (await server.call(method="GET", query=query, headers={})).json["data"]["hello"] == "hello A"
    answer = await server.call(method="GET", query="query=mutation%7Badd(number:1)%7D", headers={})
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "query", ["", "query", "query=", "query=%FF", "query=%7Bhello%7D&variables=x", "query=a&query=b", "a=1&" * 50]
)
async def test_query_strings_that_cannot_be_read_are_refused(query):
    assert (await Server().call(method="GET", query=query, headers={})).status == 400


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ " + " ".join(f"a{i}: hello" for i in range(40)) + " }", "QUERY_TOO_MANY_ALIASES"),
        ("query ($n: Int!) { hello }", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation ($n: Int!) { add(number: $n) }", "VALIDATION_ERROR"),
        ("query a { hello } query b { hello }", "BAD_REQUEST"),
    ],
)
async def test_a_request_that_is_never_run_has_no_data(query, code):
    for accept, status in ((RESPONSE, 400), ("application/json", 200)):
        answer = await Server().ask(query, accept)
        assert (answer.status, answer.error["extensions"]["code"]) == (status, code)


async def test_doubling_fragments_are_refused_within_100_ms():
    fragments = [f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(30)]
    query = "{ ...f0 } " + " ".join(fragments) + " fragment f30 on Query { hello }"
    server = Server()
    started = time.perf_counter()
    answer = await server.ask(query, RESPONSE)
    assert time.perf_counter() - started < 0.1
    assert answer.status == 400
    assert answer.error["extensions"]["code"].startswith("QUERY_TOO_MANY")


async def test_a_domain_error_is_told_in_its_own_words():
    answer = await Server().ask("{ missing hello }", RESPONSE)
    assert answer.status == 200
    assert answer.json["data"] == {"missing": None, "hello": "hello you"}
    (error,) = answer.json["errors"]
    assert error["message"] == "There is no job 7"
    assert error["path"] == ["missing"]
    assert error["extensions"] == {"code": "NOT_FOUND", "details": {"id": 7}}


@pytest.mark.parametrize(("query", "data"), [("{ broken }", {"broken": None}), ("{ required }", None)])
async def test_an_unexpected_error_is_masked_and_logged_under_the_request_id(query, data, caplog):
    with caplog.at_level(logging.ERROR):
        answer = await Server().call(orjson.dumps({"query": query}), state={"request_id": "r-42"})
    assert answer.json["data"] == data
    (error,) = answer.json["errors"]
    assert error["message"] == "Internal server error"
    assert error["extensions"] == {"code": "INTERNAL_ERROR", "details": {"request_id": "r-42"}}
    assert b"hunter2" not in answer.body
    (record,) = caplog.records
    assert record.request_id == "r-42"
    assert "hunter2" in str(record.exc_info[1])


async def test_a_request_without_an_id_is_given_one(caplog):
    answer = await Server().ask("{ broken }")
    uuid.UUID(answer.json["errors"][0]["extensions"]["details"]["request_id"])


async def test_an_operation_that_takes_too_long_is_stopped():
    answer = await Server(deadline=0.05).ask("{ slow(seconds: 5) }")
    assert answer.json["data"] is None
    (error,) = answer.json["errors"]
    assert error["message"] == "The operation took longer than 0.05 seconds and was stopped."
    assert error["extensions"] == {"code": "DEADLINE_EXCEEDED"}


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (AuthenticationError("The token has expired"), 401, "AUTHENTICATION_ERROR"),
        (AuthorizationError(), 403, "AUTHORIZATION_ERROR"),
        (RateLimitError("Too fast", {"retry_after": 7}), 429, "RATE_LIMIT_EXCEEDED"),
        (NotFoundError(), 400, "NOT_FOUND"),
        (RuntimeError("secret"), 500, "INTERNAL_ERROR"),
    ],
)
@pytest.mark.parametrize("accept", [RESPONSE, "application/json", "text/event-stream"])
async def test_a_context_that_is_refused_is_a_graphql_error_with_a_status(error, status, code, accept):
    async def refuse(connection: object, params: object) -> Opened:
        raise error

    answer = await Server(open_context=refuse).ask("{ hello }", accept)
    assert (answer.status, answer.error["extensions"]["code"]) == (status, code)
    assert b"secret" not in answer.body
    assert answer.headers.get("retry-after") == ("7" if status == 429 else None)


async def test_the_whole_introspection_is_answered_and_its_second_time_is_cheap():
    server = Server()
    first = await server.ask(get_introspection_query(input_value_deprecation=True))
    assert "errors" not in first.json
    assert (await server.ask(get_introspection_query(input_value_deprecation=True))).body == first.body
    assert len(server.app.operations.introspections) == 1
    assert (await server.ask("{ __typename }")).json == {"data": {"__typename": "Query"}}


def form(fields: dict[str, str], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, dict[str, str]]:
    boundary = "b0undary"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    parts += [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, (filename, content) in files.items()
    ]
    headers = {
        "content-type": f"multipart/form-data; boundary={boundary}",
        "graphql-require-preflight": "1",
    }
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), headers


UPLOAD = json.dumps({"query": "mutation ($f: Upload!) { upload(file: $f) }", "variables": {"f": None}})


async def upload(server: Server, operations: str, places: str, files: Any, **headers: str) -> Answer:
    body, known = form({"operations": operations, "map": places}, files)
    return await server.call(body, headers={k: v for k, v in (known | headers).items() if v})


async def test_a_file_takes_the_place_of_the_null_that_the_map_names():
    answer = await upload(Server(), UPLOAD, '{"0": ["variables.f"]}', {"0": ("résumé.pdf", b"x" * 70_000)})
    assert answer.json == {"data": {"upload": "résumé.pdf 70000"}}


async def test_files_in_a_list_are_counted_from_zero():
    operations = json.dumps(
        {"query": "mutation ($f: [Upload!]!) { uploads(files: $f) }", "variables": {"f": [None, None]}}
    )
    places = '{"a": ["variables.f.0"], "b": ["variables.f.1"]}'
    answer = await upload(Server(), operations, places, {"a": ("a", b"1"), "b": ("b", b"22")})
    assert answer.json == {"data": {"uploads": [1, 2]}}


async def test_a_form_without_the_preflight_header_is_forbidden():
    files = {"0": ("a", b"1")}
    server = Server()
    answer = await upload(server, UPLOAD, '{"0": ["variables.f"]}', files, **{"graphql-require-preflight": ""})
    assert answer.status == 403
    assert "GraphQL-Require-Preflight" in answer.error["message"]
    for name in ("x-requested-with", "apollo-require-preflight"):
        headers = {"graphql-require-preflight": "", name: "XMLHttpRequest"}
        assert (await upload(server, UPLOAD, '{"0": ["variables.f"]}', files, **headers)).status == 200


@pytest.mark.parametrize(
    ("operations", "places"),
    [
        ("", "{}"),
        ("{", "{}"),
        ("[]", "{}"),
        ("null", "{}"),
        (UPLOAD, ""),
        (UPLOAD, "[]"),
        (UPLOAD, '{"1": ["variables.f"]}'),
        (UPLOAD, '{"0": "variables.g"}'),
        (UPLOAD, '{"0": ["variables"]}'),
        (UPLOAD, '{"0": ["query"]}'),
        (UPLOAD, '{"0": ["query.x"]}'),
        (UPLOAD, '{"0": ["variables.f.0"]}'),
        (UPLOAD, '{"0": ["variables.f", "variables.f"]}'),
        (UPLOAD, '{"0": [null]}'),
        (UPLOAD, '{"0": []}'),
        (UPLOAD, '{"operations": ["variables.f"]}'),
        ('[{"query": "{ hello }"}]', '{"0": ["0.variables.f"]}'),
        ('{"query": "{ hello }", "variables": {"f": [1]}}', '{"0": ["variables.f.0"]}'),
        ('{"query": "{ hello }", "variables": {"f": [null]}}', '{"0": ["variables.f.' + "9" * 4_000 + '"]}'),
        ('{"query": "{ hello }", "variables": {"f": [null]}}', '{"0": ["variables.f.-1"]}'),
    ],
)
async def test_forms_whose_map_does_not_fit_are_refused(operations, places):
    answer = await upload(Server(), operations, places, {"0": ("a", b"1")})
    assert answer.status == 400
    assert answer.error["extensions"]["code"] == "BAD_REQUEST"


async def test_forms_that_are_no_forms_are_refused():
    server = Server()
    preflight = {"graphql-require-preflight": "1"}
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        for body in (b"", b"--x\r\n", b"nonsense", b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n"):
            answer = await server.call(body, headers=preflight | {"content-type": content_type})
            assert answer.status == 400, (content_type, body)


async def test_uploads_are_limited_in_bytes_and_number():
    server = Server(options={"bodies": BodyLimits(upload=5_000, files=2)})
    one = {"0": ("a", b"x" * 6_000)}
    assert (await upload(server, UPLOAD, '{"0": ["variables.f"]}', one)).status == 413
    three = {str(index): ("a", b"x") for index in range(3)}
    assert (await upload(server, UPLOAD, '{"0": ["variables.f"]}', three)).status == 400


def events(answer: Answer) -> list[tuple[str, Any]]:
    blocks = [block for block in answer.body.decode().split("\n\n") if block and not block.startswith(":")]
    parsed = []
    for block in blocks:
        name, data = block.split("\n")
        parsed.append((name.removeprefix("event: "), data.removeprefix("data:").strip()))
    return [(name, orjson.loads(data) if data else None) for name, data in parsed]


async def test_a_subscription_is_streamed_as_events():
    answer = await Server().ask("subscription { count }", "text/event-stream")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert events(answer) == [
        *[("next", {"data": {"count": number}}) for number in range(3)],
        ("complete", None),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [("{ hello }", {"data": {"hello": "hello you"}}), ("mutation { add(number: 1) }", {"data": {"add": 2}})],
)
async def test_a_query_or_mutation_is_a_stream_of_one(query, expected):
    answer = await Server().ask(query, "text/event-stream")
    assert events(answer) == [("next", expected), ("complete", None)]


async def test_errors_of_a_stream_are_events_too():
    server = Server()
    (name, payload), last = events(await server.ask("{ nothing }", "text/event-stream"))
    assert (name, last) == ("next", ("complete", None))
    assert payload["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    first, second, _ = events(await server.ask("subscription { failing }", "text/event-stream"))
    assert first == ("next", {"data": {"failing": 1}})
    assert second[1]["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_subscription_needs_a_stream():
    answer = await Server().ask("subscription { count }")
    assert answer.status == 400
    assert "text/event-stream" in answer.error["message"]


async def test_a_stream_ends_when_its_session_does():
    closing = asyncio.Event()

    async def opened(connection: object, params: object) -> Opened:
        return Opened(dict, owner="ada", closing=closing.wait)

    server = Server(open_context=opened)
    asyncio.get_running_loop().call_later(0.05, closing.set)
    *_, over, last = events(await server.ask("subscription { count(to: 9, pause: 0.02) }", "text/event-stream"))
    assert over[1]["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"
    assert last == ("complete", None)


async def test_a_stream_ends_when_its_token_expires():
    async def opened(connection: object, params: object) -> Opened:
        return Opened(dict, expires_at=time.time() + 0.05)

    answer = await Server(open_context=opened).ask("subscription { count(pause: 9) }", "text/event-stream")
    assert [name for name, _ in events(answer)] == ["next", "next", "complete"]


async def test_a_silent_stream_gives_signs_of_life():
    server = Server(options={"streams": StreamLimits(keepalive_seconds=0.02)})
    answer = await server.ask("subscription { count(to: 1, pause: 0.1) }", "text/event-stream")
    assert b"\n\n:\n\n" in answer.body


async def test_a_stream_ends_when_its_client_leaves():
    server = Server()
    body = orjson.dumps({"query": "subscription { count(pause: 60) }"})
    headers = JSON_HEADERS | {"accept": "text/event-stream"}
    async with asyncio.timeout(2):
        await server.call(body, headers=headers, stay=False)
    assert not server.app.seats.taken


async def test_streams_of_one_owner_are_limited():
    async def opened(connection: object, params: object) -> Opened:
        return Opened(dict, owner="ada")

    server = Server(open_context=opened, options={"streams": StreamLimits(per_owner=1)})
    first = asyncio.create_task(server.ask("subscription { count(pause: 60) }", "text/event-stream"))
    await asyncio.sleep(0.02)
    assert (await server.ask("subscription { count }", "text/event-stream")).status == 429
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    assert (await server.ask("subscription { count }", "text/event-stream")).status == 200


async def test_a_browser_gets_the_page_and_a_client_gets_data():
    async def page(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<html>"})

    server = Server(options={"page": page})
    html = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    assert (await server.call(method="GET", headers=html)).body == b"<html>"
    assert (await server.call(method="GET", headers=html, query="query=%7Bhello%7D")).json["data"]
    assert (await server.call(method="GET", headers={"accept": "*/*"})).status == 400


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        "query": JSON_VALUES | st.sampled_from(["{ hello }", "query ($v: JSON!) { echo(value: $v) }", "{"]),
        "variables": JSON_VALUES | st.fixed_dictionaries({"v": JSON_VALUES}),
        "operationName": JSON_VALUES,
        "extensions": JSON_VALUES,
    },
)


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=40) | JSON_VALUES.map(json.dumps) | PARAMETERS.map(json.dumps))
def test_no_body_is_a_server_error(body):
    server = Server()
    text = body if isinstance(body, bytes) else body.encode()
    answer = asyncio.run(server.call(text, headers=JSON_HEADERS | {"accept": RESPONSE}))
    assert answer.status in {200, 400}
    assert answer.status == 200 or answer.error["message"]
