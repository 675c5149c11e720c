"""What a write of an agent would change, worked out before anybody does it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.agents.tools import Change, Preview
from domain.errors import NotFoundError
from domain.job_service import JobService
from domain.jobs import JobRow, JobTexts
from domain.pipelines.inventory import checked_input, list_pipelines
from domain.scopes import Scope
from resolvers.access import access, signed_in


@dataclass(frozen=True, slots=True)
class KnownJob:
    job: JobRow
    texts: JobTexts


@access(signed_in)
async def known_job(scope: Scope, id: UUID) -> KnownJob:
    """One of your jobs with everything known of it: the posting's text, notes, letter, evidence of its score."""
    async with scope.read(JobService) as jobs:
        row = await jobs.get(id)
        texts = (await jobs.texts([id]))[id]
    return KnownJob(row, texts)


async def of_job_changes(scope: Scope, given: Any) -> Preview:
    found = await known_job(scope, given.job_id)
    now = {"status": found.job.status.value, "notes": found.texts.notes}
    wanted = given.model_dump(mode="json", exclude_unset=True, exclude={"job_id"})
    changes = tuple(Change(name, now[name], value) for name, value in wanted.items() if now[name] != value)
    moves = f" to '{wanted['status']}'" if "status" in wanted else ""
    verb = f"Move{{}}{moves}" if moves else "Write the notes of{}"
    return Preview(verb.format(f" '{found.job.title}' at {found.job.company}"), changes)


async def of_deletion(scope: Scope, given: Any) -> Preview:
    found = await known_job(scope, given.job_id)
    what = f"'{found.job.title}' at {found.job.company}"
    summary = f"Delete {what} with its notes and letter, for good"
    return Preview(summary, (Change("job", f"{what} ({found.job.status.value})", None),))


async def of_new_profile(_scope: Scope, given: Any) -> Preview:
    wanted = given.model_dump(mode="json", exclude_unset=True)
    changes = tuple(Change(name, None, value) for name, value in wanted.items())
    return Preview(f"Create the job profile '{wanted.get('name', 'Default Profile')}'", changes)


async def of_run(_scope: Scope, given: Any) -> Preview:
    known = {pipeline.name: pipeline for pipeline in list_pipelines(None, [])}
    if given.pipeline_name not in known:
        message = f"expected one of the pipelines {', '.join(sorted(known))}, found '{given.pipeline_name[:60]}'"
        raise NotFoundError(message)
    input = checked_input(given.pipeline_name, getattr(given, "input_data", None) or {})
    change = Change("run", None, {"pipeline": given.pipeline_name, "input": input})
    return Preview(f"Run {given.pipeline_name}: {known[given.pipeline_name].description}", (change,))
