"""Himalayas' API (himalayas.app/api): browsed by `offset`, searched by `page`, twenty rows at a time.

Sending `offset` to the search answers its first page for ever. Times are seconds since 1970. An empty list of
restrictions is worldwide; names of countries contain commas, so a list stays one.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import stated_pay
from domain.provenance import Basis
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import (
    MAX_COMPANY,
    MAX_TITLE,
    address,
    items,
    long_text,
    mapping,
    moment,
    required,
    required_address,
    text,
)
from infra.sources.shapes import dated, likely_period, living_country, regions_of, remote, told_pay

_BROWSE, _SEARCH = "/jobs/api", "/jobs/api/search"
_ROWS = 20
_MAX_BROWSED = 1_000
_MAX_SEARCHED = 10
_MAX_TERMS = 5


class Himalayas:
    name: ClassVar[str] = "himalayas"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://himalayas.app"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Remote jobs of many employers, on Himalayas",
        terms_url="https://himalayas.app/api",
        read_on="2026-11-01",
        attribution_text="Himalayas",
        attribution_link_required=True,
        reading_pause=24 * 3600,
        notes="Link back visibly and name it. Answers are a day old, so asking more often brings nothing.",
    )

    def asks(self, _board: str, query: SourceQuery) -> tuple[Ask, ...]:
        """A search per term; without terms the newest thousand."""
        searches = (Ask(_SEARCH, {"q": term, "page": 1}, narrowed=True) for term in query.terms[:_MAX_TERMS])
        return tuple(searches) or (Ask(_BROWSE, {"limit": _ROWS, "offset": 0}),)

    def page(self, content: bytes, charset: str | None, ask: Ask) -> Page:
        document, rows = json_rows(content, charset, "jobs")
        total = mapping(document).get("totalCount")
        total = total if isinstance(total, int) else _MAX_BROWSED
        return Page(rows, _next(ask, len(rows), total))

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        names = [name for item in items(row.get("locationRestrictions")) if (name := _name(item))]
        regions = () if row.get("locationRestrictions") == [] else regions_of(names)
        description = plain_text(long_text(row.get("description")) or long_text(row.get("excerpt")))
        low, high, currency = (row.get(name) for name in ("minSalary", "maxSalary", "currency"))
        stated = stated_pay(low, high, currency, likely_period(row.get("salaryPeriod"), low, high, currency))
        levels = [level for item in items(row.get("seniority")) if (level := text(item))]
        url = address(row.get("guid")) or required_address(row.get("applicationLink"), "guid")
        return Listing(
            source=self.name,
            external_id=required(row.get("guid") or row.get("applicationLink"), "guid", 500),
            title=required(row.get("title"), "title", MAX_TITLE),
            company=required(row.get("companyName"), "companyName", MAX_COMPANY),
            url=url,
            apply_url=address(row.get("applicationLink")),
            description=description,
            **remote(regions, ", ".join(names) or ("Worldwide" if regions == () else None), Basis.STATED),
            pay=told_pay(stated, description, living_country(regions)),
            employment_type=read_employment_type(text(row.get("employmentType"))),
            seniority=", ".join(levels) or None,
            **dated(row.get("pubDate")),
            closes_at=moment(row.get("expiryDate")),
            raw=dict(row),
        )


def _next(ask: Ask, found: int, total: int) -> tuple[Ask, ...]:
    if not found or not ask.params:
        return ()
    if "q" in ask.params:
        page = int(ask.params["page"]) + 1
        more = page <= _MAX_SEARCHED and (page - 1) * _ROWS < total
        return (Ask(_SEARCH, {**ask.params, "page": page}, narrowed=True),) if more else ()
    offset = int(ask.params["offset"]) + _ROWS
    return (Ask(_BROWSE, {**ask.params, "offset": offset}),) if offset < min(total, _MAX_BROWSED) else ()


def _name(item: Any) -> str | None:
    return text(mapping(item).get("name") or mapping(item).get("alpha2")) if isinstance(item, dict) else text(item)
