"""The embedded engine's mind: from what was said and what its tools answered to the next call or the reply."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson

from domain.agents.embedded import replies
from domain.agents.embedded.grammar import Intent, parse
from domain.language import Entry, Question, Returned, Said, Speaker, ToolRequest

LISTS = frozenset({"jobs_list_jobs", "jobs_search_jobs"})
TOOLS = {
    "stats": "jobs_get_job_stats", "clock": "current_datetime", "profiles": "profiles_list_profiles",
    "resume": "resumes_get_facts", "pipelines": "list_available_pipelines", "run": "run_pipeline",
    "run_status": "read_run", "list": "jobs_list_jobs", "search": "jobs_search_jobs", "show": "jobs_get_job",
    "compare": "jobs_compare_jobs", "prep": "run_pipeline", "letter": "letters_draft_letter",
    "move": "jobs_update_job_status", "note": "jobs_update_job_notes", "delete": "jobs_delete_job",
}  # fmt: skip
WORDLESS = {"help": replies.HELP, "hello": replies.HELLO, "unknown": replies.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Next:
    """Either a call or, where that is None, the text that ends the answer."""

    text: str
    call: ToolRequest | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """`before` is what the tools answered in earlier exchanges, `now` in this one."""

    said: str
    before: list[Returned]
    now: list[Returned]


class UnclearError(Exception):
    """A job cannot be told from what was said; the message is the reply."""


def respond(question: Question) -> Next:
    talk = _talk(question.entries)
    intent = parse(talk.said)
    if intent.kind in WORDLESS:
        return Next(WORDLESS[intent.kind])
    if intent.kind == "bad_input":
        return Next(replies.BAD_INPUT)
    tool = TOOLS[intent.kind]
    if question.tools and tool not in {spec.name for spec in question.tools}:
        return Next(replies.OTHER_AREA)
    answered = next((one for one in talk.now if one.tool_name == tool and _is_last(one, talk.now, intent)), None)
    if answered is not None:
        return Next(_reply(intent, _read(answered), question))
    try:
        return _next_call(intent, tool, talk, len(question.entries))
    except UnclearError as unclear:
        return Next(str(unclear))


def _talk(entries: tuple[Entry, ...]) -> Talk:
    last = max(
        (n for n, entry in enumerate(entries) if isinstance(entry, Said) and entry.speaker is Speaker.USER), default=-1
    )
    said = entries[last].text if last >= 0 else ""  # type: ignore[union-attr]
    before = [entry for entry in entries[: max(last, 0)] if isinstance(entry, Returned)]
    now = [entry for entry in entries[last + 1 :] if isinstance(entry, Returned)]
    return Talk(said, before, now)


def _is_last(one: Returned, now: list[Returned], intent: Intent) -> bool:
    """A list that was only read to find a job in it is not the answer."""
    return one is now[-1] and not (intent.refs and intent.kind in {"list", "search"})


def _next_call(intent: Intent, tool: str, talk: Talk, number: int) -> Next:
    arguments = {name: value for name, value in intent.arguments.items() if name != "day"}
    if intent.kind == "list":
        arguments.setdefault("page_size", 50)
    elif intent.kind == "run_status":
        arguments["run_id"] = intent.refs[0] or _last_run(talk)
    elif intent.refs:
        ids = []
        for ref in intent.refs:
            found = _find(ref, talk)
            if isinstance(found, Lookup):
                return Next("", _request(number, found.tool, found.arguments))
            ids.append(found)
        arguments = _about_jobs(intent, ids, arguments)
    return Next("", _request(number, tool, arguments))


def _about_jobs(intent: Intent, ids: list[str], arguments: dict[str, Any]) -> dict[str, Any]:
    if intent.kind == "compare":
        return {"job_ids": ids}
    if intent.kind == "prep":
        return {"pipeline_name": "job_prep", "input_data": {"job_id": ids[0], **arguments}}
    return {"job_id": ids[0], **arguments}


@dataclass(frozen=True, slots=True)
class Lookup:
    tool: str
    arguments: dict[str, Any]


def _find(ref: str, talk: Talk) -> str | Lookup:
    """A job's id, or the call that has to be made to find it. Raises UnclearError."""
    shown = _shown(talk)
    if ref.isdigit():
        if shown is None:
            return Lookup("jobs_list_jobs", {"page_size": 50})
        if not 1 <= int(ref) <= len(shown):
            raise UnclearError(replies.no_such_number(ref, len(shown)))
        return str(shown[int(ref) - 1]["id"])
    matching = _matching(ref, shown or [])
    if not matching and not any(one.tool_name == "jobs_search_jobs" for one in talk.now):
        return Lookup("jobs_search_jobs", {"words": ref, "limit": 10})
    if not matching:
        raise UnclearError(replies.no_such_job(ref))
    if len(matching) > 1:
        raise UnclearError(replies.several_jobs(ref, shown or []))
    return str(matching[0]["id"])


def _shown(talk: Talk) -> list[dict[str, Any]] | None:
    """The jobs of the list that was read last."""
    for one in reversed([*talk.before, *talk.now]):
        if one.tool_name in LISTS:
            jobs = _read(one).get("jobs")
            if isinstance(jobs, list):
                return jobs
    return None


def _matching(ref: str, jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    words = ref.lower().split()
    return [job for job in jobs if all(word in f"{job['title']} {job['company']}".lower() for word in words)]


def _last_run(talk: Talk) -> str:
    for one in reversed(talk.before):
        run_id = _read(one).get("run_id")
        if run_id:
            return str(run_id)
    raise UnclearError(replies.NO_RUN)


def _request(number: int, tool: str, arguments: dict[str, Any]) -> ToolRequest:
    return ToolRequest(f"call_{number}", tool, orjson.dumps(arguments).decode())


def _read(returned: Returned) -> dict[str, Any]:
    try:
        found = orjson.loads(returned.content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _reply(intent: Intent, result: dict[str, Any], question: Question) -> str:
    if result.get("needs_confirmation"):
        return replies.proposal(result)
    if not result.get("success", True) and intent.kind not in {"run", "prep"}:
        return replies.failed(result)
    if intent.kind == "list":
        return replies.job_list(result, _day(intent, question))
    render: Callable[[dict[str, Any]], str] = replies.REPLIES[intent.kind]
    return render(result)


def _day(intent: Intent, question: Question) -> str | None:
    """The ISO date that a request names by a word."""
    days = {"today": 0, "yesterday": 1}
    named = intent.arguments.get("day")
    return None if named is None else (question.now - timedelta(days=days[named])).date().isoformat()
