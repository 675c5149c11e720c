"""GraphQL inputs made from the domain's Pydantic models: absent and null stay different."""

import types
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pydantic
import strawberry
from pydantic import BaseModel, EmailStr
from strawberry.file_uploads import Upload as GraphQLUpload
from strawberry.scalars import JSON
from strawberry.types import get_object_definition

from domain.errors import ValidationError
from domain.uploads import Upload

T = TypeVar("T")
INPUTS: dict[type[BaseModel], type] = {}
ENUMS: dict[type[Enum], Any] = {}


def enum_of(kind: type[Enum], description: str | None = None) -> None:
    """Register a domain enum as a GraphQL enum: upper-case names, its docstring's first line as description."""
    ENUMS[kind] = strawberry.enum(kind, description=description)


def input_of(model: type[BaseModel]) -> Callable[[type[T]], type[T]]:
    """Make the decorated class the GraphQL input of a model: same fields, left out unless sent."""

    def make(cls: type[T]) -> type[T]:
        hints = get_type_hints(model, include_extras=False)
        cls.__annotations__ = {}
        for name, field in model.model_fields.items():
            required = field.is_required()
            kind = graphql_type(hints[name])
            cls.__annotations__[name] = kind if required else _optional(kind)
            default: dict[str, Any] = {} if required else {"default": strawberry.UNSET}
            setattr(cls, name, strawberry.field(description=field.description, **default))
        made = strawberry.input(cls, description=model.__doc__ and model.__doc__.strip().split("\n")[0])
        INPUTS[model] = made
        return made

    return make


SCALARS: dict[Any, Any] = {UUID: strawberry.ID, Upload: GraphQLUpload, EmailStr: str, dict: JSON, Any: JSON}


def graphql_type(hint: Any) -> Any:
    """The GraphQL side of a domain annotation: models become inputs, free objects become JSON."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        inner = [graphql_type(a) for a in arguments if a is not type(None)]
        return _optional(inner[0]) if type(None) in arguments else inner[0]
    if origin in {list, tuple}:
        return list[graphql_type(arguments[0])]  # type: ignore[misc]
    return SCALARS.get(origin or hint) or INPUTS.get(hint, hint)


def _optional(kind: Any) -> Any:
    return Union[kind, None]  # noqa: UP007 - kinds may be strawberry's own objects, which have no `|`


def to_model(model: type[BaseModel], value: Any) -> Any:
    """The model from a GraphQL input, built from the given fields only. Raises ValidationError with the path."""
    try:
        return model.model_validate(given(value))
    except pydantic.ValidationError as wrong:
        raise refuse(wrong) from None


def refuse(wrong: pydantic.ValidationError) -> ValidationError:
    errors = [
        {
            "path": [camel(part) for part in error["loc"]],
            "message": error["msg"].removeprefix("Value error, "),
        }
        for error in wrong.errors(include_url=False, include_context=False, include_input=False)
    ]
    first = errors[0]
    where = ".".join(str(part) for part in first["path"])
    return ValidationError(f"{where}: {first['message']}" if where else str(first["message"]), {"errors": errors})


def given(value: Any) -> Any:
    """Plain data of an input object without what was left out."""
    if get_object_definition(type(value)) is not None:
        fields = {name: getattr(value, name) for name in type(value).__annotations__}
        return {name: given(inner) for name, inner in fields.items() if inner is not strawberry.UNSET}
    if isinstance(value, list):
        return [given(inner) for inner in value]
    return value


def camel(part: Any) -> Any:
    if not isinstance(part, str):
        return part
    head, *tail = part.split("_")
    return head + "".join(word.capitalize() for word in tail)
