"""Lists of unbounded length, read in two ways: by keyset (GraphQL) and by page number (REST v1).

A keyset order names one non-null expression and the id; the cursor holds both values of one row, so a page
starts exactly after that row however many were added or removed meanwhile.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from domain.errors import ValidationError

R = TypeVar("R")
CURSOR_AT_MOST = 4_000
OFFSET_AT_MOST = 2**62


class PageArgs(BaseModel):
    """`first` rows after `after`, or `last` rows before `before`; 20 when neither count is given."""

    first: int | None = Field(default=None, ge=0, le=100)
    after: str | None = Field(default=None, max_length=CURSOR_AT_MOST)
    last: int | None = Field(default=None, ge=0, le=100)
    before: str | None = Field(default=None, max_length=CURSOR_AT_MOST)


@dataclass(frozen=True, slots=True)
class Edge(Generic[R]):
    node: R
    cursor: str


@dataclass(frozen=True, slots=True)
class PageInfo:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page by keyset. `total_count` is None unless it was asked for."""

    edges: list[Edge[R]]
    nodes: list[R]
    page_info: PageInfo
    total_count: int | None


@dataclass(frozen=True, slots=True)
class Order:
    """`key` must never be null and its index must end with the id in the same direction."""

    name: str
    key: ColumnElement[Any]
    id: ColumnElement[Any]
    descending: bool


@dataclass(frozen=True, slots=True)
class Numbered(Generic[R]):
    """One page by number, as REST v1 shows it."""

    rows: list[R]
    total: int


def encode_cursor(order: Order, key: Any, id: UUID) -> str:
    value = key.isoformat() if isinstance(key, datetime) else key
    return urlsafe_b64encode(orjson.dumps([order.name, value, str(id)])).decode().rstrip("=")


def decode_cursor(order: Order, cursor: str) -> tuple[Any, UUID]:
    try:
        name, value, id = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if name != order.name:
            message = f"expected a cursor of the order '{order.name}', found one of '{name}'"
            raise ValidationError(message, {"cursor": cursor})
        return _key(order.key.type.python_type, value), UUID(id)
    except (binascii.Error, ValueError, TypeError, AttributeError, OverflowError) as bad:
        message = "expected a cursor that this list gave out, found something else"
        raise ValidationError(message, {"cursor": cursor[:100]}) from bad


def _key(wanted: type, value: Any) -> Any:
    """The key value as the database takes it. Raises TypeError, ValueError or OverflowError for any other."""
    if wanted is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment.astimezone(UTC)
    if isinstance(value, bool) or not isinstance(value, (int, float) if wanted is float else wanted):
        raise TypeError(value)
    if isinstance(value, str) and "\x00" in value:
        raise ValueError(value)
    return value


def by_number(statement: Select[Any], page: int, size: int) -> Select[Any]:
    """One page of an ordered statement; `page` counts from 1 and may lie anywhere behind the end."""
    return statement.limit(size).offset(min((page - 1) * size, OFFSET_AT_MOST))


def by_keyset(statement: Select[Any], order: Order, args: PageArgs) -> tuple[Select[Any], int, bool]:
    """The statement of one page, with one row more than wanted; the wanted count; whether it reads backwards."""
    if args.first is not None and args.last is not None:
        message = "expected either 'first' or 'last', found both"
        raise ValidationError(message)
    backwards = args.last is not None or (args.first is None and args.before is not None)
    wanted = args.last if args.last is not None else args.first if args.first is not None else 20
    place = tuple_(order.key, order.id)
    for cursor, later in ((args.after, True), (args.before, False)):
        if cursor is None:
            continue
        value, id = decode_cursor(order, cursor)
        bound = tuple_(value, id, types=[order.key.type, order.id.type])
        statement = statement.where(place < bound if order.descending == later else place > bound)
    down = order.descending != backwards
    keys = (order.key.desc(), order.id.desc()) if down else (order.key.asc(), order.id.asc())
    return statement.order_by(*keys).limit(wanted + 1), wanted, backwards


def to_page(
    rows: Sequence[tuple[R, Any, UUID]],
    order: Order,
    args: PageArgs,
    wanted: int,
    backwards: bool,
    total: int | None,
) -> Page[R]:
    """The page from rows of (row, key value, id) as `by_keyset` read them."""
    more = len(rows) > wanted
    kept = list(rows[:wanted])
    if backwards:
        kept.reverse()
    edges = [Edge(row, encode_cursor(order, key, id)) for row, key, id in kept]
    info = PageInfo(
        has_next_page=args.before is not None if backwards else more,
        has_previous_page=more if backwards else args.after is not None,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Page(edges, [row for row, _, _ in kept], info, total)


async def count(session: AsyncSession, statement: Select[Any]) -> int:
    counted = select(func.count()).select_from(statement.order_by(None).subquery())
    return (await session.execute(counted)).scalar_one()
