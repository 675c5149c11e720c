"""Résumés in REST (contract.md section 12)."""

from uuid import UUID

from domain.resumes import ResumeChanges, ResumeLabel
from resolvers import resumes as resolve
from schema.compat.rows import NOT_FOUND, REFUSED, UPLOAD_REFUSED, Media, Row
from schema.compat.wire import FilePart, OffsetTime, TextAnswer, Wire


class ResumeSummary(Wire):
    id: UUID
    name: str
    original_filename: str
    is_primary: bool
    has_text: bool


class ResumeAnswer(Wire):
    id: UUID
    user_id: UUID
    name: str
    original_filename: str
    file_size: int
    mime_type: str
    is_primary: bool
    has_text: bool
    created_at: OffsetTime
    updated_at: OffsetTime | None


class ResumeForm(ResumeLabel):
    file: FilePart


ROWS = (
    Row("GET", "/resumes", resolve.resumes, list[ResumeSummary], tag="resumes"),
    Row(
        "POST", "/resumes/upload", resolve.upload_unread_resume, ResumeAnswer, 201,
        body=ResumeForm, media=Media.MULTIPART, errors=UPLOAD_REFUSED, tag="resumes",
    ),
    Row("GET", "/resumes/{resume_id}", resolve.resume, ResumeAnswer, errors=NOT_FOUND, tag="resumes"),
    Row(
        "PATCH", "/resumes/{resume_id}", resolve.update_resume, ResumeAnswer,
        body=ResumeChanges, errors=NOT_FOUND, tag="resumes",
    ),
    Row("DELETE", "/resumes/{resume_id}", resolve.delete_resume, ResumeAnswer, errors=NOT_FOUND, tag="resumes"),
    Row("GET", "/resumes/{resume_id}/text", resolve.named_resume_text, TextAnswer, errors=NOT_FOUND, tag="resumes"),
    Row(
        "POST", "/resumes/{resume_id}/set-primary", resolve.set_primary_resume, ResumeAnswer,
        errors=NOT_FOUND, tag="resumes",
    ),
    Row(
        "POST", "/resumes/{resume_id}/re-extract", resolve.reread_resume, ResumeAnswer,
        errors=NOT_FOUND | REFUSED, tag="resumes",
    ),
)  # fmt: skip
