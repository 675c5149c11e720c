"""From a resolver to a GraphQL field: same arguments, same docstring, one rule for how values cross over."""

import inspect
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any, get_args, get_type_hints
from uuid import UUID

import strawberry
from pydantic import BaseModel

from domain.errors import ValidationError
from domain.pages import PageArgs
from domain.uploads import Upload
from resolvers.access import rule_of
from schema.context import Info
from schema.inputs import graphql_type, to_model

Resolver = Callable[..., Any]
POSITIONAL = inspect.Parameter.POSITIONAL_OR_KEYWORD
KEYWORD = inspect.Parameter.KEYWORD_ONLY


def field(resolver: Resolver, graphql_type: Any, **options: Any) -> Any:
    """A query or mutation field that asks `resolver`."""
    return strawberry.field(resolver=door(resolver, graphql_type), description=_sentence(resolver), **options)


def subscription(resolver: Resolver, graphql_type: Any) -> Any:
    """A subscription that follows `resolver`, an async generator."""
    made = door(resolver, AsyncGenerator[graphql_type])
    return strawberry.subscription(resolver=made, description=_sentence(resolver))


def door(resolver: Resolver, answer: Any) -> Any:
    """A function that Strawberry can read: `info`, then the resolver's parameters, answering the type `answer`.

    UUIDs become `ID`, models become inputs, `PageArgs` becomes first/after/last/before, and `with_total` is
    filled in by whether the query selects `totalCount`.
    """
    rule_of(resolver)
    hints = get_type_hints(resolver)
    parameters = list(inspect.signature(resolver).parameters.values())[1:]
    arguments = [argument for p in parameters for argument in _arguments(p, hints[p.name])]

    async def collect(info: Info, values: dict[str, Any]) -> dict[str, Any]:
        sent = {name: value for name, value in values.items() if value is not strawberry.UNSET}
        given = [p for p in parameters if _is_given(p, hints[p.name], sent)]
        return {p.name: await _cross(p.name, hints[p.name], sent, info) for p in given}

    async def follow(info: Info, **values: Any) -> Any:
        async with aclosing(resolver(info.context.scope, **await collect(info, values))) as found:
            async for value in found:
                yield value

    async def ask_once(info: Info, **values: Any) -> Any:
        return await resolver(info.context.scope, **await collect(info, values))

    ask: Any = follow if inspect.isasyncgenfunction(resolver) else ask_once

    info_parameter = inspect.Parameter("info", POSITIONAL, annotation=Info)
    ask.__signature__ = inspect.Signature([info_parameter, *arguments], return_annotation=answer)
    ask.__annotations__ = {"info": Info, **{a.name: a.annotation for a in arguments}, "return": answer}
    ask.__name__ = ask.__qualname__ = resolver.__name__
    ask.__module__ = resolver.__module__
    return ask


def _arguments(parameter: inspect.Parameter, hint: Any) -> list[inspect.Parameter]:
    if parameter.name == "with_total":
        return []
    if hint is PageArgs:
        kinds = {"first": int, "after": str, "last": int, "before": str}
        return [_argument(name, kind | None, optional=True) for name, kind in kinds.items()]
    optional = parameter.default is not inspect.Parameter.empty
    kind = graphql_type(hint)
    return [_argument(parameter.name, kind | None if optional else kind, optional=optional)]


def _argument(name: str, kind: Any, *, optional: bool) -> inspect.Parameter:
    default = strawberry.UNSET if optional else inspect.Parameter.empty
    return inspect.Parameter(name, KEYWORD, annotation=kind, default=default)


def _is_given(parameter: inspect.Parameter, hint: Any, sent: dict[str, Any]) -> bool:
    """What may be left out may be null in GraphQL: where the resolver takes no null, both mean its default."""
    if hint is PageArgs or parameter.name == "with_total":
        return True
    is_null = sent.get(parameter.name) is None
    has_default = parameter.default is not inspect.Parameter.empty
    return parameter.name in sent and not (is_null and has_default and type(None) not in get_args(hint))


async def _cross(name: str, hint: Any, sent: dict[str, Any], info: Info) -> Any:
    if name == "with_total":
        return any(chosen.name == "totalCount" for field in info.selected_fields for chosen in _selections(field))
    if hint is PageArgs:
        return to_model(PageArgs, {key: sent[key] for key in PageArgs.model_fields if key in sent})
    value = sent[name]
    if hint in {UUID, UUID | None}:
        return None if value is None else to_id(value)
    if hint == list[UUID]:
        return [to_id(one) for one in value]
    if hint is Upload:
        return Upload(value.filename or "upload", value.content_type or "", await value.read())
    kinds = (kind for kind in (hint, *get_args(hint)) if isinstance(kind, type))
    model = next((kind for kind in kinds if issubclass(kind, BaseModel)), None)
    return value if model is None or value is None else to_model(model, value)


def _selections(field: Any) -> list[Any]:
    """A selection's fields, those of inline and named fragments included."""
    found = []
    for chosen in field.selections:
        found.extend(_selections(chosen) if hasattr(chosen, "type_condition") else [chosen])
    return found


def to_id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        message = f"expected an id (a UUID), found {value[:60]!r}"
        raise ValidationError(message) from None


def _sentence(resolver: Resolver) -> str:
    return " ".join((inspect.getdoc(resolver) or "").split())
