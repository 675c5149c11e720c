"""The `mock` scraper of earlier clients: one made-up listing per role and place, the same at every run."""

import re
from collections.abc import Mapping
from itertools import product
from typing import Any, ClassVar

import orjson

from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import parse_pay
from domain.places import read_location
from domain.provenance import Basis
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.job_posting import content_id

ROLES = ("Software Engineer",)
PLACES = ("Remote",)
SALARY = "$120,000 - $180,000"


class MockBoard:
    name: ClassVar[str] = "mock"
    base_urls: ClassVar[Mapping[str, str]] = {}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BUNDLED,
        "Made-up listings for trying out a client",
        attribution_text="Made-up listing",
        redistribute_allowed=True,
        default_enabled=False,
        off_because="It makes its listings up",
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(""),)

    def content(self, query: SourceQuery) -> bytes:
        pairs = product(query.terms or ROLES, query.places or PLACES)
        return orjson.dumps(
            [{"id": number, "role": role, "place": place} for number, (role, place) in enumerate(pairs, start=1)]
        )

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        return Page(json_rows(content, charset, None)[1])

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        role, place = row["role"], row["place"]
        where = read_location(place)
        words = re.sub(r"[^a-z0-9]+", "-", f"{role} {place}".casefold()).strip("-")
        slug = f"{words}-{content_id(role, place)[:6]}"
        return Listing(
            source=self.name,
            external_id=slug,
            title=f"Senior {role}",
            company=f"Tech Company {row['id']}",
            url=f"https://example.com/jobs/{slug}",
            description=(
                f"We are looking for a Senior {role} in {place}. You build, run and improve what our customers use, "
                "review the work of others and help newer colleagues along."
            ),
            places=where.places,
            workplace=where.workplace,
            workplace_basis=Basis.PARSED if where.workplace else Basis.UNKNOWN,
            pay=parse_pay(SALARY, country="US"),
            raw=dict(row),
        )
