"""SmartRecruiters' Posting API (vendor's documentation, developers.smartrecruiters.com), off by default.

A list has no texts, so each posting is asked for once more. An unknown employer is an empty list, never a 404.
"""

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any, ClassVar
from urllib.parse import quote

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.places import LocationText, Place, Workplace, address_place
from infra.payloads import read_json
from infra.sources.adapters import Ask, Page, in_path, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_TITLE, address, items, long_text, mapping, required, text
from infra.sources.shapes import country_of, dated, employer, located, told_pay

_ROWS = 100
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters:
    name: ClassVar[str] = "smartrecruiters"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://api.smartrecruiters.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on SmartRecruiters, by its company identifier",
        terms_url="https://api.smartrecruiters.com/robots.txt",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on SmartRecruiters",
        attribution_link_required=True,
        default_enabled=False,
        off_because="Its robots.txt asks everybody but one other site to stay away",
        notes="Reading it is your own choice, by SOURCES_ENABLED.",
    )

    def asks(self, board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(f"/v1/companies/{in_path(board)}/postings", {"limit": _ROWS, "offset": 0}),)

    def page(self, content: bytes, charset: str | None, ask: Ask) -> Page:
        document = mapping(read_json(content, charset))
        if "jobAd" in document:
            return Page([(1, document)])
        rows = json_rows(content, charset, "content")[1]
        if not ask.path:
            return Page(rows)  # a saved list: its postings cannot be asked for
        ids = [id for _, row in rows if (id := text(mapping(row).get("id")))]
        details = tuple(Ask(f"{ask.path}/{in_path(id)}") for id in ids)
        offset = int(ask.params["offset"]) + _ROWS
        total = document.get("totalFound")
        more = isinstance(total, int) and bool(rows) and offset < total
        return Page((), details + ((replace(ask, params={**ask.params, "offset": offset}),) if more else ()))

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        if row.get("active") is False:
            return None
        held, by = mapping(row.get("location")), mapping(row.get("company"))
        id = required(row.get("id"), "id", 100)
        slug = text(by.get("identifier")) or board
        where = LocationText(_places(held))
        models = [
            model for name, model in (("remote", Workplace.REMOTE), ("hybrid", Workplace.HYBRID)) if held.get(name)
        ]
        description = plain_text(_markup(row))
        page = f"https://jobs.smartrecruiters.com/{quote(slug, safe='')}/{quote(id, safe='')}"
        return Listing(
            source=self.name,
            board=board or None,
            external_id=id,
            requisition_id=text(row.get("refNumber")),
            title=required(row.get("name"), "name", MAX_TITLE),
            **employer(by.get("name"), board or slug, "company"),
            url=address(row.get("postingUrl")) or page,
            apply_url=address(row.get("applyUrl")),
            description=description,
            **located(where, models[0] if len(models) == 1 else None),
            pay=told_pay(None, description, country_of(where.places)),
            employment_type=read_employment_type(_label(row, "typeOfEmployment")),
            department=_label(row, "department") or _label(row, "function"),
            seniority=_label(row, "experienceLevel"),
            **dated(row.get("releasedDate")),
            raw={name: value for name, value in row.items() if name != "creator"},  # a person's name
        )


def _places(held: Mapping[str, Any]) -> tuple[Place, ...]:
    place = address_place(text(held.get("city")), text(held.get("region")), text(held.get("country")))
    return (replace(place, raw=text(held.get("fullLocation")) or place.raw),) if place else ()


def _label(row: Mapping[str, Any], name: str) -> str | None:
    return text(mapping(row.get(name)).get("label"))


def _markup(row: Mapping[str, Any]) -> str:
    sections = mapping(mapping(row.get("jobAd")).get("sections"))
    told = [mapping(section) for name in _SECTIONS for section in items(sections.get(name))]
    return "".join(
        f"<h3>{escape(text(section.get('title')) or '')}</h3><div>{long_text(section.get('text'))}</div>"
        for section in told
        if section.get("text")
    )
