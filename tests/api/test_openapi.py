"""The OpenAPI document and its pages: contract section 1."""

import re
from pathlib import Path
from typing import Any

import pytest

from infra.http.docs import docs_routes
from infra.http.openapi import document
from infra.settings import Settings
from schema.compat.catalog import DESCRIBED, ROWS

DOCUMENT = document("test", "/api/v1", ROWS, DESCRIBED)
OPERATIONS = [
    pytest.param(operation, id=f"{verb.upper()} {path}")
    for path, verbs in DOCUMENT["paths"].items() for verb, operation in verbs.items()
]  # fmt: skip
FREE = {
    "ErrorInfo.details": "differs by error: the ids and values that the message names",
    "Fault.input": "whatever was sent in the wrong place",
    "Fault.ctx": "differs by constraint",
    "ExecuteBody.input": "each pipeline has its own, told as JSON Schema by GET /pipelines/{name}",
    "MachineBody.input": "each pipeline has its own, told as JSON Schema by GET /pipelines/{name}",
    "MachineBody.metadata": "the caller's own words, kept and given back as they came",
    "ExecuteAnswer.output": "each pipeline has its own, told as JSON Schema by GET /pipelines/{name}",
    "ExecuteAnswer.metadata": "each pipeline has its own",
    "RunAnswer.input_data": "each pipeline has its own",
    "RunAnswer.output_data": "each pipeline has its own",
    "RunAnswer.run_metadata": "each pipeline has its own",
    "PipelineAnswer.input_schema": "a JSON Schema",
    "PipelineAnswer.output_schema": "a JSON Schema",
    "ToolCallAnswer.args": "each tool has its own; contract section 6 says object",
    "JobProfileDraft.preferences": "the person's own notes; contract section 11 says object",
    "JobProfileChanges.preferences": "the person's own notes; contract section 11 says object",
    "JobProfileAnswer.preferences": "the person's own notes; contract section 11 says object",
}


def untyped(schema: dict[str, Any], place: str) -> list[str]:
    """Places of a schema that say nothing of what is there."""
    if "$ref" in schema or "enum" in schema or "const" in schema:
        return []
    for word in ("anyOf", "allOf", "oneOf"):
        if word in schema:
            return [found for inner in schema[word] for found in untyped(inner, place)]
    kind = schema.get("type")
    if kind == "array":
        return untyped(schema["items"], place) if "items" in schema else [place]
    if kind == "object" and "properties" in schema:
        return [found for name, inner in schema["properties"].items() for found in untyped(inner, f"{place}.{name}")]
    if kind == "object":
        values = schema.get("additionalProperties")
        return untyped(values, place) if isinstance(values, dict) else [place]
    return [] if kind else [place]


def test_nothing_is_untyped_that_is_not_argued() -> None:
    models = DOCUMENT["components"]["schemas"]
    found = [place for name, schema in models.items() for place in untyped(schema, name)]
    assert sorted(set(found) - set(FREE)) == []
    assert sorted(set(FREE) - set(found)) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_whole(operation: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z][a-z_]+", operation["operationId"])
    assert operation["summary"][0].isupper()
    assert len(operation["tags"]) == 1
    assert "security" in operation
    for parameter in operation.get("parameters", []):
        assert untyped(parameter["schema"], parameter["name"]) == []
    for content in operation.get("requestBody", {}).get("content", {}).values():
        assert untyped(content["schema"], "body") == []
    assert any(status.startswith(("2", "3")) for status in operation["responses"])
    for status, response in operation["responses"].items():
        assert response["description"]
        for content in response.get("content", {}).values():
            assert untyped(content["schema"], status) == []


def test_operations_have_names_of_their_own() -> None:
    names = [operation.values[0]["operationId"] for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_every_reference_leads_somewhere() -> None:
    wanted = set(re.findall(r"'#/components/schemas/([^']+)'", str(DOCUMENT)))
    assert wanted <= set(DOCUMENT["components"]["schemas"])


async def test_the_document_and_its_pages_are_served(client: Any) -> None:
    answer = await client.get("/api/v1/openapi.json")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.1.0")
    assert answer.json()["paths"] == DOCUMENT["paths"]
    for path in ("/docs", "/redoc"):
        page = await client.get(path)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert not re.search(r"(src|href)=[\"']?(https?:)?//", page.text)


async def test_the_reference_names_every_operation(client: Any) -> None:
    page = (await client.get("/redoc")).text
    for operation in OPERATIONS:
        assert f"id='{operation.values[0]['operationId']}'" in page


async def test_production_shows_none_of_them(serve: Any, settings: Settings) -> None:
    async with serve(settings.model_copy(update={"ENVIRONMENT": "production"})) as client:
        for path in ("/api/v1/openapi.json", "/docs", "/redoc"):
            assert (await client.get(path)).status_code == 404
        assert (await client.get("/api/v1/health")).status_code == 200


def test_without_a_built_page_docs_is_the_reference(settings: Settings, tmp_path: Path) -> None:
    assert [route.path for route in docs_routes(settings, tmp_path)] == ["/api/v1/openapi.json", "/docs", "/redoc"]
