"""Remotive's API (github.com/remotive-com/remote-jobs-api). Parameters are said to narrow and are ignored.

`candidate_required_location` is where the applicant may live, not where the work is done.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import parse_pay
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, long_text, required, required_address, text
from infra.sources.shapes import dated, living_country, living_regions, remote, told_pay


class Remotive:
    name: ClassVar[str] = "remotive"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://remotive.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Remote jobs of many employers, on Remotive, a day late",
        terms_url="https://github.com/remotive-com/remote-jobs-api",
        read_on="2026-11-01",
        attribution_text="Remotive",
        attribution_link_required=True,
        followed_link=True,
        min_interval=30.0,
        reading_pause=6 * 3600,
        max_per_day=4,
        sign_up_wall_allowed=False,
        notes="Link to the job on Remotive and name it. Not for other job sites, nor behind a sign-up.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        """One question without a search: four a day are allowed, and everybody's is the same."""
        return (Ask("/api/remote-jobs", conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        return Page(json_rows(content, charset, "jobs")[1])

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        where = text(row.get("candidate_required_location"))
        regions = living_regions(where)
        description = plain_text(long_text(row.get("description")))
        country = living_country(regions)
        return Listing(
            source=self.name,
            external_id=required(row.get("id"), "id", 100),
            title=required(row.get("title"), "title", MAX_TITLE),
            company=required(row.get("company_name"), "company_name", MAX_COMPANY),
            url=required_address(row.get("url"), "url"),
            description=description,
            **remote(regions, where),
            pay=told_pay(parse_pay(text(row.get("salary")), country=country), description, country),
            employment_type=read_employment_type((text(row.get("job_type")) or "").replace("_", "")),
            **dated(row.get("publication_date")),
            raw=dict(row),
        )
