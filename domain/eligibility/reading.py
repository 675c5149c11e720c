"""The verdicts of a posting: each sentence read for each topic, the gravest finding of a topic wins."""

from collections.abc import Sequence

from domain.eligibility.conditions import read_contract, read_location_demand
from domain.eligibility.model import (
    ELIGIBLE,
    INELIGIBLE,
    UNCERTAIN,
    Eligibility,
    Finding,
    Person,
    Reader,
    Sentence,
    Topic,
)
from domain.eligibility.qualifications import read_degree, read_language, read_years
from domain.eligibility.rights import read_clearance, read_sponsorship, read_work_authorization
from domain.fit.passages import Passage

READERS: dict[Topic, Reader] = {
    Topic.WORK_AUTHORIZATION: read_work_authorization,
    Topic.SPONSORSHIP: read_sponsorship,
    Topic.CLEARANCE: read_clearance,
    Topic.DEGREE: read_degree,
    Topic.YEARS: read_years,
    Topic.LANGUAGE: read_language,
    Topic.CONTRACT: read_contract,
    Topic.LOCATION: read_location_demand,
}
_GRAVEST = (INELIGIBLE, UNCERTAIN, ELIGIBLE)


def read_eligibility(
    person: Person, text: str, passages: Sequence[Passage], countries: frozenset[str]
) -> tuple[Eligibility, ...]:
    """Every topic once; `countries` are those of the posting's places. Quotes are parts of the text as it stands."""
    found: dict[Topic, list[tuple[Finding, Sentence]]] = {topic: [] for topic in READERS}
    for passage in passages:
        sentence = Sentence.of(text, passage, countries)
        for topic, read in READERS.items():
            finding = read(sentence, person)
            if finding is not None:
                found[topic].append((finding, sentence))
    return tuple(_verdict(topic, findings) for topic, findings in found.items())


def _verdict(topic: Topic, findings: list[tuple[Finding, Sentence]]) -> Eligibility:
    for standing in _GRAVEST:
        for finding, sentence in findings:
            if finding.standing is standing:
                end = sentence.start + len(sentence.text)
                return Eligibility(topic, standing, sentence.text, sentence.start, end, finding.person_quote)
    return Eligibility(topic, UNCERTAIN)
