"""What is counted of a selection, and how large the lists of an introspection are."""

from dataclasses import dataclass, fields

from graphql import GraphQLSchema, is_enum_type, is_input_object_type, is_interface_type, is_object_type

CEILING = 1_000_000_000
"""Counts stop here: fragments that double at each level would make numbers of hundreds of digits."""


@dataclass(slots=True)
class Measure:
    """The measures of a selection set, or of one selection in it.

    `fixed` is what it costs whatever the page size of the field around it, `per_item` what it costs for each
    item of that page (the lists that stand directly below a connection). `level` counts the fields of this
    level.
    """

    depth: int = 0
    level: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    fixed: float = 0
    per_item: float = 0
    introspection: float = 0
    introspection_depth: int = 0

    def add(self, other: "Measure") -> None:
        """Take in a neighbour of the same level."""
        self.depth = max(self.depth, other.depth)
        self.introspection_depth = max(self.introspection_depth, other.introspection_depth)
        self.level += other.level
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives
        self.fixed += other.fixed
        self.per_item += other.per_item
        self.introspection += other.introspection
        self.capped()

    def copy(self) -> "Measure":
        return Measure(*(getattr(self, field.name) for field in fields(self)))

    def below(self, *, alias: bool) -> "Measure":
        """The measure of a field around this selection, its cost still to be set."""
        return Measure(
            depth=self.depth + 1,
            level=1,
            fields=self.fields + 1,
            aliases=self.aliases + alias,
            directives=self.directives,
            introspection=self.introspection,
            introspection_depth=self.introspection_depth,
        )

    def hide_as_introspection(self, inside: "Measure") -> None:
        """Move what stands below `__schema` or `__type` to the budget of introspection."""
        self.depth, self.fixed = 1, 1
        self.introspection_depth = inside.depth
        self.introspection = inside.fixed + inside.per_item

    def capped(self) -> "Measure":
        self.level = min(self.level, CEILING)
        self.fields = min(self.fields, CEILING)
        self.aliases = min(self.aliases, CEILING)
        self.directives = min(self.directives, CEILING)
        self.fixed = min(self.fixed, CEILING)
        self.per_item = min(self.per_item, CEILING)
        self.introspection = min(self.introspection, CEILING)
        return self


class IntrospectionSizes(dict[tuple[str, str], float]):
    """How long the lists of an introspection are in one schema: exactly for types, on average below them."""

    def __init__(self, schema: GraphQLSchema) -> None:
        super().__init__()
        types = list(schema.type_map.values())
        composite = [type_ for type_ in types if is_object_type(type_) or is_interface_type(type_)]
        inputs = [type_ for type_ in types if is_input_object_type(type_)]
        enums = [type_ for type_ in types if is_enum_type(type_)]
        members = [field for type_ in composite for field in type_.fields.values()]
        arguments = sum(len(field.args) for field in members)
        self["__Schema", "types"] = len(types)
        self["__Schema", "directives"] = len(schema.directives)
        self["__Type", "fields"] = len(members) / len(types)
        self["__Type", "inputFields"] = sum(len(type_.fields) for type_ in inputs) / len(types)
        self["__Type", "enumValues"] = sum(len(type_.values) for type_ in enums) / len(types)
        self["__Type", "interfaces"] = sum(len(type_.interfaces) for type_ in composite) / len(types)
        self["__Type", "possibleTypes"] = len(composite) / len(types)
        self["__Field", "args"] = arguments / max(1, len(members))
        self["__Directive", "args"] = 1.0
