"""Recruitee's Careers Site API (vendor's documentation, docs.recruitee.com); the same on an employer's own domain."""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.employment_types import EmploymentType, read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import stated_pay
from domain.places import LocationText, Place, Workplace, address_place, read_location
from infra.payloads import read_json
from infra.sources.adapters import Ask, Page, in_path, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import (
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
from infra.sources.shapes import country_of, dated, employer, located, told_pay

_MODELS = {"remote": Workplace.REMOTE, "hybrid": Workplace.HYBRID, "on_site": Workplace.ONSITE}


class Recruitee:
    name: ClassVar[str] = "recruitee"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://{board}.recruitee.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on Recruitee, by its subdomain or its own domain",
        terms_url="https://docs.recruitee.com/reference/intro-to-careers-site-api",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on Recruitee",
        attribution_link_required=True,
        notes="For personal use, not to be published again.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask("/api/offers/", conditional=True),)

    def ask_one(self, _board: str, id: str) -> Ask:
        return Ask(f"/api/offers/{in_path(id)}")

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        document = mapping(read_json(content, charset))
        if isinstance(document.get("offer"), dict):
            return Page([(1, document["offer"])])
        return Page(json_rows(content, charset, "offers")[1])

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        where = _location(row)
        pay = mapping(row.get("salary"))
        description = plain_text(_markup(row))
        said = [model for name, model in _MODELS.items() if row.get(name) is True]
        stated = stated_pay(pay.get("min"), pay.get("max"), pay.get("currency"), pay.get("period"))
        return Listing(
            source=self.name,
            board=board,
            external_id=required(row.get("id") or row.get("slug"), "id", 100),
            title=required(row.get("title"), "title", MAX_TITLE),
            **employer(row.get("company_name"), board, "company_name"),
            url=required_address(row.get("careers_url"), "careers_url"),
            apply_url=address(row.get("careers_apply_url")),
            description=description,
            **located(where, said[0] if len(said) == 1 else None),
            pay=told_pay(stated, description, country_of(where.places)),
            employment_type=_employment_type(row.get("employment_type_code")),
            department=text(row.get("department")),
            seniority=text(row.get("experience_code")),
            **dated(row.get("published_at") or row.get("created_at")),
            updated_at=moment(row.get("updated_at")),
            closes_at=moment(row.get("close_at")),
            raw=dict(row),
        )


def _location(row: Mapping[str, Any]) -> LocationText:
    """The listed locations where there are several, else the posting's own fields."""
    found = [_place(mapping(item)) for item in items(row.get("locations"))]
    places = tuple(dict.fromkeys(place for place in found if place))
    own = _place(row, text(row.get("location")))
    if own and len(places) <= 1:
        return LocationText((own,))
    return LocationText(places) if places else read_location(text(row.get("location")))


def _place(held: Mapping[str, Any], whole: str | None = None) -> Place | None:
    region = text(held.get("state_name")) or text(held.get("state")) or text(held.get("state_code"))
    country = text(held.get("country_code")) or text(held.get("country"))
    found = address_place(text(held.get("city")), region, country)
    if found is None or not (found.city or found.region):
        return found
    name = text(held.get("country"))
    said = whole or ", ".join(dict.fromkeys(part for part in (found.city, region, name) if part))
    return Place(said, found.city, found.region, found.country_code)


def _markup(row: Mapping[str, Any]) -> str:
    description, requirements = long_text(row.get("description")), long_text(row.get("requirements"))
    return f"<div>{description}</div><div>{requirements}</div>" if requirements else description


def _employment_type(code: Any) -> EmploymentType | None:
    """Codes such as "fulltime", "parttime_permanent", "fulltime_fixed_term", "freelance", "internship"."""
    known = (text(code) or "").replace("-", "_").casefold()
    head = known.removesuffix("_permanent").removesuffix("_fixed_term")
    return read_employment_type(head.replace("_", ""))
