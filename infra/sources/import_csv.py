"""A CSV file of postings: the columns of `flat.COLUMNS` in its first row, parted by comma, semicolon, tab or bar.

Row numbers are those a spreadsheet shows: the header is row 1.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from infra.payloads import UnreadablePayloadError, decode_text
from infra.sources.adapters import Ask, Page
from infra.sources.flat import field_of, read_flat, read_header
from infra.sources.reading import RowError

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 50_000
_DELIMITERS = (",", ";", "\t", "|")
_COLUMNS = "\x00columns"


class CsvImport:
    name: ClassVar[str] = "import_csv"
    base_urls: ClassVar[Mapping[str, str]] = {}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.IMPORT, "A CSV file of postings, from your computer or an address", default_enabled=False
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(""),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        if len(content) > MAX_BYTES:
            raise UnreadablePayloadError(f"Expected at most 10 MB, found {len(content) / 1024 / 1024:.0f} MB")
        written = decode_text(content, charset).replace("\x00", "")
        if not written.strip():
            raise UnreadablePayloadError("Expected a CSV file with a header, found an empty file")
        reader = csv.reader(io.StringIO(written, newline=""), delimiter=_delimiter(written))
        try:
            records = list(_numbered(reader))
        except csv.Error as error:
            raise UnreadablePayloadError(
                f"Expected CSV, found something broken in line {reader.line_num}: {error}"
            ) from error
        (_, header), *rest = records
        names = [name.strip() for name in header]
        columns = read_header(names)
        return Page(((number, _row(names, columns, record)) for number, record in rest))

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        values = {name: value for name, value in row.items() if name != _COLUMNS}
        return read_flat(values, row[_COLUMNS], self.name)


def _delimiter(written: str) -> str:
    """The one that finds the most of our columns in the header."""
    first = next(line for line in written.splitlines() if line.strip())
    found = {
        mark: sum(1 for name in next(csv.reader([first], delimiter=mark)) if field_of(name)) for mark in _DELIMITERS
    }
    return max(_DELIMITERS, key=lambda mark: found[mark])


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Records by number, without the empty ones. Raises UnreadablePayloadError past the most that is read."""
    for number, record in enumerate(reader, start=1):
        if number > MAX_ROWS + 1:
            raise UnreadablePayloadError(f"Expected at most {MAX_ROWS:,} rows, found more")
        if any(cell.strip() for cell in record):
            yield number, record


def _row(names: list[str], columns: Mapping[str, str], record: list[str]) -> Mapping[str, Any] | RowError:
    if len(record) > len(names):
        return RowError(f"expected {len(names)} columns, found {len(record)}")
    if len(record) < len(names):
        return RowError(f"expected {len(names)} columns, found {len(record)}", names[len(record)])
    return {**dict(zip(names, record, strict=True)), _COLUMNS: columns}
