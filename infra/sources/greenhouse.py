"""Greenhouse's Job Board API (vendor's documentation, developers.greenhouse.io/job-board.html).

One host serves the boards of all regions. `updated_at` moves with every edit, so the posting date is
`first_published` or unknown. There is no remote flag: the working model is what the location says.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Pay, Period, find_pay, read_period, stated_pay
from domain.places import LocationText, read_location
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
from infra.sources.shapes import SURELY_YEARLY, dated, employer, located


class Greenhouse:
    name: ClassVar[str] = "greenhouse"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://boards-api.greenhouse.io"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on Greenhouse, by its board token",
        terms_url="https://developers.greenhouse.io/job-board.html",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on Greenhouse",
        attribution_link_required=True,
        notes="The vendor's terms address employers only; for personal use, not to be published again.",
    )

    def asks(self, board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(f"/v1/boards/{in_path(board)}/jobs", {"content": "true"}, conditional=True),)

    def ask_one(self, board: str, id: str) -> Ask:
        return Ask(f"/v1/boards/{in_path(board)}/jobs/{in_path(id)}", {"pay_transparency": "true"})

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        """The board's list, or one job asked for by its id."""
        return Page(json_rows(content, charset, "jobs", single="title")[1])

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        if "internal_job_id" in row and row["internal_job_id"] is None:
            return None  # a prospect post: an invitation to apply for nothing in particular
        where = _location(row)
        country = where.places[0].country_code if where.places else None
        description = plain_text(long_text(row.get("content")))
        departments = [text(mapping(department).get("name")) for department in items(row.get("departments"))]
        return Listing(
            source=self.name,
            board=board,
            external_id=required(row.get("id"), "id", 100),
            requisition_id=text(row.get("requisition_id")),
            title=required(row.get("title"), "title", MAX_TITLE),
            **employer(row.get("company_name"), board, "company_name"),
            url=required_address(row.get("absolute_url"), "absolute_url"),
            apply_url=address(row.get("absolute_url")),
            description=description,
            language=text(row.get("language")),
            **located(where),
            pay=_pay(row, description, country),
            department=departments[0] if len(departments) == 1 else None,
            **dated(row.get("first_published")),
            updated_at=moment(row.get("updated_at")),
            closes_at=moment(row.get("application_deadline")),
            raw=dict(row),
        )


def _location(row: Mapping[str, Any]) -> LocationText:
    """The location; where it names a working model only, its places are those of the offices."""
    said = read_location(text(mapping(row.get("location")).get("name")))
    if said.places or said.remote_regions is not None:
        return said
    offices = [mapping(office) for office in items(row.get("offices"))]
    names = [text(office.get("location")) or text(office.get("name")) for office in offices]
    housed = read_location("; ".join(name for name in names if name))
    return LocationText(housed.places, said.workplace or housed.workplace, said.remote_regions)


def _pay(row: Mapping[str, Any], description: str, country: str | None) -> Pay | None:
    """The stated range where there is exactly one, else what the text says.

    Ranges come without a period: their title names it, or their size does ("50,000" is no hour's pay).
    """
    said = find_pay(description, country=country)
    ranges = [mapping(item) for item in items(row.get("pay_input_ranges"))]
    if len(ranges) != 1:
        return said
    low, high = (_whole(ranges[0].get(name)) for name in ("min_cents", "max_cents"))
    title = text(ranges[0].get("title"))
    period = read_period(title) or (Period.YEAR if (low or high or 0) >= SURELY_YEARLY else None)
    stated = stated_pay(low, high, ranges[0].get("currency_type"), period, raw=title)
    return stated if stated and stated.currency else said or stated


def _whole(cents: Any) -> float | None:
    return cents / 100 if isinstance(cents, int | float) and not isinstance(cents, bool) else None
