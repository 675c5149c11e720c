"""The agents' tools: which resolver each is, how its arguments and answer look to a model (contract.md section 9)."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from domain.agents.areas import area_of
from domain.agents.tools import Effect, Shape, Tool, tool_of
from resolvers import agents, job_profiles, jobs, runs
from resolvers import previews as preview
from resolvers import tool_answers as answer
from resolvers.access import rule_of

UNDOABLE_PIPELINES = frozenset({"echo", "job_search", "job_prep"})
"""Whatever else a pipeline does may reach the outside world, so that it is asked for each time."""


@cache
def tools_of(area: str | None) -> Mapping[str, Tool]:
    """The tools of an area's agent; those of the general agent for None."""
    tag = area_of(area).pipeline_tag
    made = (*_general(tag), *((*_jobs(), *_profiles()) if area == "jobs" else ()))
    return {tool.name: tool for tool in made}


def _tool(name: str, resolver: Callable[..., Any], shown: Callable[[Any], dict[str, Any]], **options: Any) -> Tool:
    rule_of(resolver)
    return tool_of(name, resolver, shown, **options)


def _effect_of_run(given: Any) -> Effect:
    return Effect.WRITE if given.pipeline_name in UNDOABLE_PIPELINES else Effect.IRREVERSIBLE


def _general(tag: str | None) -> tuple[Tool, ...]:
    fixed = Shape(fixed={"tag": tag})
    return (
        _tool("current_datetime", agents.current_datetime, answer.clock),
        _tool("list_available_pipelines", agents.agent_pipelines, answer.pipelines, shape=fixed),
        _tool(
            "run_pipeline", agents.run_agent_pipeline, answer.pipeline_run,
            shape=fixed, effect=_effect_of_run, preview=preview.of_run, untrusted=True,
        ),
        _tool("read_run", runs.run, answer.read_run, shape=Shape(names={"id": "run_id"}), untrusted=True),
    )  # fmt: skip


def _jobs() -> tuple[Tool, ...]:
    listing = Shape(
        names={"by": "sort_by", "direction": "sort_order"},
        only=("status", "source", "min_score", "max_score", "search", "by", "direction"),
    )
    job = Shape(names={"id": "job_id"})
    return (
        _tool("jobs_list_jobs", agents.listed_jobs, answer.job_page, shape=listing, untrusted=True),
        _tool("jobs_search_jobs", agents.search_jobs, answer.found_jobs, untrusted=True),
        _tool("jobs_get_job", preview.known_job, answer.known_job, shape=job, untrusted=True),
        _tool("jobs_compare_jobs", agents.compare_jobs, answer.comparison, untrusted=True),
        _tool("jobs_get_job_stats", jobs.job_stats, answer.stats),
        _tool(
            "jobs_update_job_status", jobs.update_job, answer.moved_job,
            shape=Shape(names={"id": "job_id"}, only=("status", "notes"), required=("status",)),
            effect=Effect.WRITE, preview=preview.of_job_changes, untrusted=True,
            summary="Move a job to another status, with a note if there is one to keep.",
        ),
        _tool(
            "jobs_update_job_notes", jobs.update_job, answer.moved_job,
            shape=Shape(names={"id": "job_id"}, only=("notes",), required=("notes",)),
            effect=Effect.WRITE, preview=preview.of_job_changes, untrusted=True,
            summary="Write a job's notes; what was noted before is replaced.",
        ),
        _tool(
            "jobs_delete_job", jobs.delete_job, answer.deleted_job,
            shape=job, effect=Effect.IRREVERSIBLE, preview=preview.of_deletion, untrusted=True,
        ),
    )  # fmt: skip


def _profiles() -> tuple[Tool, ...]:
    profile = Shape(names={"id": "profile_id"})
    return (
        _tool("profiles_list_profiles", job_profiles.job_profiles, answer.profiles),
        _tool("profiles_get_profile", job_profiles.job_profile, answer.profile, shape=profile),
        _tool("profiles_get_default_profile", job_profiles.default_job_profile, answer.profile),
        _tool(
            "profiles_create_profile", job_profiles.create_job_profile, answer.made_profile,
            shape=Shape(
                only=("name", "target_roles", "target_locations", "min_score_threshold", "is_default", "preferences")
            ),
            effect=Effect.WRITE, preview=preview.of_new_profile,
        ),
        _tool("resumes_get_facts", agents.resume_facts, asdict, untrusted=True),
        _tool("letters_draft_letter", agents.draft_letter, answer.letter, untrusted=True),
    )  # fmt: skip
