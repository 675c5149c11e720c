"""The compiled executor answers what graphql-core answers, whatever the rows hold."""

import asyncio
import datetime as dt
import enum
import math
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
import strawberry
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.extensions import SchemaExtension
from strawberry.scalars import JSON

from schema.execution.operations import Operations

ONE, NINE = uuid.UUID(int=1), uuid.UUID(int=9)


@strawberry.enum
class Status(enum.StrEnum):
    NEW = "new"
    SENT = "sent"


@strawberry.enum
class Rank(enum.Enum):
    LOW = 1
    HIGH = 2


@strawberry.interface
class Node:
    id: strawberry.ID


@dataclass(slots=True)
class TagRow:
    name: Any = "python"
    weight: Any = 1


@dataclass(slots=True)
class JobRow:
    id: Any = ONE
    title: Any = "Engineer"
    score: Any = 7.5
    count: Any = 3
    remote: Any = True
    status: Any = Status.NEW
    rank: Any = None
    posted: Any = dt.datetime(2026, 11, 1, 12, 30, 15, 250, tzinfo=dt.UTC)
    day: Any = dt.date(2026, 11, 1)
    owner: Any = NINE
    raw: Any = None
    words: Any = field(default_factory=lambda: ["a", "b"])
    grid: Any = field(default_factory=lambda: [[1, 2], [], None])
    tag: Any = None
    tags: Any = field(default_factory=lambda: [TagRow(), TagRow("go", 2)])
    holes: Any = field(default_factory=lambda: [TagRow(), None])
    class_: Any = "keyword"


@strawberry.type
class Tag:
    name: str
    weight: int | None


@strawberry.type
class Job(Node):
    title: str
    score: float | None
    count: int
    remote: bool
    status: Status
    rank: Rank | None
    posted: dt.datetime | None
    day: dt.date
    owner: uuid.UUID
    raw: JSON | None
    words: list[str]
    grid: list[list[int] | None] | None
    tag: Tag | None
    tags: list[Tag]
    holes: list[Tag | None] | None
    class_: str | None = strawberry.field(name="class", default=None)

    @classmethod
    def is_type_of(cls, obj: object, _info: object) -> bool:
        return isinstance(obj, JobRow)

    @strawberry.field
    def loud(self) -> str:
        return str(self.title).upper()


@strawberry.type
class Query:
    @strawberry.field
    def jobs(self, info: strawberry.Info) -> list[Job | None] | None:
        return info.context

    @strawberry.field
    def strict(self, info: strawberry.Info) -> list[Job]:
        return info.context

    @strawberry.field
    def nodes(self, info: strawberry.Info) -> list[Node]:
        return info.context

    @strawberry.field
    def words(self) -> list[str]:
        return ["x", "y"]


schema = strawberry.Schema(Query, types=[Job])

DOCUMENTS = {
    "flat": "{ jobs { id title score count remote status rank posted day owner raw class } }",
    "lists": "{ jobs { words grid holes { name } } }",
    "nested": "{ jobs { title tag { name weight } tags { __typename name weight } } }",
    "strict": "{ strict { id title score tags { weight } } }",
    "aliases": "{ jobs { a: id b: title a2: id kind: __typename t: tags { n: name } t: tags { w: weight } } }",
    "fragments": "{ jobs { ...f ... on Node { id } } }"
    " fragment f on Job { title tag { ...g } tags { ...g name } } fragment g on Tag { weight }",
    "conditions": "query ($yes: Boolean = true) "
    "{ jobs { title @include(if: $yes) score @skip(if: $yes) tags @include(if: true) { name } } }",
    "resolver": "{ jobs { title loud } nodes { __typename id ... on Job { title } } words }",
    "only the type": "{ jobs { __typename } strict { __typename tag { __typename } } }",
}


class Text(str):
    __slots__ = ()


class Odd:
    """Has every attribute, each of them odd, and can be awaited."""

    def __getattr__(self, name: str) -> Any:
        raise LookupError(name)


class Waiting:
    title = "never"

    def __await__(self) -> Any:
        yield from ()
        return JobRow(title="awaited")


DATA: dict[str, Any] = {
    "none": None,
    "empty": [],
    "plain": [JobRow(), JobRow(id="x", title="Ärzt:in 👩‍⚕️", score=None, posted=None)],
    "tuple": (JobRow(), JobRow()),
    "hundred": [JobRow(count=index) for index in range(100)],
    "null rows": [JobRow(), None, JobRow()],
    "null in a required place": [JobRow(), JobRow(title=None), JobRow(id=None)],
    "null in a required place below": [JobRow(tags=[TagRow(name=None), TagRow()]), JobRow()],
    "null list": [JobRow(tags=None, words=None, holes=None, grid=None), JobRow()],
    "null in a list of words": [JobRow(words=["a", None]), JobRow(grid=[[None], None])],
    "nested": [JobRow(tag=TagRow()), JobRow(tag=TagRow(weight=None)), JobRow(tags=[])],
    "wrong numbers": [
        JobRow(count="3", score=1),
        JobRow(count=2**40),
        JobRow(score=math.inf),
        JobRow(count=1.5),
    ],
    "not a number": [JobRow(score=math.nan), JobRow(score=-math.inf), JobRow(score=True, count=False)],
    "wrong texts": [JobRow(title=5), JobRow(title=True), JobRow(title=b"x"), JobRow(title=Text("sub"))],
    "wrong flags": [JobRow(remote=1), JobRow(remote=0), JobRow(remote="yes"), JobRow(remote=[])],
    "enum as value": [JobRow(status="new", rank=Rank.HIGH), JobRow(status="gone"), JobRow(rank=2)],
    "wrong times": [JobRow(posted="2026-01-01"), JobRow(posted=dt.date(2026, 1, 1)), JobRow(day=None)],
    "identifiers": [JobRow(id=5, owner="text"), JobRow(id=5.5), JobRow(id=True), JobRow(id=["x"])],
    "json": [JobRow(raw={"a": [1, None, {"b": "c"}]}), JobRow(raw=[]), JobRow(raw=0), JobRow(raw="")],
    "foreign rows": [TagRow(), JobRow()],
    "dictionaries": [{"title": "x"}, JobRow()],
    "errors as rows": [JobRow(), ValueError("broken row")],
    "errors as values": [JobRow(title=ValueError("broken title")), JobRow(tag=ValueError("broken tag"))],
    "odd objects": [Odd(), JobRow(tag=Odd()), JobRow(title=Odd())],
    "awaitable rows": [Waiting(), JobRow()],
    "awaitable values": [JobRow(title=Waiting()), JobRow(tag=Waiting())],
    "sets and generators": [JobRow(words={"a"}, tags=(tag for tag in ())), JobRow(words="ab")],
    "a set of rows": {},
    "a string": "ab",
    "a number": 5,
    "an error": ValueError("broken list"),
    "undefined": [JobRow(title=strawberry.UNSET), JobRow(tag=strawberry.UNSET)],
}


def fresh(case: str) -> Any:
    """Generators can be read once only, so each contender gets its own."""
    if case == "sets and generators":
        return [JobRow(words={"a"}, tags=(TagRow() for _ in range(2))), JobRow(words="ab")]
    return DATA[case]


def answer(operations: Operations, text: str, data: Any, variables: dict[str, Any] | None = None) -> Any:
    async def run() -> Any:
        operation = operations.prepare(text, variables, None)
        result = await operations.execute(operation, variables, data, "test")
        return result.data, [(error["message"], error.get("path"), error["locations"]) for error in result.errors or []]

    return asyncio.run(run())


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("case", DATA)
def test_every_case_is_answered_as_graphql_core_answers_it(case, document):
    text = DOCUMENTS[document]
    compiled, plain = Operations(schema), Operations(schema, plans=False)
    expected = answer(plain, text, fresh(case))
    for _ in range(2):
        assert answer(compiled, text, fresh(case)) == expected
    # Order is part of a response: equality of dictionaries does not see it.
    assert repr(answer(compiled, text, fresh(case))) == repr(expected)


@pytest.mark.parametrize("yes", [True, False])
def test_included_and_skipped_fields_have_plans_of_their_own(yes):
    compiled, plain = Operations(schema), Operations(schema, plans=False)
    text = DOCUMENTS["conditions"]
    answer(compiled, text, [JobRow()], {"yes": not yes})
    variables = {"yes": yes}
    assert answer(compiled, text, [JobRow()], variables) == answer(plain, text, [JobRow()], variables)
    assert compiled.counters.used == 2


def test_lists_of_plain_attributes_are_answered_by_plans():
    operations = Operations(schema)
    for text in (DOCUMENTS["flat"], DOCUMENTS["nested"], DOCUMENTS["lists"]):
        for _ in range(3):
            answer(operations, text, [JobRow(), JobRow()])
    assert (operations.counters.used, operations.counters.fell_back, operations.counters.unplanned) == (
        9,
        0,
        0,
    )


def test_a_surprise_falls_back_and_the_next_list_is_compiled_again():
    operations = Operations(schema)
    answer(operations, DOCUMENTS["flat"], [JobRow(title=None)])
    answer(operations, DOCUMENTS["flat"], [JobRow()])
    assert (operations.counters.used, operations.counters.fell_back) == (1, 1)


def test_fields_with_resolvers_and_interfaces_are_left_to_graphql_core():
    operations = Operations(schema)
    answer(operations, DOCUMENTS["resolver"], [JobRow()])
    assert (operations.counters.used, operations.counters.unplanned) == (1, 2)  # used: the list of words


def test_plans_can_be_switched_off():
    operations = Operations(schema, plans=False)
    answer(operations, DOCUMENTS["flat"], [JobRow()])
    assert (operations.counters.used, operations.counters.unplanned) == (0, 0)


def test_a_document_keeps_a_bounded_number_of_plans():
    names = [f"v{index}" for index in range(10)]
    text = (
        f"query ({' '.join(f'${name}: Boolean = false' for name in names)}) {{ jobs {{ __typename "
        + " ".join(f"{name}: title @include(if: ${name})" for name in names)
        + " } }"
    )
    operations = Operations(schema)
    for number in range(150):
        variables = {name: bool(number >> index & 1) for index, name in enumerate(names)}
        data, errors = answer(operations, text, [JobRow()], variables)
        assert not errors
        assert len(data["jobs"][0]) == 1 + sum(variables.values())
    (document,) = operations.documents.known.values()
    assert len(document.plans.known) == 100


def test_a_schema_with_extensions_is_refused():
    class Extension(SchemaExtension):
        pass

    with pytest.raises(ValueError, match="without Strawberry extensions"):
        Operations(strawberry.Schema(Query, extensions=[Extension]))


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "id": st.one_of(st.uuids(), st.text(max_size=3), st.integers(), st.none()),
    "title": st.one_of(st.text(max_size=5), st.none(), st.integers()),
    "score": st.one_of(st.floats(), st.none(), st.integers(), st.booleans()),
    "count": st.one_of(st.integers(-(2**33), 2**33), st.floats(), st.booleans()),
    "remote": st.one_of(st.booleans(), st.integers(0, 2), st.none()),
    "status": st.sampled_from([Status.NEW, Status.SENT, "new", "odd", None]),
    "rank": st.sampled_from([Rank.LOW, Rank.HIGH, 1, 3, None]),
    "posted": st.one_of(st.none(), st.datetimes(timezones=st.just(dt.UTC)), st.datetimes(), st.just("now")),
    "words": st.one_of(st.none(), st.lists(st.one_of(st.text(max_size=2), st.none()), max_size=3)),
    "raw": st.recursive(st.none() | st.booleans() | st.integers(), lambda inner: st.lists(inner, max_size=2)),
}
LEAVES = [*VALUES, "class", "__typename"]
TAGS = st.builds(TagRow, name=st.one_of(st.text(max_size=2), st.none()), weight=st.one_of(st.none(), st.integers()))
ROWS = st.builds(
    JobRow,
    **VALUES,
    tag=st.one_of(st.none(), TAGS),
    tags=st.one_of(st.lists(TAGS, max_size=2), st.just([TagRow()])),
    holes=st.one_of(st.none(), st.lists(st.one_of(st.none(), TAGS), max_size=2)),
)


@st.composite
def selections(draw: st.DrawFn) -> str:
    leaves = draw(st.lists(st.sampled_from(LEAVES), min_size=1, max_size=6))
    parts = [f"a{index}: {leaf}" if draw(st.booleans()) else leaf for index, leaf in enumerate(leaves)]
    inner = st.sampled_from(["name", "weight", "name weight", "__typename", "w: weight"])
    lists = draw(st.lists(st.sampled_from(["tag", "tags", "holes"]), max_size=3))
    parts += [f"{name} {{ {draw(inner)} }}" for name in lists]
    if draw(st.booleans()):
        parts = [f"... on Job {{ {' '.join(parts)} }}"]
    condition = draw(st.sampled_from(["", "@include(if: true)", "@skip(if: $no)", "@include(if: $no)"]))
    return f"{' '.join(parts)} more: title {condition}"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    selection=selections(),
    rows=st.lists(st.one_of(ROWS, st.just(JobRow()), st.none()), max_size=4),
    root=st.sampled_from(["jobs", "strict"]),
    no=st.booleans(),
)
def test_random_selections_over_random_rows_are_answered_alike(selection, rows, root, no):
    text = f"query ($no: Boolean = false) {{ {root} {{ {selection} x: title @include(if: $no) }} }}"
    variables = {"no": no}
    compiled = answer(Operations(schema), text, rows, variables)
    assert repr(compiled) == repr(answer(Operations(schema, plans=False), text, rows, variables))


def test_compiled_lists_are_several_times_faster_than_graphql_core():
    """The benchmark prints the ratio; this only notices when plans stop being worth it."""
    rows = [JobRow(count=index) for index in range(200)]
    text = "{ jobs { id title score count remote status posted class tags { name weight } } }"

    def seconds(operations: Operations) -> float:
        times = []
        for _ in range(5):
            started = time.process_time()
            answer(operations, text, rows)
            times.append(time.process_time() - started)
        return min(times)

    assert seconds(Operations(schema, plans=False)) > 4 * seconds(Operations(schema))
