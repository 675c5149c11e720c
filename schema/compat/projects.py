"""Projects in REST (contract.md section 12)."""

from uuid import UUID

from domain.projects import ProjectChanges, ProjectLabel
from resolvers import projects as resolve
from schema.compat.rows import NOT_FOUND, REFUSED, UPLOAD_REFUSED, Media, Row
from schema.compat.wire import FilePart, OffsetTime, TextAnswer, Wire


class ProjectSummary(Wire):
    id: UUID
    name: str
    original_filename: str
    has_text: bool


class ProjectAnswer(Wire):
    id: UUID
    user_id: UUID
    name: str
    original_filename: str
    file_size: int
    mime_type: str
    has_text: bool
    created_at: OffsetTime
    updated_at: OffsetTime | None


class ProjectForm(ProjectLabel):
    file: FilePart


ROWS = (
    Row("GET", "/projects", resolve.projects, list[ProjectSummary], tag="projects"),
    Row(
        "POST", "/projects/upload", resolve.upload_project, ProjectAnswer, 201,
        body=ProjectForm, media=Media.MULTIPART, errors=UPLOAD_REFUSED, tag="projects",
    ),
    Row("GET", "/projects/{project_id}", resolve.project, ProjectAnswer, errors=NOT_FOUND, tag="projects"),
    Row(
        "PATCH", "/projects/{project_id}", resolve.update_project, ProjectAnswer,
        body=ProjectChanges, errors=NOT_FOUND, tag="projects",
    ),
    Row("DELETE", "/projects/{project_id}", resolve.delete_project, ProjectAnswer, errors=NOT_FOUND, tag="projects"),
    Row("GET", "/projects/{project_id}/text", resolve.project_text, TextAnswer, errors=NOT_FOUND, tag="projects"),
    Row(
        "POST", "/projects/{project_id}/re-extract", resolve.reread_project, ProjectAnswer,
        errors=NOT_FOUND | REFUSED, tag="projects",
    ),
)  # fmt: skip
