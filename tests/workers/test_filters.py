"""Filters in a search: what they drop is accounted for by rule, stored with its reason, and comes back by hand."""

from typing import Any

from domain.filters import Filters
from domain.job_profiles import JobProfileChanges, JobProfileDraft
from domain.jobs import JobFilter
from domain.pages import PageArgs
from domain.ratings import Verdict
from domain.resumes import ResumeLabel
from domain.runs import RunRow, RunStatus
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.job_profiles import create_job_profile, job_profile, update_job_profile
from resolvers.jobs import dropped_postings, job, job_texts, jobs, restore_posting
from resolvers.postings import import_postings
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, run, run_progress

RESUME = (
    b"Zoe Lukas\nPython Engineer\n\nExperience\nPython Engineer, Acme, 2018 - 2025\n- Python and PostgreSQL services\n"
)
HEADER = "title,company,url,location,description"
ROWS = (
    "Senior Python Engineer,Beta,https://jobs.example.com/1,Berlin,Python services with PostgreSQL",
    "Python Engineer,Blocked GmbH,https://jobs.example.com/2,Berlin,Python services with PostgreSQL",
    "Python Engineer,Gamma,https://jobs.example.com/3,Paris,Python services with PostgreSQL",
    "Python Engineer,Delta,https://jobs.example.com/4,Berlin,Python services with PostgreSQL",
)
FILTERS: dict[str, Any] = {
    "title_exclude": ["senior"],
    "blocked_companies": ["Blocked"],
    "places": ["Berlin, Germany"],
    "pay_at_least": 50_000,
}


async def search(scope: Scope) -> RunRow:
    requested = await execute_pipeline(scope, "job_search", {})
    async for _ in run_progress(scope, requested.id):
        pass
    ended = await run(scope, requested.id)
    assert ended.status is RunStatus.SUCCESS, ended
    return ended


async def filtered_profile(scope: Scope) -> Any:
    uploaded = await upload_resume(scope, Upload("cv.txt", "text/plain", RESUME), ResumeLabel(name="CV"))
    draft = JobProfileDraft(resume_id=uploaded.id, min_score_threshold=0, filters=Filters.model_validate(FILTERS))
    profile = await create_job_profile(scope, draft)
    await import_postings(scope, Upload("jobs.csv", "text/csv", "\n".join((HEADER, *ROWS)).encode()))
    return profile


async def dropped(scope: Scope) -> dict[str, Any]:
    page = await dropped_postings(scope, PageArgs(first=50))
    return {row.company: row for row in page.nodes}


async def test_what_filters_drop_is_counted_by_rule_and_stored_with_its_reason(ada: Scope) -> None:
    await filtered_profile(ada)
    account = (await search(ada)).output["account"]
    assert account["filtered_by"] == {"company": 1, "title_exclude": 1, "place": 1}
    assert (account["seen"], account["filtered"], account["new"]) == (4, 3, 1)
    rows = await dropped(ada)
    assert rows["Beta"].rule == "title_exclude: 'Senior Python Engineer' has 'senior'"
    assert {row.verdict for row in rows.values()} == {Verdict.FILTERED}
    kept = (await jobs(ada, PageArgs())).nodes
    assert [row.company for row in kept] == ["Delta"]
    fit = (await job_texts(ada, [kept[0].id]))[0].fit
    assert fit["unknown"] == ["the pay is not stated"]


async def test_a_second_search_writes_no_rating_again(ada: Scope) -> None:
    await filtered_profile(ada)
    await search(ada)
    before = await dropped(ada)
    account = (await search(ada)).output["account"]
    assert (account["known"], account["filtered"], account["new"]) == (1, 3, 0)
    assert await dropped(ada) == before


async def test_a_restored_posting_is_rated_and_never_filtered_again(ada: Scope) -> None:
    profile = await filtered_profile(ada)
    await search(ada)
    kept = await restore_posting(ada, (await dropped(ada))["Gamma"].id)
    assert kept.relevance_score is not None, "it is rated when it comes back"
    await update_job_profile(ada, profile.id, JobProfileChanges(min_score_threshold=10))
    account = (await search(ada)).output["account"]
    assert account["filtered_by"] == {"company": 1, "title_exclude": 1}
    assert (await job(ada, kept.id)).relevance_score is not None
    assert "Gamma" not in await dropped(ada)
    assert (await search(ada)).output["account"]["known"] == account["known"]


async def test_changed_filters_let_in_what_they_dropped(ada: Scope) -> None:
    profile = await filtered_profile(ada)
    await search(ada)
    await update_job_profile(ada, profile.id, JobProfileChanges(filters=None))
    assert not (await job_profile(ada, profile.id)).filters.are_set
    account = (await search(ada)).output["account"]
    assert (account["filtered"], account["new"], account["known"]) == (0, 3, 1)
    assert (await jobs(ada, PageArgs(), JobFilter(), with_total=True)).total_count == 4
