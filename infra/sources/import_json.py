"""A JSON file of postings: schema.org JobPosting objects, alone, in a list, in a @graph or one a line, or flat rows.

Rows are numbered in the order of the file, from 1; in JSON Lines they are its lines.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from infra.payloads import UnreadablePayloadError, decode_text, read_json
from infra.sources.adapters import Ask, Page
from infra.sources.flat import REQUIRED, field_of, read_flat
from infra.sources.import_csv import MAX_BYTES, MAX_ROWS
from infra.sources.job_posting import is_job_posting, read_job_posting
from infra.sources.reading import RowError, items, mapping

_LISTS = ("@graph", "itemListElement", "jobs", "postings", "results", "items", "data")


class JsonImport:
    name: ClassVar[str] = "import_json"
    base_urls: ClassVar[Mapping[str, str]] = {}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.IMPORT, "A JSON file of postings, from your computer or an address", default_enabled=False
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(""),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        if len(content) > MAX_BYTES:
            raise UnreadablePayloadError(f"Expected at most 10 MB, found {len(content) / 1024 / 1024:.0f} MB")
        try:
            rows = list(enumerate(_postings(read_json(content, charset)), start=1))
        except UnreadablePayloadError:
            rows = list(_lines(content, charset))
            if not any(isinstance(row, dict) for _, row in rows):
                raise
        if len(rows) > MAX_ROWS:
            raise UnreadablePayloadError(f"Expected at most {MAX_ROWS:,} rows, found {len(rows):,}")
        return Page(rows)

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        kinds = items(row.get("@type"))
        if kinds and not is_job_posting(row):
            return None  # a page's graph also describes the page, its site and its owner
        if kinds or "hiringOrganization" in row:
            return read_job_posting(row, self.name)
        columns = {field: name for name in row if (field := field_of(name))}
        for field in REQUIRED:
            if field not in columns:
                raise RowError("is missing", field)
        return read_flat(row, columns, self.name)


def _postings(document: Any) -> list[Any]:
    """The rows of a document. Raises UnreadablePayloadError when it can hold none."""
    if isinstance(document, list):
        return [inner for item in document for inner in _unwrapped(item)]
    if isinstance(document, dict):
        return _unwrapped(document)
    raise UnreadablePayloadError("Expected JobPosting objects, found a single value")


def _unwrapped(item: Any) -> list[Any]:
    held = mapping(item)
    for name in _LISTS:
        if not is_job_posting(held) and isinstance(held.get(name), list):
            return [mapping(inner).get("item", inner) for inner in held[name]]
    return [item]


def _lines(content: bytes, charset: str | None) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(decode_text(content, charset).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, read_json(line.encode())
        except UnreadablePayloadError as error:
            yield number, RowError(error.message[0].lower() + error.message[1:])
