"""Parts of a listing that many sources give in the same shape, as keyword arguments of `Listing`."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote, urlsplit

from domain.currencies import YEARLY_BY_HABIT
from domain.pay import Pay, Period, find_pay
from domain.places import LocationText, Place, Workplace, country_code, read_location
from domain.provenance import Basis
from infra.sources.reading import MAX_COMPANY, address, moment, required, text

SURELY_YEARLY = 20_000
_LIST = re.compile(r"\s*[,;|/]\s*|\s+(?:and|or)\s+", re.IGNORECASE)


def located(said: LocationText, stated: Workplace | None = None, quote: str | None = None) -> dict[str, Any]:
    """Places, working model and regions of what a location said; a `stated` working model wins."""
    return {
        "places": said.places,
        "workplace": stated or said.workplace,
        "workplace_basis": Basis.STATED if stated else Basis.PARSED if said.workplace else Basis.UNKNOWN,
        "remote_regions": said.remote_regions,
        "remote_basis": Basis.PARSED if said.remote_regions is not None else Basis.UNKNOWN,
        "remote_quote": quote if said.remote_regions is not None else None,
    }


def remote(regions: tuple[str, ...] | None, quote: str | None, basis: Basis = Basis.PARSED) -> dict[str, Any]:
    """A posting of a board that has remote work only, for people who live in `regions`."""
    return {
        "workplace": Workplace.REMOTE,
        "workplace_basis": Basis.INFERRED,
        "remote_regions": regions,
        "remote_basis": basis if regions is not None else Basis.UNKNOWN,
        "remote_quote": quote,
    }


def living_regions(said: str | None) -> tuple[str, ...] | None:
    """Where the applicant may live, by a text such as "USA, Canada": see `regions_of`."""
    return regions_of(_parts(said)) if said else None


def regions_of(names: Iterable[str]) -> tuple[str, ...] | None:
    """The regions of names: () is anywhere; None when any cannot be told, for half a list is wrong."""
    regions: list[str] = []
    is_anywhere = False
    for part in names:
        code = country_code(part)
        said = read_location(f"Remote - {part}")
        if code is None and (said.remote_regions is None or any(place.city for place in said.places)):
            return None
        is_anywhere = is_anywhere or (code is None and not said.remote_regions)
        regions += [code] if code else said.remote_regions or ()
    if is_anywhere:
        return ()
    return tuple(dict.fromkeys(regions)) or None


def in_country(where: LocationText, code: str | None) -> LocationText:
    """A single place that names no country is in the posting's."""
    if code and len(where.places) == 1 and where.places[0].country_code is None:
        return replace(where, places=(replace(where.places[0], country_code=code),))
    return where


def country_of(places: Iterable[Place]) -> str | None:
    """The one country of all places, or None."""
    codes = {place.country_code for place in places}
    return codes.pop() if len(codes) == 1 else None


def living_country(regions: tuple[str, ...] | None) -> str | None:
    """The one country that the regions name, or None."""
    codes = {region.partition("-")[0] for region in regions or ()}
    return codes.pop() if len(codes) == 1 and all(len(code) == len("US") for code in codes) else None


def dated(value: Any) -> dict[str, Any]:
    posted = moment(value)
    return {"posted_at": posted, "posted_basis": Basis.STATED if posted else Basis.UNKNOWN}


def employer(stated: Any, board: str, column: str) -> dict[str, Any]:
    """The employer's name as stated, else what its slug at the source hints at, marked as such."""
    if name := text(stated):
        return {"company": required(name, column, MAX_COMPANY), "company_basis": Basis.STATED}
    return {"company": required(name_of_slug(board), column, MAX_COMPANY), "company_basis": Basis.INFERRED}


def slug_in(url: Any) -> str:
    """The employer's slug in the address of a posting on a shared host ("jobs.lever.co/SLUG/…"), or nothing."""
    parts = urlsplit(address(url) or "")
    return parts.path.split("/")[1] if parts.path.count("/") > 1 else ""


def name_of_slug(slug: str) -> str:
    """The words of "north-pier" with capitals; a slug with capitals or spaces is taken as it is written."""
    words = unquote(slug).strip()
    if words != words.lower() or " " in words:
        return words
    return " ".join(part[:1].upper() + part[1:] for part in re.split(r"[-_]+", words) if part)


def likely_period(stated: Any, low: Any, high: Any, currency: Any) -> str | None:
    """The stated period, else a year for sums that are nobody's month in a currency where that is the habit."""
    if said := text(stated):
        return said
    sums = [value for value in (low, high) if isinstance(value, int | float) and value]
    is_yearly = text(currency) in YEARLY_BY_HABIT and sums and min(sums) >= SURELY_YEARLY
    return Period.YEAR.value if is_yearly else None


def told_pay(stated: Pay | None, description: str, country: str | None) -> Pay | None:
    """The stated pay where it is clear, else the one that the text names, else the stated text."""
    if stated and stated.currency:
        return stated
    return find_pay(description, country=country) or stated


def _parts(name: str) -> list[str]:
    return [name] if country_code(name) else [part for part in _LIST.split(name) if part.strip()]
