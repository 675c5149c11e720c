"""Items: the pattern that other nouns copy."""

from uuid import UUID

from domain.items import ItemChanges, ItemDraft, ItemRow, ItemService
from domain.pages import Numbered, Page, PageArgs
from domain.scopes import Scope
from resolvers.access import access, signed_in


@access(signed_in)
async def items(scope: Scope, page: PageArgs, with_total: bool = False) -> Page[ItemRow]:
    """Your items, newest first."""
    async with scope.read(ItemService) as service:
        return await service.page(page, with_total=with_total)


@access(signed_in)
async def numbered_items(scope: Scope, page: int = 1, size: int = 50) -> Numbered[ItemRow]:
    """Your items, newest first, by page number."""
    async with scope.read(ItemService) as service:
        return await service.numbered(page, size)


@access(signed_in)
async def item(scope: Scope, id: UUID) -> ItemRow:
    """One of your items."""
    async with scope.read(ItemService) as service:
        return await service.get(id)


@access(signed_in)
async def create_item(scope: Scope, draft: ItemDraft) -> ItemRow:
    """Add an item."""
    async with scope.write(ItemService) as service:
        return await service.create(draft)


@access(signed_in)
async def update_item(scope: Scope, id: UUID, changes: ItemChanges) -> ItemRow:
    """Change an item's title, description or whether it is active."""
    async with scope.write(ItemService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def delete_item(scope: Scope, id: UUID) -> ItemRow:
    """Delete an item for good; the answer is the item as it was."""
    async with scope.write(ItemService) as service:
        return await service.delete(id)
