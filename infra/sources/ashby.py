"""Ashby's public posting API (vendor's documentation, developers.ashbyhq.com/docs/public-job-posting-api).

`isRemote` is set on hybrid rows too and unset on remote ones (measured by others on a board of 733), so only
`workplaceType` is believed. Pay stands in the components; the sums beside them are texts.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Pay, stated_pay
from domain.places import LocationText, Workplace, address_place, read_location
from infra.sources.adapters import Ask, Page, in_path, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_TITLE, address, items, long_text, mapping, required, required_address, text
from infra.sources.shapes import country_of, dated, employer, located, slug_in, told_pay

_WORKPLACES = {"remote": Workplace.REMOTE, "hybrid": Workplace.HYBRID, "onsite": Workplace.ONSITE}


class Ashby:
    name: ClassVar[str] = "ashby"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://api.ashbyhq.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on Ashby, by its name in the board's address",
        terms_url="https://developers.ashbyhq.com/docs/public-job-posting-api",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on Ashby",
        attribution_link_required=True,
        notes="Slow on large boards. For personal use, not to be published again.",
    )

    def asks(self, board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        path = f"/posting-api/job-board/{in_path(board)}"
        return (Ask(path, {"includeCompensation": "true"}, conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        return Page(json_rows(content, charset, "jobs")[1])

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        if row.get("isListed") is False:
            return None  # it asks not to be shown
        stated = _WORKPLACES.get((text(row.get("workplaceType")) or "").replace("-", "").casefold())
        where = _location(row)
        description = plain_text(long_text(row.get("descriptionHtml")) or long_text(row.get("descriptionPlain")))
        return Listing(
            source=self.name,
            board=board,
            external_id=required(row.get("id"), "id", 100),
            title=required(row.get("title"), "title", MAX_TITLE),
            **employer(None, board or slug_in(row.get("jobUrl")), "board"),
            url=required_address(row.get("jobUrl"), "jobUrl"),
            apply_url=address(row.get("applyUrl")),
            description=description,
            **located(where, stated),
            pay=told_pay(_pay(row), description, country_of(where.places)),
            employment_type=read_employment_type(text(row.get("employmentType"))),
            department=text(row.get("department")) or text(row.get("team")),
            **dated(row.get("publishedAt")),
            raw=dict(row),
        )


def _location(row: Mapping[str, Any]) -> LocationText:
    """All locations. One whose text cannot be read is what its postal address says."""
    told = [(text(row.get("location")), mapping(row.get("address")))]
    told += [
        (text(mapping(item).get("location")), mapping(mapping(item).get("address")))
        for item in items(row.get("secondaryLocations"))
    ]
    said = read_location("; ".join(name for name, _ in told if name))
    known = {name: _addressed(name, held) for name, held in told if name}
    places = tuple(
        known.get(place.raw) or place if place.country_code is None or place.city is None else place
        for place in said.places
    )
    return replace(said, places=places)


def _addressed(name: str, held: Mapping[str, Any]) -> Any:
    postal = mapping(held.get("postalAddress")) or held
    fields = (postal.get(f"address{part}") for part in ("Locality", "Region", "Country"))
    place = address_place(*(text(field) for field in fields))
    return place and replace(place, raw=name)


def _pay(row: Mapping[str, Any]) -> Pay | None:
    """The one salary range, or the span of ranges in one currency and period. Equity and bonuses are no salary."""
    if row.get("shouldDisplayCompensationOnJobPostings") is False:
        return None
    told = mapping(row.get("compensation"))
    said = text(told.get("scrapeableCompensationSalarySummary")) or text(told.get("compensationTierSummary"))
    summed = _salaries(told.get("summaryComponents"))
    tiers = [mapping(tier).get("components") for tier in items(told.get("compensationTiers"))]
    found = summed if len(summed) == 1 else [part for tier in tiers for part in _salaries(tier)] or summed
    if len({(part.get("currencyCode"), part.get("interval")) for part in found}) != 1:
        return Pay(raw=said) if said else None
    ranges = [
        stated_pay(part.get("minValue"), part.get("maxValue"), part.get("currencyCode"), part.get("interval"))
        for part in found
    ]
    clear = [pay for pay in ranges if pay and pay.currency]
    if not clear or len(clear) < len(ranges):
        return Pay(raw=said) if said else None
    lows, highs = [pay.min for pay in clear], [pay.max for pay in clear]
    low = None if None in lows else min(low for low in lows if low is not None)
    high = None if None in highs else max(high for high in highs if high is not None)
    return replace(clear[0], min=low, max=high, raw=said)


def _salaries(components: Any) -> list[Mapping[str, Any]]:
    parts = [mapping(component) for component in items(components)]
    return [part for part in parts if (text(part.get("compensationType")) or "").casefold() == "salary"]
