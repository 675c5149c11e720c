"""Reads a whole résumé, story or project text into facts: same text, same facts, same ids."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from dataclasses import dataclass

from domain.facts.contact import ContactSpans, contact_of, find_contact
from domain.facts.dates import date_ranges
from domain.facts.entries import Entry, read_entries
from domain.facts.likeness import role_score
from domain.facts.lines import Line, Section, read_lines
from domain.facts.model import Contact, Education, Employment, Fact, FactKind, ResumeFacts, Span
from domain.facts.skill_lists import read_skills
from domain.facts.studies import Study, read_items, read_languages, read_studies

LONGEST_HEADLINE = 120
LONGEST_ACHIEVEMENT = 600
_UNIT = r"(?:\s?(?:k|m|mn|mio|mrd|bn|b|million|billion|thousand)\b)?\+?"
_AMOUNT = r"\d(?:[\d.,\u00a0'’]*\d)?"
_NUMBER = re.compile(
    rf"(?<![\w.,/])(?:(?:US|CA|A|HK)?[$€£¥₹]\s?{_AMOUNT}{_UNIT}"
    rf"|(?:EUR|USD|GBP|CHF|CAD|AUD|PLN|SEK|NOK|DKK|INR|JPY|US\$)\s?{_AMOUNT}{_UNIT}"
    rf"|{_AMOUNT}\s?(?:%|percent\b|per cent\b|prozent\b|pour cent\b)"
    rf"|(?!(?:19[4-9]\d|20[0-4]\d)\b){_AMOUNT}{_UNIT}x?(?:\s+[^\W\d_][\w'’-]*)?)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Reading:
    text: str
    lines: list[Line]
    contact: ContactSpans
    entries: list[Entry]
    studies: list[Study]
    skills: list[tuple[str, Span]]


def read_resume(text: str) -> ResumeFacts:
    reading = _read(text)
    return ResumeFacts(
        contact=contact_of(reading.contact),
        employments=tuple(map(_employment, reading.entries)),
        education=tuple(map(_education, reading.studies)),
        skills=tuple(name for name, _ in reading.skills),
        languages=tuple(name for name, _ in read_languages(reading.lines)),
        facts=_facts(reading, "r"),
    )


def read_facts(text: str, prefix: str = "r") -> tuple[Fact, ...]:
    """Facts in the order of the text, numbered `r1`, `r2`… Each fact's text is `text[start:end]`."""
    return _facts(_read(text), prefix)


def read_contact(text: str) -> Contact:
    return contact_of(find_contact(read_lines(text)))


def read_employments(text: str) -> tuple[Employment, ...]:
    return tuple(map(_employment, _entries(read_lines(text))))


def read_education(text: str) -> tuple[Education, ...]:
    return tuple(map(_education, read_studies(read_lines(text))))


def _read(text: str) -> _Reading:
    lines = read_lines(text)
    contact, entries, studies = find_contact(lines), _entries(lines), read_studies(lines)
    taken = [contact.name, contact.email, *contact.links, *(entry.header.employer for entry in entries)]
    taken += [study.school for study in studies]
    skills = read_skills(text, lines, contact.name, [span for span in taken if span])
    return _Reading(text, lines, contact, entries, studies, skills)


def _entries(lines: list[Line]) -> list[Entry]:
    """Positions of the experience sections; of the whole text when it has no such section."""
    entries: list[Entry] = []
    section: list[Line] = []
    for line in [*lines, None]:
        if line is not None and line.section is Section.EXPERIENCE and not line.is_heading:
            section.append(line)
        elif section:
            entries += read_entries(section)
            section = []
    if entries or any(line.section is Section.EXPERIENCE for line in lines):
        return entries
    loose = [line for line in lines if line.section in {Section.TOP, Section.SUMMARY, Section.OTHER}]
    return [
        entry for entry in read_entries(loose) if entry.header.dates and entry.header.role and entry.header.employer
    ]


def _employment(entry: Entry) -> Employment:
    header = entry.header
    return Employment(
        employer=header.employer.text if header.employer else None,
        role=header.role.text if header.role else None,
        started=header.dates.started if header.dates else None,
        ended=header.dates.ended if header.dates else None,
        lines=tuple(line.text for line in entry.lines),
    )


def _education(study: Study) -> Education:
    dates = study.dates
    return Education(
        institution=study.school.text if study.school else None,
        degree=study.degree.text if study.degree else None,
        started=dates.started if dates and dates.whole else None,
        ended=dates.ended if dates else None,
    )


def _facts(reading: _Reading, prefix: str) -> tuple[Fact, ...]:
    found: list[tuple[FactKind, Span]] = []
    contact = reading.contact
    for kind, span in (
        (FactKind.NAME, contact.name),
        (FactKind.EMAIL, contact.email),
        (FactKind.PHONE, contact.phone),
        (FactKind.PLACE, contact.place),
        (FactKind.HEADLINE, _headline(reading)),
    ):
        if span:
            found.append((kind, span))
    found += [(FactKind.LINK, link) for link in contact.links]
    found += _experience_facts(reading)
    found += [(FactKind.LANGUAGE, span) for _, span in read_languages(reading.lines)]
    found += [(FactKind.CERTIFICATE, span) for span in read_items(reading.lines, Section.CERTIFICATES)]
    found += [(FactKind.PROJECT, span) for span in read_items(reading.lines, Section.PROJECTS)]
    found += [(FactKind.SKILL, span) for _, span in reading.skills]
    ordered = sorted(dict.fromkeys(found), key=lambda fact: (fact[1].start, fact[1].end, fact[0]))
    return tuple(
        Fact(f"{prefix}{number}", kind, reading.text[span.start : span.end], span.start, span.end)
        for number, (kind, span) in enumerate(ordered, 1)
    )


def _headline(reading: _Reading) -> Span | None:
    """The short line beside the name that says what the person is."""
    name = reading.contact.name
    if name is None:
        return None
    for line in reading.lines:
        if line.section not in {Section.TOP, Section.SUMMARY} or line.is_heading or "@" in line.text:
            continue
        is_near = name.start - LONGEST_HEADLINE <= line.start <= name.end + 2 * LONGEST_HEADLINE
        if is_near and not line.start <= name.start < line.end and role_score(line.text) > 0:
            return Span(line.text, line.start, line.end) if len(line.text) <= LONGEST_HEADLINE else None
    return None


def _experience_facts(reading: _Reading) -> list[tuple[FactKind, Span]]:
    found: list[tuple[FactKind, Span]] = []
    for entry in reading.entries:
        found += [(FactKind.EMPLOYER, entry.header.employer)] if entry.header.employer else []
        found += [(FactKind.ROLE, entry.header.role)] if entry.header.role else []
        for line in entry.lines:
            found.append((FactKind.ACHIEVEMENT, Span(line.text, line.start, line.end)))
    for study in reading.studies:
        found += [(FactKind.EDUCATION, span) for span in (study.degree, study.school) if span]
    heads = [line for entry in reading.entries for line in entry.heads]
    schooling = [line for line in reading.lines if line.section is Section.EDUCATION]
    for line in [*heads, *schooling]:
        found += [(FactKind.DATE, _part(line, dates.start, dates.end)) for dates in date_ranges(line.text)]
    heading = {line.start for line in heads}
    for line in reading.lines:
        if line.section not in {Section.TOP, Section.CONTACT} and line.start not in heading:
            found += [(FactKind.NUMBER, _part(line, *number.span())) for number in _NUMBER.finditer(line.text)]
    return found


def _part(line: Line, start: int, end: int) -> Span:
    return Span(line.text[start:end], line.start + start, line.start + end)
