"""What a document may cost, decided before it is validated or run.

Every definition is measured once: a fragment's measures are remembered and added wherever it is spread, so a
document whose fragments double at each level is refused in microseconds instead of being walked 2**30 times.

Introspection has a budget of its own. `__schema` and `__type` count as one field each in depth and cost; what
is asked below them may be `introspection_depth` fields deep and may cost at most twice what the standard
introspection query costs on this very schema.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    get_introspection_query,
    parse,
)

from schema.execution.errors import Refusal
from schema.execution.measures import CEILING, IntrospectionSizes, Measure
from schema.execution.walk import NESTING, FragmentCycleError, NestingError, Walk, most_repeated


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for. Sizes in bytes, everything else in pieces."""

    bytes: int = 100_000
    tokens: int = 1_000
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    directives: int = 50
    fields: int = 300
    repeats: int = 60
    cost: int = 10_000
    introspection_depth: int = 15
    page: int = 25
    """Items counted for a page whose size is neither given nor defaulted by the schema."""
    list: int = 10
    """Items counted for a list that is not paged."""


class LimitError(GraphQLError):
    """One limit that an operation exceeds; `extensions` carry its code, the limit and what was found."""

    def __init__(self, code: str, sentence: str, limit: int, found: float) -> None:
        found = int(min(found, CEILING))
        super().__init__(
            sentence.format(limit=f"{limit:,}", found=f"{found:,}"),
            extensions={"code": code, "details": {"limit": limit, "found": found}},
        )


TOO_LARGE = "The document is too large: at most {limit} bytes are allowed, found {found}."
TOO_NESTED = "The operation is nested too deeply: selections may nest {limit} levels, found more."
TOO_DEEP = "The operation is nested too deeply: at most {limit} levels of fields are allowed, found {found}."
TOO_MANY = "The operation has too many {what}: at most {{limit}} are allowed, found {{found}}."
TOO_COSTLY = "The operation is too costly: it may answer {limit} fields (lists multiply), it asks for {found}."
TOO_REPETITIVE = "One object is asked for too often by the same name: at most {limit} times, found {found}."
DEEP_INTROSPECTION = "The introspection is too deep: at most {limit} levels are allowed, found {found}."
COSTLY_INTROSPECTION = "The introspection is too costly: it may answer {limit} fields, it asks for {found}."


def check_size(text: str, limits: Limits) -> None:
    """Refuse a text before it is read. Characters are counted first: they are never more than the bytes."""
    size = len(text)
    if size <= limits.bytes:
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > limits.bytes:
        raise Refusal(LimitError("QUERY_TOO_LARGE", TOO_LARGE, limits.bytes, size))


class Limiter:
    """Measures operations against the limits of one schema."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self.schema = schema
        self.limits = limits
        self.sizes = IntrospectionSizes(schema)
        standard = parse(get_introspection_query(input_value_deprecation=True))
        (operation,) = (node for node in standard.definitions if isinstance(node, OperationDefinitionNode))
        self.introspection_cost = int(2 * self.measure(standard, operation, {}).introspection) + 1

    def measure(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> Measure:
        """Measure one operation. A fragment cycle or endless nesting raises Refusal."""
        walk = Walk(self.schema, self.sizes, self.limits.page, self.limits.list, document, operation, variables)
        try:
            return walk.operation(operation)
        except NestingError:
            error = LimitError("QUERY_TOO_DEEP", TOO_NESTED, NESTING, NESTING + 1)
            raise Refusal(error) from None
        except FragmentCycleError as cycle:
            message = f"The fragment '{cycle}' spreads itself, which would never end."
            raise Refusal(GraphQLError(message, extensions={"code": "QUERY_FRAGMENT_CYCLE"})) from None

    def check(self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        """Raise Refusal with one error for each limit that the operation exceeds."""
        found = self.measure(document, operation, variables)
        errors = [*self.exceeded(found, most_repeated(document))]
        if errors:
            raise Refusal(*errors)

    def exceeded(self, found: Measure, repeats: int) -> Iterator[GraphQLError]:
        limits = self.limits
        cost = found.fixed + found.per_item * limits.list
        introspection = self.introspection_cost
        for code, sentence, limit, value in (
            ("QUERY_TOO_DEEP", TOO_DEEP, limits.depth, found.depth),
            ("QUERY_TOO_MANY_ALIASES", TOO_MANY.format(what="aliases"), limits.aliases, found.aliases),
            (
                "QUERY_TOO_MANY_ROOT_FIELDS",
                TOO_MANY.format(what="root fields"),
                limits.root_fields,
                found.level,
            ),
            (
                "QUERY_TOO_MANY_DIRECTIVES",
                TOO_MANY.format(what="directives"),
                limits.directives,
                found.directives,
            ),
            ("QUERY_TOO_MANY_FIELDS", TOO_MANY.format(what="fields"), limits.fields, found.fields),
            ("QUERY_TOO_REPETITIVE", TOO_REPETITIVE, limits.repeats, repeats),
            ("QUERY_TOO_COSTLY", TOO_COSTLY, limits.cost, cost),
            (
                "INTROSPECTION_TOO_DEEP",
                DEEP_INTROSPECTION,
                limits.introspection_depth,
                found.introspection_depth,
            ),
            ("INTROSPECTION_TOO_COSTLY", COSTLY_INTROSPECTION, introspection, found.introspection),
        ):
            if value > limit:
                yield LimitError(code, sentence, limit, value)
