"""Hacker News' monthly "Who is hiring", through Algolia's API (hn.algolia.com/api).

A comment is one listing, headed "Company | Role | Place | REMOTE | pay | address" in any order after the company.
Several roles in one comment stay together: which sentence belongs to which is a guess.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Pay, parse_pay
from domain.provenance import Basis
from infra.payloads import read_json
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.hiring_header import HiringHeader, read_header
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, RowError, long_text, mapping, required, text
from infra.sources.shapes import country_of, dated, located

_THREAD = "ask hn: who is hiring"
_SEARCH = Ask(
    "/api/v1/search_by_date", {"tags": "story,author_whoishiring", "hitsPerPage": 5}
)  # free text misses the thread


class HackerNews:
    name: ClassVar[str] = "hackernews"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://hn.algolia.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        'The newest "Who is hiring" thread of Hacker News',
        terms_url="https://hn.algolia.com/api",
        read_on="2026-11-01",
        attribution_text="Hacker News, Who is hiring",
        attribution_link_required=True,
        reading_pause=3600,
        max_per_day=24,
        notes="10,000 questions an hour are allowed; two are asked.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (_SEARCH,)

    def ask_one(self, _board: str, id: str) -> Ask:
        return Ask(f"/api/v1/items/{id}")

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        document = mapping(read_json(content, charset))
        if "hits" in document:
            return Page((), _thread([mapping(hit) for _, hit in json_rows(content, charset, "hits")[1]]))
        if document.get("type") == "comment":
            return Page([(1, document)])
        return Page(json_rows(content, charset, "children")[1])

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        body = long_text(row.get("text"))
        header = read_header(body) if body else None
        if header is None:
            return None  # deleted, or talk: no vacancy
        id = required(row.get("id") or row.get("objectID"), "id", 100)
        if not header.company:
            raise RowError("names no employer in its first line", "text")
        if not header.roles:
            raise RowError("names no role in its first line", "text")
        url = f"https://news.ycombinator.com/item?id={id}"
        return Listing(
            source=self.name,
            external_id=id,
            title=required(", ".join(header.roles), "text", MAX_TITLE),
            company=required(header.company, "text", MAX_COMPANY),
            company_basis=Basis.PARSED,
            url=url,
            apply_url=header.apply_url,
            description=plain_text(body),
            **located(header.where, quote=header.place_text),
            pay=_pay(header),
            employment_type=read_employment_type(", ".join(header.employment)),
            **dated(row.get("created_at") or row.get("created_at_i")),
            raw={name: value for name, value in row.items() if name not in {"author", "children"}},
        )


def _thread(hits: list[Mapping[str, Any]]) -> tuple[Ask, ...]:
    """The newest thread of the name; the same account posts two others every month."""
    ours = [hit for hit in hits if (text(hit.get("title")) or "").casefold().startswith(_THREAD)]
    newest = max(ours, key=lambda hit: text(hit.get("created_at")) or "", default=None)
    id = text(newest.get("objectID")) if newest else None
    return (Ask(f"/api/v1/items/{id}"),) if id and id.isdigit() else ()


def _pay(header: HiringHeader) -> Pay | None:
    return parse_pay(header.pay_text, country=country_of(header.where.places)) if header.pay_text else None
