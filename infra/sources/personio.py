"""Personio's XML feed (vendor's help pages), which an employer switches on for showing jobs on websites.

It knows neither pay nor a working model; "Remote" appears as an office. Entities are never expanded.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar
from urllib.parse import quote

from domain.employment_types import EmploymentType, read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.places import read_location
from infra.payloads import UnreadablePayloadError, read_xml
from infra.sources.adapters import Ask, Page
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_TITLE, RowError, items, long_text, mapping, required, text
from infra.sources.shapes import country_of, dated, employer, located, told_pay

_DEFAULT_LANGUAGE = "en"


class Personio:
    name: ClassVar[str] = "personio"
    base_urls: ClassVar[Mapping[str, str]] = {
        "": "https://{board}.jobs.personio.de",
        "com": "https://{board}.jobs.personio.com",
    }
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on Personio, by its subdomain",
        terms_url="https://developer.personio.de/docs/retrieving-open-job-positions",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on Personio",
        attribution_link_required=True,
        min_interval=2.0,
        notes="Answers 429 after some three quick questions. For personal use, not to be published again.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        """Without a language the feed answers in the account's own."""
        return (Ask("/xml", {"language": _DEFAULT_LANGUAGE}, conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        root = read_xml(content, charset)
        if root.tag != "workzag-jobs":
            raise UnreadablePayloadError(f"Expected <workzag-jobs>, found <{str(root.tag)[:40]}>")
        return Page([(number, _row(position)) for number, position in enumerate(root.iterfind("position"), start=1)])

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        id = required(row.get("id"), "id", 100)
        if not board:
            raise RowError("expected the employer's subdomain, which makes the address; found none", "slug")
        offices = [row.get("office"), *items(row.get("additionalOffices"))]
        where = read_location("; ".join(name for office in offices if (name := text(office))))
        description = plain_text(_markup(row))
        address = f"https://{quote(board, safe='.')}.jobs.personio.de/job/{quote(id, safe='')}"
        return Listing(
            source=self.name,
            board=board,
            external_id=id,
            title=required(row.get("name"), "name", MAX_TITLE),
            **employer(row.get("subcompany"), board, "subcompany"),
            url=address,
            apply_url=f"{address}/apply",
            description=description,
            **located(where),
            pay=told_pay(None, description, country_of(where.places)),
            employment_type=_employment_type(row),
            department=text(row.get("department")),
            seniority=text(row.get("seniority")),
            **dated(row.get("createdAt")),
            raw=dict(row),
        )


def _row(position: Any) -> dict[str, Any]:
    """The position's children by name: a text each, but lists of offices, and of descriptions' name and value."""
    row: dict[str, Any] = {}
    for child in position.iterchildren("*"):
        if child.tag == "additionalOffices":
            row[child.tag] = [_text(office) for office in child.iterchildren("office")]
        elif child.tag == "jobDescriptions":
            row[child.tag] = [
                {part.tag: _text(part) for part in section.iterchildren("name", "value")}
                for section in child.iterchildren("jobDescription")
            ]
        else:
            row[child.tag] = _text(child)
    return row


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()


def _markup(row: Mapping[str, Any]) -> str:
    sections = [mapping(item) for item in items(row.get("jobDescriptions"))]
    told = ((text(section.get("name")), long_text(section.get("value"))) for section in sections)
    return "".join(f"{f'<h3>{escape(name)}</h3>' if name else ''}<div>{said}</div>" for name, said in told if said)


def _employment_type(row: Mapping[str, Any]) -> EmploymentType | None:
    """For how long first ("intern", "freelance"), else how many hours; "permanent" says neither."""
    return read_employment_type(text(row.get("employmentType"))) or read_employment_type(text(row.get("schedule")))
