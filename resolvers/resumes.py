"""Résumés."""

from uuid import UUID

from domain.documents import DocumentText, NamedText, UnreadableDocumentError
from domain.errors import NotFoundError, ValidationError
from domain.resumes import (
    EXTENSIONS,
    ResumeChanges,
    ResumeFile,
    ResumeLabel,
    ResumeRow,
    ResumeService,
    check_declared,
    file_key,
)
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.access import access, signed_in


@access(signed_in)
async def upload_resume(scope: Scope, file: Upload, label: ResumeLabel) -> ResumeRow:
    """Keep a résumé (PDF, Word or text, 10 MB) and read its text; one that cannot be read is refused."""
    read = await scope.ports.documents.read(file.content, file.filename)
    return await _keep(scope, file, label, read)


@access(signed_in)
async def paste_resume(scope: Scope, text: str, label: ResumeLabel) -> ResumeRow:
    """Keep a résumé that is pasted as text, where no file can be sent."""
    file = Upload(f"{label.name}.txt", "text/plain", text.encode())
    return await upload_resume(scope, file, label)


@access(signed_in)
async def upload_unread_resume(scope: Scope, file: Upload, label: ResumeLabel) -> ResumeRow:
    """Keep a résumé of an accepted type also when its text cannot be read: `has_text` is false then."""
    check_declared(file)
    try:
        read = await scope.ports.documents.read(file.content, file.filename)
    except UnreadableDocumentError:
        read = None
    return await _keep(scope, file, label, read)


@access(signed_in)
async def resumes(scope: Scope) -> list[ResumeRow]:
    """Your résumés: the primary one, then the newest first."""
    async with scope.read(ResumeService) as service:
        return await service.list_for_user()


@access(signed_in)
async def resume(scope: Scope, id: UUID) -> ResumeRow:
    """One of your résumés."""
    async with scope.read(ResumeService) as service:
        return await service.get_by_id(id)


@access(signed_in)
async def resume_text(scope: Scope, id: UUID) -> str | None:
    """What was read from a résumé; null when nothing could be."""
    async with scope.read(ResumeService) as service:
        return await service.get_text_content(id)


@access(signed_in)
async def named_resume_text(scope: Scope, id: UUID) -> NamedText:
    """What was read from a résumé, with its name; null when nothing could be."""
    async with scope.read(ResumeService) as service:
        return await service.named_text(id)


@access(signed_in)
async def update_resume(scope: Scope, id: UUID, changes: ResumeChanges) -> ResumeRow:
    """Rename a résumé or make it the primary one."""
    async with scope.write(ResumeService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def set_primary_resume(scope: Scope, id: UUID) -> ResumeRow:
    """Make a résumé the primary one."""
    async with scope.write(ResumeService) as service:
        return await service.set_primary(id)


@access(signed_in)
async def delete_resume(scope: Scope, id: UUID) -> ResumeRow:
    """Delete a résumé with its file; the answer is the résumé as it was."""
    async with scope.write(ResumeService) as service:
        row = await service.delete(id)
    await scope.ports.files.delete(row.file_key)
    return row


@access(signed_in)
async def reread_resume(scope: Scope, id: UUID) -> ResumeRow:
    """Read the stored file's text again."""
    async with scope.read(ResumeService) as service:
        row = await service.get_by_id(id)
    try:
        content = await scope.ports.files.get(row.file_key)
    except NotFoundError as gone:
        message = f"expected the stored file of résumé {id}, but it is gone: upload it again"
        raise ValidationError(message, {"resume_id": str(id)}) from gone
    read = await scope.ports.documents.read(content, row.original_filename)
    async with scope.write(ResumeService) as service:
        return await service.set_text(id, read)


async def _keep(scope: Scope, file: Upload, label: ResumeLabel, read: DocumentText | None) -> ResumeRow:
    """The file first, then the row: a crash between leaves a file without a row, never a row without its file."""
    declared = file.content_type if file.content_type in EXTENSIONS else "application/octet-stream"
    mime_type = read.mime_type if read else declared
    key = file_key(mime_type)
    await scope.ports.files.put(key, file.content)
    stored = ResumeFile(file.filename, len(file.content), mime_type, key, read.text if read else None)
    async with scope.write(ResumeService) as service:
        return await service.create_from_upload(label, stored)
