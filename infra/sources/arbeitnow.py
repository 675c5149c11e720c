"""Arbeitnow's job board API (arbeitnow.com/blog/job-board-api): page by page, newest first; no search works.

The number of the next page is counted here: the `links` of an answer are addresses from elsewhere.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.places import Workplace, read_location
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import (
    MAX_COMPANY,
    MAX_TITLE,
    items,
    long_text,
    mapping,
    required,
    required_address,
    text,
)
from infra.sources.shapes import country_of, dated, located, told_pay

_PATH = "/api/job-board-api"
_MAX_PAGES = 60


class Arbeitnow:
    name: ClassVar[str] = "arbeitnow"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://www.arbeitnow.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Jobs of many employers in Europe, mostly Germany, on Arbeitnow",
        terms_url="https://www.arbeitnow.com/blog/job-board-api",
        read_on="2026-11-01",
        attribution_text="Arbeitnow",
        attribution_link_required=True,
        reading_pause=3600,
        max_per_day=24,
        notes="May be used with a link back to Arbeitnow; the permission can be withdrawn.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(_PATH, {"page": 1}),)

    def page(self, content: bytes, charset: str | None, ask: Ask) -> Page:
        document, rows = json_rows(content, charset, "data")
        number = int(ask.params.get("page", _MAX_PAGES))
        links = mapping(mapping(document).get("links"))
        is_last = not rows or number >= _MAX_PAGES or ("next" in links and not links["next"])
        return Page(rows, () if is_last else (Ask(_PATH, {"page": number + 1}),))

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        where = read_location(text(row.get("location")))
        description = plain_text(long_text(row.get("description")))
        types = {read_employment_type(text(item)) for item in items(row.get("job_types"))} - {None}
        return Listing(
            source=self.name,
            external_id=required(row.get("slug"), "slug", 300),
            title=required(row.get("title"), "title", MAX_TITLE),
            company=required(row.get("company_name"), "company_name", MAX_COMPANY),
            url=required_address(row.get("url"), "url"),
            description=description,
            **located(where, Workplace.REMOTE if row.get("remote") is True else None),
            pay=told_pay(None, description, country_of(where.places)),
            employment_type=types.pop() if len(types) == 1 else None,
            **dated(row.get("created_at")),
            raw=dict(row),
        )
