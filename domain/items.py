"""Items: the smallest complete noun. Whoever adds a noun copies this one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.errors import NotFoundError
from domain.events import ItemCreated, ItemDeleted, ItemUpdated
from domain.inputs import ABSENT, Input
from domain.pages import Numbered, Order, Page, PageArgs, by_keyset, by_number, count, to_page
from domain.work import Service


class Item(Entity):
    __tablename__ = "items"
    __table_args__ = (Index("ix_items_newest", "user_id", "created_at", "id"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(255))
    description: Mapped[str | None] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)


@dataclass(frozen=True, slots=True)
class ItemRow:
    id: UUID
    title: str
    description: str | None
    is_active: bool
    created_at: datetime
    updated_at: datetime | None


class ItemDraft(Input):
    title: str = Field(max_length=255)
    description: str | None = Field(default=None, max_length=100_000)


class ItemChanges(Input):
    title: str = Field(default=ABSENT, max_length=255)
    description: str | None = Field(default=None, max_length=100_000)
    is_active: bool = ABSENT


COLUMNS = (Item.id, Item.title, Item.description, Item.is_active, Item.created_at, Item.updated_at)
NEWEST_FIRST = Order("created_at", Item.created_at.expression, Item.id.expression, descending=True)


class ItemService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Item.user_id == self.viewer.id)

    async def page(self, args: PageArgs, *, with_total: bool) -> Page[ItemRow]:
        statement, wanted, backwards = by_keyset(self.visible(), NEWEST_FIRST, args)
        found = [ItemRow(*row) for row in await self.session.execute(statement)]
        total = await count(self.session, self.visible(Item.id)) if with_total else None
        return to_page([(r, r.created_at, r.id) for r in found], NEWEST_FIRST, args, wanted, backwards, total)

    async def numbered(self, page: int, size: int) -> Numbered[ItemRow]:
        newest = self.visible().order_by(Item.created_at.desc(), Item.id.desc())
        rows = await self.session.execute(by_number(newest, page, size))
        return Numbered([ItemRow(*row) for row in rows], await count(self.session, self.visible(Item.id)))

    async def get(self, id: UUID) -> ItemRow:
        row = (await self.session.execute(self.visible().where(Item.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        return ItemRow(*row)

    async def create(self, draft: ItemDraft) -> ItemRow:
        item = Item(user_id=self.viewer.id, title=draft.title, description=draft.description)
        self.session.add(item)
        await self.session.flush()
        self.work.emit(ItemCreated(owner_id=self.viewer.id, subject_id=item.id, title=item.title))
        return _row(item)

    async def update(self, id: UUID, changes: ItemChanges) -> ItemRow:
        item = await self._get(id)
        for name, value in changes.given().items():
            setattr(item, name, value)
        await self.session.flush()
        self.work.emit(ItemUpdated(owner_id=self.viewer.id, subject_id=id, title=item.title))
        return _row(item)

    async def delete(self, id: UUID) -> ItemRow:
        item = await self._get(id)
        await self.session.delete(item)
        self.work.emit(ItemDeleted(owner_id=self.viewer.id, subject_id=id, title=item.title))
        return _row(item)

    async def _get(self, id: UUID) -> Item:
        found = self.visible(Item).where(Item.id == id).with_for_update()
        item: Item | None = (await self.session.scalars(found)).one_or_none()
        if item is None:
            raise _missing(id)
        return item


def _row(item: Item) -> ItemRow:
    return ItemRow(item.id, item.title, item.description, item.is_active, item.created_at, item.updated_at)


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no item with the id {id} is yours", {"item_id": str(id)})
