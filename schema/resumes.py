"""Résumés in GraphQL."""

from datetime import datetime

import strawberry

from domain.resumes import ResumeChanges, ResumeLabel, ResumeRow
from resolvers import resumes as resolve
from schema.context import Info
from schema.doors import field
from schema.inputs import input_of
from schema.nodes import Node


async def _text(root: strawberry.Parent[ResumeRow], info: Info) -> str | None:
    return await resolve.resume_text(info.context.scope, root.id)


def _url(root: strawberry.Parent[ResumeRow], info: Info) -> str:
    return info.context.scope.ports.files.address(root.file_key, root.original_filename)


@strawberry.type(description="A résumé: the uploaded file and what was read from it.")
class Resume(Node):
    row = ResumeRow

    name: str
    original_filename: str
    file_size: int = strawberry.field(description="In bytes.")
    mime_type: str = strawberry.field(description="What the file is, whatever its name says.")
    is_primary: bool
    has_text: bool
    created_at: datetime
    updated_at: datetime | None

    text = strawberry.field(resolver=_text, description="What was read from the file; null when nothing could be.")

    url = strawberry.field(
        resolver=_url, description="Where to fetch the file: a path on this server, good for minutes."
    )


@input_of(ResumeLabel)
class ResumeLabelInput: ...


@input_of(ResumeChanges)
class ResumeChangesInput: ...


@strawberry.type
class ResumeQueries:
    resumes = field(resolve.resumes, list[Resume])
    resume = field(resolve.resume, Resume)


@strawberry.type
class ResumeMutations:
    upload_resume = field(resolve.upload_resume, Resume)
    paste_resume = field(resolve.paste_resume, Resume)
    update_resume = field(resolve.update_resume, Resume)
    set_primary_resume = field(resolve.set_primary_resume, Resume)
    delete_resume = field(resolve.delete_resume, Resume)
    reread_resume = field(resolve.reread_resume, Resume)
