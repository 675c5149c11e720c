"""Postings that a person brings."""

from uuid import UUID

from domain.adding import add_listing
from domain.errors import ValidationError
from domain.imports import ImportReport, ImportService
from domain.jobs import JobRow
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.access import access, signed_in

LONGEST_TEXT = 200_000


@access(signed_in)
async def import_postings(scope: Scope, file: Upload, profile_id: UUID | None = None) -> ImportReport:
    """Bring your own postings: JSON (schema.org JobPosting) or CSV, up to 10 MB.

    A file that cannot be read changes nothing; a row that cannot is named and the others are kept. The profile (the
    default one unless named) looks at your imports from then on.
    """
    found = await scope.ports.sources.read_file(file.content, file.filename)
    async with scope.write(ImportService) as imports:
        return await imports.keep(found, profile_id)


@access(signed_in)
async def add_job_by_url(scope: Scope, url: str, profile_id: UUID | None = None) -> JobRow:
    """Add the posting behind an address as a job, however well it fits: by its board's API where the address is known.

    Otherwise the page's JobPosting data is read, else its text. A page behind a sign-in or a check for robots is
    refused: paste its text instead. An address that is a job of yours already gives that job.
    """
    return await add_listing(scope, await scope.ports.sources.read_url(url), profile_id)


@access(signed_in)
async def add_job_by_text(
    scope: Scope,
    text: str,
    title: str | None = None,
    company: str | None = None,
    url: str | None = None,
    profile_id: UUID | None = None,
) -> JobRow:
    """Add a job from a posting's pasted text, however well it fits; say title and company where the text does not."""
    if not 0 < len(text) <= LONGEST_TEXT:
        message = f"text: expected 1 to {LONGEST_TEXT:,} characters, found {len(text):,}"
        raise ValidationError(message, {"length": len(text)})
    return await add_listing(scope, await scope.ports.sources.read_text(text, title, company, url), profile_id)
