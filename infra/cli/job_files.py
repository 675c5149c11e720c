"""Jobs of a JSON file for rating: JobPosting objects or plain rows, of which only title and text are needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra.sources.adapters import Ask
from infra.sources.flat import field_of
from infra.sources.import_json import JsonImport
from infra.sources.job_posting import is_job_posting
from infra.sources.reading import RowError, mapping

UNNAMED = "unnamed"
NOWHERE = "https://unnamed.example/"


@dataclass(frozen=True, slots=True)
class FileJob:
    """`index` is the place in the file, from 0; `id` the file's own id of whatever type, or None."""

    index: int
    id: Any
    title: str
    company: str | None
    description: str


@dataclass(frozen=True, slots=True)
class RefusedJob:
    index: int
    reason: str


def read_jobs(content: bytes) -> list[FileJob | RefusedJob]:
    """Raises UnreadablePayloadError for what is no JSON of jobs. Objects of a graph that are no jobs are left out."""
    importer = JsonImport()
    found: list[FileJob | RefusedJob] = []
    for index, (_, row) in enumerate(importer.page(content, None, Ask("")).rows):
        try:
            job = _read(importer, index, row)
        except RowError as refused:
            found.append(RefusedJob(index, f"{refused.column}: {refused.reason}" if refused.column else refused.reason))
            continue
        if job is not None:
            found.append(job)
    return found


def _read(importer: JsonImport, index: int, row: Any) -> FileJob | None:
    if isinstance(row, RowError):
        raise row
    if not isinstance(row, dict):
        message = f"expected an object, found {type(row).__name__}"
        raise RowError(message)
    try:
        listing = importer.listing(_completed(row), "")
    except RowError:
        listing = importer.listing(_completed(_essence(row)), "")
    if listing is None:
        return None
    company = None if listing.company == UNNAMED else listing.company
    return FileJob(index, _id(row), listing.title, company, listing.description)


def _completed(row: Mapping[str, Any]) -> dict[str, Any]:
    """With a stand-in for what an import needs and a rating does not: employer and address."""
    stand_ins: dict[str, Any] = {"url": NOWHERE, "company": UNNAMED}
    if is_job_posting(row) or "hiringOrganization" in row:
        stand_ins["hiringOrganization"] = {"name": UNNAMED}
    given = {alias for name, value in row.items() if value for alias in (name, field_of(name))}
    return {**row, **{name: value for name, value in stand_ins.items() if name not in given}}


def _essence(row: Mapping[str, Any]) -> dict[str, Any]:
    """Title, employer and text alone: a date that cannot be read is no reason not to rate."""
    kept = {field: value for name, value in row.items() if (field := field_of(name)) in {"title", "description"}}
    employer = mapping(row.get("hiringOrganization")).get("name") or row.get("company")
    return {**kept, **({"company": employer} if employer else {})}


def _id(row: Mapping[str, Any]) -> Any:
    given = row.get("id", row.get("identifier"))
    return mapping(given).get("value", given) if isinstance(given, dict) else given
