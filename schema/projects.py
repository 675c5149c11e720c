"""Projects in GraphQL."""

from datetime import datetime

import strawberry

from domain.projects import ProjectChanges, ProjectLabel, ProjectRow
from resolvers import projects as resolve
from schema.context import Info
from schema.doors import field
from schema.inputs import input_of
from schema.nodes import Node


async def _text(root: strawberry.Parent[ProjectRow], info: Info) -> str | None:
    return (await resolve.project_text(info.context.scope, root.id)).text_content


def _url(root: strawberry.Parent[ProjectRow], info: Info) -> str:
    return info.context.scope.ports.files.address(root.file_key, root.original_filename)


@strawberry.type(description="Something you have made, described in Markdown or plain text: facts for letters.")
class Project(Node):
    row = ProjectRow

    name: str
    original_filename: str
    file_size: int = strawberry.field(description="In bytes.")
    mime_type: str
    has_text: bool
    created_at: datetime
    updated_at: datetime | None

    text = strawberry.field(resolver=_text, description="What was read from the file; null when nothing could be.")

    url = strawberry.field(
        resolver=_url, description="Where to fetch the file: a path on this server, good for minutes."
    )


@input_of(ProjectLabel)
class ProjectLabelInput: ...


@input_of(ProjectChanges)
class ProjectChangesInput: ...


@strawberry.type
class ProjectQueries:
    projects = field(resolve.projects, list[Project])
    project = field(resolve.project, Project)


@strawberry.type
class ProjectMutations:
    upload_project = field(resolve.upload_project, Project)
    update_project = field(resolve.update_project, Project)
    delete_project = field(resolve.delete_project, Project)
    reread_project = field(resolve.reread_project, Project)
