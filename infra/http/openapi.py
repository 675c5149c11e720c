"""The OpenAPI 3.1 document of REST v1, made from the same rows that the routes are made from."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from infra.http.rest_requests import path_model
from infra.version import VERSION
from resolvers.access import Rule, rule_of
from schema.compat.errors import ErrorEnvelope, ErrorSentence, InvalidRequest, UploadRefused
from schema.compat.rows import FILE, Described, ErrorShape, Media, Row

BODIES = {
    ErrorShape.ENVELOPE: ErrorEnvelope, ErrorShape.SENTENCE: ErrorSentence, ErrorShape.OBJECT: UploadRefused,
}  # fmt: skip
SENTENCES = {
    200: "As asked.",
    201: "Made.",
    204: "Done; no body.",
    302: "Elsewhere.",
    307: "Elsewhere.",
    400: "The upload is of a type or size that is not taken, or cannot be read.",
    401: "Nobody is signed in, or not with this.",
    403: "Not for this account.",
    404: "There is no such thing, or it is somebody else's.",
    409: "Taken.",
    413: "The body is too large.",
    422: "What was sent does not fit.",
    429: "Too many requests; `Retry-After` says when the next one may come.",
    503: "Something that this needs cannot be reached.",
}
SECURITY: dict[Rule, list[dict[str, list[str]]]] = {
    Rule.ANYONE: [],
    Rule.SIGNED_IN: [{"signed_in": []}],
    Rule.ADMIN: [{"signed_in": []}],
    Rule.MACHINE: [{"machine_key": []}],
}
SIGN_IN = "Sign in with e-mail and password; the access token then goes along as `Authorization: Bearer …`."

KEY = "The key that the operator set on this server."


class Schemas(GenerateJsonSchema):
    """JSON Schema of a model, where a default of null is not told: it only stands for "may be left out"."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        made = super().default_schema(schema)
        if "default" in made and made["default"] is None:
            del made["default"]
        return made


class Components:
    """The models that operations refer to, each once."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}

    def of(self, kind: Any, mode: JsonSchemaMode) -> dict[str, Any]:
        """A schema of the kind, its models put among the components."""
        made = TypeAdapter(kind).json_schema(
            ref_template="#/components/schemas/{model}", schema_generator=Schemas, mode=mode
        )
        self.schemas |= made.pop("$defs", {})
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            self.schemas[kind.__name__] = made
            return {"$ref": f"#/components/schemas/{kind.__name__}"}
        return made

    def fields(self, model: type[BaseModel]) -> tuple[dict[str, Any], list[str]]:
        made = model.model_json_schema(ref_template="#/components/schemas/{model}", schema_generator=Schemas)
        self.schemas |= made.pop("$defs", {})
        return made.get("properties", {}), made.get("required", [])


def document(
    title: str, prefix: str, rows: Iterable[Row], described: Iterable[Described], key_header: str = "X-API-Key"
) -> dict[str, Any]:
    """`key_header` is where the operator's machine key is sent."""
    components = Components()
    paths: dict[str, Any] = {}
    names: set[str] = set()
    for route in described:
        paths.setdefault(prefix + route.path, {})[route.verb.lower()] = _described(route, components)
        names.add(route.name)
    for row in rows:
        for path in row.paths:
            name = _name(row, path, names)
            paths.setdefault(prefix + path, {})[row.verb.lower()] = _operation(row, path, name, components)
    flow = {"password": {"tokenUrl": f"{prefix}/auth/login", "scopes": {}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": VERSION, "description": "REST v1. GraphQL, at `/graphql`, can do more."},
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.schemas.items())),
            "securitySchemes": {
                "signed_in": {"type": "oauth2", "description": SIGN_IN, "flows": flow},
                "machine_key": {"type": "apiKey", "in": "header", "name": key_header, "description": KEY},
            },
        },
    }


def _name(row: Row, path: str, taken: set[str]) -> str:
    """The resolver's name; where several routes ask one resolver, the path tells them apart."""
    name = row.resolver.__name__.removeprefix("numbered_").removeprefix("whole_")
    if name in taken:
        name += "_" + "_".join(part.strip("{}").replace("-", "_") for part in path.strip("/").split("/"))
    taken.add(name)
    return name


def _described(route: Described, components: Components) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "tags": [route.tag],
        "security": [{"signed_in": []}] if route.signed_in else [],
        "responses": {str(status): _response(status, kind, components) for status, kind in route.answers.items()},
    }
    if route.query is not None:
        operation["parameters"] = _parameters(route.query, "query", components)
    return operation


def _operation(row: Row, path: str, name: str, components: Components) -> dict[str, Any]:
    summary, _, more = row.summary.partition(". ")
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary.rstrip("."),
        "tags": [row.tag],
        "security": SECURITY[rule_of(row.resolver)],
    }
    if more:
        operation["description"] = more
    parameters = _parameters(path_model(row, path), "path", components)
    if row.query is not None:
        parameters += _parameters(row.query, "query", components)
    if parameters:
        operation["parameters"] = parameters
    if row.body is not None:
        schema = components.of(row.body if row.body_required else row.body | None, "validation")
        operation["requestBody"] = {"required": row.body_required, "content": {row.media.value: {"schema": schema}}}
    operation["responses"] = _responses(row, bool(parameters), components)
    return operation


def _parameters(model: type[BaseModel], place: str, components: Components) -> list[dict[str, Any]]:
    fields, required = components.fields(model)
    return [
        {"name": name, "in": place, "required": name in required, "schema": schema} for name, schema in fields.items()
    ]


def _responses(row: Row, has_parameters: bool, components: Components) -> dict[str, Any]:
    if row.answer == FILE:
        content = {"application/pdf": {"schema": {"type": "string", "contentMediaType": "application/pdf"}}}
        responses = {str(row.status): {"description": SENTENCES[row.status], "content": content}}
    else:
        responses = {str(row.status): _response(row.status, row.answer, components)}
    for status, kinds in sorted(_errors(row, has_parameters).items()):
        kind = kinds[0] if len(kinds) == 1 else kinds[0] | kinds[1]
        responses[str(status)] = _response(status, kind, components)
    return responses


def _errors(row: Row, has_parameters: bool) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {status: [BODIES[shape]] for status, shape in row.errors.items()}
    rule = rule_of(row.resolver)
    if rule in {Rule.SIGNED_IN, Rule.ADMIN}:
        found.setdefault(401, []).extend([ErrorSentence, ErrorEnvelope])
    if rule is Rule.ADMIN:
        found.setdefault(403, []).append(ErrorEnvelope)
    if has_parameters or row.body is not None:
        found.setdefault(422, []).insert(0, InvalidRequest)
    if row.body is not None:
        found[413] = [ErrorSentence]
    if row.media is Media.MULTIPART:
        found.setdefault(400, [UploadRefused])
    found[429] = [ErrorEnvelope]
    return found


def _response(status: int, kind: Any, components: Components) -> dict[str, Any]:
    made: dict[str, Any] = {"description": SENTENCES[status]}
    if status == 429:  # noqa: PLR2004 - Too Many Requests
        made["headers"] = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer", "minimum": 1}}}
    if status == 401:  # noqa: PLR2004 - Unauthorized
        made["headers"] = {"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}}
    if kind is not None:
        made["content"] = {"application/json": {"schema": components.of(kind, "serialization")}}
    return made
