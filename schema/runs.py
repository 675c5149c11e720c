"""Pipelines and runs in GraphQL."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from domain.letters import Tone
from domain.pipelines.job_prep import JobPrepInput
from domain.pipelines.job_search import JobSearchInput, Scraper
from domain.runs import RunEventKind, RunFilter, RunRow, RunStatus, TriggerType
from resolvers import runs as resolve
from schema.connections import Connection
from schema.doors import field, subscription
from schema.inputs import enum_of, input_of
from schema.nodes import Node

enum_of(RunStatus, "How far a run is; SUCCESS, ERROR and CANCELLED are ends.")
enum_of(TriggerType, "What started a run.")
enum_of(RunEventKind, "What happened in a run.")
enum_of(Tone, "How a letter sounds.")
enum_of(Scraper, "Where a search looks: the profile's sources, or invented test listings.")


@strawberry.type(description="Work that can be started by its name.")
class Pipeline:
    name: str
    description: str
    area: str | None
    tags: list[str]
    steps: list[str] = strawberry.field(description="What it does, in order.")
    input_schema: JSON = strawberry.field(description="JSON Schema of the input.")
    output_schema: JSON = strawberry.field(description="JSON Schema of the output.")


@strawberry.type(description="One execution of a pipeline.")
class Run(Node):
    row = RunRow

    pipeline_name: str
    status: RunStatus
    trigger_type: TriggerType
    input: JSON = strawberry.field(name="input")
    output: JSON | None = strawberry.field(description="What came of it; null until it succeeds.")
    error_code: str | None
    error_message: str | None
    error_details: JSON | None
    metadata: JSON = strawberry.field(description="Beside the output: terms, places, who waits for what.")
    step: str | None = strawberry.field(description="The step it is in, or was in last.")
    done: int = strawberry.field(description="How many of `total` the step has done.")
    total: int
    event_seq: int = strawberry.field(
        description="The number of its newest event: where `runProgress(after:)` goes on."
    )
    started_at: datetime | None
    completed_at: datetime | None
    duration_ms: int | None = strawberry.field(description="From the first start to the end, in milliseconds.")
    created_at: datetime


@strawberry.type(description="One thing that happened in a run; numbered from 1 without gaps.")
class RunEvent:
    run_id: strawberry.ID
    seq: int
    kind: RunEventKind
    status: RunStatus
    step: str | None
    done: int
    total: int
    message: str | None
    created_at: datetime


@strawberry.type(description="How the runs of a time went.")
class RunStats:
    total: int
    success: int
    errors: int
    success_rate: float = strawberry.field(description="In percent.")
    avg_duration_ms: float | None


@input_of(RunFilter)
class RunFilterInput: ...


@input_of(JobSearchInput)
class JobSearchOptions: ...


@input_of(JobPrepInput)
class JobPrepOptions: ...


@strawberry.type
class RunQueries:
    pipelines = field(resolve.pipelines, list[Pipeline])
    pipeline = field(resolve.pipeline, Pipeline)
    runs = field(resolve.runs, Connection[Run])
    run = field(resolve.run, Run)
    run_stats = field(resolve.run_stats, RunStats)


@strawberry.type
class RunMutations:
    execute_pipeline = field(resolve.execute_pipeline, Run)
    search_jobs = field(resolve.search_jobs, Run)
    rescore_jobs = field(resolve.rescore_jobs, Run)
    prepare_job = field(resolve.prepare_job, Run)
    cancel_run = field(resolve.cancel_run, Run)
    retry_run = field(resolve.retry_run, Run)


@strawberry.type
class RunSubscriptions:
    run_progress = subscription(resolve.run_progress, RunEvent)
    runs = subscription(resolve.run_changes, Run)
