"""Adzuna's API (developer.adzuna.com), with the operator's own key. Its board is a country ("gb", "us").

Texts end after 500 characters. A predicted salary is Adzuna's guess, so it is marked as an estimate. An unknown
parameter is answered 400.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from domain.employment_types import EmploymentType, read_employment_type
from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from domain.pay import Pay, Period, stated_pay
from domain.places import country_code, read_location
from domain.provenance import Basis
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.markup import plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, items, long_text, mapping, required, required_address, text
from infra.sources.shapes import SURELY_YEARLY, country_of, dated, in_country, located

_ROWS = 50
_MAX_PAGES = 10
_MAX_TERMS = 5
_USUAL_COUNTRY = "us"
_CURRENCIES = {
    **dict.fromkeys(("AT", "BE", "DE", "ES", "FR", "IT", "NL"), "EUR"),
    "AU": "AUD",
    "BR": "BRL",
    "CA": "CAD",
    "CH": "CHF",
    "GB": "GBP",
    "IN": "INR",
    "MX": "MXN",
    "NZ": "NZD",
    "PL": "PLN",
    "SG": "SGD",
    "US": "USD",
    "ZA": "ZAR",
}


class Adzuna:
    name: ClassVar[str] = "adzuna"
    base_urls: ClassVar[Mapping[str, str]] = {"": "https://api.adzuna.com"}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BOARD,
        "Jobs of a whole country, by Adzuna's search, with your own key",
        terms_url="https://developer.adzuna.com/docs/terms_of_service",
        read_on="2026-11-01",
        attribution_text="Jobs by Adzuna",
        attribution_link_required=True,
        reading_pause=3600,
        max_per_day=24,
        settings=("ADZUNA_APP_ID", "ADZUNA_APP_KEY"),
        default_enabled=False,
        off_because="It needs a key of your own, from developer.adzuna.com",
        notes="What is stored has to go when the key ends. Commercial use needs a licence.",
    )

    def asks(self, board: str, query: SourceQuery) -> tuple[Ask, ...]:
        country = board or _country(query.places) or _USUAL_COUNTRY
        words = [{"what": term} for term in query.terms[:_MAX_TERMS]] or [{}]
        return tuple(
            Ask(_path(country, 1), {**word, "results_per_page": _ROWS, "sort_by": "date"}, narrowed=bool(word))
            for word in words
        )

    def signed(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        own = {"app_id": keys["ADZUNA_APP_ID"], "app_key": keys["ADZUNA_APP_KEY"]}
        return replace(ask, params={**ask.params, **own})

    def page(self, content: bytes, charset: str | None, ask: Ask) -> Page:
        rows = json_rows(content, charset, "results")[1]
        head, _, number = ask.path.rpartition("/")
        if len(rows) < _ROWS or not number.isdigit() or int(number) >= _MAX_PAGES:
            return Page(rows)
        return Page(rows, (replace(ask, path=f"{head}/{int(number) + 1}"),))

    def listing(self, row: Mapping[str, Any], board: str) -> Listing | None:
        held = mapping(row.get("location"))
        area = [text(item) for item in items(held.get("area"))]
        code = country_code(area[0] if area else None) or country_code(board)
        where = in_country(read_location(text(held.get("display_name"))), code)
        return Listing(
            source=self.name,
            board=board or None,
            external_id=required(row.get("id"), "id", 100),
            title=required(row.get("title"), "title", MAX_TITLE),
            company=required(mapping(row.get("company")).get("display_name"), "company", MAX_COMPANY),
            url=required_address(row.get("redirect_url"), "redirect_url"),
            description=plain_text(long_text(row.get("description"))),
            **located(where),
            pay=_pay(row, code or country_of(where.places)),
            employment_type=_employment_type(row),
            department=text(mapping(row.get("category")).get("label")),
            **dated(row.get("created")),
            raw=dict(row),
        )


def _path(country: str, page: int) -> str:
    return f"/v1/api/jobs/{country.lower()[:2]}/search/{page}"


def _country(places: tuple[str, ...]) -> str | None:
    codes = {place.country_code for said in places for place in read_location(said).places if place.country_code}
    return codes.pop().lower() if len(codes) == 1 else None


def _pay(row: Mapping[str, Any], country: str | None) -> Pay | None:
    low, high = row.get("salary_min"), row.get("salary_max")
    sums = [value for value in (low, high) if isinstance(value, int | float) and value]
    period = Period.YEAR.value if sums and min(sums) >= SURELY_YEARLY / 2 else None
    is_guess = str(row.get("salary_is_predicted")) in {"1", "True", "true"}
    basis = Basis.ESTIMATED if is_guess else Basis.STATED
    return stated_pay(low, high, _CURRENCIES.get(country or ""), period, basis=basis)


def _employment_type(row: Mapping[str, Any]) -> EmploymentType | None:
    said = [(text(row.get(name)) or "").replace("_", "") for name in ("contract_type", "contract_time")]
    return next((found for word in said if (found := read_employment_type(word))), None)
