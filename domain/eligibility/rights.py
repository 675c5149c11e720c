"""The right to work, sponsorship of visas, and security clearances."""

import re

from domain.eligibility.model import ELIGIBLE, INELIGIBLE, UNCERTAIN, Finding, Person, Sentence, Standing
from domain.eligibility.wording import is_denied, is_not_needed, is_preferred
from domain.fit.passages import Section
from domain.regions import covers, find_regions, undotted

_RIGHT = re.compile(
    r"\b(?:authori[sz]ed|eligible|entitled|permitted|allowed|able|eligibility|authori[sz]ation|permission) to "
    r"(?:legally |lawfully )?(?:live and )?work\b|\brights? to (?:live and )?work\b"
    r"|\bwork(?:ing)? (?:authori[sz]ation|permit|rights|visa)\b|\bgreen card\b|\bpermanent residen",
    re.IGNORECASE,
)
_CITIZENS = re.compile(
    r"\b(?:be|only|hold|have)\b[^.;]{0,40}\bcitizens?(?:hip)?\b|\bcitizens?(?:hip)?\b[^.;]{0,40}\b(?:only|required"
    r"|must|needed|necessary)\b",
    re.IGNORECASE,
)
_EQUAL_CHANCES = re.compile(
    r"regardless|without regard|equal opportunit|discriminat|veteran|gender|religion|\bage\b", re.IGNORECASE
)
_OFFERED = re.compile(
    r"\b(?:arranged|provided|paid for)\b|\b(?:we|our team) (?:can |will )?(?:help|support|assist|handle|arrange"
    r"|provide)",
    re.IGNORECASE,
)
_SPONSOR = re.compile(r"\bsponsor(?:s|ed|ing|ship)?\b", re.IGNORECASE)
_ABOUT_VISAS = re.compile(
    r"visa|work permit|immigration|work authori[sz]ation|right to work|h-?1b|applicants?|candidates?|employment"
    r"|relocation"
    r"|\b(?:this|the) (?:role|position|vacancy|job|opening)|\bnot available\b",
    re.IGNORECASE,
)
_MAYBE = re.compile(r"\b(?:may|might|case[- ]by[- ]case|depending|can be considered|exceptional)\b|\?", re.IGNORECASE)
_CLEARANCE = re.compile(
    r"\b(?:security|secret|TS/?SCI|TS|SC|DV|CTC|BPSS|public trust|confidential|government|nato|federal|DoD|DOE|Q"
    r"|vetting)"
    r"[ -]+(?:level )?clearances?\b|\bTS/SCI\b|\bpublic trust\b|\bclearance level\b"
    r"|\b(?:active|current|obtain|hold|maintain)\b[^.;]{0,40}\bclearance\b",
    re.IGNORECASE,
)
_TO_OBTAIN = re.compile(
    r"\b(?:obtain|undergo|eligible for|eligibility|willing|able to get|ability to get|acquire|apply for|pass)\b",
    re.IGNORECASE,
)
_LEVELS = (
    (4.0, re.compile(r"\bTS ?/ ?SCI\b|\bpolygraph\b", re.IGNORECASE)),
    (3.0, re.compile(r"\btop[ -]secret\b|\bTS\b", re.IGNORECASE)),
    (2.0, re.compile(r"\bsecret\b", re.IGNORECASE)),
    (1.0, re.compile(r"\bpublic trust\b|\bconfidential\b", re.IGNORECASE)),
)
_EUROPEAN_RIGHTS = ("EU", "EEA")


def clearance_level(text: str) -> float | None:
    """The level on the ladder of the United States: 1 public trust to 4 TS/SCI; None for others."""
    return next((level for level, words in _LEVELS if words.search(text)), None)


def read_work_authorization(sentence: Sentence, person: Person) -> Finding | None:
    text = undotted(sentence.text)
    if _SPONSOR.search(text) or _EQUAL_CHANCES.search(text) or is_preferred(sentence):
        return None
    right, citizens = _RIGHT.search(text), _CITIZENS.search(text)
    if not (right or citizens) or _OFFERED.search(text) or sentence.section is Section.BENEFITS:
        return None
    if right and "able to work" in right.group().lower() and not find_regions(text):
        return None  # "able to work in a team"
    countries = find_regions(text) or sentence.countries
    if not right:
        return _first(person.citizen_of, countries) or Finding(UNCERTAIN)
    return _standing_in(countries, person)


def read_sponsorship(sentence: Sentence, person: Person) -> Finding | None:
    text = sentence.text
    if not _SPONSOR.search(text) or not _ABOUT_VISAS.search(text) or _EQUAL_CHANCES.search(text):
        return None
    if _MAYBE.search(text):
        return Finding(UNCERTAIN)
    if not is_denied(text):
        return Finding(ELIGIBLE)
    return _standing_in(find_regions(text) or sentence.countries, person)


def read_clearance(sentence: Sentence, person: Person) -> Finding | None:
    text = sentence.text
    if not _CLEARANCE.search(text) or is_preferred(sentence) or sentence.section is Section.BENEFITS:
        return None
    if is_not_needed(text):
        return Finding(ELIGIBLE)
    asked = clearance_level(text)
    if person.clearance is None or asked is None or _TO_OBTAIN.search(text):
        return Finding(UNCERTAIN, person.clearance and person.clearance[1])
    level, words = person.clearance
    return Finding(ELIGIBLE if level >= asked else INELIGIBLE, words)


def _standing_in(countries: frozenset[str], person: Person) -> Finding:
    """How somebody stands who must be allowed to work there without help; any one of several places will do."""
    allowed = _first(person.may_work_in, countries)
    if allowed is not None:
        return allowed
    return _first(person.needs_visa_in, countries, INELIGIBLE) or Finding(UNCERTAIN)


def _first(
    stated: tuple[tuple[str, str], ...], countries: frozenset[str], standing: Standing = ELIGIBLE
) -> Finding | None:
    for region, words in stated:
        if any(_holds(region, country) for country in countries):
            return Finding(standing, words)
    return None


def _holds(region: str, asked: str) -> bool:
    if asked in _EUROPEAN_RIGHTS or asked == "EUROPE":
        return region in _EUROPEAN_RIGHTS
    return covers(region, asked)
