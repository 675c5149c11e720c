"""USAJOBS' search API (developer.usajobs.gov), with the operator's own key. It ignores parameters it does not know."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Pay, stated_pay
from domain.places import LocationText, Place, Workplace, country_code, read_place
from infra.payloads import UnreadablePayloadError, read_json
from infra.sources.adapters import Ask, Page
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
from infra.sources.shapes import dated, located

_ROWS = 250
_MAX_PAGES = 8
_MAX_TERMS = 5
_PERIODS = {"PA": "year", "PH": "hour", "PD": "day", "PM": "month", "BW": None, "WC": None, "PW": "week"}
_TEXTS = ("JobSummary", "MajorDuties", "Requirements", "Education", "Evaluations")


class UsaJobs:
    name: ClassVar[str] = "usajobs"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://data.usajobs.gov"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Jobs of the United States' federal government, with your own key",
        terms_url="https://developer.usajobs.gov/general/terms-of-use",
        read_on="2026-11-01",
        attribution_text="USAJOBS",
        attribution_link_required=True,
        reading_pause=3600,
        max_per_day=24,
        settings=("USAJOBS_EMAIL", "USAJOBS_KEY"),
        default_enabled=False,
        off_because="It needs a key of your own, from developer.usajobs.gov",
        notes="The data is for whoever registered the key; not to be sold on.",
    )

    def asks(self, _board: str, query: SourceQuery) -> tuple[Ask, ...]:
        words = [{"Keyword": term} for term in query.terms[:_MAX_TERMS]] or [{}]
        return tuple(
            Ask("/api/search", {**word, "ResultsPerPage": _ROWS, "Page": 1}, narrowed=bool(word)) for word in words
        )

    def signed(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        own = {"user-agent": keys["USAJOBS_EMAIL"], "authorization-key": keys["USAJOBS_KEY"]}
        return replace(ask, headers={**ask.headers, **own})

    def page(self, content: bytes, charset: str | None, ask: Ask) -> Page:
        result = mapping(mapping(read_json(content, charset)).get("SearchResult"))
        rows = result.get("SearchResultItems")
        if not isinstance(rows, list):
            raise UnreadablePayloadError('Expected an object with "SearchResult.SearchResultItems", found none')
        numbered = list(enumerate(rows, start=1))
        page = int(ask.params.get("Page", _MAX_PAGES))
        pages = text(mapping(mapping(result.get("UserArea"))).get("NumberOfPages")) or "0"
        if not rows or page >= _MAX_PAGES or not pages.isdigit() or page >= int(pages):
            return Page(numbered)
        return Page(numbered, (replace(ask, params={**ask.params, "Page": page + 1}),))

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        told = mapping(row.get("MatchedObjectDescriptor"))
        details = mapping(mapping(told.get("UserArea")).get("Details"))
        is_remote = details.get("RemoteIndicator") in (True, "True", "true")
        schedules = [text(mapping(item).get("Name")) for item in items(told.get("PositionSchedule"))]
        return Listing(
            source=self.name,
            external_id=required(row.get("MatchedObjectId") or told.get("PositionID"), "MatchedObjectId", 100),
            requisition_id=text(told.get("PositionID")),
            title=required(told.get("PositionTitle"), "PositionTitle", MAX_TITLE),
            company=required(told.get("OrganizationName"), "OrganizationName", MAX_COMPANY),
            url=required_address(told.get("PositionURI"), "PositionURI"),
            apply_url=next((url for item in items(told.get("ApplyURI")) if (url := address(item))), None),
            description=plain_text(_markup(told, details)),
            **located(LocationText(_places(told)), Workplace.REMOTE if is_remote else None),
            pay=_pay(told),
            employment_type=read_employment_type(schedules[0]) if len(schedules) == 1 else None,
            department=text(told.get("DepartmentName")),
            **dated(told.get("PublicationStartDate")),
            closes_at=moment(told.get("ApplicationCloseDate")),
            raw=dict(row),
        )


def _places(told: Mapping[str, Any]) -> tuple[Place, ...]:
    held = [mapping(item) for item in items(told.get("PositionLocation"))]
    found = [(read_place(name), item) for item in held if (name := text(item.get("LocationName")))]
    whole = [
        place if place.country_code else replace(place, country_code=country_code(text(item.get("CountryCode"))))
        for place, item in found
    ]
    return tuple(dict.fromkeys(whole)) or _displayed(told)


def _displayed(told: Mapping[str, Any]) -> tuple[Place, ...]:
    name = text(told.get("PositionLocationDisplay"))
    return (read_place(name),) if name and "multiple" not in name.casefold() else ()


def _pay(told: Mapping[str, Any]) -> Pay | None:
    ranges = [mapping(item) for item in items(told.get("PositionRemuneration"))]
    if len(ranges) != 1:
        return None
    said = text(ranges[0].get("RateIntervalCode")) or ""
    period = _PERIODS.get(said.upper(), said)
    return stated_pay(ranges[0].get("MinimumRange"), ranges[0].get("MaximumRange"), "USD", period)


def _markup(told: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    parts = [part for name in _TEXTS for part in items(details.get(name))]
    parts.insert(1, told.get("QualificationSummary"))
    return "".join(f"<div>{said}</div>" for part in parts if (said := long_text(part)))
