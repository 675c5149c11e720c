"""The claims check, one rule at a time."""

from datetime import date

import pytest

from domain.claims.model import ClaimKind
from domain.facts import read_facts
from domain.letters import CheckedLetter, PostingWords, Sentence, check_claims

RESUME = """Mira Falk
Leeds, UK
mira.falk@example.com

SUMMARY
Backend engineer with seven years of Python.

EXPERIENCE

Senior Backend Engineer, Heron Payments Ltd, Leeds
March 2021 - Present
- Cut payment failures by 18% with Kubernetes and PostgreSQL
- Lead a team of 5 engineers
- Moved 1,200,000 accounts to a new ledger in 9 weeks

Developer, Tern Mobility, York
June 2017 - February 2021
- Built the booking API in Django, used by 40 garages
- Reduced cloud spending by $84,000 a year

EDUCATION
BSc Computer Science, University of York, 2017

LANGUAGES
English (native), Swedish (fluent)
"""
FACTS = read_facts(RESUME)
POSTING = PostingWords(
    "Platform Engineer (Kafka)",
    "Otter Health",
    "You run Kafka, Rust and Terraform. 12 years of experience, a PhD is a plus. Our office is in Lisbon.",
)


def _check(text: str) -> CheckedLetter:
    return check_claims(text, FACTS, POSTING, date(2026, 11, 20))


@pytest.mark.parametrize(
    "sentence",
    [
        "At Heron Payments I cut payment failures by 18%.",
        "I cut payment failures by eighteen percent with k8s and Postgres.",
        "I lead five engineers, and I enjoy it.",
        "I moved 1.2 million accounts in nine weeks.",
        "Since March 2021 I have worked at Heron Payments as a senior backend engineer.",
        "From 2017 to 2021 I was a developer at Tern Mobility.",
        "I have nine years of experience.",
        "I hold a BSc in Computer Science from the University of York.",
        "My bachelor's degree is in computer science.",
        "I speak English and Swedish.",
        "I saved $84,000 a year at Tern Mobility.",
        "I know SQL well.",
    ],
)
def test_what_the_facts_say_stays_and_carries_their_ids(sentence: str) -> None:
    checked = _check(sentence)
    assert checked.removed == ()
    assert checked.letter.text == sentence
    assert checked.letter.sentences[0].fact_ids
    assert set(checked.letter.sentences[0].fact_ids) <= {fact.id for fact in FACTS}


@pytest.mark.parametrize(
    "sentence",
    [
        "I am applying for the Platform Engineer role at Otter Health.",
        "I have yet to use Kafka, and I would like to learn it with you.",
        "Your need for Rust caught my eye.",
        "I would love to see your Lisbon office.",
        "You ask for Terraform, Kafka and twelve years of experience.",
        "My résumé does not show Terraform.",
        "Thank you for your time.",
        "I would be glad to talk about the role.",
    ],
)
def test_naming_what_the_posting_asks_claims_nothing(sentence: str) -> None:
    checked = _check(sentence)
    assert checked.removed == ()
    assert checked.letter.text == sentence
    assert checked.letter.sentences[0].connective


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("The Kafka you ask for is something I have used for years.", ClaimKind.SKILL),
        ("You want Rust, which I have written daily.", ClaimKind.SKILL),
        ("I worked at Otter Health for two summers.", ClaimKind.NAME),
        ("My years at Otter Health taught me care.", ClaimKind.NAME),
        ("I hold the doctorate you mention.", ClaimKind.CREDENTIAL),
        ("I have twelve years of experience with it.", ClaimKind.SPAN),
        ("I have been a platform engineer before.", ClaimKind.ROLE),
        ("I have worked in Lisbon.", ClaimKind.NAME),
    ],
)
def test_what_the_posting_asks_may_not_be_claimed(sentence: str, kind: ClaimKind) -> None:
    checked = _check(sentence)
    assert checked.letter.sentences == ()
    assert kind in {removal.kind for removal in checked.removed}


@pytest.mark.parametrize(
    "sentence",
    [
        "I cut payment failures by 81%.",
        "I lead a team of 18 engineers.",
        "I lead 40 engineers.",
        "I cut payment failures by $18.",
        "I have been at Heron Payments since 2017.",
        "I worked at Tern Mobility from 2017 to 2024.",
        "I was Chief Engineer at Heron Payments.",
        "I studied at the University of Oxford.",
        "I speak French.",
    ],
)
def test_a_number_name_or_date_of_another_fact_proves_nothing(sentence: str) -> None:
    assert _check(sentence).letter.sentences == ()


@pytest.mark.parametrize(
    ("sentence", "left"),
    [
        ("I know Python, Django and Erlang.", "I know Python and Django."),
        ("I lead a team of 5 engineers, having run a bank in Peru.", "I lead a team of 5 engineers."),
        ("I know Python (and Kafka).", "I know Python."),
        ("After four years at Globex, I lead a team of 5 engineers.", "I lead a team of 5 engineers."),
        ("I built the booking API in Django, which won the Webby Award.", "I built the booking API in Django."),
    ],
)
def test_a_clause_without_a_fact_is_cut_where_the_rest_stands(sentence: str, left: str) -> None:
    checked = _check(sentence)
    assert checked.letter.text == left
    assert checked.removed[0].sentence == sentence
    assert checked.removed[0].left == left
    assert checked.removed[0].reason


def test_sentences_of_a_writer_keep_their_paragraph_and_lose_foreign_ids() -> None:
    sentences = [Sentence("I lead a team of 5 engineers.", ("r1", "zz9"), paragraph=3), Sentence("I know Erlang.")]
    checked = check_claims(sentences, FACTS, POSTING, date(2026, 11, 20))
    (kept,) = checked.letter.sentences
    assert kept.paragraph == 3
    assert "zz9" not in kept.fact_ids


def test_greeting_and_closing_of_any_writer_are_left_to_the_page() -> None:
    checked = _check("Dear Ms. Quist,\n\nI lead a team of 5 engineers.\n\nKind regards,")
    assert checked.letter.text == "I lead a team of 5 engineers."


def test_paragraphs_stay_apart() -> None:
    assert _check("I know Python.\n\nI know Django.").letter.text == "I know Python.\n\nI know Django."


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "🙂🙂🙂", "a" * 20_000, "I " * 5_000, "(" * 2_000, "I know " + "Zq, " * 2_000 + "."]
)
def test_hostile_text_ends_quickly_and_says_nothing(text: str) -> None:
    assert "Zq" not in _check(text).letter.text


def test_without_facts_only_connective_sentences_stay() -> None:
    checked = check_claims("I know Python. Thank you for your time.", (), POSTING, date(2026, 11, 20))
    assert checked.letter.text == "Thank you for your time."
    assert checked.letter.sentences[0].connective
