"""We Work Remotely's RSS feed, off by default: its terms rule out building a service on it.

A title is "Company: Role"; without the colon the employer is not known.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.employment_types import read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from infra.payloads import UnreadablePayloadError, read_xml
from infra.sources.adapters import Ask, Page
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, RowError, long_text, moment, required, required_address, text
from infra.sources.shapes import dated, living_country, living_regions, remote, told_pay


class WeWorkRemotely:
    name: ClassVar[str] = "weworkremotely"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://weworkremotely.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Remote jobs of many employers, on We Work Remotely",
        terms_url="https://weworkremotely.com/api",
        read_on="2026-11-01",
        attribution_text="We Work Remotely",
        attribution_link_required=True,
        followed_link=True,
        reading_pause=24 * 3600,
        store_allowed=False,
        sign_up_wall_allowed=False,
        default_enabled=False,
        off_because="Its terms rule out a job search built on its data, and storing it",
        notes="Reading it is your own choice, by SOURCES_ENABLED.",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask("/remote-jobs.rss", conditional=True),)

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        root = read_xml(content, charset)
        if root.tag != "rss":
            raise UnreadablePayloadError(f"Expected <rss>, found <{str(root.tag)[:40]}>")
        return Page([(number, _row(item)) for number, item in enumerate(root.iterfind("channel/item"), start=1)])

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        company, colon, title = (text(row.get("title")) or "").partition(": ")
        if not colon:
            raise RowError('expected "Company: Role"', "title")
        where = text(row.get("region"))
        regions = living_regions(where)
        description = plain_text(long_text(row.get("description")))
        url = required_address(row.get("link") or row.get("guid"), "link")
        return Listing(
            source=self.name,
            external_id=required(row.get("guid") or url, "guid", 500),
            title=required(title, "title", MAX_TITLE),
            company=required(company, "title", MAX_COMPANY),
            url=url,
            description=description,
            **remote(regions, where),
            pay=told_pay(None, description, living_country(regions)),
            employment_type=read_employment_type(text(row.get("type"))),
            department=text(row.get("category")),
            **dated(row.get("pubDate")),
            closes_at=moment(row.get("expires_at")),
            raw=dict(row),
        )


def _row(item: Any) -> dict[str, str]:
    return {_name(child): _text(child) for child in item.iterchildren("*")}


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    return "".join(element.itertext()).strip()
