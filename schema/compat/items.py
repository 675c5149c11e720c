"""Items in REST (contract.md section 7.1). Whoever adds a noun copies this one."""

from uuid import UUID

from domain.items import ItemChanges, ItemDraft
from resolvers import items as resolve
from schema.compat.rows import NOT_FOUND, Row
from schema.compat.wire import OffsetTime, Paged, PageQuery, Wire, paged


class ItemAnswer(Wire):
    id: UUID
    title: str
    description: str | None
    is_active: bool
    created_at: OffsetTime
    updated_at: OffsetTime | None


class ItemPage(Paged[ItemAnswer]): ...


ROWS = (
    Row("GET", "/items", resolve.numbered_items, ItemPage, query=PageQuery, shape=paged, tag="items"),
    Row("POST", "/items", resolve.create_item, ItemAnswer, 201, body=ItemDraft, tag="items"),
    Row("GET", "/items/{item_id}", resolve.item, ItemAnswer, errors=NOT_FOUND, tag="items"),
    Row("PATCH", "/items/{item_id}", resolve.update_item, ItemAnswer, body=ItemChanges, errors=NOT_FOUND, tag="items"),
    Row("DELETE", "/items/{item_id}", resolve.delete_item, status=204, errors=NOT_FOUND, tag="items"),
)
