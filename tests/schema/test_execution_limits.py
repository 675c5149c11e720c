"""The limits: what is refused, with which code and numbers, and how quickly."""

import contextlib
import time
from collections.abc import Mapping
from typing import Any

import pytest
import strawberry
from graphql import get_introspection_query

from schema.execution.documents import Documents
from schema.execution.errors import Refusal
from schema.execution.limits import Limits


@strawberry.type
class Item:
    id: strawberry.ID
    tags: list[str]

    @strawberry.field
    def items(self) -> list["Item"]:
        return []


@strawberry.type
class Edge:
    cursor: str
    node: Item


@strawberry.type
class Connection:
    edges: list[Edge]
    nodes: list[Item]
    total_count: int


@strawberry.type
class User:
    id: strawberry.ID
    name: str

    @strawberry.field
    def me(self) -> "User":
        return self

    @strawberry.field
    def items(self, first: int | None = 20, last: int | None = None) -> Connection:
        raise NotImplementedError

    @strawberry.field
    def plain(self) -> list[Item]:
        return []


@strawberry.type
class Query:
    @strawberry.field
    def me(self) -> User:
        return User(id=strawberry.ID("1"), name="Ada")


schema = strawberry.Schema(Query)


def documents(**limits: int) -> Documents:
    return Documents(schema._schema, Limits(**limits))


def refusal(
    text: str, variables: Mapping[str, Any] | None = None, name: str | None = None, **limits: int
) -> dict[str, dict[str, Any]]:
    """Code -> details of every error for which a text is refused."""
    with pytest.raises(Refusal) as refused:
        documents(**limits).prepare(text, name, variables or {})
    for error in refused.value.errors:
        assert error.message.endswith((".", "?")) or "Syntax Error" in error.message
    return {error.extensions["code"]: error.extensions.get("details") for error in refused.value.errors}


def accepted(text: str, variables: Mapping[str, Any] | None = None, **limits: int) -> None:
    documents(**limits).prepare(text, None, variables or {})


def cost(text: str, variables: Mapping[str, Any] | None = None) -> int:
    return refusal(text, variables, cost=0)["QUERY_TOO_COSTLY"]["found"]


def nested(levels: int) -> str:
    return "{" + "me{" * (levels - 1) + "id" + "}" * levels


def doubling(levels: int) -> str:
    fragments = [f"fragment f{i} on Query {{ ...f{i + 1} ...f{i + 1} }}" for i in range(levels)]
    return "{ ...f0 } " + " ".join(fragments) + f" fragment f{levels} on Query {{ me {{ id }} }}"


def test_twelve_levels_pass_and_thirteen_do_not():
    accepted(nested(12))
    assert refusal(nested(13)) == {"QUERY_TOO_DEEP": {"limit": 12, "found": 13}}


def test_fragments_add_no_depth_of_their_own_but_carry_theirs():
    accepted("{ me { ...a } } fragment a on User { ...b } fragment b on User { id }", depth=2)
    text = "{ me { ...a } } fragment a on User { me { ... on User { me { id } } } }"
    assert refusal(text, depth=3) == {"QUERY_TOO_DEEP": {"limit": 3, "found": 4}}


def test_bytes_are_counted_not_characters():
    text = "{ me { id } } #" + "é" * 60_000
    found = refusal(text)["QUERY_TOO_LARGE"]
    assert found == {"limit": 100_000, "found": len(text.encode())}
    accepted("{ me { id } } #" + "e" * 60_000)


def test_a_thousand_tokens_pass_and_one_more_does_not():
    aliased = "{ me { " + "id " * 995 + "} }"
    assert "QUERY_TOO_MANY_TOKENS" not in refusal(aliased)
    assert refusal("{ me { " + "id " * 996 + "} }") == {"QUERY_TOO_MANY_TOKENS": {"limit": 1000, "found": 1001}}


def test_aliases_are_counted_through_fragments():
    aliases = " ".join(f"a{i}: id" for i in range(10))
    text = "{ me { ...f me { ...f me { ...f } } } } fragment f on User { " + aliases + " }"
    accepted(text)
    assert refusal(text, aliases=29)["QUERY_TOO_MANY_ALIASES"] == {"limit": 29, "found": 30}


def test_root_fields_are_counted_through_fragments():
    text = "{ ...f a: me { id } } fragment f on Query { " + " ".join(f"b{i}: me {{ id }}" for i in range(20)) + " }"
    assert refusal(text) == {"QUERY_TOO_MANY_ROOT_FIELDS": {"limit": 20, "found": 21}}


def test_directives_are_counted_on_fields_spreads_fragments_and_the_operation():
    text = "{ me { id @skip(if: true) ...f @include(if: true) ... @include(if: true) { name } } } fragment f on User { id }"
    assert refusal(text, directives=2) == {"QUERY_TOO_MANY_DIRECTIVES": {"limit": 2, "found": 3}}
    assert "QUERY_TOO_MANY_DIRECTIVES" in refusal("{ me { id " + "@skip(if: false) " * 51 + "} }")


def test_fields_are_counted_as_often_as_they_are_spread():
    names = "id name " * 25
    text = "{ " + " ".join(f"a{i}: me {{ ...f }}" for i in range(6)) + " } fragment f on User { " + names + "}"
    assert refusal(text) == {"QUERY_TOO_MANY_FIELDS": {"limit": 300, "found": 306}}


def test_the_same_object_asked_for_again_and_again_is_refused():
    accepted("{ me { " + "me { id } " * 59 + "} }")
    assert "QUERY_TOO_REPETITIVE" in refusal("{ me { " + "me { id } " * 60 + "} }")


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        ("me { id }", 2),
        ("me { id name }", 3),
        ("me { items(first: 50) { totalCount } }", 1 + 1 + 1),
        ("me { items(first: 50) { nodes { id tags } } }", 1 + 1 + 1 + 50 * 2),
        ("me { items(last: 7) { edges { cursor node { id } } } }", 1 + 1 + 1 + 7 * 3),
        ("me { items { nodes { id } } }", 1 + 1 + 1 + 20),
        ("me { items(first: null) { nodes { id } } }", 1 + 1 + 1 + 20),
        ("me { plain { id } }", 1 + 1 + 10),
        ("me { items(first: 5) { nodes { id items { id } } } }", 1 + 1 + 1 + 5 * (1 + 1 + 10)),
        ("me { items(first: 5) { ...page } }", 1 + 1 + 1 + 5),
        ("me { items(first: -3) { nodes { id } } }", 3),
        ("__typename", 1),
    ],
)
def test_lists_multiply_what_is_asked_of_their_items(selection, expected):
    fragment = "fragment page on Connection { nodes { id } }" if "...page" in selection else ""
    assert cost(f"{{ {selection} }} {fragment}") == expected


def test_a_fragment_costs_by_the_page_around_it():
    text = (
        "{ me { a: items(first: 2) { ...page } b: items(first: 30) { ...page } } } "
        "fragment page on Connection { nodes { id } }"
    )
    assert cost(text) == 1 + (1 + 1 + 2) + (1 + 1 + 30)


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        ({"n": 40}, 43),
        ({}, 8),
        ({"n": None}, 23),
        ({"n": "many"}, 23),
        ({"n": True}, 23),
        ({"n": 10**30}, 1_000_000_000),
    ],
)
def test_page_sizes_are_read_from_variables_and_their_defaults(variables, found):
    text = "query ($n: Int = 5) { me { items(first: $n) { nodes { id } } } }"
    assert cost(text, variables) == found


def test_a_cached_document_is_still_refused_for_a_larger_page():
    text = "query ($n: Int = 9000) { me { items(first: $n) { nodes { id name: id } } } }"
    cache = documents()
    cache.prepare(text, None, {"n": 10})
    cache.prepare(text, None, {"n": None})
    for variables in ({"n": 9_000}, {}):
        with pytest.raises(Refusal, match="too costly"):
            cache.prepare(text, None, variables)
    cache.prepare(text, None, {"n": 10})
    assert (cache.misses, cache.hits) == (1, 4)


def test_a_huge_page_number_in_the_text_is_counted_not_computed():
    assert cost("{ me { items(first: " + "9" * 5_000 + ") { nodes { id } } } }") == 1_000_000_000


@pytest.mark.parametrize("levels", [20, 30, 90])
def test_doubling_fragments_are_refused_at_once(levels):
    started = time.perf_counter()
    codes = refusal(doubling(levels))
    assert time.perf_counter() - started < 0.1
    assert "QUERY_TOO_MANY_FIELDS" in codes


@pytest.mark.parametrize(
    "fragments",
    [
        "fragment a on Query { ...a }",
        "fragment a on Query { ...b } fragment b on Query { ...c } fragment c on Query { me { id } ...a }",
        "fragment a on Query { me { me { ...u } } } fragment u on User { me { ...u } }",
    ],
)
def test_a_fragment_that_spreads_itself_is_refused(fragments):
    assert list(refusal("{ ...a } " + fragments)) == ["QUERY_FRAGMENT_CYCLE"]


@pytest.mark.parametrize("opening", ["... {", "... on Query {", "... @include(if: true) {"])
def test_endless_nesting_is_refused_before_the_stack_ends(opening):
    assert list(refusal("{" + opening * 120 + "__typename" + "}" * 121, tokens=5_000)) == ["QUERY_TOO_DEEP"]


def test_a_long_chain_of_fragments_is_refused_before_the_stack_ends():
    chain = " ".join(f"fragment f{i} on Query {{ ...f{i + 1} }}" for i in range(140))
    text = "{ ...f0 } " + chain + " fragment f140 on Query { __typename }"
    assert list(refusal(text, tokens=5_000)) == ["QUERY_TOO_DEEP"]


@pytest.mark.parametrize("text", ["{" * 3000, "{a(x:" + "[" * 900, "[" * 90_000, "{a(x:" + "{a:" * 300])
def test_nesting_that_the_parser_gives_up_on_is_a_parse_error(text):
    assert set(refusal(text)) <= {"GRAPHQL_PARSE_FAILED", "QUERY_TOO_MANY_TOKENS"}


def test_every_exceeded_limit_has_its_own_error():
    text = "{ " + " ".join(f"a{i}: me {{ id }}" for i in range(31)) + " }"
    assert list(refusal(text)) == ["QUERY_TOO_MANY_ALIASES", "QUERY_TOO_MANY_ROOT_FIELDS"]


def test_only_the_operation_that_runs_is_limited():
    text = "query small { me { id } } query large { " + nested(13)[1:]
    documents().prepare(text, "small", {})
    assert list(refusal(text, name="large")) == ["QUERY_TOO_DEEP"]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("other", "There is no operation 'other': expected one of the document's own, found 'a', 'b'."),
        (None, "No operation is named: expected one of the document's own, found 'a', 'b'."),
    ],
)
def test_an_operation_that_is_not_there_is_named(name, sentence):
    with pytest.raises(Refusal) as refused:
        documents().prepare("query a { me { id } } query b { me { name } }", name, {})
    assert [error.message for error in refused.value.errors] == [sentence]


@pytest.mark.parametrize("options", [{}, {"input_value_deprecation": True, "specified_by_url": True}])
def test_the_standard_introspection_passes(options):
    accepted(get_introspection_query(**options))


def test_introspection_that_multiplies_itself_is_refused():
    lists = " ".join(f"a{i}: fields {{ type {{ name kind description }} }}" for i in range(28))
    text = "{ __schema { types { fields { type { " + lists + " } } } } }"
    assert "INTROSPECTION_TOO_COSTLY" in refusal(text)


def test_introspection_has_its_own_depth():
    accepted('{ __type(name: "User") { ' + "ofType { " * 13 + "name" + " }" * 15)
    assert refusal('{ __type(name: "User") { ' + "ofType { " * 15 + "name" + " }" * 17) == {
        "INTROSPECTION_TOO_DEEP": {"limit": 15, "found": 16}
    }


def test_introspection_does_not_hide_what_is_asked_beside_it():
    assert "QUERY_TOO_DEEP" in refusal("{ __schema { queryType { name } } " + nested(13)[1:])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ me", "GRAPHQL_PARSE_FAILED"),
        ("\x00", "GRAPHQL_PARSE_FAILED"),
        ('{ me(name: "\ud800") { id } }', "GRAPHQL_PARSE_FAILED"),
        ("{ nobody }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ me }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...missing }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment f on Query { me { id } }", "BAD_REQUEST"),
        ("type Query { a: Int }", "BAD_REQUEST"),
        ("subscription { ticks }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_texts_that_cannot_run_carry_a_code(text, code):
    assert set(refusal(text)) == {code}


@pytest.mark.parametrize(
    "text",
    [
        "{ me { " + "me { id } " * 59 + "} }",
        "{ me { " + "id " * 290 + "} }",
        "{ me { " + " ".join(f"x{i}" for i in range(290)) + " } }",
        "{ me { " + " ".join(f"x{i}(y: {{a: [1, 2]}})" for i in range(90)) + " } }",
        "{ ...f0 } "
        + " ".join(f"fragment f{i} on Query {{ ...f{i + 1} }}" for i in range(90))
        + " fragment f90 on Query { me { id } }",
    ],
)
def test_the_worst_documents_within_the_limits_are_judged_within_50_ms(text):
    times = []
    for _ in range(3):
        started = time.process_time()
        with contextlib.suppress(Refusal):
            documents().prepare(text, None, {})
        times.append(time.process_time() - started)
    assert min(times) < 0.05
