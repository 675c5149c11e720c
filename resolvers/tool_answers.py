"""What a tool's result holds beside `success`, as contract.md section 9 names it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from domain.agents.comparing import Comparison
from domain.jobs import JobRow, JobStats
from domain.pipelines.inventory import PipelineInfo
from domain.pipelines.profile_choice import summary
from domain.preparing import Prepared
from domain.runs import RunRow, RunStatus
from resolvers.agents import JobList
from resolvers.jobs import DeletedJob
from resolvers.previews import KnownJob

DESCRIPTION_AT_MOST = 8_000


def clock(now: datetime) -> dict[str, Any]:
    return {"text": f"Current date: {now:%Y-%m-%d}, Current time: {now:%H:%M:%S}"}


def pipelines(found: list[PipelineInfo]) -> dict[str, Any]:
    return {
        "pipelines": [
            {"name": one.name, "description": one.description, "input_schema": one.input_schema} for one in found
        ]
    }


def pipeline_run(run: RunRow) -> dict[str, Any]:
    """`success` is true for a run that goes on: its end is read with `read_run`."""
    told = {"success": run.status is not RunStatus.ERROR, "output": run.output, "error": run.error_message}
    return {**told, "run_id": run.id, "status": run.status, "pipeline_name": run.pipeline_name}


def read_run(run: RunRow) -> dict[str, Any]:
    progress = {"step": run.step, "done": run.done, "total": run.total}
    return {**pipeline_run(run), "success": True, "progress": progress}


def job_summary(row: JobRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "company": row.company,
        "location": row.location,
        "relevance_score": row.relevance_score,
        "status": row.status,
        "job_url": row.job_url,
        "created_at": row.created_at,
    }


def job_page(found: JobList) -> dict[str, Any]:
    return {
        "jobs": [job_summary(row) for row in found.jobs],
        "total": found.total,
        "page": found.page,
        "page_size": found.page_size,
        "has_more": found.has_more,
    }


def found_jobs(rows: list[JobRow]) -> dict[str, Any]:
    return {"jobs": [job_summary(row) for row in rows], "total": len(rows)}


def known_job(found: KnownJob) -> dict[str, Any]:
    texts = asdict(found.texts)
    texts["description"] = texts["description"][:DESCRIPTION_AT_MOST]
    return {"job": {**asdict(found.job), **texts}}


def comparison(found: Comparison) -> dict[str, Any]:
    return {
        "jobs": [
            {
                **job_summary(one.job),
                "salary_range": one.job.salary_range,
                "matched_skills": one.matched,
                "missing_skills": one.missing,
                "only_here": only,
            }
            for one, only in zip(found.jobs, found.only, strict=True)
        ],
        "skills_in_all": found.shared,
        "best": found.best,
    }


def stats(found: JobStats) -> dict[str, Any]:
    counts = ("new", "prepped", "reviewed", "applied", "rejected", "interviewing")
    return {
        "stats": {
            "total_jobs": found.total,
            "by_status": {name: getattr(found, name) for name in counts},
            "average_score": found.avg_score,
            "high_scoring_jobs": found.high_scoring,
        }
    }


def moved_job(row: JobRow) -> dict[str, Any]:
    return {"message": f"'{row.title}' at {row.company} is now '{row.status}'", "job": job_summary(row)}


def deleted_job(deleted: DeletedJob) -> dict[str, Any]:
    return {"message": f"'{deleted.job.title}' at {deleted.job.company} was deleted"}


def profiles(found: list[Any]) -> dict[str, Any]:
    return {"profiles": [summary(row) for row in found], "count": len(found)}


def profile(row: Any) -> dict[str, Any]:
    if row is None:
        return {"profile": None, "message": "there is no default profile yet"}
    return {"profile": asdict(row)}


def made_profile(row: Any) -> dict[str, Any]:
    return {"message": f"the profile '{row.name}' was created", "profile": summary(row)}


def letter(made: Prepared) -> dict[str, Any]:
    return {"letter": made.letter, "prep_notes": made.notes}
