"""The first line of a hiring comment: "Company | Role | Place | REMOTE | pay | address", what each part is."""

import re
from dataclasses import dataclass, field
from html import unescape

from domain.employment_types import read_employment_type
from domain.job_urls import posting_id
from domain.pay import parse_pay
from domain.places import LocationText, read_location
from infra.sources.markup import plain_text
from infra.sources.reading import address, text

_BARS = re.compile(r"\s*\|\s*|\s+[\u2022\u00b7]\s+|\s+\u2014\s+")
_END_OF_LINE = re.compile(r"<p>|</p>|<br\s*/?>|\n", re.IGNORECASE)
_LINK = re.compile(r"<a\s[^>]*href=\"([^\"]*)\"[^>]*>.*?</a>", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s|)]+|^\(?[\w-]+(?:\.[\w-]+)*\.(?:com|io|ai|dev|org|net|co|app|tech|de|eu)\b\S*$"
)
_ASIDE = re.compile(r"\((?:(?=[^)]*(?:https?:|www\.|\.\w{2,}/?\)))[^)]*|YC\s?[WSFX]?\d{2,4})\)", re.IGNORECASE)
_PERK = re.compile(r"[,;&+/]?\s*\b(?:visas?|relocat\w*)\b[^,;|]*", re.IGNORECASE)
_HIRES = re.compile(
    r"/(?:careers?|jobs?|join|apply|positions?|openings?|vacanc)|//(?:careers?|jobs?|apply|join)\.", re.IGNORECASE
)
_ROLE = re.compile(
    r"\b(?:engineer(?:s|ing)?|developers?|programmers?|architects?|designers?|scientists?|researchers?|analysts?|"
    r"managers?|lead|leads|head|director|vp|cto|cpo|cfo|ceo|coo|founding|co-?founder|sre|swe|devops|devrel|qa|testers?|"
    r"admin(?:istrator)?s?|technicians?|consultants?|specialists?|marketers?|marketing|sales|recruiters?|writers?|"
    r"full[- ]?stack|front[- ]?end|back[- ]?end|product|data|ml|security|support|operations|advocate|evangelist|"
    r"roles?|positions?|interns?|nurses?|teachers?|accountants?|counsel|editors?|officers?|associates?|leaders?|"
    r"ingenieurs?|entwickler|ios|android|mobile|infra(?:structure)?|platform)\b",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"[$€£¥₹]\s?\d|\d\s?k\b|\b(?:USD|EUR|GBP|CHF|CAD|AUD)\b|\bsalary\b|\bequity\b|\bcompensation\b", re.IGNORECASE
)
_WORKPLACE = re.compile(r"\b(?:remote|on-?site|in-?office|hybrid|in-?person|wfh|visa|relocat\w*)\b", re.IGNORECASE)
_HOURS = re.compile(
    r"\b(?:full[- ]?time|part[- ]?time|contract(?:or)?|freelance|intern(?:ship)?|permanent|FTE?)\b", re.IGNORECASE
)
_LONGEST = 600
_MOST_WORDS_OF_PLACE = 8


@dataclass(slots=True)
class HiringHeader:
    """`roles` as they are written. `where` joins what all parts say about places and the working model."""

    company: str | None = None
    roles: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    employment: list[str] = field(default_factory=list)
    pay_text: str | None = None
    apply_url: str | None = None

    @property
    def place_text(self) -> str | None:
        return "; ".join(self.places) or None

    @property
    def where(self) -> LocationText:
        return _joined(self.places)


def read_header(body: str) -> HiringHeader | None:
    """None where the first line has no bars: that is no header but talk."""
    first = next((line for line in _END_OF_LINE.split(unescape(body) if "<" not in body else body) if line.strip()), "")
    links = [unescape(link) for link in _LINK.findall(first)]
    line = plain_text(_LINK.sub(lambda link: unescape(link[1]), first)[: _LONGEST * 4])
    parts = [part.strip(" ,;:") for part in _BARS.split(" ".join(line.split())[:_LONGEST])]
    if len(parts) < 2 or ("|" not in first and len(parts) < 3):  # noqa: PLR2004 - a company and something about it
        return None
    header = HiringHeader(company=_company(parts[0]))
    untold = [part for part in parts[1:] if part and not _takes(header, part)]
    is_told_of = bool(header.places or header.employment or header.pay_text or links)
    if not header.roles and untold and is_told_of:
        header.roles.append(untold[0])
    header.apply_url = next((url for link in links if (url := address(link)) and _is_about_jobs(url)), None)
    return header


def _takes(header: HiringHeader, part: str) -> bool:
    """Whether a part is one of the known kinds; it is noted in the header then."""
    bare = _ADDRESS.sub("", part).strip(" ()-")
    if not bare:
        return True
    if _PAY.search(part) and not (_ROLE.search(part) and not any(c.isdigit() for c in part)):
        header.pay_text = header.pay_text or (part if parse_pay(part) or "$" in part else None)
        return True
    is_hours = bool(_HOURS.search(bare))
    rest = _WORKPLACE.sub("", _HOURS.sub("", bare)).strip(" ,/()&+-")
    if is_hours and read_employment_type(_hours(bare)):
        header.employment.append(_hours(bare))
    if _WORKPLACE.search(bare) and not _ROLE.search(rest):
        header.places.append(_place_list(_PERK.sub("", _HOURS.sub("", bare)).strip(" ,/&+-")))
        return True
    if is_hours and len(rest) <= 2:  # noqa: PLR2004 - nothing but punctuation is left
        return True
    if _ROLE.search(bare):
        header.roles.append(bare)
        return True
    return _takes_place(header, bare)


def _takes_place(header: HiringHeader, bare: str) -> bool:
    where = read_location(bare)
    is_known = any(place.country_code for place in where.places) or where.remote_regions is not None
    if is_known or (header.roles and not header.places and len(bare.split()) <= _MOST_WORDS_OF_PLACE):
        header.places.append(bare)
        return True
    return False


def _place_list(part: str) -> str:
    """Places parted by semicolons: "US-Remote, Seattle, NYC" lists three, "Remote, US" is one."""
    pieces = [piece.strip() for piece in part.split(",")]
    said = [piece for piece in pieces if _WORKPLACE.search(piece) and _WORKPLACE.sub("", piece).strip(" -()")]
    return "; ".join(pieces) if len(pieces) > 1 and said and " or " not in part else part


def _joined(places: list[str]) -> LocationText:
    """Two working models in two parts ("REMOTE", "ONSITE") are a choice, which is neither."""
    told = [read_location(place) for place in places]
    models = {where.workplace for where in told if where.workplace}
    has_mixed = any(len({m.casefold() for m in _WORKPLACE.findall(p)} - {"visa"}) > 1 for p in places)
    found = {place.raw: place for where in told for place in where.places}
    regions = [where.remote_regions for where in told if where.remote_regions is not None]
    model = models.pop() if len(models) == 1 and not has_mixed else None
    return LocationText(tuple(found.values()), model, regions[0] if len(regions) == 1 else None)


def _hours(part: str) -> str:
    return ", ".join(found[0] for found in _HOURS.finditer(part))


def _company(part: str) -> str | None:
    """The name without the address in brackets behind it ("Quay (https://quay.example)", "Quay (YC S21)")."""
    name = _ASIDE.sub(" ", part)
    return text(_ADDRESS.sub(" ", name).strip(" -:,")) or text(part)


def _is_about_jobs(url: str) -> bool:
    return posting_id(url) is not None or bool(_HIRES.search(url))
