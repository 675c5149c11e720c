"""Lever's Postings API (vendor's documentation, github.com/lever/postings-api).

Times are in milliseconds. The requirements stand in `lists`, outside `description`, so a text without them is
half a posting.
"""

from collections.abc import Mapping
from html import escape
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Pay, parse_pay, stated_pay
from domain.places import LocationText, Workplace, country_code, read_location
from infra.sources.adapters import Ask, Page, in_path, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import (
    MAX_TITLE,
    address,
    items,
    long_text,
    mapping,
    required,
    required_address,
    text,
)
from infra.sources.shapes import dated, employer, in_country, located, slug_in

_WORKPLACES = {
    "remote": Workplace.REMOTE,
    "hybrid": Workplace.HYBRID,
    "on-site": Workplace.ONSITE,
    "onsite": Workplace.ONSITE,
}


class Lever:
    name: ClassVar[str] = "lever"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://api.lever.co", "eu": "https://api.eu.lever.co"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on Lever, by its site name",
        terms_url="https://github.com/lever/postings-api",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on Lever",
        attribution_link_required=True,
        notes="Asks for a second between requests. For personal use, not to be published again.",
    )

    def asks(self, board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(f"/v0/postings/{in_path(board)}", {"mode": "json"}, conditional=True),)

    def ask_one(self, board: str, id: str) -> Ask:
        return Ask(f"/v0/postings/{in_path(board)}/{in_path(id)}", {"mode": "json"})

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        """The board's list, or one posting asked for by its id."""
        return Page(json_rows(content, charset, None, single="text")[1])

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        categories = mapping(row.get("categories"))
        where = _location(categories, row.get("country"))
        stated = _WORKPLACES.get((text(row.get("workplaceType")) or "").casefold())
        return Listing(
            source=self.name,
            board=board,
            external_id=required(row.get("id"), "id", 100),
            title=required(row.get("text"), "text", MAX_TITLE),
            **employer(None, board or slug_in(row.get("hostedUrl")), "site"),
            url=required_address(row.get("hostedUrl"), "hostedUrl"),
            apply_url=address(row.get("applyUrl")),
            description=plain_text(_markup(row)),
            **located(where, stated),
            pay=_pay(row, where),
            employment_type=read_employment_type(text(categories.get("commitment"))),
            department=text(categories.get("department")) or text(categories.get("team")),
            **dated(row.get("createdAt")),
            raw=dict(row),
        )


def _location(categories: Mapping[str, Any], country: Any) -> LocationText:
    """All locations; a single one that names no country has the posting's."""
    names = [name for item in items(categories.get("allLocations")) if (name := text(item))]
    where = read_location("; ".join(names) or text(categories.get("location")))
    return in_country(where, country_code(text(country)))


def _markup(row: Mapping[str, Any]) -> str:
    """`description` holds the opening and the body; older answers have the two apart."""
    apart = [long_text(row.get("opening")), long_text(row.get("descriptionBody"))]
    parts = [long_text(row.get("description"))] if row.get("description") else apart
    for item in items(row.get("lists")):
        section = mapping(item)
        parts.append(f"<h3>{escape(text(section.get('text')) or '')}</h3><ul>{long_text(section.get('content'))}</ul>")
    parts.append(long_text(row.get("additional")))
    return "".join(f"<div>{part}</div>" for part in parts if part)


def _pay(row: Mapping[str, Any], where: LocationText) -> Pay | None:
    said = text(row.get("salaryDescriptionPlain")) or plain_text(long_text(row.get("salaryDescription")))
    stated = mapping(row.get("salaryRange"))
    if stated:
        return stated_pay(
            stated.get("min"), stated.get("max"), stated.get("currency"), stated.get("interval"), raw=said or None
        )
    return parse_pay(said, country=where.places[0].country_code if where.places else None)
