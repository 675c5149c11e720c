"""Openings listed twice: merged with a reason, shown as alternatives, and merged or split by hand for ever."""

from pathlib import Path
from typing import Any

import pytest

from domain.errors import NotFoundError, ValidationError
from domain.job_profiles import JobProfileDraft, SourceChoice
from domain.jobs import JobChanges, JobStatus
from domain.pages import PageArgs
from domain.resumes import ResumeLabel
from domain.runs import RunStatus
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.job_profiles import create_job_profile
from resolvers.jobs import job, job_texts, jobs, update_job
from resolvers.merges import alternatives, merge_postings, split_posting
from resolvers.postings import import_postings
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, run, run_progress
from schema.context import Context
from schema.schema import build_schema

RESUME = (Path(__file__).parents[1] / "data" / "resumes" / "backend_python.txt").read_bytes()
BODY = (
    "You build Python services on PostgreSQL and Redis for shops in all of Europe and you own what you deploy together "
    "with six colleagues who review each other. We measure what we ship and we write short documents before long code. "
    "You bring some years of practice with Python and care about clear interfaces between the parts of a system."
)
HEADER = "title,company,url,location,description"


def csv(*rows: str) -> Upload:
    return Upload("jobs.csv", "text/csv", "\n".join((HEADER, *rows)).encode())


async def search(scope: Scope) -> dict[str, Any]:
    requested = await execute_pipeline(scope, "job_search", {})
    async for _ in run_progress(scope, requested.id):
        pass
    ended = await run(scope, requested.id)
    assert ended.status is RunStatus.SUCCESS, ended
    account = ended.output["account"]
    outcomes = ("new", "known", "duplicate", "filtered", "below", "failed")
    assert account["seen"] == sum(account[name] for name in outcomes)
    return account


async def profile(scope: Scope, *sources: str) -> None:
    resume = await upload_resume(scope, Upload("cv.txt", "text/plain", RESUME), ResumeLabel(name="CV"))
    choices = [SourceChoice(source=source) for source in sources]
    await create_job_profile(scope, JobProfileDraft(resume_id=resume.id, min_score_threshold=0, sources=choices))


async def two_listings(scope: Scope) -> None:
    await profile(scope, "import", "sample")
    rows = (f"Python Engineer,Acme,https://a.example.com/jobs/{n},Berlin,{BODY}" for n in ("100200", "100300"))
    await import_postings(scope, csv(*rows))


async def the_jobs(scope: Scope) -> list[Any]:
    return (await jobs(scope, PageArgs(first=50))).nodes


async def test_what_is_merged_by_hand_stays_one_job_with_both_links(ada: Scope) -> None:
    await two_listings(ada)
    await search(ada)
    into, other = await the_jobs(ada)
    await update_job(ada, other.id, JobChanges(notes="call Ms Rot", status=JobStatus.REVIEWED))
    merged = await merge_postings(ada, into.id, other.id)
    assert (merged.id, merged.status) == (into.id, JobStatus.REVIEWED)
    assert (await job_texts(ada, [into.id]))[0].notes == "call Ms Rot"
    with pytest.raises(NotFoundError):
        await job(ada, other.id)
    (links,) = await alternatives(ada, [into.posting_id])
    assert [(link.url, link.reason, link.by_hand) for link in links] == [(other.job_url, "merged by hand", True)]
    account = await search(ada)
    assert (account["duplicate"], account["known"], account["new"]) == (1, 1, 0)
    assert len(await the_jobs(ada)) == 1


async def test_what_is_split_by_hand_is_a_rated_job_and_stays_apart(ada: Scope) -> None:
    await two_listings(ada)
    await search(ada)
    into, other = await the_jobs(ada)
    await merge_postings(ada, into.id, other.id)
    split = await split_posting(ada, into.id, other.posting_id)
    assert split.posting_id == other.posting_id
    assert split.relevance_score == into.relevance_score
    assert await alternatives(ada, [into.posting_id, other.posting_id]) == [[], []]
    account = await search(ada)
    assert (account["duplicate"], account["known"]) == (0, 2)
    with pytest.raises(NotFoundError, match="another listing"):
        await split_posting(ada, into.id, other.posting_id)


async def test_merges_are_ones_own(ada: Scope, bob: Scope) -> None:
    await two_listings(ada)
    await search(ada)
    into, other = await the_jobs(ada)
    with pytest.raises(NotFoundError):
        await merge_postings(bob, into.id, other.id)
    with pytest.raises(ValidationError, match="two different jobs"):
        await merge_postings(ada, into.id, into.id)
    await merge_postings(ada, into.id, other.id)
    assert await alternatives(bob, [into.posting_id]) == [[]]


async def test_alternatives_are_shown_with_the_job(ada: Scope) -> None:
    await two_listings(ada)
    await search(ada)
    into, other = await the_jobs(ada)
    document = """mutation ($into: ID!, $id: ID!) { mergePostings(intoId: $into, id: $id) {
        id alternatives { url source reason byHand postingId } } }"""
    answer = await build_schema().execute(
        document, variable_values={"into": str(into.id), "id": str(other.id)}, context_value=Context(ada)
    )
    assert answer.errors is None
    (shown,) = answer.data["mergePostings"]["alternatives"]
    assert shown == {
        "url": other.job_url,
        "source": "import",
        "reason": "merged by hand",
        "byHand": True,
        "postingId": str(other.posting_id),
    }
