"""Jobs and cover letters over REST: contract section 10."""

import re
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pypdf
import pytest
from sqlalchemy import text

FIELDS = {
    "id", "user_id", "title", "company", "job_url", "location", "description", "salary_range", "source",
    "search_terms", "reasoning", "notes", "date_posted", "relevance_score", "status", "cover_letter",
    "cover_letter_file_path", "prep_notes", "cover_letter_generated_at", "prepped_at", "analyzed_at", "applied_at",
    "application_type", "application_url", "confirmation_code", "requires_cover_letter", "requires_resume",
    "detected_fields", "screening_questions", "application_method", "created_at", "updated_at",
}  # fmt: skip
STATUSES = ["new", "prepped", "reviewed", "applied", "rejected", "interviewing"]
MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
JOBS = (
    ("Analyst", "Beta", 6.5, MAY, "Numbers, all day."),
    ("Engineer", "Alpha", 9.0, MARCH, "Engines; 100% steam."),
    ("Writer", "Gamma", None, None, "Words_and more words"),
)
LETTER = "Dear Hiring Manager,\n\nI have built engines for twenty years.\n\nSincerely,\nAda Lovelace"


@pytest.fixture
async def ids(ada: Any, give_jobs: Any) -> list[str]:
    found: list[str] = await give_jobs(ada, *JOBS)
    return found


async def titles(person: Any, **query: Any) -> list[str]:
    return [job["title"] for job in (await person.get("/jobs", **query))["jobs"]]


async def test_a_list_of_jobs_shows_them_whole(ada: Any, ids: list[str]) -> None:
    page = await ada.get("/jobs", page_size=2)
    assert list(page) == ["jobs", "total", "page", "page_size", "has_more"]
    assert (page["total"], page["page"], page["page_size"], page["has_more"]) == (3, 1, 2, True)
    assert all(set(job) == FIELDS for job in page["jobs"])
    last = await ada.get("/jobs", page=2, page_size=2)
    assert (len(last["jobs"]), last["has_more"]) == (1, False)
    assert (await ada.get("/jobs", page=9))["jobs"] == []


async def test_a_new_job_has_nulls_where_nothing_is_known(ada: Any, ids: list[str]) -> None:
    job = await ada.get(f"/jobs/{ids[2]}")
    assert set(job) == FIELDS
    assert (job["status"], job["user_id"], job["description"]) == ("new", str(ada.id), "Words_and more words")
    unknown = FIELDS - {"id", "user_id", "title", "company", "job_url", "description", "source", "status", "created_at"}
    assert {name: job[name] for name in unknown} == dict.fromkeys(unknown)
    assert job["created_at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"sort_by": "company", "sort_order": "asc"}, ["Engineer", "Analyst", "Writer"]),
        ({"sort_by": "company"}, ["Writer", "Analyst", "Engineer"]),
        ({"sort_by": "relevance_score"}, ["Writer", "Engineer", "Analyst"]),
        ({"sort_by": "relevance_score", "sort_order": "asc"}, ["Analyst", "Engineer", "Writer"]),
        ({"sort_by": "date_posted"}, ["Writer", "Analyst", "Engineer"]),
        ({"sort_by": "date_posted", "sort_order": "asc"}, ["Engineer", "Analyst", "Writer"]),
        ({"min_score": "6.5", "sort_by": "company"}, ["Analyst", "Engineer"]),
        ({"max_score": "6.5"}, ["Analyst"]),
        ({"min_score": "9", "max_score": "9"}, ["Engineer"]),
        ({"search": "ENGINE"}, ["Engineer"]),
        ({"search": "alph"}, ["Engineer"]),
        ({"search": "all day"}, ["Analyst"]),
        ({"search": "0%"}, ["Engineer"]),
        ({"search": "s_a"}, ["Writer"]),
        ({"search": "%"}, ["Engineer"]),
        ({"search": "zz"}, []),
        ({"search": '"'}, []),
        ({"search": "'"}, []),
        ({"search": "all day NOT x"}, []),
        ({"source": "import", "search": "Gamma"}, ["Writer"]),
        ({"source": "IMPORT"}, []),
        ({"status": "applied"}, []),
    ],
)  # fmt: skip
async def test_jobs_are_filtered_searched_and_ordered(ada: Any, ids: list[str], query: Any, expected: Any) -> None:
    assert await titles(ada, **query) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "lost"), ("min_score", "-0.1"), ("max_score", "10.1"), ("min_score", "nan"), ("sort_by", "salary"),
        ("sort_order", "up"), ("page", "0"), ("page_size", "101"),
    ],
)  # fmt: skip
async def test_a_filter_that_cannot_be_is_422(ada: Any, name: str, value: str) -> None:
    answer = await ada.ask("GET", "/jobs", params={name: value})
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["query", name])


async def test_any_status_may_follow_any(ada: Any, ids: list[str]) -> None:
    path = f"/jobs/{ids[0]}"
    for first in STATUSES:
        for second in STATUSES:
            for status in (first, second):
                answer = await ada.ask("PATCH", path, json={"status": status})
                assert (answer.status_code, answer.json()["status"]) == (200, status)


async def test_a_change_leaves_the_rest_and_null_is_written(ada: Any, ids: list[str]) -> None:
    path = f"/jobs/{ids[0]}"
    changed = (
        await ada.ask("PATCH", path, json={"notes": "call them", "cover_letter": LETTER, "prep_notes": "p"})
    ).json()
    assert (changed["notes"], changed["cover_letter"], changed["prep_notes"]) == ("call them", LETTER, "p")
    assert (await ada.ask("PATCH", path, json={"status": "reviewed"})).json()["notes"] == "call them"
    assert (await ada.ask("PATCH", path, json={"notes": None})).json()["notes"] is None
    refused = await ada.ask("PATCH", path, json={"status": None})
    assert (refused.status_code, refused.json()["detail"][0]["loc"]) == (422, ["body", "status"])
    assert (await ada.get(path))["status"] == "reviewed"


async def test_the_numbers_add_up(ada: Any, ids: list[str]) -> None:
    await ada.ask("PATCH", f"/jobs/{ids[0]}", json={"status": "applied"})
    assert await ada.get("/jobs/stats") == {
        "total": 3, "new": 2, "prepped": 0, "reviewed": 0, "applied": 1, "rejected": 0, "interviewing": 0,
        "avg_score": 7.75, "high_scoring": 1,
    }  # fmt: skip


async def test_without_jobs_there_is_no_average(bob: Any) -> None:
    stats = await bob.get("/jobs/stats")
    assert (stats["total"], stats["avg_score"], stats["high_scoring"]) == (0, None, 0)


async def test_deleting_a_job_answers_it_as_it_was(ada: Any, ids: list[str]) -> None:
    job = await ada.get(f"/jobs/{ids[0]}")
    answer = await ada.ask("DELETE", f"/jobs/{ids[0]}")
    assert (answer.status_code, answer.json()) == (200, job)
    gone = await ada.ask("GET", f"/jobs/{ids[0]}")
    assert (gone.status_code, gone.json()["error"]["details"]) == (404, {"job_id": ids[0]})


async def test_a_letter_is_printed_kept_and_sent(ada: Any, ids: list[str]) -> None:
    path = f"/jobs/{ids[0]}"
    contact = {
        "contact_full_name": "Ada King Lovelace",
        "contact_phone": "+44 20 7946 0000",
        "contact_location": "London",
    }
    await ada.post("/job-profiles", {"name": "Maths", **contact})
    await ada.ask("PATCH", path, json={"cover_letter": LETTER})
    printed = await ada.post(f"{path}/cover-letter/generate-pdf")
    assert printed.status_code == 200
    job = printed.json()
    assert set(job) == FIELDS
    assert job["cover_letter_generated_at"] is not None
    name = re.fullmatch(
        rf"cover_letters/{ada.id}/([0-9a-f]{{8}}_Ada_Lovelace_CoverLetter_Beta\.pdf)", job["cover_letter_file_path"]
    )
    assert name is not None, job["cover_letter_file_path"]
    for way, disposition in (("download", "attachment"), ("preview", "inline")):
        answer = await ada.ask("GET", f"{path}/cover-letter/{way}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.headers["content-disposition"] == f'{disposition}; filename="{name[1]}"'
        assert int(answer.headers["content-length"]) == len(answer.content)
        page = pypdf.PdfReader(BytesIO(answer.content)).pages[0].extract_text()
        assert "Ada King Lovelace" in page
        assert "ada@example.com" in page
        assert page.count("I have built engines for twenty years.") == 1
        assert page.count("Hiring Manager") == 1


@pytest.mark.parametrize("way", ["download", "preview"])
async def test_a_letter_that_was_never_printed_or_is_gone_is_422(ada: Any, ids: list[str], way: str) -> None:
    path = f"/jobs/{ids[0]}"
    for _ in range(2):
        answer = await ada.ask("GET", f"{path}/cover-letter/{way}")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["details"]) == (422, "VALIDATION_ERROR", {"job_id": ids[0]})
        await ada.ask("PATCH", path, json={"cover_letter": LETTER})
        file = (await ada.post(f"{path}/cover-letter/generate-pdf")).json()["cover_letter_file_path"]
        await ada.client._transport.app.state.runtime.ports.files.delete(file)


@pytest.mark.parametrize("letter", [None, "", "   "])
async def test_without_a_letter_there_is_nothing_to_print(ada: Any, ids: list[str], letter: str | None) -> None:
    await ada.ask("PATCH", f"/jobs/{ids[0]}", json={"cover_letter": letter})
    answer = await ada.post(f"/jobs/{ids[0]}/cover-letter/generate-pdf")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


async def test_search_knows_no_upper_case_in_any_script(ada: Any, give_jobs: Any) -> None:
    await give_jobs(ada, ("ÉCOLE Åland", "Ω Ltd", None, None, "Żółw"), ("Other", "Firm", None, None, "nothing"))
    for words in ("école", "ÅLAND", "żÓŁW", "le å"):
        assert await titles(ada, search=words) == ["ÉCOLE Åland"], words


@pytest.mark.parametrize(
    "words", ['a"b', "a'b", "(a*b)", "a AND b", "NEAR(a b)", "-abc", "a:bc", "^abc", "\\abc", "a_%c"]
)
async def test_search_takes_words_as_they_are(ada: Any, give_jobs: Any, words: str) -> None:
    await give_jobs(
        ada, ("Odd", "One", None, None, f"has {words} inside"), ("Plain", "Two", None, None, "has abc inside")
    )
    assert await titles(ada, search=words) == ["Odd"]


async def test_search_follows_a_posting_that_changes_and_goes(ada: Any, give_jobs: Any) -> None:
    await give_jobs(ada, ("Baker", "Oven", None, None, "Makes sourdough bread."))
    database = ada.client._transport.app.state.runtime.database
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE postings SET description = 'Makes croissants.'"))
    assert await titles(ada, search="sourdough") == []
    assert await titles(ada, search="croissant") == ["Baker"]
    async with database.writer.begin() as connection:
        await connection.execute(text("DELETE FROM postings"))
    await give_jobs(ada, ("Cook", "Pan", None, None, "Makes croissants too."))
    assert await titles(ada, search="croissant") == ["Cook"]
