"""Projects: descriptions of what a person has made, uploaded as Markdown or plain text; facts for letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.documents import NamedText
from domain.entities import Entity
from domain.errors import BadRequestError, NotFoundError
from domain.inputs import ABSENT, Input
from domain.uploads import Upload
from domain.work import Service

MAX_BYTES = 5 * 1024 * 1024
TYPES = ("text/markdown", "text/plain")


class Project(Entity):
    __tablename__ = "projects"
    __table_args__ = (Index("ix_projects_newest", "user_id", "created_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    original_filename: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int]
    mime_type: Mapped[str] = mapped_column(String(100))
    file_key: Mapped[str] = mapped_column(String(255))
    text_content: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """`file_size` in bytes."""

    id: UUID
    user_id: UUID
    name: str
    original_filename: str
    file_size: int
    mime_type: str
    file_key: str
    has_text: bool
    created_at: datetime
    updated_at: datetime | None


class ProjectLabel(Input):
    name: str = Field(min_length=1, max_length=100)


class ProjectChanges(Input):
    name: str = Field(default=ABSENT, min_length=1, max_length=100)


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """An upload as it was stored; `text` is None when nothing could be read from it."""

    filename: str
    size: int
    mime_type: str
    key: str
    text: str | None


def project_type(file: Upload) -> str:
    """Markdown by its name, plain text by its declared type. Raises BadRequestError for anything else or too large."""
    if file.filename.lower().endswith((".md", ".markdown")):
        found = TYPES[0]
    else:
        found = file.content_type.partition(";")[0].strip().lower()
    if found not in TYPES:
        message = f"expected a Markdown (.md) or plain text file, found '{found or file.filename}'"
        raise BadRequestError(message, {"supported_types": list(TYPES)})
    if len(file.content) > MAX_BYTES:
        message = f"expected a file of at most {MAX_BYTES} bytes, found {len(file.content)}"
        raise BadRequestError(message, {"size": len(file.content)})
    return found


def file_key(mime_type: str) -> str:
    return f"projects/{uuid4().hex}.{'md' if mime_type == TYPES[0] else 'txt'}"


HAS_TEXT = (Project.text_content.is_not(None) & (Project.text_content != "")).label("has_text")
COLUMNS = (
    Project.id, Project.user_id, Project.name, Project.original_filename, Project.file_size, Project.mime_type,
    Project.file_key, HAS_TEXT, Project.created_at, Project.updated_at,
)  # fmt: skip


class ProjectService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Project.user_id == self.viewer.id)

    async def list_for_user(self) -> list[ProjectRow]:
        newest = self.visible().order_by(Project.created_at.desc(), Project.id)
        return [ProjectRow(*row) for row in await self.session.execute(newest)]

    async def get(self, id: UUID) -> ProjectRow:
        row = (await self.session.execute(self.visible().where(Project.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        return ProjectRow(*row)

    async def by_id(self, ids: Sequence[UUID]) -> dict[UUID, ProjectRow]:
        """Those of the ids that are yours."""
        found = await self.session.execute(self.visible().where(Project.id.in_(ids)))
        return {row.id: ProjectRow(*row) for row in found}

    async def named_text(self, id: UUID) -> NamedText:
        found = self.visible(Project.id, Project.name, Project.text_content).where(Project.id == id)
        row = (await self.session.execute(found)).one_or_none()
        if row is None:
            raise _missing(id)
        return NamedText(*row)

    async def texts(self, ids: Sequence[UUID]) -> list[str]:
        """What could be read of those that are yours, in the order of the ids."""
        found = await self.session.execute(self.visible(Project.id, Project.text_content).where(Project.id.in_(ids)))
        by_id = {row.id: row.text_content for row in found}
        return [by_id[id] for id in ids if by_id.get(id)]

    async def create(self, label: ProjectLabel, file: ProjectFile) -> ProjectRow:
        project = Project(
            user_id=self.viewer.id,
            name=label.name,
            original_filename=file.filename[:255],
            file_size=file.size,
            mime_type=file.mime_type,
            file_key=file.key,
            text_content=file.text,
        )
        self.session.add(project)
        await self.session.flush()
        return await self.get(project.id)

    async def set_text(self, id: UUID, text: str) -> ProjectRow:
        project = await self._get(id)
        project.text_content = text
        await self.session.flush()
        return await self.get(id)

    async def update(self, id: UUID, changes: ProjectChanges) -> ProjectRow:
        project = await self._get(id)
        for name, value in changes.given().items():
            setattr(project, name, value)
        await self.session.flush()
        return await self.get(id)

    async def delete(self, id: UUID) -> ProjectRow:
        """The caller takes it out of the profiles that name it, and removes the file after the commit."""
        project = await self._get(id)
        row = await self.get(id)
        await self.session.delete(project)
        await self.session.flush()
        return row

    async def _get(self, id: UUID) -> Project:
        found = self.visible(Project).where(Project.id == id).with_for_update()
        project: Project | None = (await self.session.scalars(found)).one_or_none()
        if project is None:
            raise _missing(id)
        return project


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no project with the id {id} is yours", {"project_id": str(id)})
