"""The main job, end to end on the embedded ports: a résumé in, ranked jobs with reasons and a letter out."""

import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdf
import pytest

from domain.errors import ValidationError
from domain.job_profiles import JobProfileChanges, JobProfileDraft, SourceChoice
from domain.jobs import JobFilter, JobOrder, JobSort, JobStatus
from domain.pages import PageArgs
from domain.resumes import ResumeLabel
from domain.runs import RunRow, RunStatus
from domain.scopes import Scope
from domain.uploads import Upload
from infra.runtime import Runtime
from resolvers.job_profiles import create_job_profile, job_profiles, update_job_profile
from resolvers.jobs import (
    cover_letter_file,
    delete_job,
    dropped_postings,
    job,
    job_texts,
    jobs,
    restore_posting,
)
from resolvers.postings import import_postings
from resolvers.resumes import resumes, upload_resume
from resolvers.runs import execute_pipeline, run, run_progress

RESUMES = Path(__file__).parents[1] / "data" / "resumes"
BEST_FIRST = JobOrder(by=JobSort.RELEVANCE_SCORE)


async def run_to_its_end(scope: Scope, name: str, **input: Any) -> RunRow:
    requested = await execute_pipeline(scope, name, input)
    async for _ in run_progress(scope, requested.id):
        pass
    return await run(scope, requested.id)


async def with_profile(scope: Scope, resume: str = "backend_python.txt", **draft: Any) -> Any:
    file = Upload(resume, "text/plain", (RESUMES / resume).read_bytes())
    uploaded = await upload_resume(scope, file, ResumeLabel(name=resume))
    return await create_job_profile(scope, JobProfileDraft(resume_id=uploaded.id, **draft))


def adds_up(account: dict[str, Any]) -> bool:
    outcomes = ("new", "known", "duplicate", "filtered", "below", "failed")
    return account["seen"] == sum(account[name] for name in outcomes)


def csv(*rows: str) -> Upload:
    return Upload("jobs.csv", "text/csv", "\n".join(("title,company,url,location,description", *rows)).encode())


async def test_a_search_of_the_sample_board_keeps_what_fits_with_the_words_it_rests_on(ada: Scope) -> None:
    await with_profile(ada)
    ended = await run_to_its_end(ada, "job_search")
    assert ended.status is RunStatus.SUCCESS, ended
    account = ended.output["account"]
    assert account["seen"] == 200
    assert adds_up(account)
    page = await jobs(ada, PageArgs(first=100), order_by=BEST_FIRST, with_total=True)
    assert page.total_count == account["new"] == ended.output["jobs_saved"] >= 5
    resume_text = (RESUMES / "backend_python.txt").read_text()
    for row in page.nodes:
        assert row.sample
        assert row.relevance_score >= 7.0
        texts = (await job_texts(ada, [row.id]))[0]
        for evidence in texts.fit["matched"]:
            assert evidence["resume_quote"] in resume_text
            assert evidence["posting_quote"] in f"{row.title}\n{texts.description}"
    scores = [row.relevance_score for row in page.nodes]
    assert scores == sorted(scores, reverse=True)
    top = [summary["id"] for summary in ended.output["top_jobs"]]
    assert top == [str(row.id) for row in page.nodes[: len(top)]] or len(set(scores[:6])) < 6


async def test_a_second_identical_search_writes_nothing_new(ada: Scope) -> None:
    await with_profile(ada)
    first = await run_to_its_end(ada, "job_search")
    second = await run_to_its_end(ada, "job_search")
    assert second.id != first.id
    account = second.output["account"]
    assert account["new"] == 0
    assert account["known"] + account["duplicate"] == 200
    assert adds_up(account)
    assert second.metadata["message"] == "No new jobs this time"


async def test_a_lowered_threshold_keeps_what_was_dropped_before(ada: Scope) -> None:
    profile = await with_profile(ada)
    first = await run_to_its_end(ada, "job_search")
    await update_job_profile(ada, profile.id, JobProfileChanges(min_score_threshold=2.0))
    second = await run_to_its_end(ada, "job_search")
    assert second.output["account"]["new"] > first.output["account"]["new"]


async def test_a_dropped_posting_comes_back_with_one_call_and_stays_deleted_when_deleted(ada: Scope) -> None:
    await with_profile(ada)
    await run_to_its_end(ada, "job_search")
    dropped = (await dropped_postings(ada, PageArgs(first=1), with_total=True)).nodes[0]
    assert "below the threshold" in dropped.rule
    kept = await restore_posting(ada, dropped.id)
    assert kept.title == dropped.title
    assert (await restore_posting(ada, dropped.id)).id == kept.id
    await delete_job(ada, kept.id)
    again = await run_to_its_end(ada, "job_search")
    assert again.output["account"]["new"] == 0


async def test_a_prepared_job_has_a_letter_of_facts_notes_and_a_pdf_that_reads_back(ada: Scope) -> None:
    await with_profile(ada, contact_full_name="Zoë Łukasiewicz", contact_phone="+1 202-555-0134")
    await run_to_its_end(ada, "job_search")
    best = (await jobs(ada, PageArgs(first=1), order_by=BEST_FIRST)).nodes[0]
    ended = await run_to_its_end(ada, "job_prep", job_id=str(best.id), tone="conversational")
    assert ended.status is RunStatus.SUCCESS, ended
    assert "pdf_error" not in ended.metadata
    assert all(s["connective"] or s["facts"] for s in ended.metadata["letter_facts"])
    prepared = await job(ada, best.id)
    assert prepared.status is JobStatus.PREPPED
    texts = (await job_texts(ada, [best.id]))[0]
    assert texts.cover_letter == ended.output["cover_letter"]
    assert best.company in texts.cover_letter
    assert texts.prep_notes.startswith("#")
    file = await cover_letter_file(ada, best.id)
    read = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file.content)).pages)
    assert "Zoë Łukasiewicz" in read
    assert texts.cover_letter.split()[0] in read
    assert file.name.split("_", 1)[1].startswith("Zoe_Lukasiewicz_CoverLetter_")


async def test_imported_postings_are_searched_and_sample_jobs_hidden(ada: Scope, bob: Scope) -> None:
    await with_profile(ada)
    await run_to_its_end(ada, "job_search")
    described = "Python and PostgreSQL APIs with pytest; we need five years of Python. " * 5
    report = await import_postings(
        ada,
        csv(
            f"Senior Python Engineer,Acme,https://jobs.example.com/1,Berlin,{described}",
            "Cook,Inn,https://x.example.com/2,Rome,Cooking",
        ),
    )
    assert (report.imported, report.known, report.refused) == (2, 0, [])
    ended = await run_to_its_end(ada, "job_search")
    account = ended.output["account"]
    assert account["seen"] == 2
    assert account["sources"]["import"] == {"new": 1, "below": 1}
    shown = await jobs(ada, PageArgs(), with_total=True)
    assert [row.title for row in shown.nodes] == ["Senior Python Engineer"]
    assert not shown.nodes[0].sample
    assert (await jobs(bob, PageArgs(), with_total=True)).total_count == 0
    profile = (await job_profiles(ada))[0]
    only_samples = [SourceChoice(source="sample")]
    await update_job_profile(ada, profile.id, JobProfileChanges(sources=only_samples))
    assert (await jobs(ada, PageArgs(), with_total=True)).total_count > 1, "sample jobs are shown again"


async def test_a_bad_row_of_an_import_is_named_and_the_others_are_kept(ada: Scope) -> None:
    await with_profile(ada)
    report = await import_postings(
        ada, csv("Engineer,Acme,https://jobs.example.com/1,Berlin,Python", ",Acme,https://jobs.example.com/2,Berlin,Go")
    )
    assert report.imported == 1
    assert [(row.row, row.column) for row in report.refused] == [(3, "title")]


async def test_an_import_without_a_needed_column_changes_nothing(ada: Scope) -> None:
    profile = await with_profile(ada)
    with pytest.raises(ValidationError, match="company"):
        await import_postings(ada, Upload("jobs.csv", "text/csv", b"title,url,description\na,https://x.example.com,b"))
    assert (await job_profiles(ada))[0] == profile


async def test_a_source_that_is_down_is_named_and_the_others_go_on(ada: Scope, dead_address: str) -> None:
    await with_profile(
        ada, sources=[SourceChoice(source="feed", url=f"{dead_address}/jobs.json"), SourceChoice(source="import")]
    )
    await import_postings(ada, csv("Python Engineer,Acme,https://jobs.example.com/1,Berlin,Python and Django"))
    ended = await run_to_its_end(ada, "job_search")
    assert ended.status is RunStatus.SUCCESS
    assert ended.output["account"]["seen"] == 1
    assert len(ended.metadata["source_errors"]) == 1


async def test_a_search_without_a_usable_profile_says_what_to_do(ada: Scope, bob: Scope) -> None:
    async def refused(**input: Any) -> dict[str, Any]:
        ended = await run_to_its_end(ada, "job_search", **input)
        assert ended.status is RunStatus.ERROR
        assert ended.error_code == "PROFILE_REQUIRED"
        assert ended.error_details["create_profile_url"] == "/jobs/profiles"
        return ended.error_details

    assert (await refused())["available_profiles"] == []
    foreign = await create_job_profile(bob, JobProfileDraft())
    await refused(profile_id=str(foreign.id))
    await refused(profile_id=str(uuid4()))
    empty = await create_job_profile(ada, JobProfileDraft(name="No résumé"))
    assert [p["id"] for p in (await refused())["available_profiles"]] == [str(empty.id)]


async def test_the_mock_scraper_invents_one_listing_per_role_and_place(ada: Scope) -> None:
    await with_profile(ada, target_roles=["Welder", "Cook"], target_locations=["Rome", "Oslo"], min_score_threshold=0)
    ended = await run_to_its_end(ada, "job_search", scraper="mock")
    assert ended.output["account"]["seen"] == 4
    found = await jobs(ada, PageArgs(), JobFilter(source="mock"), with_total=True)
    assert {row.title for row in found.nodes} == {"Senior Welder", "Senior Cook"}


async def test_an_unreadable_resume_changes_nothing(ada: Scope, runtime: Runtime) -> None:
    files = runtime.settings.DATA_DIR / "files"
    before = sorted(files.rglob("*"))
    for content in (b"", b"\x89PNG\r\n\x1a\n" + b"0" * 100, b"%PDF-1.7\ntruncated", b"x" * (50 << 20)):
        with pytest.raises(ValidationError):
            await upload_resume(ada, Upload("cv.pdf", "application/pdf", content), ResumeLabel(name="CV"))
    assert await resumes(ada) == []
    assert sorted(files.rglob("*")) == before


async def test_the_same_score_comes_out_whatever_else_is_in_the_run(ada: Scope, bob: Scope) -> None:
    described = "You write Python services with PostgreSQL and Redis. " * 4
    rows = [f"Python Engineer {n},Acme {n},https://jobs.example.com/{n},Berlin,{described}{n}" for n in range(5)]
    for scope, chosen in ((ada, rows), (bob, rows[2:3])):
        await with_profile(scope, min_score_threshold=0)
        await import_postings(scope, csv(*chosen))
        await run_to_its_end(scope, "job_search")
    wanted = JobFilter(search="Python Engineer 2")
    scores = [(await jobs(scope, PageArgs(), wanted)).nodes[0].relevance_score for scope in (ada, bob)]
    assert scores[0] == scores[1]
