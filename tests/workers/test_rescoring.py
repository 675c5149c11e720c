"""Rating again what was rated before: no source is asked, what was kept stays, every score stays as history."""

from pathlib import Path
from typing import Any

from domain.job_profiles import JobProfileChanges, JobProfileDraft
from domain.pages import PageArgs
from domain.resumes import ResumeLabel
from domain.runs import RunRow, RunStatus
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.job_profiles import create_job_profile, update_job_profile
from resolvers.jobs import jobs
from resolvers.postings import import_postings
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, rescore_jobs, run, run_progress
from resolvers.scores import score_history
from schema.context import Context
from schema.schema import build_schema

RESUMES = Path(__file__).parents[1] / "data" / "resumes"
DESCRIBED = "You write Python services with PostgreSQL and Redis. " * 4
ROWS = [f"Python Engineer {n},Acme {n},https://jobs.example.com/{n},Berlin,{DESCRIBED}" for n in range(3)]


async def followed(scope: Scope, requested: RunRow) -> RunRow:
    async for _ in run_progress(scope, requested.id):
        pass
    ended = await run(scope, requested.id)
    assert ended.status is RunStatus.SUCCESS, ended
    return ended


async def resume(scope: Scope, name: str) -> Any:
    file = Upload(name, "text/plain", (RESUMES / name).read_bytes())
    return (await upload_resume(scope, file, ResumeLabel(name=name))).id


async def searched_imports(scope: Scope) -> Any:
    draft = JobProfileDraft(resume_id=await resume(scope, "backend_python.txt"), min_score_threshold=3)
    profile = await create_job_profile(scope, draft)
    rows = "\n".join(("title,company,url,location,description", *ROWS))
    await import_postings(scope, Upload("jobs.csv", "text/csv", rows.encode()))
    await followed(scope, await execute_pipeline(scope, "job_search", {}))
    return profile


async def test_another_resume_gives_new_scores_and_keeps_the_old_ones(ada: Scope, bob: Scope) -> None:
    profile = await searched_imports(ada)
    before = {row.id: row.relevance_score for row in (await jobs(ada, PageArgs())).nodes}
    assert len(before) == 3
    other = next(path.name for path in sorted(RESUMES.glob("*.txt")) if "python" not in path.name)
    await update_job_profile(ada, profile.id, JobProfileChanges(resume_id=await resume(ada, other)))
    account = (await followed(ada, await rescore_jobs(ada, profile.id))).output["account"]
    assert (account["seen"], account["known"], account["new"]) == (3, 3, 0), "they are jobs already, and stay"
    after = {row.id: row.relevance_score for row in (await jobs(ada, PageArgs())).nodes}
    assert after.keys() == before.keys()
    assert all(after[id] < before[id] for id in before)
    job_id = next(iter(before))
    history = await score_history(ada, job_id, PageArgs(first=10), with_total=True)
    assert [row.score for row in history.nodes] == [after[job_id], before[job_id]]
    assert [row.is_current for row in history.nodes] == [True, False]
    assert history.total_count == 2
    answer = await build_schema().execute(
        "{ jobs { nodes { id scores { score isCurrent scorerVersion } } } }", context_value=Context(ada)
    )
    shown = {job["id"]: [score["score"] for score in job["scores"]] for job in answer.data["jobs"]["nodes"]}
    assert shown == {str(id): [after[id], before[id]] for id in before}


async def test_rescoring_without_a_change_writes_nothing(ada: Scope) -> None:
    profile = await searched_imports(ada)
    account = (await followed(ada, await rescore_jobs(ada, profile.id))).output["account"]
    assert (account["seen"], account["known"]) == (3, 3)
    job_id = (await jobs(ada, PageArgs())).nodes[0].id
    assert (await score_history(ada, job_id, PageArgs(), with_total=True)).total_count == 1


async def test_a_profile_without_ratings_has_nothing_to_rescore(ada: Scope) -> None:
    profile = await create_job_profile(ada, JobProfileDraft(resume_id=await resume(ada, "backend_python.txt")))
    account = (await followed(ada, await rescore_jobs(ada, profile.id))).output["account"]
    assert account["seen"] == 0
