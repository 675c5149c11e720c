"""Reads GraphQL requests strictly: what is not one is refused with a status and a sentence, never a 500."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Receive, Scope

from domain.errors import BadRequestError

MAX_NESTING = 64
"""Arrays and objects within each other: coercing variables recurses, this keeps it off the stack's limit."""
PREFLIGHT_HEADERS = ("graphql-require-preflight", "apollo-require-preflight", "x-requested-with")
"""Any of them makes a browser ask before it sends a form to a foreign site, which a plain form does not."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None


class RequestError(Exception):
    """A request that is not GraphQL over HTTP. `status` is HTTP's."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}
        self.code = BadRequestError.code


class ClientGoneError(Exception):
    """The client left before its request was complete."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Bytes of a JSON body, bytes and files of an upload, seconds that a body may take to arrive."""

    json: int = 1_000_000
    upload: int = 11_000_000
    files: int = 10
    seconds: float = 30.0


async def read_request(
    scope: Scope, receive: Receive, headers: Headers, limits: BodyLimits
) -> tuple[GraphQLRequest, FormData | None]:
    """The request, and the form whose files are to be closed after it was answered."""
    if scope["method"] not in {"GET", "POST"}:
        raise RequestError(405, "GraphQL is asked by POST, or by GET for queries.", {"allow": "GET, POST"})
    if scope["method"] == "GET":
        return read_query_string(scope["query_string"]), None
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise RequestError(415, "The body is compressed; expected one without a Content-Encoding.")
    kind, charset = media_type(headers.get("content-type", ""))
    if kind == "multipart/form-data":
        try:
            async with asyncio.timeout(limits.seconds):
                return await read_multipart(receive, headers, limits)
        except TimeoutError:
            raise RequestError(408, f"The body did not arrive within {limits.seconds:g} seconds.") from None
    if kind != "application/json" or charset not in {"", "utf-8", "utf8"}:
        found = headers.get("content-type") or "none"
        raise RequestError(415, f"Expected the Content-Type application/json in UTF-8, found {found[:100]}.")
    try:
        async with asyncio.timeout(limits.seconds):
            body = b"".join([chunk async for chunk in chunks(receive, headers, limits.json)])
    except TimeoutError:
        raise RequestError(408, f"The body did not arrive within {limits.seconds:g} seconds.") from None
    return read_parameters(decode_json(body)), None


def media_type(header: str) -> tuple[str, str]:
    """The media type and its charset, both in lower case."""
    kind, *parameters = header.split(";")
    charset = ""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            charset = value.strip().strip('"').lower()
    return kind.strip().lower(), charset


async def chunks(receive: Receive, headers: Headers, limit: int) -> AsyncGenerator[bytes, None]:
    """The body as it arrives; a RequestError as soon as it is announced or found to be too large."""
    announced = headers.get("content-length", "0")
    size = int(announced[:20]) if announced.isdecimal() else 0
    received, more = 0, True
    while more:
        if max(size, received) > limit:
            raise RequestError(413, f"The body is too large: at most {limit:,} bytes are allowed.")
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk, more = message.get("body", b""), message.get("more_body", False)
        received += len(chunk)
        yield chunk
    if received > limit:
        raise RequestError(413, f"The body is too large: at most {limit:,} bytes are allowed.")


def decode_json(text: bytes | str) -> object:
    """Any JSON value. Invalid UTF-8, NaN, lone surrogates and more than MAX_NESTING levels are refused."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise RequestError(400, f"The body is not JSON: {error}.") from None
    openings = text.count(b"[") + text.count(b"{") if isinstance(text, bytes) else text.count("[") + text.count("{")
    if openings > MAX_NESTING and nests(value):
        raise RequestError(400, f"The JSON is nested too deeply: at most {MAX_NESTING} levels are allowed.")
    return value


def nests(value: object) -> bool:
    """Whether a value nests more than MAX_NESTING levels."""
    level = [value]
    for _ in range(MAX_NESTING + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def read_parameters(value: object) -> GraphQLRequest:
    """The parameters of GraphQL over HTTP, each of the type that the specification gives it."""
    if isinstance(value, list):
        raise RequestError(400, "Several operations in one request are not supported: send one at a time.")
    if not isinstance(value, dict):
        raise RequestError(400, f"Expected a JSON object with a `query`, found {json_type(value)}.")
    query = value.get("query")
    if not isinstance(query, str):
        raise RequestError(400, f"`query` must be a string, found {json_type(query)}.")
    name, variables = value.get("operationName"), value.get("variables")
    if name is not None and not isinstance(name, str):
        raise RequestError(400, f"`operationName` must be a string, found {json_type(name)}.")
    for key in ("variables", "extensions"):
        if not isinstance(value.get(key), dict | None):
            raise RequestError(400, f"`{key}` must be an object, found {json_type(value[key])}.")
    return GraphQLRequest(query, variables, name or None)


def json_type(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "nothing"}
    return names.get(type(value), "a number")


def read_query_string(query_string: bytes) -> GraphQLRequest:
    """The parameters of a GET request; `variables` and `extensions` are JSON in them."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise RequestError(400, "The query string is not URL-encoded UTF-8 of at most 20 fields.") from None
    parameters: dict[str, object] = {}
    for name, value in pairs:
        if name in parameters:
            raise RequestError(400, f"The parameter `{name[:50]}` was given twice.")
        parameters[name] = decode_json(value) if name in {"variables", "extensions"} and value else value or None
    return read_parameters(parameters)


async def read_multipart(receive: Receive, headers: Headers, limits: BodyLimits) -> tuple[GraphQLRequest, FormData]:
    """The GraphQL multipart request specification: `operations`, `map`, then the files.

    A form can be sent by any page a signed-in person looks at, so a header that a form cannot carry is
    required.
    """
    if not any(headers.get(name) for name in PREFLIGHT_HEADERS):
        raise RequestError(403, "An upload needs the header GraphQL-Require-Preflight, with any value.")
    body = chunks(receive, headers, limits.upload)
    parser = MultiPartParser(headers, body, max_files=limits.files, max_fields=2, max_part_size=limits.json)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError, LookupError) as error:
        message = getattr(error, "message", "no boundary was found")
        raise RequestError(400, f"The body is not multipart/form-data: {message}.") from None
    try:
        return read_operations(form), form
    except RequestError:
        await form.close()
        raise


def read_operations(form: FormData) -> GraphQLRequest:
    operations, places = form.get("operations"), form.get("map")
    if not isinstance(operations, str) or not isinstance(places, str):
        raise RequestError(400, "An upload needs the fields `operations` and `map`, before the files.")
    parameters, mapping = decode_json(operations), decode_json(places)
    if not isinstance(parameters, dict) or not isinstance(mapping, dict):
        return read_parameters(parameters if not isinstance(parameters, dict) else mapping)
    for name, paths in mapping.items():
        upload = form.get(name)
        if not isinstance(upload, UploadFile):
            raise RequestError(400, f"`map` names the file '{name[:50]}', which was not sent.")
        for path in paths if isinstance(paths, list) and paths else [paths]:
            put(parameters, path, upload)
    return read_parameters(parameters)


def put(parameters: dict[str, Any], path: object, upload: UploadFile) -> None:
    """Replace the null at a path such as `variables.files.0`."""
    steps = path.split(".") if isinstance(path, str) else []
    place: Any = parameters
    for step in steps[:-1]:
        key = step_into(place, step)
        place = None if key is None else place[key]
    key = step_into(place, steps[-1]) if steps[1:] and steps[0] == "variables" else None
    if key is None or place[key] is not None:
        found = str(path)[:100]
        raise RequestError(400, f"Each path in `map` must lead to a null in `variables`; '{found}' does not.")
    place[key] = upload


def step_into(place: object, step: str) -> str | int | None:
    """The key or index that a step of a path means, or None when there is nothing."""
    if isinstance(place, dict):
        return step if step in place else None
    if isinstance(place, list) and step.isdecimal() and int(step[:9]) < len(place):
        return int(step[:9])
    return None
