"""How many hours and for how long, in the terms of schema.org's JobPosting.employmentType."""

import re
from enum import StrEnum


class EmploymentType(StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    CONTRACT = "contract"
    TEMPORARY = "temporary"
    INTERNSHIP = "internship"
    VOLUNTEER = "volunteer"
    PER_DIEM = "per_diem"
    OTHER = "other"


_SPELLINGS: dict[str, EmploymentType] = {
    **dict.fromkeys(
        ("fulltime", "full", "ft", "vollzeit", "tempsplein", "voltijd", "heltid"), EmploymentType.FULL_TIME
    ),
    **dict.fromkeys(
        ("parttime", "part", "pt", "teilzeit", "tempspartiel", "deeltijd", "deltid"), EmploymentType.PART_TIME
    ),
    **dict.fromkeys(
        ("contract", "contractor", "contracttohire", "freelance", "freelancer", "independentcontractor"),
        EmploymentType.CONTRACT,
    ),
    **dict.fromkeys(("temporary", "temp", "fixedterm", "seasonal"), EmploymentType.TEMPORARY),
    **dict.fromkeys(
        ("intern", "internship", "trainee", "apprenticeship", "praktikum", "stage"), EmploymentType.INTERNSHIP
    ),
    **dict.fromkeys(("volunteer", "voluntary"), EmploymentType.VOLUNTEER),
    "perdiem": EmploymentType.PER_DIEM,
    "other": EmploymentType.OTHER,
}
_NOT_A_LETTER = re.compile(r"[\W\d_]+")
_ALTERNATIVES = re.compile(r"[,;/|()\u2013\u2014]|\s-\s|\bor\b")


def read_employment_type(text: str | None) -> EmploymentType | None:
    """The type a board's own words name, or None when they name none or more than one.

    "Permanent" and "Regular" say how long, not how many hours, so they name
    none; "Full-time, Permanent" is full time.
    """
    parts = [_NOT_A_LETTER.sub("", part).casefold() for part in _ALTERNATIVES.split(text or "")]
    named = {_SPELLINGS[part] for part in parts if part in _SPELLINGS}
    return named.pop() if len(named) == 1 else None
