"""The one pass that measures an operation, and what is read of a document as a whole."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_list_type,
)

from schema.execution.measures import CEILING, IntrospectionSizes, Measure

PAGE_ARGUMENTS = ("first", "last")
NESTING = 100
"""Selection sets within selection sets, fragments included: keeps the walk off Python's own stack limit."""


class NestingError(Exception):
    """Selections nest more than NESTING levels."""


class FragmentCycleError(Exception):
    """A fragment spreads itself; the message is its name."""


class Walk:
    """One pass over one operation. Fragments are measured when first met and remembered.

    `page` items are counted for a page of unknown size, `items` for a list that is not paged.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        sizes: IntrospectionSizes,
        page: int,
        items: int,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self.sizes = sizes
        self.default_page = page
        self.items = items
        self.variables = variables
        definitions = operation.variable_definitions or ()
        self.defaults = {node.variable.name.value: node.default_value for node in definitions}
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.measured: dict[str, Measure | None] = {}

    def operation(self, operation: OperationDefinitionNode) -> Measure:
        measure = self.selections(operation.selection_set, self.schema.get_root_type(operation.operation), 0)
        measure.directives += len(operation.directives or ())
        return measure

    def selections(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None, level: int) -> Measure:
        if level > NESTING:
            raise NestingError
        total = Measure()
        for node in selection_set.selections:
            total.add(self.selection(node, parent, level + 1))
        return total

    def selection(self, node: SelectionNode, parent: GraphQLNamedType | None, level: int) -> Measure:
        if isinstance(node, FieldNode):
            measure = self.field(node, parent, level)
        elif isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = self.schema.get_type(condition.name.value) if condition else parent
            measure = self.selections(node.selection_set, inner, level)
        elif isinstance(node, FragmentSpreadNode):
            measure = self.fragment(node.name.value, level).copy()
        else:  # pragma: no cover - the grammar has no fourth selection
            measure = Measure()
        measure.directives += len(node.directives or ())
        return measure

    def fragment(self, name: str, level: int) -> Measure:
        definition = self.fragments.get(name)
        if definition is None:
            return Measure()
        if name not in self.measured:
            self.measured[name] = None
            condition = self.schema.get_type(definition.type_condition.name.value)
            self.measured[name] = self.selections(definition.selection_set, condition, level)
        measure = self.measured[name]
        if measure is None:
            raise FragmentCycleError(name)
        return measure

    def field(self, node: FieldNode, parent: GraphQLNamedType | None, level: int) -> Measure:
        name = node.name.value
        definition = self.schema.get_field(parent, name) if is_composite_type(parent) else None
        named = get_named_type(definition.type) if definition else None
        inside = self.selections(node.selection_set, named, level) if node.selection_set else Measure()
        measure = inside.below(alias=node.alias is not None)
        if name in {"__schema", "__type"}:
            measure.hide_as_introspection(inside)
            return measure
        page = self.page(node, definition)
        if not node.selection_set or definition is None:
            measure.fixed = 1 + inside.fixed
        elif is_list(definition):
            size = page if page is not None else self.sizes.get((str(parent), name))
            item = inside.fixed + inside.per_item * self.items
            measure.fixed, measure.per_item = (1, item) if size is None else (1 + size * item, 0)
        else:
            measure.fixed = 1 + inside.fixed + inside.per_item * (self.items if page is None else page)
        return measure.capped()

    def page(self, node: FieldNode, definition: GraphQLField | None) -> int | None:
        """How many items a paged field will give at most; None when the field is not paged."""
        names = [name for name in PAGE_ARGUMENTS if definition and name in definition.args]
        if definition is None or not names:
            return None
        arguments = [argument for argument in node.arguments or () if argument.name.value in names]
        sizes = [size for argument in arguments if (size := self.number(argument.value)) is not None]
        if sizes:
            return max(sizes)
        defaults = [definition.args[name].default_value for name in names]
        return next((value for value in defaults if type(value) is int), self.default_page)

    def number(self, value: object) -> int | None:
        """A whole number written out or given by a variable; None for anything else, which cannot run."""
        if isinstance(value, VariableNode):
            name = value.name.value
            return self.number(self.variables[name] if name in self.variables else self.defaults.get(name))
        if isinstance(value, IntValueNode):
            value = int(value.value) if len(value.value) < len(str(CEILING)) else CEILING
        return max(0, min(value, CEILING)) if type(value) is int else None


def is_list(definition: GraphQLField) -> bool:
    type_ = definition.type
    return is_list_type(type_.of_type if isinstance(type_, GraphQLNonNull) else type_)


def every_selection(document: DocumentNode) -> Iterator[SelectionNode]:
    """Every selection as it is written, fragments once, in no particular order; without recursion."""
    waiting = [node.selection_set for node in document.definitions if hasattr(node, "selection_set")]
    while waiting:
        for node in waiting.pop().selections:
            yield node
            inner = getattr(node, "selection_set", None)
            if inner is not None:
                waiting.append(inner)


def most_repeated(document: DocumentNode) -> int:
    """How often the most repeated object field is written under one name.

    Validation compares every two fields that answer to the same name, which is quadratic: 250 times
    `me { id }` takes a quarter of a second.
    """
    counts: dict[str, int] = {}
    for node in every_selection(document):
        if isinstance(node, FieldNode) and node.selection_set:
            name = (node.alias or node.name).value
            counts[name] = counts.get(name, 0) + 1
    return max(counts.values(), default=0)


def page_variables(document: DocumentNode) -> tuple[str, ...]:
    """The names of the variables that a cost depends on: those which are given to a page argument."""
    return tuple(
        {
            argument.value.name.value: None
            for node in every_selection(document)
            for argument in getattr(node, "arguments", None) or ()
            if argument.name.value in PAGE_ARGUMENTS and isinstance(argument.value, VariableNode)
        }
    )


def condition_variables(document: DocumentNode) -> tuple[str, ...]:
    """The names of the variables that decide what is selected: those which are given to a directive."""
    return tuple(
        {
            argument.value.name.value: None
            for node in every_selection(document)
            for directive in node.directives or ()
            for argument in directive.arguments or ()
            if isinstance(argument.value, VariableNode)
        }
    )
