"""Tools: resolvers as a model may call them. Their JSON Schemas come from the resolvers' own inputs."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import orjson
import pydantic
from pydantic import BaseModel, Field, create_model, model_validator

from domain.errors import ValidationError
from domain.inputs import Input
from domain.language import ToolSpec
from domain.scopes import Scope

RESULT_AT_MOST = 24_000


class Effect(StrEnum):
    READ = "read"
    WRITE = "write"
    IRREVERSIBLE = "irreversible"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference that a write would make, as JSON values."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Preview:
    """What a write would do: a sentence, and every difference."""

    summary: str
    changes: tuple[Change, ...]


class ToolArguments(Input):
    """What a model sends. A null counts as left out, and a single value as a list of one."""

    @model_validator(mode="before")
    @classmethod
    def _as_models_write(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        lists = {name for name, info in cls.model_fields.items() if _is_list(info.annotation)}
        return {
            name: [inner] if name in lists and not isinstance(inner, list) else inner
            for name, inner in value.items()
            if inner is not None
        }


@dataclass(frozen=True, slots=True)
class Tool:
    """`effect` and `preview` look at the arguments; `irreversible` holds whatever they are.

    `untrusted` says that the result holds what others wrote.
    """

    name: str
    summary: str
    arguments: type[ToolArguments]
    call: Callable[[Scope, Any], Awaitable[dict[str, Any]]]
    effect: Callable[[Any], Effect]
    preview: Callable[[Scope, Any], Awaitable[Preview]] | None
    irreversible: bool
    untrusted: bool

    @property
    def spec(self) -> ToolSpec:
        return ToolSpec(self.name, self.summary, _schema(self.arguments))

    def read(self, text: str | dict[str, Any]) -> ToolArguments:
        """The arguments from what a model wrote; raises ValidationError that says what was expected."""
        try:
            value = orjson.loads(text or "{}") if isinstance(text, str) else text
            return self.arguments.model_validate(value)
        except orjson.JSONDecodeError as broken:
            message = f"expected the arguments of {self.name} as a JSON object, found broken JSON ({broken.msg})"
            raise ValidationError(message) from None
        except pydantic.ValidationError as wrong:
            raise ValidationError(f"the arguments of {self.name} do not fit: {_told(wrong)}") from None


Toolbox = Callable[[str | None], Mapping[str, Tool]]
"""The tools of an area by their names; of the general agent for None."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a resolver's parameters look to a model.

    `names` are other names for parameters or fields of inputs; `only` the fields of an input that are shown;
    `required` those that must be there though the input does without; `fixed` what the model has no say in.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] | None = None
    required: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)


def tool_of(
    name: str,
    resolver: Callable[..., Any],
    answer: Callable[[Any], dict[str, Any]],
    *,
    shape: Shape | None = None,
    effect: Effect | Callable[[Any], Effect] = Effect.READ,
    preview: Callable[[Scope, Any], Awaitable[Preview]] | None = None,
    summary: str | None = None,
    untrusted: bool = False,
) -> Tool:
    """The resolver as a tool; what it answers goes through `answer` and gets `success: true`."""
    shape = shape or Shape()
    places = _places(resolver, shape)
    shown = {
        outer: (info.annotation, _required(info) if outer in shape.required else info)
        for outer, (_, _, info) in places.items()
    }
    arguments = create_model(f"{name}_arguments", __base__=ToolArguments, **shown)  # type: ignore[call-overload]

    async def call(scope: Scope, given: Any) -> dict[str, Any]:
        found = await resolver(scope, **_keywords(resolver, places, given), **shape.fixed)
        return {"success": True, **answer(found)}

    chosen = effect if callable(effect) else (lambda _: effect)
    told = summary or " ".join((inspect.getdoc(resolver) or "").split())
    return Tool(name, told, arguments, call, chosen, preview, effect is Effect.IRREVERSIBLE, untrusted)


Place = tuple[str, str | None, Any]
"""A resolver's parameter, the field of its input (None for a plain parameter), and the field's info."""


def _places(resolver: Callable[..., Any], shape: Shape) -> dict[str, Place]:
    hints = get_type_hints(resolver)
    places: dict[str, Place] = {}
    for parameter in list(inspect.signature(resolver).parameters.values())[1:]:
        if parameter.name in shape.fixed or parameter.name == "with_total":
            continue
        model = _model(hints[parameter.name])
        if model is None:
            default = ... if parameter.default is inspect.Parameter.empty else parameter.default
            info = Field(default=default)
            info.annotation = hints[parameter.name]
            places[shape.names.get(parameter.name, parameter.name)] = (parameter.name, None, info)
            continue
        for inner, info in model.model_fields.items():
            if shape.only is None or inner in shape.only:
                places[shape.names.get(inner, inner)] = (parameter.name, inner, info)
    return places


def _keywords(resolver: Callable[..., Any], places: Mapping[str, Place], given: Any) -> dict[str, Any]:
    hints = get_type_hints(resolver)
    keywords: dict[str, Any] = {}
    inputs: dict[str, dict[str, Any]] = {parameter: {} for parameter, inner, _ in places.values() if inner is not None}
    for outer, (parameter, inner, _) in places.items():
        if outer not in given.model_fields_set:
            continue
        if inner is None:
            keywords[parameter] = getattr(given, outer)
        else:
            inputs[parameter][inner] = getattr(given, outer)
    for parameter, fields in inputs.items():
        model = _model(hints[parameter])
        if model is not None:
            keywords[parameter] = model.model_validate(fields)
    return keywords


def _model(hint: Any) -> type[BaseModel] | None:
    kinds = (kind for kind in (hint, *get_args(hint)) if isinstance(kind, type))
    return next((kind for kind in kinds if issubclass(kind, BaseModel)), None)


def _required(info: Any) -> Any:
    made = Field(description=info.description)
    made.annotation, made.metadata = info.annotation, info.metadata
    return made


def _is_list(hint: Any) -> bool:
    return get_origin(hint) is list or any(get_origin(inner) is list for inner in get_args(hint))


@cache
def _schema(arguments: type[ToolArguments]) -> dict[str, Any]:
    schema: dict[str, Any] = _plain_schema(arguments.model_json_schema())
    return schema


def _plain_schema(schema: Any) -> Any:
    """Without titles and null defaults, which only cost a model's attention."""
    if isinstance(schema, dict):
        return {
            key: _plain_schema(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)
        }
    return [_plain_schema(inner) for inner in schema] if isinstance(schema, list) else schema


def _told(wrong: pydantic.ValidationError) -> str:
    errors = wrong.errors(include_url=False, include_context=False, include_input=False)[:5]
    return "; ".join(
        f"{'.'.join(str(part) for part in error['loc']) or 'all'}: {error['msg'].removeprefix('Value error, ')}"
        for error in errors
    )


def as_text(result: dict[str, Any]) -> str:
    """A tool's result as the JSON text that is stored and shown."""
    text = orjson.dumps(result, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    if len(text) <= RESULT_AT_MOST:
        return text
    cut = {"success": result.get("success", True), "cut": f"the result was longer than {RESULT_AT_MOST} characters"}
    return orjson.dumps({**cut, "beginning": text[: RESULT_AT_MOST // 2]}).decode()
