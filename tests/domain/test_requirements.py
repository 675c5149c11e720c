"""Requirements: every asking sentence is met, partial or missing, with the words of both sides."""

from domain.eligibility import read_person
from domain.fit import prepare_resume
from domain.fit.passages import read_passages
from domain.phrases import tokenize
from domain.requirements import MOST, Met, Requirement, read_requirements

RESUME = """Ana Sousa
Data Engineer

6 years of experience with data.

Experience
Data Engineer, Rio Dados, Porto
2020 - present
- Pipelines in Python and Airflow
- Led the move of reports to PostgreSQL
"""


def requirements(text: str, resume: str = RESUME) -> list[Requirement]:
    found = read_requirements(prepare_resume(resume), read_person(resume), text, read_passages(tokenize(text)))
    for one in found:
        assert text[one.start : one.end] == one.quote
        assert all(words in resume or words.endswith("2026") for words in one.resume_quotes)
        assert bool(one.lacking) is (one.verdict is not Met.MET)
    return list(found)


def test_each_asking_sentence_gets_its_verdict_with_the_words_of_both_sides() -> None:
    text = (
        "About us\nWe make maps.\n\nRequirements:\n- Strong Python\n- Experience with PostgreSQL and Kafka\n- Rust\n"
        "- Java or Python\n- 3+ years of experience with Airflow\n- 12 years of experience with Airflow\n\n"
        "Nice to have\n- Kubernetes experience\n\nWhat we offer\n- Python conferences\n"
    )
    found = requirements(text)
    assert [(one.quote, one.verdict, one.preferred) for one in found] == [
        ("Strong Python", Met.MET, False),
        ("Experience with PostgreSQL and Kafka", Met.PARTIAL, False),
        ("Rust", Met.MISSING, False),
        ("Java or Python", Met.MET, False),
        ("3+ years of experience with Airflow", Met.MET, False),
        ("12 years of experience with Airflow", Met.PARTIAL, False),
        ("Kubernetes experience", Met.MISSING, True),
    ]
    assert found[0].resume_quotes == ("Pipelines in Python and Airflow",)
    assert found[1].lacking == ("Apache Kafka",)


def test_what_is_not_needed_is_no_requirement() -> None:
    assert requirements("Requirements\n- A degree isn't necessary\n- No Java needed: we have none\n") == []


def test_a_posting_without_requirements_has_none() -> None:
    for text in ("", "\n\n", "We bake bread.", "要求なし"):
        assert requirements(text) == []


def test_an_empty_resume_meets_nothing() -> None:
    found = requirements("Requirements\n- Strong Python skills\n- Patience with people\n", resume="")
    assert {one.verdict for one in found} == {Met.MISSING}


def test_a_huge_posting_gives_a_bounded_list() -> None:
    assert len(requirements("Requirements\n" + "- Experience with Python services\n" * 5_000)) == MOST
