"""The contract, and where one must live or work."""

import re

from domain.eligibility.model import ELIGIBLE, INELIGIBLE, UNCERTAIN, Finding, Person, Sentence
from domain.eligibility.wording import is_denied, is_preferred
from domain.employment_types import EmploymentType
from domain.places import WORLDWIDE, Place, read_location
from domain.regions import find_regions
from domain.remote_areas import countries_of, may_live_in

_OF_THE_JOB = re.compile(
    r"\b(?:this|the|our) (?:\w+ ){0,2}(?:role|position|job|vacancy|post|contract|engagement)\b|\bthis is an?\b"
    r"|\byou (?:get|will get|receive)\b"
    r"|\bwe offer\b|\bwe are (?:looking|hiring|seeking)\b|\blimited to\b|\bunbefristet|\bbefristet",
    re.IGNORECASE,
)
_TYPES = (
    (EmploymentType.INTERNSHIP, re.compile(r"\binternship\b|\bpraktikum\b", re.IGNORECASE)),
    (EmploymentType.PART_TIME, re.compile(r"\bpart[- ]time\b|\bteilzeit\b", re.IGNORECASE)),
    (
        EmploymentType.CONTRACT,
        re.compile(
            r"\bfreelanc|\b(?:as an? |independent )contractor\b|\bcontract (?:role|position|basis)\b"
            r"|\bindependent contract|\bcorp[- ]to[- ]corp\b",
            re.IGNORECASE,
        ),
    ),
    (
        EmploymentType.TEMPORARY,
        re.compile(
            r"\bfixed[- ]term\b|\btemporary\b|\bseasonal\b|\blimited to \w+ (?:months|years?)\b"
            r"|\bmaternity cover\b|\bbefristet",
            re.IGNORECASE,
        ),
    ),
    (EmploymentType.FULL_TIME, re.compile(r"\bfull[- ]time\b|\bvollzeit\b", re.IGNORECASE)),
)
_NAMES_A_DOCUMENT = re.compile(
    r"\b(?:draft|negotiate|review|manage|sign|write|prepare)\w*\b[^.;]{0,30}\bcontracts?\b", re.IGNORECASE
)
_MUST_LIVE = re.compile(
    r"\b(?:(?:must|need(?:s)? to|have to|should|required to|already)\b[^.;]{0,30}?)?"
    r"\b(?:be (?:based|located|resident|living)|reside|residing|live|living|based|located|residents?)\s+"
    r"(?:in|within|of|near|inside)\s+(?P<place>[^.;]+)",
    re.IGNORECASE,
)
_DEMANDS = re.compile(r"\b(?:must|need|needs|have to|required|only|candidates|applicants|residents)\b", re.IGNORECASE)
_REMOTE_WITHIN = re.compile(
    r"\bremote(?:ly)?\b[^.;]{0,20}?\b(?:within|from|in|across)\s+(?P<place>[^.;]+)", re.IGNORECASE
)
_ANYWHERE = re.compile(
    r"\b(?:remote(?:ly)?|work)\b[^.;]{0,30}\b(?:anywhere(?! (?:in|within|inside) (?!the world))|worldwide"
    r"|from any country|any location)\b",
    re.IGNORECASE,
)
_ON_SITE = re.compile(
    r"\b(?:on[- ]?site|in[- ]office|in person|in our office|hybrid)\b[^.;]{0,12}?\b(?:in|at)\s+(?P<place>[^.;]+)",
    re.IGNORECASE,
)
_PLACE_END = re.compile(
    r",?\s+(?:only|for|to|and|or|on|with|at|by|from|because|due|as|who|during|prior|\w+ (?:days?|times?) (?:a|per)"
    r"|\d)\b.*$|\s*\(.*$"
)


def read_contract(sentence: Sentence, person: Person) -> Finding | None:
    text = sentence.text
    if not _OF_THE_JOB.search(text) or _NAMES_A_DOCUMENT.search(text) or is_preferred(sentence):
        return None
    kinds = [kind for kind, words in _TYPES if words.search(text)]
    if re.search(r"\b(?:\d+|\w+)[- ]months?\b[^.;]{0,12}\bcontract\b", text, re.IGNORECASE) and not kinds:
        kinds = [EmploymentType.TEMPORARY]
    if not kinds or is_denied(text):
        return None
    special = [kind for kind in kinds if kind is not EmploymentType.FULL_TIME] or kinds
    if not person.wants:
        return Finding(UNCERTAIN)
    wanted = ", ".join(kind.replace("_", " ") for kind in person.wants)
    return Finding(ELIGIBLE if set(special) & set(person.wants) else INELIGIBLE, wanted)


def read_location_demand(sentence: Sentence, person: Person) -> Finding | None:
    text = sentence.text
    if is_preferred(sentence) or is_denied(text):
        return None
    if _ANYWHERE.search(text):
        return Finding(ELIGIBLE)
    for pattern, binding in ((_MUST_LIVE, True), (_REMOTE_WITHIN, True), (_ON_SITE, False)):
        match = pattern.search(text)
        if match is None or (pattern is _MUST_LIVE and not _DEMANDS.search(text)):
            continue
        named = _PLACE_END.sub("", match["place"]).strip(" ,")
        answer = _lives_in(person.home, named)
        if answer == "no place":
            continue
        home = person.home.raw if person.home else None
        if answer is True:
            return Finding(ELIGIBLE, home)
        return Finding(INELIGIBLE if answer is False and binding else UNCERTAIN, home)
    return None


def _lives_in(home: Place | None, named: str) -> bool | str | None:
    """Whether the place holds the home; None where that cannot be told, "no place" for other words."""
    bare = named.removeprefix("the ")
    places = [place for place in read_location(bare).places if place.country_code]
    regions = [] if any(place.city or place.region for place in places) else sorted(find_regions(named))
    if not places and not regions:
        return "no place"
    if home is None or home.country_code is None:
        return None
    answers = {_in_region(home, region) for region in regions} or {_in_place(home, place) for place in places}
    return True if True in answers else None if None in answers else False


def _in_region(home: Place, region: str) -> bool | None:
    if region == WORLDWIDE:
        return True
    country = home.country_code or ""
    return country in countries_of(region) if countries_of(region) else may_live_in(home, region)


def _in_place(home: Place, place: Place) -> bool | None:
    if home.country_code != place.country_code:
        return False
    for mine, asked in ((home.region, place.region), (home.city, place.city)):
        if asked is not None and mine is None:
            return None
        if asked is not None and mine is not None and mine.casefold() != asked.casefold():
            return False
    return True
