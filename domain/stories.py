"""Stories: what a person tells of their own way, in their own words; facts for letters beside the résumé."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Index, Select, String, Text, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.errors import NotFoundError
from domain.inputs import ABSENT, Input
from domain.users import one_at_a_time
from domain.work import Service

PREVIEW = 100


class Story(Entity):
    __tablename__ = "stories"
    __table_args__ = (
        Index("ix_stories_newest", "user_id", "created_at"),
        Index(
            "uq_stories_primary",
            "user_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Text)
    is_primary: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story as lists show it; `content_preview` is its first 100 characters, with `...` where there are more."""

    id: UUID
    user_id: UUID
    name: str
    is_primary: bool
    content_preview: str
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class WholeStory(StoryRow):
    content: str


@dataclass(frozen=True, slots=True)
class StoryLink:
    id: UUID
    name: str


class StoryDraft(Input):
    name: str = Field(min_length=1, max_length=100)
    content: str = Field(min_length=1, max_length=50_000)
    is_primary: bool = False


class StoryChanges(Input):
    name: str = Field(default=ABSENT, min_length=1, max_length=100)
    content: str = Field(default=ABSENT, min_length=1, max_length=50_000)
    is_primary: bool = ABSENT


COLUMNS = (
    Story.id, Story.user_id, Story.name, Story.is_primary,
    func.substr(Story.content, 1, PREVIEW + 1).label("content_preview"), Story.created_at, Story.updated_at,
)  # fmt: skip


def row_of(row: Any) -> StoryRow:
    id, user_id, name, is_primary, beginning, created_at, updated_at = row
    return StoryRow(id, user_id, name, is_primary, _preview(beginning), created_at, updated_at)


class StoryService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Story.user_id == self.viewer.id)

    async def list_for_user(self) -> list[StoryRow]:
        ordered = self.visible().order_by(Story.is_primary.desc(), Story.created_at.desc(), Story.id)
        return [row_of(row) for row in await self.session.execute(ordered)]

    async def get(self, id: UUID) -> WholeStory:
        story = (await self.session.scalars(self.visible(Story).where(Story.id == id))).one_or_none()
        if story is None:
            raise _missing(id)
        return _whole(story)

    async def contents(self, ids: Sequence[UUID]) -> dict[UUID, str]:
        found = await self.session.execute(self.visible(Story.id, Story.content).where(Story.id.in_(ids)))
        return {row.id: row.content for row in found}

    async def create(self, draft: StoryDraft) -> WholeStory:
        """The first one is primary anyway."""
        await one_at_a_time(self)
        first = await self.session.scalar(self.visible(Story.id).limit(1)) is None
        primary = first or draft.is_primary
        if primary:
            await self._no_primary()
        story = Story(user_id=self.viewer.id, name=draft.name, content=draft.content, is_primary=primary)
        self.session.add(story)
        await self.session.flush()
        return _whole(story)

    async def update(self, id: UUID, changes: StoryChanges) -> WholeStory:
        """A story stops being primary only when another one becomes it."""
        story = await self._get(id)
        given = changes.given()
        wants_primary = given.pop("is_primary", False)
        for name, value in given.items():
            setattr(story, name, value)
        if wants_primary:
            await self._make_primary(story)
        await self.session.flush()
        return _whole(story)

    async def set_primary(self, id: UUID) -> WholeStory:
        story = await self._get(id)
        await self._make_primary(story)
        return _whole(story)

    async def delete(self, id: UUID) -> WholeStory:
        """The newest of the others becomes primary."""
        story = await self._get(id)
        was = _whole(story)
        await self.session.delete(story)
        await self.session.flush()
        if was.is_primary:
            others = self.visible(Story).order_by(Story.created_at.desc(), Story.id).limit(1)
            heir = (await self.session.scalars(others)).one_or_none()
            if heir is not None:
                await self._make_primary(heir)
        return was

    async def _no_primary(self) -> None:
        mine = update(Story).where(Story.user_id == self.viewer.id, Story.is_primary)
        await self.session.execute(mine.values(is_primary=False, updated_at=Story.updated_at))

    async def _make_primary(self, story: Story) -> None:
        if story.is_primary:
            return
        await self._no_primary()
        story.is_primary = True
        await self.session.flush()

    async def _get(self, id: UUID) -> Story:
        await one_at_a_time(self)
        found = self.visible(Story).where(Story.id == id).with_for_update()
        story: Story | None = (await self.session.scalars(found)).one_or_none()
        if story is None:
            raise _missing(id)
        return story


def _whole(story: Story) -> WholeStory:
    return WholeStory(
        story.id, story.user_id, story.name, story.is_primary, _preview(story.content), story.created_at,
        story.updated_at, story.content,
    )  # fmt: skip


def _preview(content: str) -> str:
    return content[:PREVIEW] + "..." if len(content) > PREVIEW else content


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no story with the id {id} is yours", {"story_id": str(id)})
