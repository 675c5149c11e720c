"""How to reach the person: name, e-mail address, telephone number, place and links, as they wrote them."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers

from domain.facts.dates import date_ranges
from domain.facts.lines import Line, Section
from domain.facts.model import Contact, Span
from domain.facts.names import find_name, pieces, span_of
from domain.facts.where import country_of, find_place, is_city_shaped, without_postcode
from domain.facts.words import folded, key, labels

TOP_LINES = 14
FEWEST_DIGITS = 7
MOST_DIGITS = 15
_EMAIL = re.compile(
    r"[\w.+'’-]{1,64}\s?(?:@|\s?\(at\)\s?|\s?\[at\]\s?)\s?(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}", re.IGNORECASE
)
_HOSTS = (
    r"(?:linkedin|github|gitlab|xing|behance|dribbble|medium|stackoverflow|kaggle|orcid|twitter|bitbucket|codepen|"
    r"researchgate|scholar\.google|youtube|instagram|facebook|notion|huggingface)\.[a-z]{2,6}/"
)
_LINK = re.compile(
    rf"(?:https?://|www\.)[^\s|<>()\"•·,;]+|(?<![\w@.-])(?:[a-z]{{2,3}}\.)?{_HOSTS}[^\s|<>()\"•·,;]+"
    r"|(?<![\w@.-])[a-z\d][a-z\d-]*(?:\.[a-z\d-]+)*\.(?:com|org|net|io|dev|me|de|fr|es|it|nl|eu|ch|at|app|tech|design|info|pl"
    r"|se|dk|no|fi|pt|ie|in|ca|au|uk|us|co|ai|blog|art|page|site|xyz|online|studio|works|work|pro|name|be|sh|so|cc|tv|gg)"
    r"(?:/[^\s|<>()\"•·,;]*)?(?![\w@.-])"
)
_PHONE = re.compile(
    r"(?<![\w/@.])(?:(?:\+|00)\s?\(?\d{1,4}\)?|\(\+?\d{1,5}\)|\d)(?:[\s./\u00a0\u2010-\u2013-]*(?:\(\d{1,5}\)|\d)){5,17}"
    r"(?:\s?(?:x|ext\.?|extension|#)\s?\d{1,6})?(?![\w@%])",
    re.IGNORECASE,
)
_LONG_ZIP = re.compile(r"\d{5}-\d{4}")
_BASED = re.compile(r"\b(?:based in|living in|lives in|located in|residing in|in|aus|à|en)\s+(?=[^\W\d_a-z])")


@dataclass(frozen=True, slots=True)
class ContactSpans:
    name: Span | None
    email: Span | None
    phone: Span | None
    place: Span | None
    links: tuple[Span, ...]
    phone_e164: str | None


def find_contact(lines: list[Line]) -> ContactSpans:
    near = _near(lines)
    email = next(_emails(near), None) or next(_emails(lines), None)
    links = _links(near, lines)
    name = find_name(lines, email.text if email else None, [link.text for link in links])
    place = _place(near, name)
    region = country_of(place.text) if place else None
    phone = _phone(near, lines)
    return ContactSpans(name, email, phone, place, tuple(links), _e164(phone.text, region) if phone else None)


def contact_of(spans: ContactSpans) -> Contact:
    own = [link for link in spans.links if not re.search(_HOSTS, link.text, re.IGNORECASE)]
    website = next(iter([*own, *spans.links]), None)
    found = (spans.name, spans.email, spans.phone, spans.place, website)
    name, email, phone, place, link = (span.text if span else None for span in found)
    place = without_postcode(place) if place else None
    return Contact(name, email, phone, place, link, spans.phone_e164)


def _near(lines: list[Line]) -> list[Line]:
    """Where contact details stand: the top, a section of their own, a footer, beside the e-mail address."""
    top = [line for line in lines[:TOP_LINES] if line.section in {Section.TOP, Section.SUMMARY, Section.CONTACT}]
    marked = [line for line in lines if line.section in {Section.CONTACT, Section.TOP}]
    beside = [
        lines[other]
        for index, line in enumerate(lines)
        if "@" in line.text and _EMAIL.search(line.text)
        for other in range(max(0, index - 3), min(len(lines), index + 4))
    ]
    ends = lines[-3:] if len(lines) > TOP_LINES else []
    return list(dict.fromkeys([*top, *marked, *beside, *ends]))


def _emails(lines: list[Line]) -> Iterator[Span]:
    for line in lines:
        for found in _EMAIL.finditer(line.text):
            yield span_of(line, found.start(), found.end())


def _links(near: list[Line], lines: list[Line]) -> list[Span]:
    found: dict[str, Span] = {}
    nearby = {line.start for line in near}
    for line in [*near, *lines]:
        mails = [mail.span() for mail in _EMAIL.finditer(line.text)]
        for link in _LINK.finditer(line.text):
            inside = any(start < link.end() and link.start() < end for start, end in mails)
            sure = re.match(rf"https?://|www\.|(?:[a-z]{{2,3}}\.)?{_HOSTS}", link[0]) or line.start in nearby
            if not inside and sure:
                span = span_of(line, link.start(), link.start() + len(link[0].rstrip(".,;:/'’")))
                found.setdefault(span.text.casefold(), span)
    return sorted(found.values(), key=lambda span: span.start)


def _phone(near: list[Line], lines: list[Line]) -> Span | None:
    """The number that is labelled best; digits of dates, postcodes and addresses are none."""
    best: tuple[float, Span] | None = None
    for index, line in enumerate([*near, *(line for line in lines if _label(line.text) == "phone")]):
        for found in _PHONE.finditer(line.text):
            digits = sum(map(str.isdigit, found[0]))
            start, end = found.start(), found.end()
            if found[0].startswith("(") and ")" not in found[0]:
                start += 1
            is_number = FEWEST_DIGITS <= digits <= MOST_DIGITS and not _LONG_ZIP.fullmatch(found[0])
            if not is_number or _is_taken(line.text, start, end):
                continue
            score = 2.0 * found[0].startswith("+") + 3.0 * (_label(line.text[:start]) == "phone") - index * 0.01
            score += any(mark in found[0] for mark in " -./()") + 0.5 * (digits >= FEWEST_DIGITS + 2)
            if best is None or score > best[0]:
                best = score, span_of(line, start, end)
    return best[1] if best else None


def _is_taken(text: str, start: int, end: int) -> bool:
    """Whether the digits belong to a date, an address of the net or a year."""
    taken = [*_LINK.finditer(text), *_EMAIL.finditer(text)]
    if any(other.start() < end and start < other.end() for other in taken):
        return True
    return any(dates.start < end and start < dates.end and dates.whole for dates in date_ranges(text))


def _label(text: str) -> str | None:
    """The kind of label that ends or begins a piece of text ("Cell", "Tel.:", "Wohnort: ...")."""
    before = re.split(r"[|•·\t/,;]|\s[–—-]\s", text)[-1]
    head = key(before.partition(":")[0])
    words = head.split()
    for size in (3, 2, 1):
        for candidate in (" ".join(words[-size:]), " ".join(words[:size])):
            for kind in ("phone", "place", "email", "link"):
                if candidate and candidate in labels()[kind]:
                    return kind
    return None


def _e164(phone: str, region: str | None) -> str | None:
    """The number for dialling; without a country code it is read as one of the person's country."""
    try:
        number = phonenumbers.parse(re.sub(r"^\(?00", "+", phone), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _place(near: list[Line], name: Span | None) -> Span | None:
    """The place with the best reason: a label, a known country or state behind it, its line among the contacts."""
    best: tuple[float, Span] | None = None
    for index, line in enumerate(near):
        for piece in pieces(line):
            labelled = (
                piece.start > line.start and _label(line.text[: piece.start - line.start].rstrip(" :")) == "place"
            )
            for score, place in _places(piece, labelled=labelled or _starts_as_place(piece)):
                if name and place.start < name.end and name.start < place.end:
                    continue
                total = score + 4.0 * labelled - index * 0.1
                if best is None or total > best[0]:
                    best = total, place
    return best[1] if best else None


def _starts_as_place(piece: Span) -> bool:
    return key(piece.text.split(":")[0]) in labels()["place"] or key(piece.text.split()[0]) in labels()["place"]


def _places(piece: Span, *, labelled: bool) -> Iterator[tuple[float, Span]]:
    """Candidates in one piece: the whole of it, or what follows "based in"."""
    found = find_place(piece)
    parts = piece.text.split(",")
    known = folded("roles") | folded("organisations") | folded("role_modifiers")
    is_pair = len(parts) == 2 and all(is_city_shaped(part.strip()) for part in parts)  # noqa: PLR2004
    is_pair = is_pair and not any(word in known for word in key(piece.text).split())
    if found and is_pair and found[0].end == piece.end:
        found = piece, found[1]
    covered = found is not None and len(found[0].text) >= len(piece.text) * 0.5
    if found and (covered or labelled or any(map(str.isdigit, piece.text))):
        yield found[1] + 0.5, found[0]
    for based in _BASED.finditer(piece.text):
        rest = Span(piece.text[based.end() :], piece.start + based.end(), piece.end)
        if (place := find_place(rest)) and place[0].start == rest.start:
            yield place[1] - 1.0, place[0]
    if found is None and labelled and is_city_shaped(parts[0].strip()):
        yield 1.0, piece
    elif found is None and is_pair:
        yield 0.5, piece
