"""Pipelines and their runs."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.errors import DomainError, NotFoundError, ValidationError
from domain.follow import QUIET_SECONDS, follow
from domain.pages import Numbered, Page, PageArgs
from domain.pipelines.inventory import PipelineInfo, checked_input, list_pipelines, pipeline_info
from domain.pipelines.job_prep import JobPrepInput
from domain.pipelines.job_search import JobSearchInput
from domain.run_service import RunService
from domain.runs import RunEventRow, RunFilter, RunRow, RunStats, RunStatus, TriggerType
from domain.scopes import Scope
from domain.topics import run_topic, user_topic
from resolvers.access import access, anyone, machine, signed_in


@access(anyone)
async def pipelines(
    scope: Scope,  # noqa: ARG001 - every resolver takes one
    area: str | None = None,
    tags: list[str] | None = None,
) -> list[PipelineInfo]:
    """What can be run: all pipelines, or those of an area that have all the tags."""
    return list_pipelines(area, tags or [])


@access(anyone)
async def pipeline(_scope: Scope, name: str) -> PipelineInfo:
    """One pipeline with the JSON Schemas of its input and output."""
    return pipeline_info(name)


@access(signed_in)
async def execute_pipeline(
    scope: Scope, name: str, input: dict[str, Any], trigger: TriggerType = TriggerType.API
) -> RunRow:
    """Start a pipeline, or join the live run of the same input; follow it with `runProgress`."""
    given = checked_input(name, input)
    async with scope.write(RunService) as runs:
        return await runs.request(name, given, trigger)


@access(signed_in)
async def search_jobs(scope: Scope, input: JobSearchInput) -> RunRow:
    """Search the profile's sources: the pipeline `job_search`. Answers the run; follow it with `runProgress`."""
    return await execute_pipeline(scope, "job_search", input.model_dump(mode="json", exclude_unset=True))


@access(signed_in)
async def rescore_jobs(scope: Scope, profile_id: UUID | None = None) -> RunRow:
    """Rate again what was rated before, without asking any source: the pipeline `job_rescore`. Answers the run.

    Only what would come out differently gets a new score: after a change of the résumé, the filters, the threshold or
    the scorer.
    """
    return await execute_pipeline(scope, "job_rescore", {} if profile_id is None else {"profile_id": str(profile_id)})


@access(signed_in)
async def prepare_job(scope: Scope, input: JobPrepInput) -> RunRow:
    """Write the cover letter, the notes and the PDF: the pipeline `job_prep`. Answers the run."""
    return await execute_pipeline(scope, "job_prep", input.model_dump(mode="json", exclude_unset=True))


@dataclass(frozen=True, slots=True)
class Executed:
    """A run as it ended (or as it waits for its person), or why there is none."""

    run: RunRow | None
    refused: DomainError | None = None


@access(signed_in)
async def execute_and_wait(
    scope: Scope, name: str, input: dict[str, Any], trigger: TriggerType = TriggerType.API
) -> Executed:
    """Start a pipeline, or join the live run of the same input, and answer when it ends or waits for you.

    Whoever stops waiting stops nothing.
    """
    return await _executed(scope, name, input, trigger)


@access(machine)
async def execute_for_machine(
    scope: Scope, name: str, input: dict[str, Any], metadata: dict[str, Any] | None = None
) -> Executed:
    """Start a pipeline for nobody in particular and answer when it ends; `metadata` is kept with the run."""
    return await _executed(scope, name, input, TriggerType.WEBHOOK, metadata)


async def _executed(
    scope: Scope, name: str, input: dict[str, Any], trigger: TriggerType, metadata: dict[str, Any] | None = None
) -> Executed:
    try:
        given = checked_input(name, input)
    except (NotFoundError, ValidationError) as refused:
        return Executed(None, refused)
    async with scope.write(RunService) as runs:
        requested = await runs.request(name, given, trigger, metadata)
    async with aclosing(_progress(scope, requested.id, requested.event_seq - 1)) as events:
        async for event in events:
            if event.status is RunStatus.WAITING:
                break
    async with scope.read(RunService) as runs:
        return Executed(await runs.get(requested.id))


@access(signed_in)
async def runs(scope: Scope, page: PageArgs, where: RunFilter | None = None, with_total: bool = False) -> Page[RunRow]:
    """Your runs, newest first; an admin sees everybody's."""
    async with scope.read(RunService) as service:
        return await service.page(where or RunFilter(), page, with_total=with_total)


@access(signed_in)
async def numbered_runs(scope: Scope, where: RunFilter, page: int = 1, page_size: int = 20) -> Numbered[RunRow]:
    """Your runs, newest first, by page number; an admin sees everybody's."""
    async with scope.read(RunService) as service:
        return await service.numbered(where, page, page_size)


@access(signed_in)
async def run(scope: Scope, id: UUID) -> RunRow:
    """One of your runs."""
    async with scope.read(RunService) as service:
        return await service.get(id)


@access(signed_in)
async def run_stats(scope: Scope, pipeline_name: str | None = None, since_hours: int = 24) -> RunStats:
    """How your runs of the last hours went."""
    async with scope.read(RunService) as service:
        return await service.stats(pipeline_name, since_hours)


@access(signed_in)
async def cancel_run(scope: Scope, id: UUID) -> RunRow:
    """Stop a run: at once when it waits, between two items when it works. Ended runs stay as they are."""
    async with scope.write(RunService) as service:
        return await service.cancel(id)


@access(signed_in)
async def retry_run(scope: Scope, id: UUID) -> RunRow:
    """Let a failed or cancelled run go on after its last finished step."""
    async with scope.write(RunService) as service:
        return await service.retry(id)


@access(signed_in)
async def run_progress(scope: Scope, run_id: UUID, after: int = 0) -> AsyncGenerator[RunEventRow]:
    """What happens in a run, from its first event (or after the number you have), every event once and in order.

    Ends with the run.
    """
    async with aclosing(_progress(scope, run_id, after)) as events:
        async for event in events:
            yield event


async def _progress(scope: Scope, run_id: UUID, after: int) -> AsyncGenerator[RunEventRow]:
    async with scope.read(RunService) as service:
        run = await service.get(run_id)
    if run.status.ended and after >= run.event_seq:
        return
    seen = after

    async def read() -> list[RunEventRow]:
        nonlocal seen
        async with scope.read(RunService) as service:
            news = await service.events(run_id, seen)
        if news:
            seen = news[-1].seq
        return news

    async with aclosing(follow(scope.ports.bus, run_topic(run_id), read, ended=lambda e: e.kind == "ended")) as events:
        async for event in events:
            yield event


@access(signed_in)
async def run_changes(scope: Scope) -> AsyncGenerator[RunRow]:
    """Your newest runs as they stand now, then each one again whenever it starts or ends."""
    told: dict[UUID, tuple[RunStatus, datetime | None]] = {}
    named: UUID | None = None
    async with scope.ports.bus.listen(user_topic(scope.viewer.id)) as listener:
        while True:
            for row in await _newest_runs(scope, named):
                if told.get(row.id) != (row.status, row.completed_at):
                    told[row.id] = row.status, row.completed_at
                    yield row
            message = await listener.next(QUIET_SECONDS)
            while message is not None and not message["name"].startswith("run."):
                message = await listener.next(QUIET_SECONDS)
            named = UUID(message["event"]["subject_id"]) if message else None


async def _newest_runs(scope: Scope, named: UUID | None) -> list[RunRow]:
    """The newest runs, oldest first, and the named one, which may be older."""
    async with scope.read(RunService) as service:
        rows = (await service.page(RunFilter(), PageArgs(first=20), with_total=False)).nodes
        if named is not None and named not in {row.id for row in rows}:
            with suppress(NotFoundError):
                rows.append(await service.get(named))
    return rows[::-1]
