"""Résumés: the file a person uploaded and the text that was read from it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import ForeignKey, Index, Select, String, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.documents import MAX_BYTES, DocumentText, NamedText
from domain.entities import Entity
from domain.errors import BadRequestError, NotFoundError
from domain.events import ResumeCreated, ResumeDeleted
from domain.inputs import ABSENT, Input
from domain.uploads import Upload
from domain.users import one_at_a_time
from domain.work import Service

EXTENSIONS = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "text/plain": "txt",
}


class Resume(Entity):
    __tablename__ = "resumes"
    __table_args__ = (
        Index("ix_resumes_newest", "user_id", "created_at"),
        Index(
            "uq_resumes_primary",
            "user_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(100))
    original_filename: Mapped[str] = mapped_column(String(255))
    file_size: Mapped[int]
    mime_type: Mapped[str] = mapped_column(String(100))
    file_key: Mapped[str] = mapped_column(String(255))
    is_primary: Mapped[bool] = mapped_column(default=False)
    text_content: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class ResumeRow:
    """`file_size` in bytes."""

    id: UUID
    user_id: UUID
    name: str
    original_filename: str
    file_size: int
    mime_type: str
    file_key: str
    is_primary: bool
    has_text: bool
    created_at: datetime
    updated_at: datetime | None


def check_declared(file: Upload) -> None:
    """The documented rule of REST v1: the declared type alone decides. Raises BadRequestError."""
    declared = file.content_type.partition(";")[0].strip().lower()
    if declared not in EXTENSIONS:
        message = f"expected a PDF, Word (.docx) or plain text file, found '{declared or 'no type'}'"
        raise BadRequestError(message, {"supported_types": list(EXTENSIONS)})
    if len(file.content) > MAX_BYTES:
        message = f"expected a file of at most {MAX_BYTES} bytes, found {len(file.content)}"
        raise BadRequestError(message, {"size": len(file.content)})


class ResumeLabel(Input):
    """What a person says of an upload."""

    name: str = Field(min_length=1, max_length=100)
    set_primary: bool = False


class ResumeChanges(Input):
    name: str = Field(default=ABSENT, min_length=1, max_length=100)
    is_primary: bool = ABSENT


@dataclass(frozen=True, slots=True)
class ResumeFile:
    """An upload as it was stored; `text` is None when nothing could be read from it."""

    filename: str
    size: int
    mime_type: str
    key: str
    text: str | None


def file_key(mime_type: str) -> str:
    return f"resumes/{uuid4().hex}.{EXTENSIONS.get(mime_type, 'bin')}"


HAS_TEXT = (Resume.text_content.is_not(None) & (Resume.text_content != "")).label("has_text")
COLUMNS = (
    Resume.id, Resume.user_id, Resume.name, Resume.original_filename, Resume.file_size, Resume.mime_type,
    Resume.file_key, Resume.is_primary, HAS_TEXT, Resume.created_at, Resume.updated_at,
)  # fmt: skip


class ResumeService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Resume.user_id == self.viewer.id)

    async def create_from_upload(self, label: ResumeLabel, file: ResumeFile) -> ResumeRow:
        """The first one is primary anyway."""
        await one_at_a_time(self)
        first = await self.session.scalar(self.visible(Resume.id).limit(1)) is None
        resume = Resume(
            user_id=self.viewer.id,
            name=label.name,
            original_filename=file.filename[:255],
            file_size=file.size,
            mime_type=file.mime_type,
            file_key=file.key,
            text_content=file.text,
            is_primary=first or label.set_primary,
        )
        if resume.is_primary:
            await self._no_primary()
        self.session.add(resume)
        await self.session.flush()
        self.work.emit(ResumeCreated(owner_id=self.viewer.id, subject_id=resume.id, title=resume.name))
        return await self.get_by_id(resume.id)

    async def get_by_id(self, id: UUID) -> ResumeRow:
        row = (await self.session.execute(self.visible().where(Resume.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        return ResumeRow(*row)

    async def list_for_user(self) -> list[ResumeRow]:
        ordered = self.visible().order_by(Resume.is_primary.desc(), Resume.created_at.desc())
        return [ResumeRow(*row) for row in await self.session.execute(ordered)]

    async def get_text_content(self, id: UUID) -> str | None:
        """The text, or None when the file held none; NotFoundError when the résumé is not yours."""
        row = (await self.session.execute(self.visible(Resume.text_content).where(Resume.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        found: str | None = row[0]
        return found

    async def named_text(self, id: UUID) -> NamedText:
        found = self.visible(Resume.id, Resume.name, Resume.text_content).where(Resume.id == id)
        row = (await self.session.execute(found)).one_or_none()
        if row is None:
            raise _missing(id)
        return NamedText(*row)

    async def set_text(self, id: UUID, read: DocumentText) -> ResumeRow:
        resume = await self._get(id)
        resume.text_content, resume.mime_type = read.text, read.mime_type
        await self.session.flush()
        return await self.get_by_id(id)

    async def update(self, id: UUID, changes: ResumeChanges) -> ResumeRow:
        """A résumé stops being primary only when another one becomes it."""
        resume = await self._get(id)
        given = changes.given()
        if "name" in given:
            resume.name = given["name"]
        if given.get("is_primary"):
            await self._make_primary(resume)
        await self.session.flush()
        return await self.get_by_id(id)

    async def set_primary(self, id: UUID) -> ResumeRow:
        await self._make_primary(await self._get(id))
        return await self.get_by_id(id)

    async def delete(self, id: UUID) -> ResumeRow:
        """The newest of the others becomes primary. The caller removes the file after the commit."""
        resume = await self._get(id)
        row = await self.get_by_id(id)
        await self.session.delete(resume)
        await self.session.flush()
        if row.is_primary:
            others = self.visible(Resume).order_by(Resume.created_at.desc()).limit(1)
            heir = (await self.session.scalars(others)).one_or_none()
            if heir is not None:
                await self._make_primary(heir)
        self.work.emit(ResumeDeleted(owner_id=self.viewer.id, subject_id=id, title=row.name))
        return row

    async def _no_primary(self) -> None:
        mine = update(Resume).where(Resume.user_id == self.viewer.id, Resume.is_primary)
        await self.session.execute(mine.values(is_primary=False, updated_at=Resume.updated_at))

    async def _make_primary(self, resume: Resume) -> None:
        if resume.is_primary:
            return
        await self._no_primary()
        resume.is_primary = True
        await self.session.flush()

    async def _get(self, id: UUID) -> Resume:
        await one_at_a_time(self)
        found = self.visible(Resume).where(Resume.id == id).with_for_update()
        resume: Resume | None = (await self.session.scalars(found)).one_or_none()
        if resume is None:
            raise _missing(id)
        return resume


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no résumé with the id {id} is yours", {"resume_id": str(id)})
