"""A posting from text that a person pasted: what they said about it, else what its labels and first line say."""

import re

from domain.errors import ValidationError
from domain.listings import Listing
from domain.pay import find_pay
from domain.places import read_location
from infra.sources.job_posting import content_id
from infra.sources.markup import one_line, plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, address
from infra.sources.shapes import country_of, located

SOURCE = "manual"
_LEAST_TEXT = 40
_LABEL = re.compile(r"^[-*\s]*(?P<name>[A-Za-zÄÖÜäöüéè ]{2,25}?)\s*:\s*(?P<value>\S.{0,200})$", re.MULTILINE)
_NAMES = {
    **dict.fromkeys(("title", "job title", "position", "role", "stelle", "poste", "puesto"), "title"),
    **dict.fromkeys(("company", "employer", "company name", "organisation", "organization", "firma"), "company"),
    **dict.fromkeys(("location", "locations", "place", "ort", "standort", "lieu", "job location"), "location"),
}
_AT = re.compile(r"^(?P<title>.{3,120}?)\s+(?:at|@|bei|chez)\s+(?P<company>[^.,;:!?]{2,80})$", re.IGNORECASE)
_LONGEST_TITLE = 120


def read_pasted(content: str, title: str | None, company: str | None, url: str | None) -> Listing:
    """Raises ValidationError where the text names no title or employer and the person named none either."""
    written = plain_text(content)
    if len(written) < _LEAST_TEXT:
        raise ValidationError(f"Expected the text of a posting, found {len(written)} characters")
    labels = {_NAMES[name]: match["value"] for match in _LABEL.finditer(written) if (name := _name(match)) in _NAMES}
    first = next(line for line in written.splitlines() if line.strip()).strip("-*# ")
    if headline := _AT.match(first):
        labels = {**headline.groupdict(), **labels}
    named = one_line(title or labels.get("title") or (first if len(first) <= _LONGEST_TITLE else ""))
    employer = one_line(company or labels.get("company") or "")
    for what, found in (("title", named), ("company", employer)):
        if not found:
            raise ValidationError(
                f"The text does not name the {what} in a way that can be told: say it", {"missing": what}
            )
    where = read_location(labels.get("location"))
    id = content_id(named, employer, written)
    return Listing(
        source=SOURCE,
        external_id=id,
        title=named[:MAX_TITLE],
        company=employer[:MAX_COMPANY],
        url=address(url) or f"urn:pasted:{id}",
        description=written,
        **located(where, quote=labels.get("location")),
        pay=find_pay(written, country=country_of(where.places)),
    )


def _name(match: re.Match[str]) -> str:
    return " ".join(match["name"].casefold().split())
