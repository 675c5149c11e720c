"""`fit RESUME JOBS.json`."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from infra.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from domain.fit import Fit
    from infra.cli.job_files import FileJob

SHOWN_SKILLS = 8


@click.command()
@click.argument("resume", type=click.Path(path_type=Path))
@click.argument("jobs", type=click.Path(path_type=Path))
@json_option
def fit(*, resume: Path, jobs: Path, as_json: bool) -> None:
    """Rate the jobs of a JSON file against a résumé, best first, with the words that each score rests on.

    JOBS holds schema.org JobPosting objects (one, a list, a @graph, or one a line) or plain objects with a title and
    a description.
    """
    from domain.fit import prepare_resume, rate

    text, found = _read(resume, jobs)
    prepared = prepare_resume(text)
    rated = [(rate(prepared, job.title, job.description), job) for job in found]
    rated.sort(key=lambda pair: (-pair[0].score, pair[1].index))
    if as_json:
        print_json([_told(rank, job, score) for rank, (score, job) in enumerate(rated, start=1)])
        return
    print_table(
        ("Score", "Job", "Company", "Matched", "Missing"),
        [
            (f"{score.score:.1f}", job.title, job.company or "", _names(score.matched), _names(score.missing))
            for score, job in rated
        ],
    )


def _read(resume: Path, jobs: Path) -> "tuple[str, list[FileJob]]":
    from domain.errors import ValidationError
    from infra.cli.failures import Misuse
    from infra.cli.files import read_bytes, read_document
    from infra.cli.job_files import RefusedJob, read_jobs

    text = read_document(resume).text
    try:
        found = read_jobs(read_bytes(jobs))
    except ValidationError as unreadable:
        message = f"{jobs.name}: {unreadable.message}"
        raise Misuse(message) from unreadable
    for refused in found:
        if isinstance(refused, RefusedJob):
            click.secho(f"Warning: job {refused.index} is left out: {refused.reason}", fg="yellow", err=True)
    return text, [job for job in found if not isinstance(job, RefusedJob)]


def _told(rank: int, job: "FileJob", fit: "Fit") -> dict[str, Any]:
    return {
        "rank": rank,
        "index": job.index,
        "id": job.id,
        "title": job.title,
        "company": job.company,
        "score": fit.score,
        "matched": fit.matched,
        "missing": fit.missing,
        "arithmetic": fit.arithmetic,
    }


def _names(evidence: Any) -> str:
    shown = ", ".join(one.skill for one in evidence[:SHOWN_SKILLS])
    return f"{shown}, …" if len(evidence) > SHOWN_SKILLS else shown
