"""The interface of everything that has an id."""

from typing import Any, ClassVar

import strawberry

from resolvers import nodes as resolve
from schema.doors import field


@strawberry.interface(description="Anything with an id of its own: a UUID, the same in GraphQL and REST.")
class Node:
    row: ClassVar[type]
    id: strawberry.ID

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, cls.row)


@strawberry.type
class NodeQueries:
    node = field(resolve.node, Node | None)
    nodes = field(resolve.nodes, list[Node | None])
