"""Eligibility: a verdict rests on a quoted sentence, and silence on either side is uncertain."""

import pytest

from domain.eligibility import Person, Standing, Topic, read_eligibility, read_person
from domain.employment_types import EmploymentType
from domain.fit.passages import read_passages
from domain.phrases import tokenize

RESUME = """Ana Sousa
Data Engineer
Porto, Portugal | ana@example.com

Portuguese citizen. 6 years of experience.

Experience
Data Engineer, Rio Dados, Porto
2020 - present
- Pipelines in Python

Education
BSc in Mathematics, University of Porto
2016 - 2019

Languages
Portuguese (native), English (fluent), German (basic)
"""


def verdicts(text: str, person: Person | None = None, countries: frozenset[str] = frozenset()) -> dict[Topic, object]:
    found = read_eligibility(person or read_person(RESUME), text, read_passages(tokenize(text)), countries)
    assert [one.topic for one in found] == list(Topic)
    for one in found:
        if one.quote is not None:
            assert text[one.start : one.end] == one.quote
        else:
            assert one.standing is Standing.UNCERTAIN
    return {one.topic: one for one in found}


def standing(text: str, topic: Topic, **given: object) -> Standing:
    return verdicts(text, **given)[topic].standing


@pytest.mark.parametrize("text", ["", "   \n\n", "We bake bread.", "日本語の求人です。", "\x00" * 50])
def test_a_silent_posting_clears_nobody(text: str) -> None:
    assert {one.standing for one in verdicts(text).values()} == {Standing.UNCERTAIN}


def test_a_silent_resume_is_never_cleared() -> None:
    text = (
        "Requirements\nYou must have the right to work in Portugal.\nWe do not sponsor visas for this role.\n"
        "Secret clearance required.\nBachelor's degree required.\nAt least five years of experience.\n"
        "Fluent Dutch is required.\nThis is a temporary position.\nYou must be based in Portugal.\n"
    )
    found = verdicts(text, person=read_person("Somebody"), countries=frozenset({"PT"}))
    assert {one.standing for one in found.values()} == {Standing.UNCERTAIN}
    assert all(one.quote for one in found.values())


def test_a_citizen_of_the_union_may_work_in_all_of_it() -> None:
    for country in ("Germany", "the EU", "Switzerland", "Portugal"):
        text = f"You must have the right to work in {country}."
        found = verdicts(text)[Topic.WORK_AUTHORIZATION]
        assert found.standing is Standing.ELIGIBLE, country
        assert found.person_quote == "Portuguese citizen."
    assert standing("You must have the right to work in the UK.", Topic.WORK_AUTHORIZATION) is Standing.UNCERTAIN


def test_the_postings_own_country_counts_where_the_sentence_names_none() -> None:
    text = "We are unable to sponsor visas."
    assert standing(text, Topic.SPONSORSHIP) is Standing.UNCERTAIN
    assert standing(text, Topic.SPONSORSHIP, countries=frozenset({"DE"})) is Standing.ELIGIBLE


def test_the_gravest_sentence_of_a_topic_decides() -> None:
    text = "Requirements\nFluent English is required.\nFluent German is required."
    found = verdicts(text)[Topic.LANGUAGE]
    assert found.standing is Standing.INELIGIBLE
    assert found.quote == "Fluent German is required."


def test_what_is_only_welcome_excludes_nobody() -> None:
    text = "Nice to have\n- PhD in physics\n- Fluent Finnish\n- 10 years of experience"
    assert {one.standing for one in verdicts(text).values()} == {Standing.UNCERTAIN}
    assert all(one.quote is None for one in verdicts(text).values())


@pytest.mark.parametrize(
    ("text", "topic", "expected"),
    [
        ("Danish isn't needed.", Topic.LANGUAGE, Standing.ELIGIBLE),
        ("German lessons are paid by us.", Topic.LANGUAGE, None),
        ("Portuguese or Danish as mother tongue, the other at B1.", Topic.LANGUAGE, Standing.UNCERTAIN),
        ("Remote from anywhere in the US except Alaska.", Topic.LOCATION, Standing.INELIGIBLE),
        ("You can work from anywhere.", Topic.LOCATION, Standing.ELIGIBLE),
        ("We care about applicants regardless of citizenship.", Topic.WORK_AUTHORIZATION, None),
        ("You are able to work in a team.", Topic.WORK_AUTHORIZATION, None),
        ("Visa and work permit arranged.", Topic.WORK_AUTHORIZATION, None),
        ("Our clearance sale starts in May.", Topic.CLEARANCE, None),
        ("You supervise master students.", Topic.DEGREE, None),
        ("You must have worked two years with a crane.", Topic.YEARS, Standing.UNCERTAIN),
        ("For 30 years we have made chairs.", Topic.YEARS, None),
    ],
)
def test_sentences_with_another_meaning_are_told_apart(text: str, topic: Topic, expected: Standing | None) -> None:
    found = verdicts(text)[topic]
    assert (found.standing if found.quote else None) is expected


def test_the_contract_is_compared_with_what_the_profile_wants() -> None:
    text = "This is a fixed-term contract of six months."
    person = read_person(RESUME, wants=[EmploymentType.FULL_TIME])
    assert standing(text, Topic.CONTRACT, person=person) is Standing.INELIGIBLE
    assert standing(text, Topic.CONTRACT) is Standing.UNCERTAIN


def test_the_profiles_place_wins_over_the_resumes() -> None:
    person = read_person(RESUME, home="Berlin, Germany")
    assert standing("You must be based in Berlin.", Topic.LOCATION, person=person) is Standing.ELIGIBLE
    assert standing("You must be based in Berlin.", Topic.LOCATION) is Standing.INELIGIBLE


def test_huge_and_hostile_postings_end() -> None:
    for text in (
        "must be based in " * 5_000,
        "a" * 40_000,
        "visa sponsor not " * 3_000,
        "years " * 8_000,
        "U." * 20_000,
    ):
        verdicts(text)
    read_person("citizen of " * 20_000)
