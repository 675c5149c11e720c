"""Reading a request for its row: path, query and body, each checked, all faults told at once."""

import math
import re
from collections.abc import Iterable
from typing import Any, get_origin

import orjson
import pydantic
from pydantic import BaseModel, create_model
from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.types import Message, Receive

from domain.inputs import Input
from domain.uploads import Upload
from infra.http.rest_errors import InvalidRequestError
from infra.payloads import MAX_DEPTH, deeper_than
from schema.compat.rows import Media, Row, Sent, parameters

JSON_AT_MOST = 4 * 1024 * 1024
MULTIPART_AT_MOST = 32 * 1024 * 1024  # above every upload limit, so that a file too large is told its own size
PARAMETER = re.compile(r"{(\w+)}")
Errors = list[dict[str, Any]]


class Reader:
    """Reads what one row's requests bring."""

    def __init__(self, row: Row, path: str) -> None:
        self.row = row
        self.path = path_model(row, path)
        self.at_most = MULTIPART_AT_MOST if row.media is Media.MULTIPART else JSON_AT_MOST

    async def read(self, request: Request) -> Sent:
        """Raises InvalidRequestError with every fault of path, query and body."""
        errors: Errors = []
        path = _validated(self.path, request.path_params, "path", errors)
        query = None
        if self.row.query is not None:
            query = _validated(self.row.query, _plain(self.row.query, request.query_params), "query", errors)
        body = None
        if self.row.body is not None:
            body = await self._body(self.row.body, request, errors)
        if errors:
            raise InvalidRequestError(errors)
        names = type(path).model_fields
        return Sent({name: getattr(path, name) for name in names}, query, body)

    async def _body(self, model: type[BaseModel], request: Request, errors: Errors) -> Any:
        if self.row.media is Media.JSON:
            content = await _json(request)
            if content is None:
                if not self.row.body_required:
                    return model()
                errors.append({"type": "missing", "loc": ["body"], "msg": "Field required", "input": None})
                return None
            return _validated(model, content, "body", errors)
        fields = await _form(model, request, self.row.media)
        return _validated(model, fields, "body", errors, absent=None)


def limited(receive: Receive, at_most: int) -> Receive:
    """The same messages; a body above `at_most` bytes is a 413."""
    read = 0

    async def next_message() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > at_most:
            raise HTTPException(413, f"expected a body of at most {at_most} bytes, found a larger one")
        return message

    return next_message


def path_model(row: Row, path: str) -> type[BaseModel]:
    """The parameters of a path, typed as the resolver takes them."""
    hints = parameters(row.resolver)
    names = PARAMETER.findall(path)
    fields: dict[str, Any] = {name: (hints.get(name, hints.get("id", str)), ...) for name in names}
    return create_model("Path", __base__=Input, **fields)


_WHOLE: Any = object()


def _validated(model: type[BaseModel], value: Any, part: str, errors: Errors, absent: Any = _WHOLE) -> Any:
    try:
        return model.model_validate(value, from_attributes=True)
    except pydantic.ValidationError as wrong:
        if part != "body":
            absent = None
        errors.extend(_told(error, part, absent) for error in wrong.errors(include_url=False))
        return None


def _told(error: Any, part: str, absent: Any) -> dict[str, Any]:
    """Pydantic's error as it is documented; `input` of what is missing is `absent`, or the whole body."""
    told = {
        "type": error["type"],
        "loc": [part, *error["loc"]],
        "msg": error["msg"],
        "input": _jsonable(error["input"]),
    }
    if error["type"] == "missing" and absent is not _WHOLE:
        told["input"] = absent
    if "ctx" in error:
        told["ctx"] = {key: _jsonable(value) for key, value in error["ctx"].items()}
    return told


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_jsonable(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _plain(model: type[BaseModel], given: QueryParams | FormData) -> dict[str, Any]:
    """The values of the model's fields: all of a list, the last one of what is single."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        values = given.getlist(name)
        if values:
            found[name] = values if get_origin(field.annotation) is list else values[-1]
    return found


async def _json(request: Request) -> Any:
    """The value; text that is not declared as JSON is handed on as text, which no model takes."""
    content = await request.body()
    if not content:
        return None
    declared = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if declared != "application/json" and not (declared.startswith("application/") and declared.endswith("+json")):
        return content.decode("utf-8", "replace")
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as broken:
        raise _broken(broken.pos, broken.msg) from None
    if deeper_than(MAX_DEPTH, value):
        raise _broken(0, f"nested more than {MAX_DEPTH} levels deep")
    return value


def _broken(position: int, reason: str) -> InvalidRequestError:
    told = {"type": "json_invalid", "loc": ["body", position], "msg": "JSON decode error", "input": {}}
    return InvalidRequestError([{**told, "ctx": {"error": reason}}])


async def _form(model: type[BaseModel], request: Request, media: Media) -> dict[str, Any]:
    """The fields of a form; one that is left empty counts as not sent."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared not in _forms(media):
        return {}
    try:
        async with request.form(max_files=1, max_fields=100) as form:
            fields = {name: value for name, value in _plain(model, form).items() if value not in {"", None}}
            return {name: await _upload(value) for name, value in fields.items()}
    except (MultiPartException, HTTPException) as broken:
        status = getattr(broken, "status_code", 400)
        raise HTTPException(status, str(getattr(broken, "detail", broken)) or "the form cannot be read") from None


def _forms(media: Media) -> Iterable[str]:
    return (Media.FORM, Media.MULTIPART) if media is Media.FORM else (Media.MULTIPART,)


async def _upload(value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "upload", value.content_type or "", await value.read())
