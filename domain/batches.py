"""Work on many texts at once, as it runs in the CPU pool: module-level, picklable, each item isolated."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from domain.dedupe import group_openings
from domain.eligibility import Person, read_eligibility, read_person
from domain.employment_types import EmploymentType
from domain.filtering import Decision, PostingFacts, decide
from domain.filters import Filters
from domain.fit import PreparedResume, prepare_resume, rate
from domain.fit.passages import read_passages
from domain.fit.postings import MAX_DESCRIPTION
from domain.listings import Listing
from domain.phrases import tokenize
from domain.requirements import read_requirements


@dataclass(frozen=True, slots=True)
class Candidacy:
    """Whose verdicts are asked for: a résumé, and what the profile says; hashable, so that it is read once."""

    resume_text: str
    home: str | None = None
    wants: tuple[EmploymentType, ...] = ()


Rating = dict[str, Any] | str
"""The JSON of a Fit, or the sentence that says why this item could not be rated."""


def rate_batch(resume_text: str, postings: Sequence[tuple[str, str]]) -> list[Rating]:
    """Ratings of (title, description) pairs, in order."""
    resume = _prepared(resume_text)
    return [_rated(resume, title, description) for title, description in postings]


def decide_batch(filters: dict[str, Any], postings: Sequence[PostingFacts], now: datetime) -> list[Decision]:
    """What the filters (as JSON) make of each posting, in order."""
    rules = Filters.model_validate(filters)
    return [_decided(rules, posting, now) for posting in postings]


def assess_batch(candidate: Candidacy, postings: Sequence[PostingFacts]) -> list[Rating]:
    """Requirements and eligibility (as JSON) of each posting, in order."""
    return [_assessed(candidate, posting) for posting in postings]


def find_duplicates(
    listings: Sequence[dict[str, Any]], apart: Sequence[tuple[int, int]] = ()
) -> list[tuple[tuple[int, ...], tuple[str, ...]]]:
    """Which listings (as JSON) are one opening: their positions, and why each after the first is."""
    openings = group_openings([Listing.from_json(listing) for listing in listings], apart)
    return [(opening.members, opening.reasons) for opening in openings if opening.reasons]


def warm_up() -> None:
    """Reads what rating needs, so that the first batch of a process is as quick as the others."""
    rate(_prepared(""), "", "")


@lru_cache(maxsize=16)
def _prepared(text: str) -> PreparedResume:
    return prepare_resume(text)


@lru_cache(maxsize=16)
def _person(candidate: Candidacy) -> Person:
    return read_person(candidate.resume_text, candidate.home, candidate.wants)


def _assessed(candidate: Candidacy, posting: PostingFacts) -> Rating:
    try:
        person, text = _person(candidate), posting.description[:MAX_DESCRIPTION]
        passages = read_passages(tokenize(text))
        countries = frozenset(place.country_code for place in posting.places if place.country_code)
        met = read_requirements(_prepared(candidate.resume_text), person, text, passages)
        standing = read_eligibility(person, text, passages, countries)
    except Exception as broken:  # noqa: BLE001 - one bad posting never ends a run
        return f"could not be assessed: {type(broken).__name__}"
    return {"requirements": [asdict(one) for one in met], "eligibility": [asdict(one) for one in standing]}


def _decided(filters: Filters, posting: PostingFacts, now: datetime) -> Decision:
    try:
        return decide(filters, posting, now)
    except Exception as broken:  # noqa: BLE001 - one bad posting never ends a run
        return Decision(unknown=(f"the filters could not read it: {type(broken).__name__}",))


def _rated(resume: PreparedResume, title: str, description: str) -> Rating:
    try:
        return asdict(rate(resume, title, description))
    except Exception as broken:  # noqa: BLE001 - one bad posting never ends a run
        return f"could not be rated: {type(broken).__name__}"
