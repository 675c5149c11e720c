"""What only agents ask: words to look for, jobs side by side, facts of a résumé, a letter, a pipeline's run."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from domain.agents.areas import AREAS, GENERAL, Area, find_area
from domain.agents.comparing import Comparison, compare
from domain.agents.finding import JobFinder
from domain.agents.preferences import AgentPreferenceRow, AgentPreferenceService
from domain.agents.tools import Effect, Tool
from domain.clock import utc_now
from domain.errors import NotFoundError, ValidationError
from domain.facts import ResumeFacts, read_resume
from domain.job_profile_service import JobProfileService
from domain.job_service import JobService
from domain.jobs import JobFilter, JobOrder, JobRow
from domain.letters import LetterMaterial, Tone
from domain.pipelines.inventory import PipelineInfo, list_pipelines
from domain.preparing import Prepared, prepare
from domain.resumes import ResumeService
from domain.runs import RunRow, TriggerType
from domain.scopes import Scope
from resolvers.access import access, anyone, signed_in
from resolvers.jobs import numbered_jobs
from resolvers.runs import execute_pipeline, run, run_progress

AT_MOST = 5
WAIT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class ToolInfo:
    """`may_skip_confirmation`: a person may let it run without being asked each time."""

    name: str
    description: str
    effect: Effect
    may_skip_confirmation: bool
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class JobList:
    jobs: Sequence[JobRow]
    total: int
    page: int
    page_size: int

    @property
    def has_more(self) -> bool:
        return self.page * self.page_size < self.total


@access(signed_in)
async def areas(_scope: Scope) -> list[Area]:
    """The areas that have an agent of their own."""
    return list(AREAS.values())


@access(signed_in)
async def agent_tools(scope: Scope, area: str | None = None) -> list[ToolInfo]:
    """What the agent of an area can do; of the general agent when none is named."""
    if area is not None:
        find_area(area)
    return [
        ToolInfo(
            tool.name, tool.summary, effect, effect is not Effect.READ and not tool.irreversible, tool.spec.parameters
        )
        for tool in scope.ports.tools(area).values()
        for effect in [_usual_effect(tool)]
    ]


@access(signed_in)
async def agent_preferences(scope: Scope, area: str | None = None) -> AgentPreferenceRow:
    """Which writes the agent of an area makes without asking you first: none, unless you chose some."""
    async with scope.read(AgentPreferenceService) as preferences:
        return await preferences.get(_name(area))


@access(signed_in)
async def set_agent_preferences(
    scope: Scope, unconfirmed_tools: list[str], area: str | None = None
) -> AgentPreferenceRow:
    """Choose which writes the agent of an area makes without asking; what cannot be undone always asks."""
    tools = scope.ports.tools(None if _name(area) == GENERAL else area)
    for name in unconfirmed_tools:
        tool = tools.get(name)
        if tool is None or tool.preview is None or tool.irreversible:
            known = sorted(t.name for t in tools.values() if t.preview is not None and not t.irreversible)
            message = f"expected tools that can go without confirmation ({', '.join(known)}), found '{name[:60]}'"
            raise ValidationError(message)
    async with scope.write(AgentPreferenceService) as preferences:
        return await preferences.set(_name(area), unconfirmed_tools)


@access(anyone)
async def current_datetime(_scope: Scope) -> datetime:
    """The date and time on the server, in UTC."""
    return utc_now()


@access(signed_in)
async def agent_pipelines(_scope: Scope, tag: str | None = None) -> list[PipelineInfo]:
    """The pipelines that can be run here, each with the JSON Schema of its input."""
    return list_pipelines(None, [tag] if tag else [])


@access(signed_in)
async def run_agent_pipeline(
    scope: Scope, pipeline_name: str, input_data: dict[str, Any] | None = None, tag: str | None = None
) -> RunRow:
    """Start a pipeline by its name and wait a moment for its end; a longer run goes on by itself."""
    known = {pipeline.name for pipeline in list_pipelines(None, [tag] if tag else [])}
    if pipeline_name not in known:
        message = f"expected one of the pipelines {', '.join(sorted(known))}, found '{pipeline_name[:60]}'"
        raise NotFoundError(message)
    started = await execute_pipeline(scope, pipeline_name, input_data or {}, TriggerType.AGENT)
    try:
        async with asyncio.timeout(WAIT_SECONDS), aclosing(run_progress(scope, started.id)) as events:
            async for _ in events:
                pass
    except TimeoutError:
        pass
    return await run(scope, started.id)


@access(signed_in)
async def listed_jobs(scope: Scope, where: JobFilter, order: JobOrder, page: int = 1, page_size: int = 20) -> JobList:
    """Your kept jobs, filtered and ordered, by page number; at most 50 on a page."""
    page, size = max(1, page), max(1, min(page_size, 50))
    found = await numbered_jobs(scope, where, order, page, size)
    return JobList(found.rows, found.total, page, size)


@access(signed_in)
async def search_jobs(scope: Scope, words: str, limit: int = 10) -> list[JobRow]:
    """Your kept jobs in which every one of the words is found (title, company, place or text), best score first."""
    async with scope.read(JobFinder) as finder:
        return await finder.find(words, max(1, min(limit, 50)))


@access(signed_in)
async def compare_jobs(scope: Scope, job_ids: list[UUID]) -> Comparison:
    """Two to five of your jobs side by side: scores, pay, places, and which skills each asks for."""
    ids = list(dict.fromkeys(job_ids))
    if not 2 <= len(ids) <= AT_MOST:  # noqa: PLR2004 - a comparison needs two
        message = f"expected two to {AT_MOST} different jobs, found {len(ids)}"
        raise ValidationError(message)
    async with scope.read(JobService) as jobs:
        rows = [await jobs.get(id) for id in ids]
        texts = await jobs.texts(ids)
    return compare([(row, texts[row.id]) for row in rows])


@access(signed_in)
async def resume_facts(scope: Scope, resume_id: UUID | None = None) -> ResumeFacts:
    """What a résumé says, in its own words: positions, education, skills; of the primary one when none is named."""
    text = await _resume_text(scope, resume_id)
    return await scope.ports.cpu.run(read_resume, text)


@access(signed_in)
async def draft_letter(scope: Scope, job_id: UUID, tone: Tone = Tone.PROFESSIONAL) -> Prepared:
    """A cover letter for a job and notes to prepare with, made from your résumé's facts; nothing is stored."""
    async with scope.read(JobService) as jobs:
        job = await jobs.get(job_id)
        texts = (await jobs.texts([job_id]))[job_id]
        profile = await JobProfileService.of(jobs).get_default()
    text = await _resume_text(scope, profile.resume_id if profile else None)
    material = LetterMaterial(resume=text, title=job.title, company=job.company, description=texts.description)
    return await scope.ports.cpu.run(prepare, material, tone)


async def _resume_text(scope: Scope, id: UUID | None) -> str:
    async with scope.read(ResumeService) as resumes:
        if id is None:
            listed = await resumes.list_for_user()
            id = next((row.id for row in listed if row.has_text), None)
        text = None if id is None else await resumes.get_text_content(id)
    if not text:
        message = "this needs a résumé with readable text: upload one first"
        raise ValidationError(message)
    return text


def _name(area: str | None) -> str:
    return GENERAL if area in {None, GENERAL} else find_area(str(area)).name


def _usual_effect(tool: Tool) -> Effect:
    if tool.preview is None:
        return Effect.READ
    return Effect.IRREVERSIBLE if tool.irreversible else Effect.WRITE
