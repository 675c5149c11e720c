"""Remote OK's feed (its terms are the feed's first element): some hundred rows, newest first.

Zero is no salary; sums are US dollars a year, as the site shows them. Some rows are not remote, so the board's
name proves nothing: a row is remote where its location says so.
"""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Period, stated_pay
from domain.places import LocationText, Workplace, read_location
from domain.provenance import Basis
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.markup import plain_text
from infra.sources.mojibake import repaired_row
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, address, long_text, mapping, required, required_address, text
from infra.sources.shapes import country_of, dated, living_regions, located, told_pay

_GUESS = re.compile(r"\W*probably\b", re.IGNORECASE)
_CUT_AT = 75


class RemoteOk:
    name: ClassVar[str] = "remoteok"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://remoteok.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Remote jobs of many employers, on Remote OK",
        terms_url="https://remoteok.com/api",
        read_on="2026-11-01",
        attribution_text="Remote OK",
        attribution_link_required=True,
        followed_link=True,
        reading_pause=4 * 3600,
        max_per_day=6,
        notes="Link back to the job on Remote OK with a followed link and name it as the source; no logo.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask("/api", conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        rows = json_rows(content, charset, None)[1]
        return Page([(number, row) for number, row in rows if not _is_legal_notice(row)])

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        fixed = repaired_row(dict(row))
        where = _location(text(fixed.get("location")))
        description = plain_text(long_text(fixed.get("description")))
        pay = stated_pay(
            fixed.get("salary_min"), fixed.get("salary_max"), "USD", Period.YEAR.value, basis=Basis.INFERRED
        )
        return Listing(
            source=self.name,
            external_id=required(row.get("id") or row.get("slug"), "id", 100),
            title=required(fixed.get("position"), "position", MAX_TITLE),
            company=required(fixed.get("company"), "company", MAX_COMPANY),
            url=required_address(row.get("url"), "url"),
            apply_url=address(row.get("apply_url")),
            description=description,
            **located(where, quote=text(fixed.get("location"))),
            pay=told_pay(pay, description, country_of(where.places)),
            **dated(row.get("date") or row.get("epoch")),
            raw=dict(row),
        )


def _is_legal_notice(row: Any) -> bool:
    return "legal" in mapping(row) and not mapping(row).get("position")


def _location(said: str | None) -> LocationText:
    """A text that was cut off loses its last part, which might be half a name; "probably" says nothing."""
    if said is None or _GUESS.match(said):
        return LocationText()
    whole = said if len(said) < _CUT_AT or "," not in said else said.rpartition(",")[0]
    regions = living_regions(said) if len(said) < _CUT_AT else None
    where = read_location(whole)
    if where.workplace is not Workplace.REMOTE or where.remote_regions is not None:
        return where
    return LocationText(where.places, where.workplace, regions)
