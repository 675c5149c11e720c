import json
import math
import os
import pickle
import random
import runpy
import subprocess
import sys
import time
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.fit import SCORER_VERSION, Fit, prepare_resume, rate
from domain.fit.passages import Section, read_passages
from domain.fit.roles import find_roles, nearness
from domain.fit.scores import PRIOR, PRIOR_WEIGHT, RELATED
from domain.fit.seniority import level_of_title, stated_years, years_of_practice
from domain.phrases import tokenize
from domain.skills import catalogue

ROOT = Path(__file__).resolve().parents[2]
TUNED = tomllib.loads((ROOT / "bench/fit/tuned.toml").read_text("utf-8"))
HALVES = [TUNED, tomllib.loads((ROOT / "bench/fit/frozen.toml").read_text("utf-8"))]

BACKEND = TUNED["resumes"]["backend"]
NURSE = TUNED["resumes"]["nurse"]
POSTING = """We run a payments service.
Requirements:
- strong Python and PostgreSQL
- Kubernetes in production
- Scala
Nice to have: Elixir
No Java needed, and this is not a React role.
Benefits
- training in Salesforce, yoga, dental insurance
We are an equal opportunity employer: marketing people welcome regardless of age.
"""


def score(resume: str, title: str, description: str) -> float:
    return rate(prepare_resume(resume), title, description).score


def everything() -> list[tuple[str, str, str]]:
    return [
        (resume, posting["title"], posting["text"])
        for half in HALVES
        for resume in half["resumes"].values()
        for posting in half["postings"]
    ]


def by_hand(arithmetic: dict[str, float]) -> float:
    """The score as the module's docstring says that a person works it out."""
    coverage = (arithmetic["skills_matched"] + RELATED * arithmetic["skills_related"] + PRIOR * PRIOR_WEIGHT) / (
        arithmetic["skills_asked"] + PRIOR_WEIGHT
    )
    assert coverage == pytest.approx(arithmetic["coverage"])
    assert arithmetic["likeness"] == pytest.approx(math.sqrt(arithmetic["cosine"]))
    assert arithmetic["seniority"] == pytest.approx(arithmetic["levels_apart"] * arithmetic["role"])
    weights = {name.removeprefix("weight."): w for name, w in arithmetic.items() if name.startswith("weight.")}
    logit = arithmetic["bias"] + sum(weight * arithmetic[name] for name, weight in weights.items())
    assert logit == pytest.approx(arithmetic["logit"])
    return round(10 / (1 + math.exp(-arithmetic["logit"])), 1)


def test_the_score_can_be_worked_out_from_the_arithmetic() -> None:
    for resume, title, text in everything()[::5]:
        fit = rate(prepare_resume(resume), title, text)
        assert by_hand(fit.arithmetic) == fit.score == fit.arithmetic["score"]


def test_the_order_of_the_labelled_postings_is_good_in_both_halves() -> None:
    measure = runpy.run_path(str(ROOT / "bench/fit/measure.py"))
    for half in measure["HALVES"]:
        figures = measure["summary"](measure["judge"](half))
        assert figures["nDCG@5"] >= 0.92, half
        assert figures["pairwise"] >= 0.85, half


def test_matched_and_missing_skills_carry_the_words_of_both_texts() -> None:
    fit = rate(prepare_resume(BACKEND), "Backend Engineer", POSTING)
    matched = {evidence.skill: evidence for evidence in fit.matched}
    assert set(matched) >= {"Python", "PostgreSQL", "Kubernetes"}
    assert matched["Python"].posting_quote == "strong Python and PostgreSQL"
    assert matched["Python"].resume_quote is not None
    assert "Python" in matched["Python"].resume_quote
    assert {evidence.skill for evidence in fit.missing} == {"Scala", "Elixir"}
    assert all(evidence.resume_quote is None for evidence in fit.missing)


def test_denied_skills_and_what_a_firm_gives_are_not_asked_for() -> None:
    fit = rate(prepare_resume(BACKEND), "Backend Engineer", POSTING)
    asked = {evidence.skill for evidence in fit.matched + fit.missing}
    assert not asked & {"Java", "React", "Salesforce", "Yoga Instruction", "Digital Marketing"}


def test_a_skill_that_the_resume_denies_is_missing() -> None:
    posting = ("Developer", "Requirements: Python and Scala.")
    assert [e.skill for e in rate(prepare_resume("Developer. Python, no Scala."), *posting).missing] == ["Scala"]


def test_a_narrower_skill_shows_the_broader_one() -> None:
    fit = rate(prepare_resume("Web developer. Built shops with Django."), "Developer", "You need Python.")
    assert [(e.skill, e.resume_quote) for e in fit.matched] == [("Python", "Built shops with Django.")]


def test_must_have_counts_for_more_than_nice_to_have() -> None:
    resume = prepare_resume("Developer. Python, Docker.")
    required = rate(resume, "Developer", "Requirements:\n- Python\nNice to have:\n- Scala")
    preferred = rate(resume, "Developer", "Requirements:\n- Scala\nNice to have:\n- Python")
    assert required.arithmetic["coverage"] > preferred.arithmetic["coverage"]
    assert required.score > preferred.score


def test_quotes_are_short_parts_of_the_texts() -> None:
    for resume, title, text in everything():
        fit = rate(prepare_resume(resume), title, text)
        for evidence in fit.matched + fit.missing:
            assert evidence.posting_quote in title or evidence.posting_quote in text
            assert 0 < len(evidence.posting_quote) <= 200
        for evidence in fit.matched:
            assert evidence.resume_quote is not None
            assert evidence.resume_quote in resume
            assert 0 < len(evidence.resume_quote) <= 200


def test_a_long_sentence_is_quoted_around_the_skill() -> None:
    text = "word " * 200 + "Kubernetes " + "more " * 200
    [evidence] = rate(prepare_resume(text), "Engineer", text).matched
    for words in (evidence.posting_quote, evidence.resume_quote):
        assert words is not None
        assert "Kubernetes" in words
        assert words in text
        assert len(words) <= 200


def test_a_neighbouring_role_fits_less_than_the_own_and_more_than_a_foreign_one() -> None:
    def of(resume: str, *postings: str) -> list[float]:
        by_id = {posting["id"]: posting for posting in TUNED["postings"]}
        prepared = prepare_resume(resume)
        return [rate(prepared, by_id[name]["title"], by_id[name]["text"]).score for name in postings]

    own, near, far, foreign = of(BACKEND, "senior_backend_go", "data_engineer", "frontend_react", "icu_nurse")
    assert own > near > far > foreign
    own, near, foreign = of(NURSE, "icu_nurse", "care_assistant", "bookkeeper")
    assert own > near > foreign
    assert own >= 7 > near
    assert foreign < 2


def test_skills_tell_the_trade_of_a_person_who_names_none() -> None:
    resume = prepare_resume("PyTorch, deep learning and NLP at the university.")
    assert resume.roles[0][0].name == "Machine Learning Engineer"
    assert rate(resume, "Machine Learning Engineer", "").score > rate(resume, "Frontend Developer", "").score


def test_a_junior_fits_a_junior_posting_better_than_a_senior_one() -> None:
    junior = "Junior Python Developer. One year of experience with Python and SQL."
    senior = "Senior Python Developer. Nine years of experience with Python and SQL."
    text = "Python and SQL every day."
    for title, better, worse in (
        ("Junior Python Developer", junior, senior),
        ("Lead Python Developer", senior, junior),
    ):
        assert score(better, title, text) > score(worse, title, text)


def test_more_years_than_asked_for_are_no_fault() -> None:
    resume = prepare_resume("Electrician, 12 years of experience with wiring.")
    assert rate(resume, "Electrician", "At least three years of experience.").arithmetic["seniority"] == 0


def test_the_score_is_the_same_in_any_order_and_beside_any_others() -> None:
    pairs = everything()[::7]
    alone = {pair: rate(prepare_resume(pair[0]), pair[1], pair[2]) for pair in pairs}
    shuffled = random.Random(7).sample(pairs, len(pairs))
    prepared = {resume: prepare_resume(resume) for resume, _, _ in shuffled}
    assert {pair: rate(prepared[pair[0]], pair[1], pair[2]) for pair in shuffled} == alone


def test_the_score_is_the_same_in_another_process_with_another_hash_seed() -> None:
    program = (
        "import json, sys\n"
        "from dataclasses import asdict\n"
        "from domain.fit import prepare_resume, rate\n"
        "resume, title, text = json.load(sys.stdin)\n"
        "print(json.dumps(asdict(rate(prepare_resume(resume), title, text))))\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps([BACKEND, "Backend Engineer", POSTING]),
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())["score"] == score(BACKEND, "Backend Engineer", POSTING)


def test_prepared_resumes_and_fits_cross_process_borders() -> None:
    prepared = prepare_resume(BACKEND)
    fit = rate(pickle.loads(pickle.dumps(prepared)), "Backend Engineer", POSTING)
    assert pickle.loads(pickle.dumps(fit)) == fit == rate(prepared, "Backend Engineer", POSTING)


def test_the_version_of_the_scorer_is_named() -> None:
    assert SCORER_VERSION


@pytest.mark.parametrize(
    ("resume", "title", "text"),
    [
        ("", "", ""),
        ("", "Backend Engineer", POSTING),
        (BACKEND, "", ""),
        (BACKEND, "...", "!!! --- ///"),
        ("\x00\x00", "\x00", "\x00"),
        ("\u200b\u200f", "\u200b", "\ufeff"),
        ("🎉🎉", "🎉", "👩‍💻"),
    ],
)
def test_a_text_without_words_gets_no_points_and_no_error(resume: str, title: str, text: str) -> None:
    fit = rate(prepare_resume(resume), title, text)
    assert fit.score == 0.0
    assert all(math.isfinite(value) for value in fit.arithmetic.values())


@pytest.mark.parametrize(
    "text",
    [
        "مهندس برمجيات خبرة خمس سنوات Python",
        "ソフトウェアエンジニア Python 5年",
        "Ingénieur logiciel, cinq ans de Python",
        "P\u0301ython \ud800 Python",
        "Python\x00SQL\x00",
        "Requirements:\r\n\r\n* Python\r\n",
        ":" * 50,
        "\n" * 500 + "Python",
        "Requirements: Requirements: Requirements:",
        "9999999999999 years of Python, 2024 - 1999, 1900 - present, since 2099",
    ],
)
def test_strange_text_is_rated_like_any_other(text: str) -> None:
    for resume, title, description in ((text, "Engineer", POSTING), (BACKEND, text, text), (text, text, text)):
        fit = rate(prepare_resume(resume), title, description)
        assert 0 <= fit.score <= 10
        for evidence in fit.matched + fit.missing:
            assert evidence.posting_quote in title or evidence.posting_quote in description


@pytest.mark.parametrize(
    "piece",
    [
        "We need Python, SQL and Java developers. ",
        "\n",
        "no Java ",
        "x" * 1000,
        "a: ",
        "5 years ",
        "2019 - ",
        "•",
        "Nurse\n",
    ],
)
def test_a_megabyte_is_rated_within_bounded_time(piece: str) -> None:
    huge = piece * (1_000_000 // len(piece))
    start = time.process_time()
    fit = rate(prepare_resume(huge), huge, huge)
    assert time.process_time() - start < 8
    assert 0 <= fit.score <= 10


_WORDS = st.sampled_from(
    ["Python", "Java", "nurse", "senior", "junior", "no", "not required", "Requirements:", "Benefits", "\n", ". ", "- ",
     "5 years", "2019 - present", "accountant", "Excel", "is a plus", "we offer", "Kubernetes", "wound care", "\x00"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(max_size=120), st.lists(_WORDS, max_size=25).map(" ".join))


@settings(max_examples=120, deadline=None)
@given(_TEXTS, _TEXTS, _TEXTS)
def test_any_texts_give_a_score_with_true_quotes(resume: str, title: str, text: str) -> None:
    fit = rate(prepare_resume(resume), title, text)
    assert isinstance(fit, Fit)
    assert 0 <= fit.score <= 10
    assert fit.score == round(fit.score, 1)
    assert fit == rate(prepare_resume(resume), title, text)
    if fit.score:
        assert by_hand(fit.arithmetic) == fit.score
    matched, missing = ({e.skill for e in side} for side in (fit.matched, fit.missing))
    assert not matched & missing
    assert matched | missing <= set(catalogue())
    for evidence in fit.matched + fit.missing:
        assert evidence.posting_quote in title or evidence.posting_quote in text
        assert evidence.resume_quote is None or evidence.resume_quote in resume
        assert len(evidence.posting_quote) <= 200


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("You must know Python.", Section.REQUIRED),
        ("At least five years of practice.", Section.REQUIRED),
        ("Elixir is a plus.", Section.PREFERRED),
        ("Ideally you have seen Kafka.", Section.PREFERRED),
        ("Nice to have: Kafka", Section.PREFERRED),
        ("Requirements: Kafka", Section.REQUIRED),
        ("You will design services.", Section.DUTIES),
        ("We offer a gym and 30 days of leave.", Section.BENEFITS),
        ("All applicants will receive consideration regardless of age.", Section.LEGAL),
    ],
)
def test_a_sentence_may_say_which_part_of_a_posting_it_is(line: str, section: Section) -> None:
    assert [passage.section for passage in read_passages(tokenize(line))] == [section]


def test_a_heading_holds_until_the_next() -> None:
    text = "What you'll do\n- ship\nYou bring:\n* Python\n* calm\n\nPerks\n- gym\n\nAbout us\nWe sell tea."
    assert [(text[p.start : p.end], p.section) for p in read_passages(tokenize(text))] == [
        ("What you'll do", Section.DUTIES),
        ("- ship", Section.DUTIES),
        ("You bring:", Section.REQUIRED),
        ("* Python", Section.REQUIRED),
        ("* calm", Section.REQUIRED),
        ("Perks", Section.BENEFITS),
        ("- gym", Section.BENEFITS),
        ("About us", Section.COMPANY),
        ("We sell tea.", Section.COMPANY),
    ]


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Senior Backend Engineer", 3.0),
        ("Sr. Accountant", 3.0),
        ("Junior Sous Chef", 1.0),
        ("Graduate Engineer", 1.0),
        ("Marketing Intern", 0.0),
        ("Apprentice Electrician", 0.0),
        ("Staff Engineer", 4.0),
        ("Lead Designer", 4.0),
        ("Finance Director", 5.0),
        ("Staff Nurse", None),
        ("Lead Generation Specialist", None),
        ("Chief of Staff", None),
        ("Backend Engineer", None),
    ],
)
def test_a_title_states_its_level(title: str, level: float | None) -> None:
    assert level_of_title(tokenize(title).keys) == level


@pytest.mark.parametrize(
    ("text", "years"),
    [
        ("five years of Python", [5]),
        ("5+ years", [5]),
        ("3-5 years of experience", [3]),
        ("three to five years", [3]),
        ("10 or more years", [10]),
        ("a firm that is 90 years old", []),
        ("in 2024", []),
    ],
)
def test_years_are_read_as_people_write_them(text: str, years: list[int]) -> None:
    assert stated_years(text) == years


def test_years_of_practice_leave_out_schooling() -> None:
    assert years_of_practice("Engineer, 2016 - 2020\nBSc, University of Oslo, 2010 - 2014") == 4
    assert years_of_practice("Nurse since 2020\n") == 6
    assert years_of_practice("I like tea") is None


def test_roles_are_near_by_family_and_by_list() -> None:
    def role(title: str) -> object:
        return find_roles(tokenize(title))[0].value

    backend, frontend, nurse, carer = map(
        role, ("Backend Developer", "Front-end engineer", "Staff Nurse", "Care assistant")
    )
    assert nearness(backend, backend) == 1
    assert 0 < nearness(backend, frontend) < 0.5
    assert 0 < nearness(nurse, carer) < 0.5
    assert nearness(backend, nurse) == 0
    assert nearness(nurse, carer) == nearness(carer, nurse)


def test_the_list_of_roles_is_consistent() -> None:
    data = json.loads((files("domain") / "data" / "roles.json").read_text("utf-8"))
    owners: dict[str, str] = {}
    for sector in data["sectors"]:
        for family in sector["families"]:
            for role, others in family["roles"].items():
                for name in (role, *others):
                    assert owners.setdefault(name.lower().replace("-", " "), role) == role, name
    roles = set(owners.values())
    assert len(roles) > 180
    assert {name for left, right, _ in data["near"] for name in (left, right)} <= roles
    assert all(0 < value < 1 for _, _, value in data["near"])
    pairs = [frozenset(pair[:2]) for pair in data["near"]]
    assert len(pairs) == len(set(pairs))
    assert set(data["by_skill_group"].values()) <= roles
    assert set(data["by_skill_group"]) <= {skill.group for skill in catalogue().values()}


def test_a_line_of_rare_white_space_is_no_heading() -> None:
    assert rate(prepare_resume("Python"), "Cook", "Needs:\n\x85\n\u2028\x1c\nPython").score >= 0
