"""What a person never wants to see: the rules of a profile, as they are stored and sent."""

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from domain.employment_types import EmploymentType
from domain.inputs import Input
from domain.places import Workplace, read_location
from domain.title_rules import read_rule


class Seniority(StrEnum):
    INTERN = "intern"
    JUNIOR = "junior"
    MID = "mid"
    SENIOR = "senior"
    LEAD = "lead"
    DIRECTOR = "director"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"expected a time zone such as Europe/Berlin, found {name!r}"
        raise ValueError(message) from None
    return name


def _known_home(name: str) -> str:
    if not any(place.country_code for place in read_location(name).places):
        message = f"expected a place whose country can be told, such as 'Germany' or 'Austin, Texas', found {name!r}"
        raise ValueError(message)
    return name


def _a_rule(text: str) -> str:
    read_rule(text)
    return text


Words = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_a_rule)]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Home = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_known_home)]
Zone = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known_zone)]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


def _several(description: str) -> list[str]:
    made: list[str] = Field(default_factory=list, max_length=100, description=description)
    return made


class Filters(Input):
    """What drops a posting before it is rated; what a posting does not say never does."""

    title_include: list[Words] = _several(
        "At least one must be in the title: words in a row; 'engineer*' for any ending."
    )
    title_exclude: list[Words] = _several("None may be in the title: words in a row; 'manag*' for any ending.")
    places: list[Name] = _several("Where the work may be; a remote job may be anywhere.")
    workplaces: list[Workplace] = Field(default_factory=list, max_length=3)
    remote_from: list[Home] = _several("From where you would work: a remote job must be open to one of them.")
    time_zone: Zone | None = Field(default=None, description="Yours, such as Europe/Berlin.")
    time_zone_hours: int = Field(
        default=3, ge=0, le=12, description="How far the hours that a posting asks for may be from yours."
    )
    pay_at_least: float | None = Field(default=None, gt=0, le=1e9, description="A year, in `payCurrency`.")
    pay_currency: Currency | None = Field(default=None, description="ISO 4217, such as EUR.")
    max_age_hours: int | None = Field(default=None, ge=1, le=24 * 365)
    employment_types: list[EmploymentType] = Field(default_factory=list, max_length=8)
    seniorities: list[Seniority] = Field(default_factory=list, max_length=6)
    blocked_companies: list[Name] = _several("Never these employers, whatever their legal form.")

    @property
    def are_set(self) -> bool:
        """Whether anything could be dropped."""
        return any(getattr(self, name) for name in type(self).model_fields if name not in _ONLY_WITH_OTHERS)


_ONLY_WITH_OTHERS = {"time_zone_hours", "pay_currency"}
