"""What is told about pipelines, and how an input is checked before a run is made."""

from dataclasses import dataclass
from typing import Any

import pydantic

from domain.errors import NotFoundError, ValidationError
from domain.pipelines.catalog import PIPELINES
from domain.pipelines.engine import Pipeline, label


@dataclass(frozen=True, slots=True)
class PipelineInfo:
    """`input_schema` and `output_schema` are JSON Schema (2020-12)."""

    name: str
    description: str
    area: str | None
    tags: list[str]
    steps: list[str]
    input_schema: dict[str, Any]
    output_schema: dict[str, Any]


def list_pipelines(area: str | None, tags: list[str]) -> list[PipelineInfo]:
    return [
        _info(pipeline)
        for pipeline in PIPELINES.values()
        if (area is None or pipeline.area == area) and all(tag in pipeline.tags for tag in tags)
    ]


def pipeline_info(name: str) -> PipelineInfo:
    return _info(_pipeline(name))


def checked_input(name: str, input: dict[str, Any]) -> dict[str, Any]:
    """The input as it will be stored: only known fields, only the given ones. Raises ValidationError."""
    model = _pipeline(name).input
    try:
        return model.model_validate(input).model_dump(mode="json", exclude_unset=True)
    except pydantic.ValidationError as wrong:
        errors = [
            {"path": ["input", *error["loc"]], "message": error["msg"].removeprefix("Value error, ")}
            for error in wrong.errors(include_url=False, include_context=False, include_input=False)
        ]
        where = ".".join(str(part) for part in errors[0]["path"])
        message = f"{where}: {errors[0]['message']}"
        raise ValidationError(message, {"errors": errors}) from None


def _pipeline(name: str) -> Pipeline[Any]:
    pipeline = PIPELINES.get(name)
    if pipeline is None:
        message = f"Pipeline '{name}' not found"
        raise NotFoundError(message, {"known": sorted(PIPELINES)})
    return pipeline


def _info(pipeline: Pipeline[Any]) -> PipelineInfo:
    return PipelineInfo(
        pipeline.name,
        pipeline.summary,
        pipeline.area,
        list(pipeline.tags),
        [label(step) for step in pipeline.steps],
        _inlined(pipeline.input.model_json_schema()),
        _inlined(pipeline.output.model_json_schema(mode="serialization")),
    )


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without `$ref`, which the forms of existing clients do not follow (contract.md section 13)."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(inner) for inner in node]
        if not isinstance(node, dict):
            return node
        name = str(node.get("$ref", "")).removeprefix("#/$defs/")
        if name:
            node = {**definitions[name], **{key: value for key, value in node.items() if key != "$ref"}}
        return {key: resolve(value) for key, value in node.items()}

    resolved: dict[str, Any] = resolve(schema)
    return resolved
