"""Workable's widget API (vendor's help pages name it; the whole board in one answer, `details=true` for the texts).

`published_on` is a date without a time. False for `telecommuting` says not fully remote, which leaves two others.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.places import LocationText, Place, Workplace, address_place
from infra.sources.adapters import DOCUMENT, Ask, Page, in_path, json_rows, with_document
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_TITLE, address, items, long_text, mapping, required, required_address, text
from infra.sources.shapes import country_of, dated, employer, located, told_pay

_WORKPLACES = {"remote": Workplace.REMOTE, "hybrid": Workplace.HYBRID, "onsite": Workplace.ONSITE}
_SECTIONS = ("description", "requirements", "benefits")


class Workable:
    name: ClassVar[str] = "workable"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://apply.workable.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on Workable, by its account name",
        terms_url="https://help.workable.com/hc/en-us/articles/115012771647",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on Workable",
        attribution_link_required=True,
        min_interval=2.0,
        notes="Answers 429 with long pauses to whoever hurries. For personal use, not to be published again.",
    )

    def asks(self, board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(f"/api/v1/widget/accounts/{in_path(board)}", {"details": "true"}, conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        document, rows = json_rows(content, charset, "jobs")
        return Page(with_document(rows, name=mapping(document).get("name")))

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        where = LocationText(_places(row))
        sections = (long_text(row.get(name)) for name in _SECTIONS)
        description = plain_text("".join(f"<div>{said}</div>" for said in sections if said))
        return Listing(
            source=self.name,
            board=board,
            external_id=required(row.get("shortcode") or row.get("code"), "shortcode", 100),
            requisition_id=text(row.get("code")) if row.get("shortcode") else None,
            title=required(row.get("title"), "title", MAX_TITLE),
            **employer(mapping(row.get(DOCUMENT)).get("name"), board, "name"),
            url=required_address(row.get("url") or row.get("shortlink"), "url"),
            apply_url=address(row.get("application_url")),
            description=description,
            **located(where, _workplace(row)),
            pay=told_pay(None, description, country_of(where.places)),
            employment_type=read_employment_type(text(row.get("employment_type"))),
            department=text(row.get("department")),
            seniority=text(row.get("experience")),
            **dated(row.get("published_on") or row.get("created_at")),
            raw=dict(row),
        )


def _workplace(row: Mapping[str, Any]) -> Workplace | None:
    named = (text(row.get("workplace")) or text(row.get("workplace_type")) or "").replace("_", "").replace("-", "")
    return _WORKPLACES.get(named.casefold()) or (Workplace.REMOTE if row.get("telecommuting") is True else None)


def _places(row: Mapping[str, Any]) -> tuple[Place, ...]:
    """The shown locations; an older answer has one, in fields of the posting itself."""
    shown = [mapping(item) for item in items(row.get("locations"))]
    shown = [item for item in shown if item and item.get("hidden") is not True]
    found = [_place(item, "region") for item in shown] or [_place(row, "state")]
    return tuple(dict.fromkeys(place for place in found if place))


def _place(held: Mapping[str, Any], region: str) -> Place | None:
    country = text(held.get("country"))
    place = address_place(text(held.get("city")), text(held.get(region)), text(held.get("countryCode")) or country)
    if place is None or not country:
        return place
    parts = (text(held.get("city")), text(held.get(region)), country)
    return replace(place, raw=", ".join(dict.fromkeys(part for part in parts if part)))
