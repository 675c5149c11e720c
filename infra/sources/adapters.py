"""What one source's adapter must say, and the one function that turns its answers into listings.

An adapter is where to ask and how to read a row. It holds no state and does no I/O: `read_page` is a plain
function of bytes, so that it runs in another process, on a saved payload and on a held-back one alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any, ClassVar, Protocol
from urllib.parse import quote, urlencode

from domain.errors import ValidationError
from domain.listings import Attribution, Listing, RefusedRow, SourceQuery, SourceTerms
from infra.payloads import UnreadablePayloadError, read_json
from infra.sources.reading import RowError

ADAPTERS = {
    "sample": "sample:SampleBoard",
    "mock": "mock:MockBoard",
    "import_json": "import_json:JsonImport",
    "import_csv": "import_csv:CsvImport",
    "greenhouse": "greenhouse:Greenhouse",
    "lever": "lever:Lever",
    "ashby": "ashby:Ashby",
    "workable": "workable:Workable",
    "recruitee": "recruitee:Recruitee",
    "personio": "personio:Personio",
    "teamtailor": "teamtailor:Teamtailor",
    "remoteok": "remoteok:RemoteOk",
    "remotive": "remotive:Remotive",
    "arbeitnow": "arbeitnow:Arbeitnow",
    "himalayas": "himalayas:Himalayas",
    "jobicy": "jobicy:Jobicy",
    "hackernews": "hackernews:HackerNews",
    "adzuna": "adzuna:Adzuna",
    "usajobs": "usajobs:UsaJobs",
    "themuse": "themuse:TheMuse",
    "smartrecruiters": "smartrecruiters:SmartRecruiters",
    "weworkremotely": "weworkremotely:WeWorkRemotely",
}
DOCUMENT = "_document"


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a board: a path below its base address. `conditional` ones carry the last answer's validator.

    `narrowed`: it asks for some of the board only, which boards like to ignore, so it is held against the answer.
    """

    path: str
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    conditional: bool = False
    narrowed: bool = False

    def url(self, base_url: str) -> str:
        query = f"?{urlencode(self.params)}" if self.params else ""
        return f"{base_url}{self.path}{query}"


@dataclass(frozen=True, slots=True)
class Page:
    """Rows with their numbers, counted from 1; a row may be a RowError already. `following`: what to ask next."""

    rows: Iterable[tuple[int, Any]]
    following: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedPage:
    rows: tuple[Listing | RefusedRow, ...] = ()
    skipped: int = 0
    following: tuple[Ask, ...] = ()


class Adapter(Protocol):
    """`base_urls` by region, "" for the usual one; "{board}" in it stands for the employer's slug."""

    name: ClassVar[str]
    terms: ClassVar[SourceTerms]
    base_urls: ClassVar[Mapping[str, str]]

    def asks(self, board: str, query: SourceQuery) -> Sequence[Ask]:
        """The questions that a reading begins with."""
        ...

    def page(self, content: bytes, charset: str | None, ask: Ask) -> Page:
        """Raises UnreadablePayloadError when the answer is not what the board sends."""
        ...

    def listing(self, row: Any, board: str) -> Listing | None:
        """None for a row that is no vacancy. Raises RowError for one that lacks what a listing needs."""
        ...


class ByIdAdapter(Adapter, Protocol):
    def ask_one(self, board: str, id: str) -> Ask:
        """The question for one posting, by the id that its address shows."""
        ...


class KeyedAdapter(Adapter, Protocol):
    def signed(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        """The question with the operator's keys, by the names of `terms.settings`."""
        ...


class BundledAdapter(Adapter, Protocol):
    def content(self, query: SourceQuery) -> bytes:
        """What comes with the program, in the form that `page` reads."""
        ...


def adapter(name: str) -> Adapter:
    """Raises ValidationError naming the known ones."""
    if name not in ADAPTERS:
        raise ValidationError(f"Expected a source among {', '.join(sorted(ADAPTERS))}, found {name!r}")
    module, _, kind = ADAPTERS[name].partition(":")
    found: Adapter = getattr(import_module(f"infra.sources.{module}"), kind)()
    return found


def read_page(name: str, board: str, content: bytes, charset: str | None = None, ask: Ask | None = None) -> ParsedPage:
    """The listings of one answer of the named source. Raises UnreadablePayloadError when it is none of its answers."""
    source = adapter(name)
    page = source.page(content, charset, ask or Ask(""))
    rows: list[Listing | RefusedRow] = []
    skipped = 0
    for number, row in page.rows:
        try:
            found = read_row(source, row, board)
        except RowError as error:
            rows.append(RefusedRow(name, error.reason, number, error.column, _id_of(row)))
            continue
        if found is None:
            skipped += 1
        else:
            rows.append(found)
    return ParsedPage(tuple(rows), skipped, page.following)


def json_rows(
    content: bytes, charset: str | None, key: str | None, single: str | None = None
) -> tuple[Any, list[tuple[int, Any]]]:
    """The JSON document and its numbered rows: the list under `key`, or the document itself without one.

    A document that has the field `single` is the only row.
    """
    document = read_json(content, charset)
    if single and isinstance(document, dict) and single in document and not (key and key in document):
        return document, [(1, document)]
    rows = document.get(key) if key and isinstance(document, dict) else document
    if not isinstance(rows, list):
        expected = f'an object with a list "{key}"' if key else "a list"
        raise UnreadablePayloadError(f"Expected {expected}, found {_kind(document)}")
    return document, list(enumerate(rows, start=1))


def with_document(rows: Iterable[tuple[int, Any]], **said: Any) -> list[tuple[int, Any]]:
    """The rows, each with what the document says once for all of them: a row is kept and read again by itself."""
    return [(number, {**row, DOCUMENT: said} if isinstance(row, dict) else row) for number, row in rows]


def in_path(board: str) -> str:
    return quote(board, safe="")


def read_row(source: Adapter, row: Any, board: str) -> Listing | None:
    """The listing of one row, with the attribution that the source asks for. Raises RowError."""
    if isinstance(row, RowError):
        raise row
    if not isinstance(row, dict):
        raise RowError(f"expected an object, found {_kind(row)}")
    found = source.listing(row, board)
    if found is None or source.terms.attribution_text is None:
        return found
    return replace(found, attribution=Attribution(source.terms.attribution_text, found.url))


def _id_of(row: Any) -> str | None:
    given = row.get("id") if isinstance(row, dict) else None
    return str(given)[:100] if isinstance(given, str | int) else None


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a truth value", type(None): "null"}
    return names.get(type(value), "a number")
