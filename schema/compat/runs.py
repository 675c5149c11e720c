"""Pipelines and their runs in REST (contract.md section 13)."""

import json
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, field_validator

from domain.inputs import Moment
from domain.pages import Numbered
from domain.pipelines.inventory import PipelineInfo
from domain.pipelines.profile_choice import ProfileRequiredError
from domain.runs import RunFilter, RunRow, RunStatus, TriggerType
from resolvers import runs as resolve
from schema.compat.rows import NOT_FOUND, NOT_FOUND_SENTENCE, ErrorShape, Row, Sent
from schema.compat.wire import PageSizeQuery, Query, Wire, ZuluTime, with_more


class PipelineAnswer(Wire):
    name: str
    description: str
    input_schema: dict[str, Any] = Field(description="JSON Schema.")
    output_schema: dict[str, Any] = Field(description="JSON Schema.")
    tags: list[str]
    area: str | None


class PipelineList(Wire):
    pipelines: list[PipelineAnswer]
    total: int


class ExecuteBody(BaseModel):
    input: dict[str, Any]


class MachineBody(BaseModel):
    """`metadata` is kept with the run and comes back with its answer."""

    input: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)


class ExecuteQuery(Query):
    manual: bool = Field(default=False, description="Mark the run as started by hand.")


class ExecuteAnswer(Wire):
    """`error` of a run that lacks a profile is JSON with `error_type`, `message` and `available_profiles`."""

    success: bool
    output: dict[str, Any] | None
    error: str | None
    metadata: dict[str, Any]


class RunAnswer(Wire):
    """A run that waits for its person is shown as running: the documented statuses have no other word."""

    id: UUID
    pipeline_name: str
    status: Literal["pending", "running", "success", "error", "cancelled"]
    trigger_type: TriggerType
    user_id: UUID | None
    input_data: dict[str, Any] = Field(validation_alias="input")
    output_data: dict[str, Any] | None = Field(validation_alias="output")
    error_message: str | None
    run_metadata: dict[str, Any] = Field(validation_alias="metadata")
    started_at: ZuluTime | None
    completed_at: ZuluTime | None
    duration_ms: int | None
    created_at: ZuluTime

    @field_validator("status", mode="before")
    @classmethod
    def _documented(cls, status: RunStatus) -> str:
        return RunStatus.RUNNING.value if status is RunStatus.WAITING else status.value


class RunPage(Wire):
    runs: list[RunAnswer]
    total: int
    page: int
    page_size: int
    has_more: bool


class RunStatsAnswer(Wire):
    total: int
    success: int
    errors: int
    success_rate: float = Field(description="In percent.")
    avg_duration_ms: float | None


class PipelinesQuery(Query):
    area: str | None = Field(default=None, max_length=64)
    tags: str | None = Field(default=None, max_length=500, description="Separated by commas; all must match.")


class RunsOfQuery(PageSizeQuery):
    status: Literal["pending", "running", "success", "error", "cancelled"] | None = None
    trigger_type: TriggerType | None = None
    started_after: Moment | None = None
    started_before: Moment | None = None
    success_only: bool = False
    error_only: bool = False
    my_runs_only: bool = False


class RunsQuery(RunsOfQuery):
    pipeline_name: str | None = Field(default=None, max_length=64)


class StatsQuery(Query):
    pipeline_name: str | None = Field(default=None, max_length=64)
    since_hours: int = Field(default=24, ge=1, le=720)


def _tags(sent: Sent) -> dict[str, Any]:
    tags = (sent.query.tags or "").split(",")
    return {"area": sent.query.area, "tags": [tag.strip() for tag in tags if tag.strip()]}


def _listed(found: list[PipelineInfo], _sent: Sent) -> dict[str, Any]:
    return {"pipelines": found, "total": len(found)}


def _execution(sent: Sent) -> dict[str, Any]:
    trigger = TriggerType.MANUAL if sent.query.manual else TriggerType.API
    return {"name": sent.path["name"], "input": sent.body.input, "trigger": trigger}


def _filtered(sent: Sent) -> dict[str, Any]:
    query: RunsOfQuery = sent.query
    where = RunFilter(
        pipeline_name=sent.path.get("name", getattr(query, "pipeline_name", None)),
        status=_statuses(query),
        trigger_type=query.trigger_type,
        started_after=query.started_after,
        started_before=query.started_before,
        mine=query.my_runs_only,
    )
    return {"where": where, "page": query.page, "page_size": query.page_size}


def _statuses(query: RunsOfQuery) -> list[RunStatus] | None:
    """The statuses that every one of the three filters allows; None when none of them is set."""
    allowed = set(RunStatus)
    if query.status is not None:
        allowed &= {RunStatus(query.status), *([RunStatus.WAITING] if query.status == "running" else [])}
    if query.success_only:
        allowed &= {RunStatus.SUCCESS}
    if query.error_only:
        allowed &= {RunStatus.ERROR}
    return None if allowed == set(RunStatus) else sorted(allowed)


def _page(found: Numbered[RunRow], sent: Sent) -> dict[str, Any]:
    return with_more("runs", found, sent)


def _outcome(executed: resolve.Executed, _sent: Sent) -> dict[str, Any]:
    run = executed.run
    if run is None:
        refused = executed.refused
        return {"success": False, "output": None, "error": refused and refused.message, "metadata": {}}
    outcome: dict[str, Any] = {
        "success": run.status is RunStatus.SUCCESS,
        "output": run.output,
        "error": None,
        "metadata": run.metadata,
    }
    if run.error_code == ProfileRequiredError.code:
        outcome |= {"error": json.dumps(run.error_details), "metadata": {"error_type": "profile_required"}}
    elif run.status is RunStatus.ERROR:
        outcome["error"] = run.error_message
    elif run.status is RunStatus.CANCELLED:
        outcome["error"] = "The run was cancelled"
    elif run.status is RunStatus.WAITING:
        outcome["error"] = f"The run waits for you at '{run.step}': look at it as run {run.id}"
        outcome["metadata"] = {**run.metadata, "run_id": str(run.id), "status": run.status.value}
    return outcome


RUNS = "/pipelines/runs"
ROWS = (
    Row(
        "GET", "/pipelines", resolve.pipelines, PipelineList,
        query=PipelinesQuery, arguments=_tags, shape=_listed, tag="pipelines",
    ),
    Row("GET", "/pipelines/{name}", resolve.pipeline, PipelineAnswer, errors=NOT_FOUND_SENTENCE, tag="pipelines"),
    Row(
        "POST", "/pipelines/{name}/execute", resolve.execute_and_wait, ExecuteAnswer,
        body=ExecuteBody, query=ExecuteQuery, arguments=_execution, shape=_outcome, waits=True, tag="pipelines",
    ),
    Row(
        "POST", "/pipelines/webhook/{name}", resolve.execute_for_machine, ExecuteAnswer,
        body=MachineBody, shape=_outcome, errors={401: ErrorShape.ENVELOPE, 403: ErrorShape.ENVELOPE}, waits=True,
        tag="pipelines",
    ),
    Row(
        "GET", RUNS, resolve.numbered_runs, RunPage,
        also=("/pipeline-runs",), query=RunsQuery, arguments=_filtered, shape=_page, tag="runs",
    ),
    Row(
        "GET", f"{RUNS}/stats", resolve.run_stats, RunStatsAnswer,
        also=("/pipeline-runs/stats",), query=StatsQuery, tag="runs",
    ),
    Row(
        "GET", f"{RUNS}/{{run_id}}", resolve.run, RunAnswer,
        also=("/pipeline-runs/{run_id}",), errors=NOT_FOUND, tag="runs",
    ),
    Row(
        "GET", "/pipelines/{name}/runs", resolve.numbered_runs, RunPage,
        query=RunsOfQuery, arguments=_filtered, shape=_page, tag="runs",
    ),
)  # fmt: skip
