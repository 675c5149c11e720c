"""Items in GraphQL."""

from datetime import datetime

import strawberry

from domain.items import ItemChanges, ItemDraft, ItemRow
from resolvers import items as resolve
from schema.connections import Connection
from schema.doors import field
from schema.inputs import input_of
from schema.nodes import Node


@strawberry.type(description="A note of your own.")
class Item(Node):
    row = ItemRow

    title: str
    description: str | None
    is_active: bool
    created_at: datetime
    updated_at: datetime | None


@input_of(ItemDraft)
class ItemDraftInput: ...


@input_of(ItemChanges)
class ItemChangesInput: ...


@strawberry.type
class ItemQueries:
    items = field(resolve.items, Connection[Item])
    item = field(resolve.item, Item)


@strawberry.type
class ItemMutations:
    create_item = field(resolve.create_item, Item)
    update_item = field(resolve.update_item, Item)
    delete_item = field(resolve.delete_item, Item)
