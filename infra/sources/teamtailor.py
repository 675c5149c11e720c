"""Teamtailor's JSON Feed (jsonfeed.org), whose items carry a schema.org JobPosting; also on employers' own domains."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from infra.sources.adapters import DOCUMENT, Ask, Page, json_rows, with_document
from infra.sources.job_posting import read_job_posting
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
from infra.sources.shapes import country_of, dated, employer, told_pay


class Teamtailor:
    name: ClassVar[str] = "teamtailor"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://{board}.teamtailor.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.ATS,
        "An employer's own board on Teamtailor, by its subdomain or its own domain",
        terms_url="https://www.teamtailor.com/en/terms/",
        read_on="2026-11-01",
        attribution_text="Posted by the employer on Teamtailor",
        attribution_link_required=True,
        notes="The vendor's terms address employers only; for personal use, not to be published again.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask("/jobs.json", conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        document, rows = json_rows(content, charset, "items")
        return Page(with_document(rows, title=mapping(document).get("title")))

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        told = next((mapping(item) for item in items(row.get("_jobposting"))), {})
        url = required_address(row.get("url") or row.get("id"), "url")
        title = required(row.get("title") or told.get("title"), "title", MAX_TITLE)
        organisation = next(iter(items(told.get("hiringOrganization"))), None)
        named = mapping(organisation).get("name") if isinstance(organisation, dict) else organisation
        company = employer(text(named) or mapping(row.get(DOCUMENT)).get("title"), board, "title")
        description = plain_text(long_text(row.get("content_html")) or long_text(told.get("description")))
        closes = moment(told.get("validThrough"))
        plain = {**told, "title": title, "url": url, "hiringOrganization": {"name": company["company"]}}
        read = read_job_posting({**plain, "datePosted": None, "validThrough": None}, self.name)
        return replace(
            read,
            board=board or None,
            external_id=required(row.get("id") or url, "id", 500),
            **company,
            apply_url=address(told.get("applicationUrl")),
            description=description,
            pay=told_pay(read.pay, description, country_of(read.places)),
            **dated(row.get("date_published") or told.get("datePosted")),
            updated_at=moment(row.get("date_modified")),
            closes_at=closes,
            raw=dict(row),
        )
