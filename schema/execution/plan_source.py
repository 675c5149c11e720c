"""Writes the function that completes a list: source for one selection, with the checks inline."""

import datetime as dt
import inspect
import keyword
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
    is_leaf_type,
)
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Undefined
from graphql.type import TypeNameMetaFieldDef
from graphql.type.scalars import GRAPHQL_MAX_INT, GRAPHQL_MIN_INT
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema.types import base_scalars
from strawberry.types.field import StrawberryField

if TYPE_CHECKING:
    from schema.execution.plans import CompiledExecutor, Plan

MAX_ROW_CLASSES = 100
MAX_DEPTH = 20


class NotPlannableError(Exception):
    """The selection holds something that only graphql-core can complete."""


class Surprise(Exception):  # noqa: N818 - not an error: graphql-core decides what the value means
    """A value that the plan does not expect."""


def compile_list(executor: "CompiledExecutor", return_type: GraphQLList[Any], fields: FieldDetailsList) -> "Plan":
    """Compile the completion of one list, or raise NotPlannableError."""
    source = PlanSource(executor)
    source.line(0, "def plan(v0, info):")
    source.list(1, "v0", return_type, fields)
    source.line(1, "return v0")
    namespace = source.constants
    exec("\n".join(source.lines), namespace)  # noqa: S102 - names and attributes below are checked identifiers
    plan: Plan = namespace["plan"]
    return plan


class PlanSource:
    """The lines of a plan and the constants that they refer to."""

    def __init__(self, executor: "CompiledExecutor") -> None:
        self.executor = executor
        self.lines: list[str] = []
        self.names = 0
        self.constants: dict[str, Any] = {
            "SEQUENCES": (list, tuple),
            "Surprise": Surprise,
            "UUID": uuid.UUID,
            "datetime": dt.datetime,
        }

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def value(self, indent: int, name: str, type_: GraphQLOutputType, fields: FieldDetailsList) -> None:
        """Write the lines that turn the variable `name` from a row's value into the response's."""
        if indent > MAX_DEPTH:
            raise NotPlannableError
        required = isinstance(type_, GraphQLNonNull)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if is_leaf_type(inner):
            self.leaf(indent, name, inner, required=required)
            return
        if required:
            self.line(indent, f"if {name} is None: raise Surprise")
        else:
            self.line(indent, f"if {name} is not None:")
            indent += 1
        if isinstance(inner, GraphQLList):
            self.line(indent, f"if type({name}) not in SEQUENCES: raise Surprise")
            self.list(indent, name, inner, fields)
        elif isinstance(inner, GraphQLObjectType):
            self.object(indent, name, inner, fields)
        else:
            raise NotPlannableError

    def list(self, indent: int, name: str, type_: GraphQLList[Any], fields: FieldDetailsList) -> None:
        done, add, item = self.name(), self.name(), self.name()
        self.line(indent, f"{done} = []; {add} = {done}.append")
        self.line(indent, f"for {item} in {name}:")
        self.value(indent + 1, item, type_.of_type, fields)
        self.line(indent + 1, f"{add}({item})")
        self.line(indent, f"{name} = {done}")

    def object(self, indent: int, name: str, type_: GraphQLObjectType, fields: FieldDetailsList) -> None:
        collected = self.executor.collect_subfields(type_, fields)
        if collected.new_defer_usages:
            raise NotPlannableError
        admitted: set[type] = set()
        classes, admit = self.constant(admitted), self.constant(admission(admitted))
        self.line(indent, f"if type({name}) not in {classes}: {admit}({name})")
        if type_.is_type_of:
            if inspect.iscoroutinefunction(type_.is_type_of):
                raise NotPlannableError
            self.line(indent, f"if {self.constant(type_.is_type_of)}({name}, info) is not True: raise Surprise")
        shown = []
        for response_name, details in collected.grouped_field_set.items():
            definition = self.executor.schema.get_field(type_, details[0].node.name.value)
            if definition is TypeNameMetaFieldDef:
                shown.append(f"{response_name!r}: {type_.name!r}")
                continue
            if definition is None:
                raise NotPlannableError
            member = self.name()
            self.line(indent, f"{member} = {attribute(name, plain_attribute(definition))}")
            self.value(indent, member, definition.type, details)
            shown.append(f"{response_name!r}: {member}")
        self.line(indent, f"{name} = {{{', '.join(shown)}}}")

    def leaf(self, indent: int, name: str, type_: GraphQLScalarType | GraphQLEnumType, *, required: bool) -> None:
        """Write the quick checks for the usual class of a value, and the type's own way for all else."""
        slow = self.constant(slow_path(type_.coerce_output_value))
        otherwise = f"{name} = {slow}({name})"
        present = "" if required else f" and {name} is not None"
        if type_ is GraphQLString:
            self.line(indent, f"if type({name}) is not str{present}: {otherwise}")
        elif type_ is GraphQLBoolean:
            self.line(indent, f"if {name} is not True and {name} is not False{present}: {otherwise}")
        elif type_ is GraphQLInt:
            small = f"{GRAPHQL_MIN_INT} <= {name} <= {GRAPHQL_MAX_INT}"
            self.line(indent, f"if not (type({name}) is int and {small}){present}: {otherwise}")
        elif type_ is GraphQLFloat:
            # A float is finite when it less itself is nothing: inf and nan give nan.
            finite = f"{name} - {name} == 0.0"
            self.line(indent, f"if not (type({name}) is float and {finite}){present}: {otherwise}")
        else:
            self.converted(indent, name, type_)
            self.line(indent, f"{'else' if required else f'elif {name} is not None'}: {otherwise}")

    def converted(self, indent: int, name: str, type_: GraphQLScalarType | GraphQLEnumType) -> None:
        """Write the first branch for the types whose usual value is converted."""
        if isinstance(type_, GraphQLEnumType):
            enum, members = enum_names(type_)
            usual, known = self.constant(enum), self.constant(members)
            self.line(indent, f"if type({name}) is {usual}: {name} = {known}[{name}._name_]")
        elif type_ is GraphQLID:
            self.line(indent, f"if type({name}) is str: pass")
            self.line(indent, f"elif type({name}) is UUID: {name} = str({name})")
        elif definition_of(type_) is base_scalars.UUIDDefinition:
            self.line(indent, f"if type({name}) is UUID: {name} = str({name})")
        elif definition_of(type_) is base_scalars.DateTimeDefinition:
            self.line(indent, f"if type({name}) is datetime: {name} = {name}.isoformat()")
        else:
            self.line(indent, "if False: pass")


def attribute(name: str, attribute_name: str) -> str:
    if attribute_name.isidentifier() and not keyword.iskeyword(attribute_name):
        return f"{name}.{attribute_name}"
    return f"getattr({name}, {attribute_name!r})"


def plain_attribute(definition: GraphQLField) -> str:
    """The name of the attribute that a field reads; NotPlannableError when it does anything else."""
    field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if (
        not isinstance(field, StrawberryField)
        or not field.is_basic_field
        or type(field).get_result is not StrawberryField.get_result
        or field.default_resolver is not getattr
        or definition.args
        or not getattr(definition.resolve, "__qualname__", "").endswith("._get_basic_result")
    ):
        raise NotPlannableError
    return field.python_name


def definition_of(type_: GraphQLScalarType) -> object:
    return type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)


def enum_names(type_: GraphQLEnumType) -> tuple[type | None, dict[str, str]]:
    """The Python enum and the GraphQL names by member name, as the type itself finds them."""
    enum = getattr(type_, "wrapped_cls", None)
    members = getattr(enum, "__members__", {}).values()
    return enum, {member.name: type_.coerce_output_value(member) for member in members}


def admission(admitted: set[type]) -> Callable[[object], None]:
    """Let in the classes of rows that are neither errors nor awaitables, which mean something else."""

    def admit(row: object) -> None:
        if isinstance(row, Exception) or optimized_is_awaitable(row) or row is Undefined:
            raise Surprise
        if len(admitted) >= MAX_ROW_CLASSES:
            admitted.clear()
        admitted.add(type(row))

    return admit


def slow_path(coerce: Callable[[Any], Any]) -> Callable[[object], Any]:
    """The type's own conversion, for values that are not of its usual class."""

    def convert(value: object) -> Any:
        if value is None or isinstance(value, Exception) or optimized_is_awaitable(value):
            raise Surprise
        result = coerce(value)
        if result is None or result is Undefined:
            raise Surprise
        return result

    return convert
