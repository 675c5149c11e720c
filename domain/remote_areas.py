"""Which countries the areas of remote jobs ("EMEA", "Nordics") hold; the list is `domain/data/areas.json`.

Countries are ISO 3166-1 codes grouped by the continents of the United Nations' M49 standard. Lenient at the edges
(Turkey counts for Europe and the Middle East): a filter drops only what is certain.
"""

import json
from functools import cache
from importlib.resources import files

from domain.places import WORLDWIDE, Place


def may_live_in(home: Place, region: str) -> bool | None:
    """Whether a posting's region ("DE", "US-CA", "EUROPE") holds the place; None where it cannot be told."""
    if region == WORLDWIDE:
        return True
    country = home.country_code or ""
    if region in _areas():
        return country in _areas()[region]
    code, _, part = region.partition("-")
    if not (len(code) == 2 and code.isupper()):  # noqa: PLR2004 - the length of a country's code
        return None
    if code != country or not part:
        return code == country
    return home.region == part if home.region else None


def countries_of(area: str) -> frozenset[str]:
    """The countries of an area; none for what is no area."""
    return _areas().get(area, frozenset())


@cache
def _areas() -> dict[str, frozenset[str]]:
    data: dict[str, str] = json.loads((files("domain") / "data" / "areas.json").read_text("utf-8"))
    groups = {name: codes.split() for name, codes in data.items()}

    def countries(name: str) -> set[str]:
        return {code for part in groups[name] for code in (countries(part) if part in groups else {part})}

    return {name: frozenset(countries(name)) for name in groups}
