"""schema.org's JobPosting (schema.org/JobPosting; Google Search Central, job posting), as pages and files carry it."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from domain.employment_types import EmploymentType, read_employment_type
from domain.listings import Listing
from domain.pay import Pay, parse_pay, stated_pay
from domain.places import Place, Workplace, address_place, country_code, read_location
from domain.provenance import Basis
from infra.sources.markup import plain_text
from infra.sources.reading import (
    MAX_COMPANY,
    MAX_TITLE,
    RowError,
    address,
    items,
    long_text,
    mapping,
    moment,
    required,
    required_address,
    text,
)

_REMOTE = "TELECOMMUTE"
_SECTIONS = ("responsibilities", "qualifications", "skills", "experienceRequirements", "jobBenefits")


def is_job_posting(value: Any) -> bool:
    """By its type, which may be a list of them and may be written as an address."""
    return any(str(kind).rpartition("/")[2] == "JobPosting" for kind in items(mapping(value).get("@type")))


def read_job_posting(row: Mapping[str, Any], source: str) -> Listing:
    """The listing of one JobPosting. Raises RowError naming the property that is missing or cannot be read."""
    title = required(row.get("title") or row.get("name"), "title", MAX_TITLE)
    company = required(_name(row.get("hiringOrganization")), "hiringOrganization", MAX_COMPANY)
    url = required_address(row.get("url") or row.get("sameAs"), "url")
    places = _places(row.get("jobLocation"))
    remote = _REMOTE in items(row.get("jobLocationType"))
    posted = _date(row, "datePosted")
    regions = _regions(row.get("applicantLocationRequirements")) if remote else None
    return Listing(
        source=source,
        external_id=_identifier(row) or content_id(title, company, url, *(place.raw for place in places)),
        title=title,
        company=company,
        url=url,
        apply_url=url if row.get("directApply") is True else address(row.get("applicationUrl")),
        description=plain_text(_markup(row)),
        language=text(row.get("inLanguage")),
        places=places,
        workplace=Workplace.REMOTE if remote else None,
        workplace_basis=Basis.STATED if remote else Basis.UNKNOWN,
        remote_regions=regions,
        remote_basis=Basis.STATED if regions is not None else Basis.UNKNOWN,
        pay=_pay(row, places),
        employment_type=_employment_type(row.get("employmentType")),
        department=text(_name(row.get("employmentUnit"))),
        posted_at=posted,
        posted_basis=Basis.STATED if posted else Basis.UNKNOWN,
        closes_at=_date(row, "validThrough"),
        raw=dict(row),
    )


def content_id(*told: str) -> str:
    """An id for a posting that was given none: the same for the same title, employer, address and places."""
    return sha256("\x1f".join(told).encode("utf-8", "replace")).hexdigest()[:20]


def _identifier(row: Mapping[str, Any]) -> str | None:
    found = row.get("identifier")
    value = text(mapping(found).get("value")) if isinstance(found, dict) else text(found)
    return value[:100] if value else None


def _name(value: Any) -> str | None:
    first = next(iter(items(value)), None)
    return text(mapping(first).get("name")) if isinstance(first, dict) else text(first)


def _date(row: Mapping[str, Any], column: str) -> Any:
    value = row.get(column)
    found = moment(value)
    if found is None and value not in (None, ""):
        raise RowError(f"expected a date such as 2026-11-30, found {str(value)[:40]!r}", column)
    return found


def _places(value: Any) -> tuple[Place, ...]:
    found: list[Place] = []
    for item in items(value):
        if isinstance(item, str):
            found += read_location(text(item)).places
            continue
        for where in items(mapping(item).get("address")):
            if isinstance(where, str):
                found += read_location(text(where)).places
            elif place := address_place(
                text(mapping(where).get("addressLocality")),
                text(mapping(where).get("addressRegion")),
                _name(mapping(where).get("addressCountry")),
            ):
                found.append(place)
    return tuple(dict.fromkeys(found))


def _regions(value: Any) -> tuple[str, ...] | None:
    """Where the applicant may live; None when any of it cannot be told, for half a list would be a wrong one."""
    names = [name for item in items(value) if (name := _name(item))]
    regions: list[str] = []
    for name in names:
        code = country_code(name)
        said = (code,) if code else read_location(f"Remote - {name}").remote_regions
        if said is None:
            return None
        if not said:
            return ()
        regions += said
    return tuple(dict.fromkeys(regions)) or None


def _employment_type(value: Any) -> EmploymentType | None:
    named = {read_employment_type((text(item) or "").replace("_", "")) for item in items(value)}
    return named.pop() if len(named) == 1 else None


def _pay(row: Mapping[str, Any], places: tuple[Place, ...]) -> Pay | None:
    """`baseSalary` only: `estimatedSalary` is somebody's guess. Its value may be an object, a number or a text."""
    salary = next(iter(items(row.get("baseSalary"))), None)
    country = places[0].country_code if places else None
    if not isinstance(salary, dict):
        return parse_pay(text(salary), country=country)
    value = salary.get("value")
    currency = salary.get("currency") or row.get("salaryCurrency")
    amounts = mapping(value)
    if isinstance(value, str) and not value.replace(".", "").isdigit():
        return parse_pay(f"{value} {text(salary.get('unitText')) or ''}", country=country)
    exact = amounts.get("value") if amounts else value
    low = amounts.get("minValue", salary.get("minValue")) or exact
    high = amounts.get("maxValue", salary.get("maxValue")) or exact
    period = amounts.get("unitText") or salary.get("unitText")
    return stated_pay(low, high, currency, period)


def _markup(row: Mapping[str, Any]) -> str:
    """The description, and below it the sections that some sites keep apart and do not repeat in it."""
    whole = long_text(row.get("description"))
    for name in _SECTIONS:
        section = row.get(name)
        said = "\n".join(item for item in items(section) if isinstance(item, str))
        if said and said not in whole:
            whole += f"\n\n{said}" if "<" not in whole else f"<div>{said}</div>"
    return whole
