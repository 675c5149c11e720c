"""Sources at work: readings that keep to terms, jobs added by hand, postings read again."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from domain.errors import AuthorizationError, ValidationError
from domain.job_profiles import JobProfileDraft, SourceChoice
from domain.jobs import JobFilter, JobOrder
from domain.pages import PageArgs
from domain.postings import Posting, PostingService
from domain.resumes import ResumeLabel
from domain.runs import RunRow
from domain.scopes import Scope
from domain.uploads import Upload
from infra.settings import Settings
from resolvers.job_profiles import create_job_profile
from resolvers.jobs import delete_job, job_texts, jobs
from resolvers.merges import alternatives, split_posting
from resolvers.operators import reparse_postings
from resolvers.postings import add_job_by_text, add_job_by_url, import_postings
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, run, run_progress
from schema.context import Context
from schema.execution.operations import Operations
from schema.schema import build_schema

PAYLOADS = Path(__file__).parents[1] / "boards" / "payloads.py"
RESUME = "Ada Lovelace\nada@example.com\n\nSkills: Go, SQL, Python\n\nEngineer, North Pier, 2019 - 2024\n- Built Go services\n"
TEXT = "Quay Engineer at North Pier\n\nYou write Go and SQL and keep the quay running, day and night, with care."


@pytest.fixture
def settings(settings: Settings, receiver: Any) -> Settings:
    """The sources of the local server in place of the real ones."""
    names = ("greenhouse", "remotive", "ashby")
    addresses = tuple(f"{name}={receiver.url}" for name in names)
    return settings.model_copy(update={"SOURCE_ADDRESSES": addresses, "EGRESS_ALLOW": (receiver.host,)})


@pytest.fixture
def payloads(receiver: Any) -> Any:
    """tests/boards/payloads.py, loaded by its path since tests are no package."""
    name = "tests_boards_payloads"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, PAYLOADS)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


async def search(scope: Scope) -> RunRow:
    requested = await execute_pipeline(scope, "job_search", {})
    async for _ in run_progress(scope, requested.id):
        pass
    return await run(scope, requested.id)


async def with_profile(scope: Scope, *sources: SourceChoice) -> None:
    uploaded = await upload_resume(scope, Upload("cv.txt", "text/plain", RESUME.encode()), ResumeLabel(name="cv"))
    draft = JobProfileDraft(resume_id=uploaded.id, sources=list(sources) or None, min_score_threshold=0)
    await create_job_profile(scope, draft)


async def all_jobs(scope: Scope) -> list[Any]:
    return list((await jobs(scope, PageArgs(first=50), JobFilter(), JobOrder())).nodes)


async def test_a_board_is_read_once_for_everybody_within_its_terms(
    ada: Scope, bob: Scope, receiver: Any, payloads: Any
) -> None:
    payloads.serve(receiver, "remotive", [payloads.row("remotive", n) for n in (1, 2, 3)])
    for scope in (ada, bob):
        await with_profile(scope, SourceChoice(source="remotive"))
        ended = await search(scope)
        assert ended.output["account"]["new"] == 3, ended
        assert {job.attribution.text for job in await all_jobs(scope)} == {"Remotive"}
        assert all(job.attribution.url == job.job_url for job in await all_jobs(scope))
    assert len(receiver.log) == 1
    again = await search(ada)
    assert (again.output["account"]["known"], len(receiver.log)) == (3, 1)


async def test_an_unchanged_board_is_asked_conditionally_and_read_from_what_is_kept(
    ada: Scope, receiver: Any, payloads: Any
) -> None:
    payloads.serve(receiver, "greenhouse", [payloads.row("greenhouse", n) for n in (1, 2)])
    await with_profile(ada, SourceChoice(source="greenhouse", board="north-pier"))
    assert (await search(ada)).output["account"]["new"] == 2
    assert (await search(ada)).output["account"]["known"] == 2
    assert ["if-none-match" in asked.headers for asked in receiver.log] == [False, True]
    payloads.serve(receiver, "greenhouse", [payloads.row("greenhouse", n) for n in (2, 3)])
    account = (await search(ada)).output["account"]
    assert (account["new"], account["known"]) == (1, 1)


async def test_a_source_that_is_off_cannot_be_chosen(ada: Scope) -> None:
    for name in ("adzuna", "weworkremotely"):
        with pytest.raises(ValidationError, match=f"sources.0: the source '{name}' is off"):
            await with_profile(ada, SourceChoice(source=name))


async def test_a_job_added_by_its_address_is_kept_however_it_fits_and_only_once(
    ada: Scope, bob: Scope, receiver: Any, payloads: Any
) -> None:
    receiver.json("/v1/boards/north-pier/jobs/7", payloads.row("greenhouse", 7))
    await with_profile(ada)
    url = "https://boards.greenhouse.io/north-pier/jobs/7?gh_src=abc"
    job = await add_job_by_url(ada, url)
    assert (job.title, job.source, job.location) == ("Quay Engineer 7", "greenhouse", "Berlin, Germany")
    assert job.relevance_score is not None
    assert job.attribution.text == "Posted by the employer on Greenhouse"
    assert (await add_job_by_url(ada, url)).id == job.id
    assert [found.id for found in await all_jobs(ada)] == [job.id]
    assert await all_jobs(bob) == []
    other = await add_job_by_url(bob, url)
    assert (other.relevance_score, other.id != job.id) == (None, True)


async def test_the_attribution_travels_to_graphql(ada: Scope, receiver: Any, payloads: Any) -> None:
    receiver.json("/v1/boards/north-pier/jobs/7", payloads.row("greenhouse", 7))
    operations = Operations(build_schema())
    query = "mutation($url: String!) { addJobByUrl(url: $url) { title attribution { text url } } }"
    url = "https://boards.greenhouse.io/north-pier/jobs/7"
    answer = await operations.execute(operations.prepare(query, {"url": url}, None), {"url": url}, Context(ada), "test")
    assert not answer.errors, answer.errors
    assert answer.data["addJobByUrl"]["attribution"] == {"text": "Posted by the employer on Greenhouse", "url": url}


async def test_a_pasted_job_is_kept_without_an_address(ada: Scope) -> None:
    job = await add_job_by_text(ada, TEXT)
    assert (job.title, job.company, job.source) == ("Quay Engineer", "North Pier", "manual")
    assert (await job_texts(ada, [job.id]))[0].description.startswith("Quay Engineer at")
    assert (await add_job_by_text(ada, TEXT)).id == job.id
    with pytest.raises(ValidationError, match="does not name the company"):
        await add_job_by_text(ada, TEXT.replace(" at North Pier", ""))
    with pytest.raises(ValidationError, match="expected 1 to"):
        await add_job_by_text(ada, "")
    await delete_job(ada, job.id)
    assert (await add_job_by_text(ada, TEXT)).title == "Quay Engineer"


async def test_kept_postings_are_read_again_without_asking_anybody(
    ada: Scope, root: Scope, receiver: Any, payloads: Any
) -> None:
    receiver.json("/v1/boards/north-pier/jobs/7", payloads.row("greenhouse", 7))
    added = await add_job_by_url(ada, "https://boards.greenhouse.io/north-pier/jobs/7")
    await add_job_by_text(ada, TEXT)
    csv = "title,company,url,description\nBaker,Oven,https://oven.example/1,Bake bread.\n"
    await import_postings(ada, Upload("jobs.csv", "text/csv", csv.encode()))
    same = await reparse_postings(root)
    assert (same.seen, same.changed, same.same, same.unreadable) == (3, 0, 3, 0)
    async with root.write(PostingService) as postings:
        rows = await postings.everybodys(None, 9)
        id = next(id for id, listing in rows if listing["source"] == "greenhouse")
        worse = {"title": "Old", "listing": {**dict(rows)[id], "title": "Old"}}
        await postings.session.execute(update(Posting).where(Posting.id == id).values(**worse))
    asked = len(receiver.log)
    assert (await reparse_postings(root)).changed == 1
    assert len(receiver.log) == asked
    assert {job.title for job in await all_jobs(ada) if job.id == added.id} == {"Quay Engineer 7"}
    with pytest.raises(AuthorizationError):
        await reparse_postings(ada)


async def test_an_opening_on_two_boards_is_one_job_with_both_links_and_a_reason(
    ada: Scope, receiver: Any, payloads: Any
) -> None:
    own = payloads.row("greenhouse", 1)
    listed = {**payloads.row("remotive", 7), "url": own["absolute_url"]}
    payloads.serve(receiver, "greenhouse", [own])
    payloads.serve(receiver, "remotive", [listed, payloads.row("remotive", 8)])
    boards = (SourceChoice(source="greenhouse", board="north-pier"), SourceChoice(source="remotive"))
    await with_profile(ada, *boards)
    account = (await search(ada)).output["account"]
    assert (account["seen"], account["new"], account["duplicate"]) == (3, 2, 1)
    job = next(job for job in await all_jobs(ada) if job.source == "greenhouse")
    ((other,),) = await alternatives(ada, [job.posting_id])
    assert (other.source, other.by_hand) == ("remotive", False)
    assert "the same posting behind both links" in other.reason
    again = (await search(ada)).output["account"]
    assert (again["known"], again["duplicate"], again["new"]) == (2, 1, 0)
    with pytest.raises(ValidationError, match="an address of its own"):
        await split_posting(ada, job.id, other.posting_id)
