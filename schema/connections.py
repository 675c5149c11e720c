"""Cursor connections (the GraphQL Cursor Connections Specification), with `nodes` and `totalCount`."""

from typing import Generic, TypeVar

import strawberry

NodeType = TypeVar("NodeType")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@strawberry.type(description="One object of a page with the cursor that stands for its place.")
class Edge(Generic[NodeType]):
    node: NodeType
    cursor: str


@strawberry.type(description="One page of a list.")
class Connection(Generic[NodeType]):
    edges: list[Edge[NodeType]]
    nodes: list[NodeType]
    page_info: PageInfo
    total_count: int | None = strawberry.field(description="How many there are in all; counted only when asked for.")
