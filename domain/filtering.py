"""Holding postings to a profile's filters: each rule drops with its reason, and says what it could not tell.

A posting that says nothing about a question passes it; the question is listed as unknown. What a rule dropped is
stored with the rule and can be restored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.dedupe import company_key
from domain.employment_types import EmploymentType
from domain.filters import Filters, Seniority
from domain.fit.seniority import level_of_title
from domain.pay import Pay
from domain.phrases import tokenize
from domain.places import Place, Workplace, read_location
from domain.remote_areas import may_live_in
from domain.time_zones import find_offsets, hours_apart
from domain.title_rules import read_rule


class Rule(StrEnum):
    """What can drop a posting; the account of a run counts by these names."""

    COMPANY = "company"
    TITLE_INCLUDE = "title_include"
    TITLE_EXCLUDE = "title_exclude"
    AGE = "age"
    EMPLOYMENT_TYPE = "employment_type"
    SENIORITY = "seniority"
    WORKPLACE = "workplace"
    PLACE = "place"
    REMOTE_REGION = "remote_region"
    TIME_ZONE = "time_zone"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class PostingFacts:
    """What of a posting the filters look at; `remote_regions`: None is unknown, () is worldwide."""

    title: str
    company: str
    description: str
    posted_at: datetime | None
    places: tuple[Place, ...] = ()
    workplace: Workplace | None = None
    remote_regions: tuple[str, ...] | None = None
    pay: Pay | None = None
    employment_type: EmploymentType | None = None
    seniority: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`rule` is None for a posting that passes; `reason` is a sentence, `unknown` what could not be told."""

    rule: Rule | None = None
    reason: str | None = None
    unknown: tuple[str, ...] = ()


_LEVELS = {
    0.0: Seniority.INTERN,
    1.0: Seniority.JUNIOR,
    2.0: Seniority.MID,
    3.0: Seniority.SENIOR,
    4.0: Seniority.LEAD,
    5.0: Seniority.DIRECTOR,
}
_MIDDLE = frozenset({"mid", "middle", "intermediate", "midlevel", "professional"})
UNKNOWN_PAY = "the pay is not stated"
Verdict = str | bool
"""A sentence that drops, True for a pass, False for what cannot be told."""


def decide(filters: Filters, posting: PostingFacts, now: datetime) -> Decision:
    """The first rule that drops the posting, cheap and certain ones first; else what could not be told."""
    unknown: list[str] = []
    for rule, check, silence in _CHECKS:
        verdict = check(filters, posting, now)
        if isinstance(verdict, str):
            return Decision(rule, f"{rule}: {verdict}"[:500])
        if not verdict:
            unknown.append(silence)
    return Decision(unknown=tuple(unknown))


def seniority_of(title: str, stated: str | None) -> Seniority | None:
    """What the title says, else the source's own word for the level."""
    for text in (title, stated or ""):
        keys = tokenize(text).keys
        level = level_of_title(keys)
        if level is None and not _MIDDLE.isdisjoint(keys):
            level = 2.0
        if level is not None:
            return _LEVELS[level]
    return None


def _company(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    blocked = {company_key(name): name for name in filters.blocked_companies}
    name = blocked.get(company_key(posting.company))
    return f"{posting.company} is on your block list" if name else True


def _title_include(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    if not filters.title_include or _first_in(filters.title_include, posting.title):
        return True
    return f"'{posting.title}' has none of {_listed(filters.title_include)}"


def _title_exclude(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    found = _first_in(filters.title_exclude, posting.title)
    return f"'{posting.title}' has '{found}'" if found else True


def _age(filters: Filters, posting: PostingFacts, now: datetime) -> Verdict:
    if filters.max_age_hours is None:
        return True
    if posting.posted_at is None:
        return False
    if posting.posted_at >= now - timedelta(hours=filters.max_age_hours):
        return True
    return f"posted {posting.posted_at:%Y-%m-%d %H:%M} UTC, more than {filters.max_age_hours} hours ago"


def _employment_type(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    if not filters.employment_types or posting.employment_type in filters.employment_types:
        return True
    if posting.employment_type is None:
        return False
    return f"it is {_said(posting.employment_type)}, not {_listed(filters.employment_types)}"


def _seniority(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    if not filters.seniorities:
        return True
    level = seniority_of(posting.title, posting.seniority)
    if level is None or level in filters.seniorities:
        return level is not None
    return f"it is for level {_said(level)}, not {_listed(filters.seniorities)}"


def _workplace(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    if not filters.workplaces or posting.workplace in filters.workplaces:
        return True
    if posting.workplace is None:
        return False
    return f"it is {posting.workplace}, not {_listed(filters.workplaces)}"


def _place(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    if not filters.places or posting.workplace is Workplace.REMOTE:
        return True
    wanted = [place for name in filters.places for place in read_location(name).places or (Place(name),)]
    matches = {_is_in(place, where) for place in posting.places for where in wanted}
    if True in matches or not matches or None in matches:
        return True in matches
    where = "; ".join(place.raw for place in posting.places)
    return f"it is in {where}, not in {_listed(filters.places)}"


def _remote_region(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    if not filters.remote_from or posting.workplace is not Workplace.REMOTE:
        return True
    if posting.remote_regions is None:
        return False
    homes = [place for name in filters.remote_from for place in read_location(name).places if place.country_code]
    answers = {may_live_in(home, region) for home in homes for region in posting.remote_regions}
    if not posting.remote_regions or True in answers:
        return True
    if None in answers:
        return False
    return f"remote work is open to {_listed(posting.remote_regions)}, not to {_listed(filters.remote_from)}"


def _time_zone(filters: Filters, posting: PostingFacts, now: datetime) -> Verdict:
    if filters.time_zone is None:
        return True
    asked = find_offsets(posting.description)
    if not asked:
        return False
    nearest = min(asked, key=lambda one: hours_apart(one, filters.time_zone or "", now))
    apart = hours_apart(nearest, filters.time_zone, now)
    if apart <= filters.time_zone_hours:
        return True
    return f"'{nearest.quote[:200]}' is {apart:g} hours from {filters.time_zone}"


def _pay(filters: Filters, posting: PostingFacts, _now: datetime) -> Verdict:
    if filters.pay_at_least is None:
        return True
    pay = posting.pay
    if pay is None or pay.currency is None or filters.pay_currency not in {None, pay.currency}:
        return False
    most = pay.annual_max if pay.max is not None else None
    if most is None:  # "from 40,000" may be any sum above
        return pay.annual_min is not None and pay.annual_min >= filters.pay_at_least
    if most >= filters.pay_at_least:
        return True
    return f"{pay.raw or most} is at most {most:,.0f} {pay.currency} a year, below {filters.pay_at_least:,.0f}"


_CHECKS = (
    (Rule.COMPANY, _company, ""),
    (Rule.TITLE_INCLUDE, _title_include, ""),
    (Rule.TITLE_EXCLUDE, _title_exclude, ""),
    (Rule.AGE, _age, "when it was posted is not stated"),
    (Rule.EMPLOYMENT_TYPE, _employment_type, "the employment type is not stated"),
    (Rule.SENIORITY, _seniority, "the seniority is not stated"),
    (Rule.WORKPLACE, _workplace, "remote, hybrid or on site is not stated"),
    (Rule.PLACE, _place, "whether the place suits cannot be told"),
    (Rule.REMOTE_REGION, _remote_region, "from where one may work remotely is not stated"),
    (Rule.TIME_ZONE, _time_zone, "the working hours' time zone is not stated"),
    (Rule.PAY, _pay, UNKNOWN_PAY),
)


def _first_in(rules: list[str], title: str) -> str | None:
    keys = tokenize(title).keys
    return next((text for text in rules if read_rule(text).is_in(keys)), None)


def _is_in(place: Place, wanted: Place) -> bool | None:
    """None where it cannot be told."""
    if wanted.country_code is None:
        return wanted.raw.casefold() in place.raw.casefold()
    if place.country_code is None:
        named = wanted.city or wanted.raw
        return True if named.casefold() in place.raw.casefold() else None
    if place.country_code != wanted.country_code:
        return False
    for here, there in ((place.region, wanted.region), (place.city, wanted.city)):
        if there is not None and here is None:
            return None
        if there is not None and here is not None and here.casefold() != there.casefold():
            return False
    return True


def _said(value: str) -> str:
    return value.replace("_", " ")


def _listed(values: Sequence[str]) -> str:
    return ", ".join(_said(value) for value in values)
