"""A GraphQL field asks its resolver: same arguments, same sentence, and what is null or absent means what it says."""

from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID, uuid4

import pytest
import strawberry

from domain.errors import ValidationError
from domain.inputs import Input
from domain.pages import Edge, Page, PageArgs, PageInfo
from domain.scopes import Scope
from domain.viewers import Viewer
from resolvers.access import access, anyone
from schema.connections import Connection
from schema.context import Context
from schema.doors import door, field, subscription
from schema.inputs import input_of

ASKED: list[dict[str, Any]] = []
CLOSED: list[bool] = []


class DoorFilter(Input):
    word: str | None = None


@input_of(DoorFilter)
class DoorFilterInput: ...


@access(anyone)
async def everything(
    scope: Scope,
    id: UUID,
    ids: list[UUID],
    number: int = 7,
    word: str | None = "default",
    other: UUID | None = None,
    where: DoorFilter | None = None,
) -> str:
    """Answers what it was asked.

    In a second sentence too.
    """
    ASKED.append({"id": id, "ids": ids, "number": number, "word": word, "other": other, "where": where})
    return "asked"


@access(anyone)
async def page(scope: Scope, page: PageArgs, with_total: bool = False) -> Page[int]:
    """A page."""
    ASKED.append({"page": page, "with_total": with_total})
    return Page([Edge(1, "c")], [1], PageInfo(False, False, "c", "c"), 1 if with_total else None)


@access(anyone)
async def counting(scope: Scope, after: int = 0) -> AsyncGenerator[int]:
    """Counts for ever."""
    try:
        while True:
            after += 1
            yield after
    finally:
        CLOSED.append(True)


@strawberry.type
class Query:
    everything = field(everything, str)
    page = field(page, Connection[int])


@strawberry.type
class Subscription:
    counting = subscription(counting, int)


SCHEMA = strawberry.Schema(Query, subscription=Subscription)
ID = uuid4()


def context() -> Context:
    return Context(Scope(Viewer(), None))  # type: ignore[arg-type]


async def ask(query: str, **variables: Any) -> Any:
    ASKED.clear()
    return await SCHEMA.execute(query, variables, context_value=context())


async def asked(arguments: str = "", **variables: Any) -> dict[str, Any]:
    heads = ", ".join(f"${name}: {kind}" for name, (kind, _) in variables.items())
    query = f'query{f"({heads})" if heads else ""} {{ everything(id: "{ID}", ids: [] {arguments}) }}'
    answer = await ask(query, **{name: value for name, (_, value) in variables.items()})
    assert not answer.errors, answer.errors
    return ASKED[0]


def test_a_field_has_the_resolvers_arguments_and_sentence() -> None:
    printed = SCHEMA.as_str()
    assert (
        "everything(id: ID!, ids: [ID!]!, number: Int, word: String, other: ID, where: DoorFilterInput): String!"
        in printed
    )
    assert '"""Answers what it was asked. In a second sentence too."""' in printed
    assert "page(first: Int, after: String, last: Int, before: String): IntConnection!" in printed
    assert "counting(after: Int): Int!" in printed


async def test_what_is_left_out_is_the_resolvers_default() -> None:
    assert await asked() == {"id": ID, "ids": [], "number": 7, "word": "default", "other": None, "where": None}


async def test_null_is_null_where_the_resolver_takes_it_and_its_default_where_not() -> None:
    nulls = await asked("number: null, word: null, other: null, where: null")
    assert (nulls["number"], nulls["word"], nulls["other"], nulls["where"]) == (7, None, None, None)
    nulls = await asked("number: $n, word: $w", n=("Int", None), w=("String", None))
    assert (nulls["number"], nulls["word"]) == (7, None)


async def test_values_cross_as_the_domain_knows_them() -> None:
    other = uuid4()
    found = await asked(f'number: 3, other: "{other}", where: {{word: " é "}}')
    assert (found["number"], found["other"], found["where"]) == (3, other, DoorFilter(word="é"))
    assert found["where"].given() == {"word": "é"}
    assert (await asked("where: {}"))["where"].given() == {}
    assert (await asked("where: {word: null}"))["where"].given() == {"word": None}


@pytest.mark.parametrize("bad", ["", "x", "é" * 1_000, "1" * 32 + "g", "\\u0000"])
async def test_what_is_no_id_is_refused_as_such(bad: str) -> None:
    for query in (f'{{ everything(id: "{bad}", ids: []) }}', f'{{ everything(id: "{ID}", ids: ["{bad}"]) }}'):
        answer = await ask(query)
        (error,) = answer.errors
        assert isinstance(error.original_error, ValidationError)
        assert "expected an id (a UUID), found" in error.message
        assert len(error.message) < 300
    assert ASKED == []


@pytest.mark.parametrize(
    ("selection", "counted"),
    [
        ("nodes", False),
        ("nodes totalCount", True),
        ("total: totalCount", True),
        ("...on IntConnection { totalCount }", True),
        ("...on IntConnection { ...on IntConnection { n: totalCount } }", True),
        ("...f", True),
        ("edges { node }", False),
        ("__typename", False),
    ],
)
async def test_the_total_is_counted_only_when_it_is_selected(selection: str, counted: bool) -> None:
    fragment = "fragment f on IntConnection { totalCount }" if "...f" in selection else ""
    answer = await ask(f"{{ page {{ {selection} }} }} {fragment}")
    assert not answer.errors, answer.errors
    assert ASKED[0]["with_total"] is counted


async def test_page_arguments_become_one() -> None:
    await ask('{ page(first: 5, after: "x", before: null) { nodes } }')
    assert ASKED[0]["page"] == PageArgs(first=5, after="x")
    answer = await ask("{ page(first: 101) { nodes } }")
    assert answer.errors[0].original_error.details["errors"][0]["path"] == ["first"]
    assert ASKED == []


async def test_a_subscription_streams_and_is_closed_with_its_reader() -> None:
    CLOSED.clear()
    stream = await SCHEMA.subscribe("subscription { counting(after: null) }", context_value=context())
    assert [(await anext(stream)).data["counting"] for _ in range(3)] == [1, 2, 3]
    await stream.aclose()
    assert CLOSED == [True]


def test_what_names_no_rule_gets_no_door() -> None:
    async def unguarded(scope: Scope) -> str:
        """Tells everybody."""
        return ""

    with pytest.raises(TypeError, match="expected a resolver with @access"):
        door(unguarded, str)
