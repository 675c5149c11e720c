"""Postings that a person brings."""

from uuid import UUID

from domain.imports import ImportReport, ImportService
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.access import access, signed_in


@access(signed_in)
async def import_postings(scope: Scope, file: Upload, profile_id: UUID | None = None) -> ImportReport:
    """Bring your own postings: JSON (schema.org JobPosting) or CSV, up to 10 MB.

    A file that cannot be read changes nothing; a row that cannot is named and the others are kept. The profile (the
    default one unless named) looks at your imports from then on.
    """
    found = await scope.ports.sources.read_file(file.content, file.filename)
    async with scope.write(ImportService) as imports:
        return await imports.keep(found, profile_id)
