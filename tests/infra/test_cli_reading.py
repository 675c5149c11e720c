"""The parts by themselves: reading a résumé, rating jobs, and the demonstration of the main job."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from click.testing import CliRunner, Result

from infra.cli import main

RESUMES = Path(__file__).parents[1] / "data" / "resumes"
BACKEND = str(RESUMES / "backend_python.txt")
PYTHON_JOB = {"title": "Backend Engineer", "description": "Python, FastAPI and PostgreSQL every day."}
NURSE_JOB = {"title": "Registered Nurse", "description": "Care for patients on a surgical ward."}
Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    environ = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": "", "REDIS_URL": ""}

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(one) for one in arguments], env=environ, catch_exceptions=False)

    return invoke


@pytest.fixture
def fit(call: Call, tmp_path: Path) -> Callable[[Any], Any]:
    """The answer to `fit --json` for a document of jobs, given as a value or as text."""

    def ask(document: Any) -> Any:
        path = tmp_path / "jobs.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        answer = call("fit", BACKEND, path, "--json")
        assert answer.exit_code == 0, answer.output
        return json.loads(answer.stdout)

    return ask


def test_a_resume_is_read_for_people_and_for_machines(call: Call) -> None:
    told = json.loads(call("resume", "read", BACKEND, "--json").stdout)
    assert told["name"] == "Zoë Lindqvist"
    assert told["email"] == "zoe.lindqvist@example.com"
    assert {"Python", "PostgreSQL"} <= set(told["skills"])
    assert "Kobaltbrug Payments" in told["employers"]
    assert told["text"].startswith("Zoë Lindqvist")
    shown = call("resume", "read", BACKEND).stdout
    for value in (
        told["name"],
        told["email"],
        told["phone"],
        told["place"],
        "Kobaltbrug Payments",
        told["text"][-100:],
    ):
        assert value in shown


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.pdf", b""), ("cv.pdf", b"\x89PNG\r\n\x1a\n" + bytes(64)), ("cut.pdf", b"%PDF-1.7\n1 0 obj"), (None, b"")],
)
def test_what_cannot_be_read_is_one_sentence_and_status_2(
    call: Call, tmp_path: Path, name: str | None, content: bytes
) -> None:
    path = tmp_path / (name or "missing.pdf")
    if name:
        path.write_bytes(content)
    for arguments in (("resume", "read", path), ("fit", path, path), ("demo", "--resume", path)):
        refused = call(*arguments)
        assert refused.exit_code == 2, arguments
        assert refused.stdout == ""
        assert len(refused.stderr.splitlines()) == 1, refused.stderr
        assert path.name in refused.stderr


@pytest.mark.parametrize(
    "document",
    [
        [NURSE_JOB, PYTHON_JOB],
        {"jobs": [NURSE_JOB, PYTHON_JOB]},
        {"@graph": [NURSE_JOB, PYTHON_JOB]},
        f"{json.dumps(NURSE_JOB)}\n{json.dumps(PYTHON_JOB)}\n",
        [{"title": job["title"], "text": job["description"]} for job in (NURSE_JOB, PYTHON_JOB)],
        [
            {"@type": "JobPosting", "hiringOrganization": {"name": "Acme"}, "datePosted": "soon", **job}
            for job in (NURSE_JOB, PYTHON_JOB)
        ],
    ],
    ids=["list", "wrapped", "graph", "lines", "text", "JobPosting"],
)
def test_jobs_of_every_documented_shape_are_rated_best_first(fit: Callable[[Any], Any], document: Any) -> None:
    best, worst = fit(document)
    assert (best["index"], best["title"], best["rank"]) == (1, "Backend Engineer", 1)
    assert (worst["index"], worst["title"], worst["rank"]) == (0, "Registered Nurse", 2)
    assert best["score"] > worst["score"]
    python = next(one for one in best["matched"] if one["skill"] == "Python")
    assert python["posting_quote"] in PYTHON_JOB["description"]
    assert python["resume_quote"] in Path(BACKEND).read_text()
    assert best["arithmetic"]["score"] == best["score"]


def test_a_single_job_is_a_list_of_one_and_no_jobs_are_an_empty_list(fit: Callable[[Any], Any]) -> None:
    assert [job["title"] for job in fit(PYTHON_JOB)] == ["Backend Engineer"]
    assert fit([]) == []


def test_ids_and_employers_come_back_as_they_were_given(fit: Callable[[Any], Any]) -> None:
    given = [{"id": 7, "company": "Acme"}, {"id": "b-2"}, {"@type": "JobPosting", "identifier": {"value": "X9"}}, {}]
    found = fit([PYTHON_JOB | extra for extra in given])
    assert [(job["index"], job["id"], job["company"]) for job in found] == [
        (0, 7, "Acme"), (1, "b-2", None), (2, "X9", None), (3, None, None),
    ]  # fmt: skip
    assert len({job["score"] for job in found}) == 1, "the score rests on title and text alone"


def test_markup_in_a_description_changes_no_score(fit: Callable[[Any], Any]) -> None:
    plain, marked = fit([PYTHON_JOB, PYTHON_JOB | {"description": f"<p>{PYTHON_JOB['description']}</p>"}])
    assert plain["score"] == marked["score"]


def test_a_row_that_is_no_job_is_told_of_and_left_out(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps([{"description": "no title"}, "text", PYTHON_JOB, None]))
    rated = call("fit", BACKEND, path, "--json")
    assert [job["index"] for job in json.loads(rated.stdout)] == [2]
    assert [line.split(" is left out")[0] for line in rated.stderr.splitlines()] == [
        "Warning: job 0", "Warning: job 1", "Warning: job 3",
    ]  # fmt: skip


@pytest.mark.parametrize("content", ["", "{", '"text"', "7", "[" * 10_000])
def test_what_is_no_json_of_jobs_is_one_sentence(call: Call, tmp_path: Path, content: str) -> None:
    path = tmp_path / "jobs.json"
    path.write_text(content)
    refused = call("fit", BACKEND, path)
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: jobs.json: ")
    assert len(refused.stderr.splitlines()) == 1


def test_ratings_for_people_are_a_table(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps([PYTHON_JOB | {"company": "Acme"}]))
    heading, row = call("fit", BACKEND, path).stdout.splitlines()
    assert heading.split() == ["Score", "Job", "Company", "Matched", "Missing"]
    assert "Backend Engineer" in row
    assert "FastAPI" in row


def test_the_demo_ranks_jobs_with_reasons_and_writes_a_letter(call: Call, tmp_path: Path) -> None:
    told = call("demo", "--resume", BACKEND, "--output", tmp_path, "--top", "5", "--json")
    assert told.exit_code == 0, told.output
    done = json.loads(told.stdout)
    assert done["account"]["seen"] == 200
    assert len(done["jobs"]) == 5
    scores = [job["score"] for job in done["jobs"]]
    assert scores == sorted(scores, reverse=True)
    assert all(job["reasoning"] for job in done["jobs"])
    letter = Path(done["letter_path"])
    assert letter.parent == tmp_path
    written = " ".join("\n".join(page.extract_text() for page in pypdf.PdfReader(letter).pages).split())
    assert "Zoë Lindqvist" in written
    assert " ".join(done["letter"].split())[:60] in written


def test_the_demo_reads_the_persons_own_postings_and_names_bad_rows(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = ["title,company,url,location,description"]
    rows += [
        f"Backend Engineer {n},Firm {n},https://jobs.example.com/{n},Utrecht,Python and PostgreSQL" for n in range(30)
    ]
    path.write_text("\n".join([*rows, "Nameless,,https://jobs.example.com/x,Utrecht,Python"]))
    shown = call("demo", "--resume", BACKEND, "--jobs", path, "--output", tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "30 postings in" in shown.stdout
    assert "row 32, company: is missing or empty" in shown.stdout
    assert "Backend Engineer" in shown.stdout
    assert "As PDF: " in shown.stdout


def test_the_demo_needs_no_resume_and_shows_the_best_also_when_nothing_fits(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps([NURSE_JOB | {"company": "Ward", "url": "https://jobs.example.com/1"}]))
    shown = call("demo", "--jobs", path, "--output", tmp_path)
    assert shown.exit_code == 0, shown.output
    assert "kept whatever their score" in shown.stdout
    assert "Mireille Okonkwo" in shown.stdout


def test_the_demo_refuses_a_file_without_postings(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("title,company\nCook,Café\n")
    refused = call("demo", "--resume", BACKEND, "--jobs", path, "--output", tmp_path)
    assert refused.exit_code == 2
    assert refused.stderr.splitlines()[-1].startswith("Error: mine.csv: Expected columns 'url' and 'description'")
    assert list(tmp_path.glob("*.pdf")) == []
