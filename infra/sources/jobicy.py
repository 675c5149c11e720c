"""Jobicy's API (jobicy.com/jobs-rss-feed): the newest hundred of a question, without pages.

An unknown parameter is answered 400, so only documented ones are sent. `jobGeo` is where the applicant may live.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Pay, Period, stated_pay
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, items, long_text, required, required_address, text
from infra.sources.shapes import dated, likely_period, living_country, living_regions, remote, told_pay

_MOST = 100


class Jobicy:
    name: ClassVar[str] = "jobicy"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://jobicy.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Remote jobs of many employers, on Jobicy, three hours late",
        terms_url="https://jobicy.com/jobs-rss-feed",
        read_on="2026-11-01",
        attribution_text="Jobicy",
        attribution_link_required=True,
        reading_pause=3600,
        max_per_day=24,
        notes="Not to be altered, nor published on Google Jobs, LinkedIn or Jooble.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        """One question an hour is allowed, so everybody's is the same: the newest of all."""
        return (Ask("/api/v2/remote-jobs", {"count": _MOST}, conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        return Page(json_rows(content, charset, "jobs")[1])

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        where = text(row.get("jobGeo"))
        regions = living_regions(where)
        country = living_country(regions)
        description = plain_text(long_text(row.get("jobDescription")) or long_text(row.get("jobExcerpt")))
        types = {read_employment_type(text(item)) for item in items(row.get("jobType"))} - {None}
        return Listing(
            source=self.name,
            external_id=required(row.get("id") or row.get("jobSlug"), "id", 300),
            title=required(row.get("jobTitle"), "jobTitle", MAX_TITLE),
            company=required(row.get("companyName"), "companyName", MAX_COMPANY),
            url=required_address(row.get("url"), "url"),
            description=description,
            **remote(regions, where),
            pay=told_pay(_pay(row), description, country),
            employment_type=types.pop() if len(types) == 1 else None,
            seniority=text(row.get("jobLevel")),
            **dated(row.get("pubDate")),
            raw=dict(row),
        )


def _pay(row: Mapping[str, Any]) -> Pay | None:
    """Older rows name the year in their fields' names, newer ones have a period."""
    currency = row.get("salaryCurrency")
    if row.get("annualSalaryMin") or row.get("annualSalaryMax"):
        return stated_pay(row.get("annualSalaryMin"), row.get("annualSalaryMax"), currency, Period.YEAR.value)
    low, high = row.get("salaryMin"), row.get("salaryMax")
    return stated_pay(low, high, currency, likely_period(row.get("salaryPeriod"), low, high, currency))
