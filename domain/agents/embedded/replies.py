"""How the embedded engine puts results into words: plain Markdown."""

from collections.abc import Callable
from typing import Any

SHOWN_AT_MOST = 15
HELP = """I am the built-in engine: I follow rules, no language model is configured. I understand:

- `show jobs above 7`, `list applied jobs`, `which of yesterday's roles fit me`, `jobs at Acme`
- `search python remote`: your kept jobs with all of these words
- `show 2`, `compare 1 and 3`, `letter for 2 in a warm tone`: numbers are those of the last list, names work too
- `prep 2`, `move 2 to applied`, `reject the Acme one`, `note 2: call on Monday`, `delete 2`: I propose, you confirm
- `search for new jobs`, `run echo {"message": "hi"}`, `status`, `pipelines`
- `stats`, `profiles`, `resume`, `time`

Each also works with a slash: `/search python remote`, `/prep 2`, `/stats`."""
HELLO = (
    "Hello. I am the built-in engine of this server: I answer by fixed rules, without a language model. "
    "Say `help` to see what I understand."
)
UNKNOWN = (
    "I did not understand that. I am the built-in engine and follow fixed rules; no language model is configured. "
    "Say `help` to see what I understand."
)
OTHER_AREA = "That belongs to the jobs agent; this conversation has the general one. Start one in the area `jobs`."
BAD_INPUT = 'The part in braces is not valid JSON. For example: `run echo {"message": "hi"}`.'
NO_RUN = "No run was started in this conversation. Say `status` with the id of a run."


def no_such_number(ref: str, count: int) -> str:
    if count == 0:
        return "There are no jobs in the list. Say `search for new jobs` to look for some."
    return f"The list that was shown has {count} jobs, so there is no number {ref}."


def no_such_job(ref: str) -> str:
    return f"None of your jobs matches “{ref}”. Say `show jobs` to see them."


def several_jobs(ref: str, jobs: list[dict[str, Any]]) -> str:
    words = ref.lower().split()
    numbered = [
        _line(number, job)
        for number, job in enumerate(jobs, start=1)
        if all(word in f"{job['title']} {job['company']}".lower() for word in words)
    ]
    return f"Several jobs match “{ref}”. Say which by its number:\n\n" + "\n".join(numbered)


def failed(result: dict[str, Any]) -> str:
    return f"That did not work: {result.get('error') or 'no reason was given'}."


def proposal(result: dict[str, Any]) -> str:
    lines = [
        f"- {change['field']}: {_value(change['before'])} → {_value(change['after'])}" for change in result["changes"]
    ]
    what = "\n".join(lines) or "- nothing would change"
    summary = result["summary"].rstrip(".")
    return f"I propose: {summary}.\n\n{what}\n\nNothing has been changed yet. Confirm or reject the proposal."


def job_list(result: dict[str, Any], day: str | None = None) -> str:
    jobs = list(enumerate(result.get("jobs", []), start=1))
    if day is not None:
        jobs = [(number, job) for number, job in jobs if str(job.get("created_at", "")).startswith(day)]
    if not jobs:
        return "No job fits that. Say `search for new jobs` to look for some, or `show jobs` to see all."
    lines = [_line(number, job) for number, job in jobs[:SHOWN_AT_MOST]]
    total = len(jobs) if day is not None else result.get("total", len(jobs))
    more = f"\n\n{total - len(lines)} more are not shown." if total > len(lines) else ""
    return f"{_count(total, 'job')}:\n\n" + "\n".join(lines) + more


def _line(number: int, job: dict[str, Any]) -> str:
    place = f", {job['location']}" if job.get("location") else ""
    return f"- **{number}** {job['title']}, {job['company']}{place}: {_score(job)}, {job['status']}"


def job(result: dict[str, Any]) -> str:
    found = result["job"]
    facts = [
        f"**{found['title']}** at {found['company']}",
        f"- place: {found.get('location') or 'not said'}",
        f"- pay: {found.get('salary_range') or 'not said'}",
        f"- fit: {_score(found)}; status: {found['status']}",
        f"- posting: {found['job_url']}",
    ]
    if found.get("reasoning"):
        facts.append(f"- why: {found['reasoning']}")
    if found.get("notes"):
        facts.append(f"- your notes: {found['notes']}")
    return "\n".join(facts)


def comparison(result: dict[str, Any]) -> str:
    lines = []
    for number, one in enumerate(result["jobs"]):
        gap = "\n" if number else ""
        lines.append(f"{gap}**{one['title']}**, {one['company']}: {_score(one)}")
        lines.append(f"- you have: {_names(one['matched_skills'])}; you lack: {_names(one['missing_skills'])}")
        lines.append(f"- asked for only here: {_names(one['only_here'])}; pay: {one['salary_range'] or 'not said'}")
        if number == result.get("best"):
            lines.append("- the best fit of these")
    return "\n".join(lines) + f"\n\nAsked for in all: {_names(result['skills_in_all'])}."


def stats(result: dict[str, Any]) -> str:
    found = result["stats"]
    counts = ", ".join(f"{count} {name}" for name, count in found["by_status"].items() if count)
    average = "no scores yet" if found["average_score"] is None else f"average score {found['average_score']}"
    total = _count(found["total_jobs"], "job")
    return f"{total}: {counts or 'none'}. {found['high_scoring_jobs']} score 7 or more; {average}."


def profiles(result: dict[str, Any]) -> str:
    if not result["profiles"]:
        return "You have no job profile yet. Create one with your résumé to search for jobs."
    lines = [
        f"- **{one['name']}**{' (default)' if one['is_default'] else ''}: résumé {one['resume_name'] or 'missing'}, "
        f"keeps scores from {one['min_score_threshold']}"
        for one in result["profiles"]
    ]
    return "\n".join(lines)


def resume(result: dict[str, Any]) -> str:
    positions = [
        f"- {one['role'] or 'Position'} at {one['employer'] or 'an employer'} "
        f"({one['started'] or '?'} to {one['ended'] or '?'})"
        for one in result["employments"]
    ]
    return "What your résumé says:\n\n" + "\n".join([*positions, f"- skills: {_names(result['skills'])}"])


def letter(result: dict[str, Any]) -> str:
    return f"A draft, made from your résumé's facts; nothing was stored:\n\n{result['letter']}"


def run(result: dict[str, Any]) -> str:
    name, status = result.get("pipeline_name", "the run"), result.get("status")
    if status in {"pending", "running", "waiting"}:
        return f"{name} is {status} as run `{result['run_id']}`. Say `status` to hear how far it is."
    if result.get("error"):
        return f"{name} failed: {result['error']}."
    return f"{name} has ended. {_outcome(result.get('output') or {})}"


def run_status(result: dict[str, Any]) -> str:
    progress = result.get("progress") or {}
    if result.get("status") in {"pending", "running", "waiting"} and progress.get("step"):
        return f"{result['pipeline_name']}: {progress['step']}, {progress['done']} of {progress['total']}."
    return run(result)


def pipelines(result: dict[str, Any]) -> str:
    return "\n".join(f"- `{one['name']}`: {one['description']}" for one in result["pipelines"])


def moved(result: dict[str, Any]) -> str:
    return f"Done: {result['message']}."


def _outcome(output: dict[str, Any]) -> str:
    plain = {name: value for name, value in output.items() if isinstance(value, str | int | float) and value != ""}
    return "; ".join(f"{name.replace('_', ' ')}: {str(value)[:200]}" for name, value in list(plain.items())[:8])


def _score(job: dict[str, Any]) -> str:
    return "not rated" if job.get("relevance_score") is None else f"{job['relevance_score']} of 10"


def _names(names: Any) -> str:
    return ", ".join(str(name) for name in list(names)[:12]) or "nothing"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else str(value)
    return f"“{text[:300]}”"


REPLIES: dict[str, Callable[[dict[str, Any]], str]] = {
    "search": job_list, "show": job, "compare": comparison, "stats": stats, "profiles": profiles, "resume": resume,
    "letter": letter, "run": run, "prep": run, "run_status": run_status, "pipelines": pipelines, "move": moved,
    "note": moved, "delete": moved, "clock": lambda result: f"{result['text']} (UTC).",
}  # fmt: skip
