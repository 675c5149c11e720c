"""Projects."""

from uuid import UUID

from domain.documents import NamedText, UnreadableDocumentError
from domain.errors import NotFoundError, ValidationError
from domain.job_profile_service import JobProfileService
from domain.projects import (
    ProjectChanges,
    ProjectFile,
    ProjectLabel,
    ProjectRow,
    ProjectService,
    file_key,
    project_type,
)
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.access import access, signed_in


@access(signed_in)
async def upload_project(scope: Scope, file: Upload, label: ProjectLabel) -> ProjectRow:
    """Keep the description of a project (Markdown or plain text, 5 MB)."""
    mime_type = project_type(file)
    try:
        text = (await scope.ports.documents.read(file.content, file.filename)).text
    except UnreadableDocumentError:
        text = None
    key = file_key(mime_type)
    await scope.ports.files.put(key, file.content)
    stored = ProjectFile(file.filename, len(file.content), mime_type, key, text)
    async with scope.write(ProjectService) as service:
        return await service.create(label, stored)


@access(signed_in)
async def projects(scope: Scope) -> list[ProjectRow]:
    """Your projects, newest first."""
    async with scope.read(ProjectService) as service:
        return await service.list_for_user()


@access(signed_in)
async def project(scope: Scope, id: UUID) -> ProjectRow:
    """One of your projects."""
    async with scope.read(ProjectService) as service:
        return await service.get(id)


@access(signed_in)
async def projects_by_id(scope: Scope, ids: list[UUID]) -> list[ProjectRow | None]:
    """Projects of yours in the order of the ids; null where there is none."""
    async with scope.read(ProjectService) as service:
        found = await service.by_id(ids)
    return [found.get(id) for id in ids]


@access(signed_in)
async def project_text(scope: Scope, id: UUID) -> NamedText:
    """What was read from a project's file; null when nothing could be."""
    async with scope.read(ProjectService) as service:
        return await service.named_text(id)


@access(signed_in)
async def update_project(scope: Scope, id: UUID, changes: ProjectChanges) -> ProjectRow:
    """Rename a project."""
    async with scope.write(ProjectService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def delete_project(scope: Scope, id: UUID) -> ProjectRow:
    """Delete a project with its file; profiles forget it."""
    async with scope.write(ProjectService) as service:
        row = await service.delete(id)
        await JobProfileService.of(service).forget_project(id)
    await scope.ports.files.delete(row.file_key)
    return row


@access(signed_in)
async def reread_project(scope: Scope, id: UUID) -> ProjectRow:
    """Read the stored file's text again."""
    async with scope.read(ProjectService) as service:
        row = await service.get(id)
    try:
        content = await scope.ports.files.get(row.file_key)
    except NotFoundError as gone:
        message = f"expected the stored file of project {id}, but it is gone: upload it again"
        raise ValidationError(message, {"project_id": str(id)}) from gone
    read = await scope.ports.documents.read(content, row.original_filename)
    async with scope.write(ProjectService) as service:
        return await service.set_text(id, read.text)
