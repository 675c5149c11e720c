"""The Muse's API (themuse.com/developers/api/v2), with the operator's own key.

No search by title works, rows come in no order of time and pages end at 99, so what is newest has to be found
among the pages on our side. "Flexible / Remote" is the name of a place.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.places import LocationText, Workplace, read_location
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, items, long_text, mapping, required, required_address, text
from infra.sources.shapes import country_of, dated, located, told_pay

_MAX_PAGES = 99
_ANYWHERE = "flexible / remote"


class TheMuse:
    name: ClassVar[str] = "themuse"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://www.themuse.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Jobs of many employers and trades, on The Muse, with your own key",
        terms_url="https://www.themuse.com/developers/api/v2/terms",
        read_on="2026-11-01",
        attribution_text="The Muse",
        attribution_link_required=True,
        reading_pause=24 * 3600,
        settings=("THEMUSE_KEY",),
        default_enabled=False,
        off_because="It needs a free key of your own, from themuse.com/developers",
        notes="3,600 questions an hour with a key. Link to the landing page.",
    )

    def asks(self, _board: str, query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask("/api/public/jobs", {"page": 1}, narrowed=bool(query.terms)),)

    def signed(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        return replace(ask, params={**ask.params, "api_key": keys["THEMUSE_KEY"]})

    def page(self, content: bytes, charset: str | None, ask: Ask) -> Page:
        document, rows = json_rows(content, charset, "results")
        page = int(ask.params.get("page", _MAX_PAGES))
        count = mapping(document).get("page_count")
        last = min(_MAX_PAGES, count) if isinstance(count, int) else _MAX_PAGES
        if not rows or page >= last:
            return Page(rows)
        return Page(rows, (replace(ask, params={**ask.params, "page": page + 1}),))

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        where = _location(row)
        description = plain_text(long_text(row.get("contents")))
        levels = [level for item in items(row.get("levels")) if (level := text(mapping(item).get("name")))]
        categories = [name for item in items(row.get("categories")) if (name := text(mapping(item).get("name")))]
        return Listing(
            source=self.name,
            external_id=required(row.get("id"), "id", 100),
            title=required(row.get("name"), "name", MAX_TITLE),
            company=required(mapping(row.get("company")).get("name"), "company", MAX_COMPANY),
            url=required_address(mapping(row.get("refs")).get("landing_page"), "refs.landing_page"),
            description=description,
            **located(where),
            pay=told_pay(None, description, country_of(where.places)),
            employment_type=read_employment_type(text(row.get("type"))),
            department=categories[0] if len(categories) == 1 else None,
            seniority=", ".join(levels) or None,
            **dated(row.get("publication_date")),
            raw=dict(row),
        )


def _location(row: Mapping[str, Any]) -> LocationText:
    """Places, and the remote one only where no other stands beside it: then it is a choice."""
    names = [name for item in items(row.get("locations")) if (name := text(mapping(item).get("name")))]
    places = [name for name in names if name.casefold() != _ANYWHERE]
    where = read_location("; ".join(places))
    if names and not places:
        return replace(where, workplace=Workplace.REMOTE)
    return where if len(places) == len(names) else replace(where, workplace=None)
