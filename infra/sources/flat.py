"""Rows of plain columns (a spreadsheet, an export of another tool) as listings.

The documented columns are the keys of `COLUMNS`; each goes by several names, whatever their case, spaces,
underscores and hyphens. Title, company, url and description must be among the columns; a description may be
empty.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from domain.employment_types import read_employment_type
from domain.listings import Listing
from domain.pay import Pay, parse_pay, stated_pay
from domain.places import LocationText, Workplace, address_place, read_location
from domain.provenance import Basis
from infra.payloads import UnreadablePayloadError
from infra.sources.job_posting import content_id
from infra.sources.markup import plain_text
from infra.sources.reading import (
    MAX_COMPANY,
    MAX_TITLE,
    RowError,
    address,
    long_text,
    moment,
    required,
    required_address,
    text,
)

COLUMNS: dict[str, tuple[str, ...]] = {
    "title": ("title", "job title", "position", "role", "job"),
    "company": ("company", "company name", "employer", "organization", "organisation", "hiring organization"),
    "url": ("url", "job url", "link", "job link", "posting url", "job posting url", "listing url"),
    "description": ("description", "job description", "details", "body", "text"),
    "location": ("location", "locations", "job location", "place", "places"),
    "city": ("city", "town"),
    "region": ("region", "state", "province"),
    "country": ("country", "country code"),
    "workplace": ("workplace", "workplace type", "working model", "remote", "is remote"),
    "apply_url": ("apply url", "application url", "apply link", "job url direct"),
    "salary": ("salary", "salary range", "pay", "compensation"),
    "salary_min": ("salary min", "min salary", "min amount", "minimum salary"),
    "salary_max": ("salary max", "max salary", "max amount", "maximum salary"),
    "currency": ("currency", "salary currency"),
    "period": ("period", "salary period", "interval", "pay period"),
    "employment_type": ("employment type", "job type", "type", "contract type", "commitment"),
    "department": ("department", "team"),
    "posted_at": ("posted at", "date posted", "posted", "posted date", "published", "published at", "date"),
    "closes_at": ("closes at", "closing date", "valid through", "deadline", "application deadline", "expires"),
    "id": ("id", "job id", "external id", "reference", "identifier"),
}
REQUIRED = ("title", "company", "url", "description")
_WORKPLACES = {
    **dict.fromkeys(("remote", "true", "yes", "fullyremote", "telecommute"), Workplace.REMOTE),
    **dict.fromkeys(("hybrid",), Workplace.HYBRID),
    **dict.fromkeys(("onsite", "inoffice", "office"), Workplace.ONSITE),
}
_UNTOLD = frozenset({"", "false", "no", "unspecified", "nan", "none", "null"})


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


_FIELD_BY_NAME = {_bare(name): field for field, names in COLUMNS.items() for name in names}


def field_of(column: str) -> str | None:
    return _FIELD_BY_NAME.get(_bare(column))


def read_header(columns: Sequence[str]) -> dict[str, str]:
    """The column of each known field. Raises UnreadablePayloadError naming what is missing or there twice."""
    found = ", ".join(repr(column) for column in columns[:30]) or "nothing"
    fields = {column: field for column in columns if (field := field_of(column))}
    twice = [field for field, times in Counter(map(field_of, columns)).items() if field and times > 1]
    if twice:
        names = " and ".join(repr(column) for column in columns if field_of(column) == twice[0])
        raise UnreadablePayloadError(f"Expected one column for {twice[0]!r} in the header (row 1), found {names}")
    missing = [field for field in REQUIRED if field not in fields.values()]
    if missing:
        names = " and ".join(repr(field) for field in missing)
        noun = "a column" if len(missing) == 1 else "columns"
        raise UnreadablePayloadError(f"Expected {noun} {names} in the header (row 1), found {found}")
    return {field: column for column, field in fields.items()}


def read_flat(row: Mapping[str, Any], columns: Mapping[str, str], source: str) -> Listing:
    """The listing of one row, whose columns `read_header` found. Raises RowError naming the row's own column."""

    def of(field: str) -> Any:
        return row.get(columns[field]) if field in columns else None

    def name(field: str) -> str:
        return columns.get(field, field)

    title = required(of("title"), name("title"), MAX_TITLE)
    company = required(of("company"), name("company"), MAX_COMPANY)
    url = required_address(of("url"), name("url"))
    where = _where(of)
    workplace = _workplace(of("workplace"), name("workplace"))
    basis = Basis.STATED if workplace else Basis.PARSED if where.workplace else Basis.UNKNOWN
    posted = _date(of("posted_at"), name("posted_at"))
    return Listing(
        source=source,
        external_id=(text(of("id")) or "")[:100] or content_id(title, company, url, *_raws(where)),
        title=title,
        company=company,
        url=url,
        apply_url=address(of("apply_url")),
        description=plain_text(long_text(of("description"))),
        places=where.places,
        workplace=workplace or where.workplace,
        workplace_basis=basis,
        remote_regions=where.remote_regions,
        remote_basis=Basis.PARSED if where.remote_regions is not None else Basis.UNKNOWN,
        pay=_pay(of, where),
        employment_type=read_employment_type(text(of("employment_type"))),
        department=text(of("department")),
        posted_at=posted,
        posted_basis=Basis.STATED if posted else Basis.UNKNOWN,
        closes_at=_date(of("closes_at"), name("closes_at")),
        raw=dict(row),
    )


def _raws(where: LocationText) -> list[str]:
    return [place.raw for place in where.places]


def _where(of: Any) -> LocationText:
    said = text(of("location"))
    if said:
        return read_location(said)
    place = address_place(text(of("city")), text(of("region")), text(of("country")))
    return LocationText((place,) if place else ())


def _workplace(value: Any, column: str) -> Workplace | None:
    if value is True:
        return Workplace.REMOTE
    said = _bare(text(value) or "")
    if said in _UNTOLD:
        return None
    if said not in _WORKPLACES:
        raise RowError(f"expected remote, hybrid or onsite, found {str(value)[:40]!r}", column)
    return _WORKPLACES[said]


def _date(value: Any, column: str) -> Any:
    if value in (None, ""):
        return None
    found = moment(value)
    if found is None:
        raise RowError(f"expected a date such as 2026-11-30, found {str(value)[:40]!r}", column)
    return found


def _pay(of: Any, where: LocationText) -> Pay | None:
    if of("salary_min") or of("salary_max"):
        return stated_pay(of("salary_min"), of("salary_max"), of("currency"), of("period"))
    country = where.places[0].country_code if where.places else None
    return parse_pay(text(of("salary")), country=country)
