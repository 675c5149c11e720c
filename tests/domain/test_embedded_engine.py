"""The embedded engine understands what docs/agents.md says it does, and says plainly what it is."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from domain.agents.embedded.engine import respond
from domain.agents.embedded.grammar import parse
from domain.language import Called, Entry, Question, Returned, Said, Speaker, ToolRequest, ToolSpec

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
TOOLS = tuple(
    ToolSpec(name, "", {})
    for name in (
        "jobs_list_jobs", "jobs_search_jobs", "jobs_get_job", "jobs_update_job_status", "run_pipeline",
        "jobs_get_job_stats", "read_run",
    )
)  # fmt: skip


def job(number: int, company: str = "Acme", day: str = "2026-05-06") -> dict[str, Any]:
    return {
        "id": f"id-{number}", "title": f"Baker {number}", "company": company, "location": None,
        "relevance_score": 8.0, "status": "new", "job_url": "https://example.com", "created_at": f"{day}T08:00:00Z",
    }  # fmt: skip


def answered(tool: str, **result: Any) -> tuple[Entry, Entry]:
    call = ToolRequest("c", tool, "{}")
    return Called("", (call,)), Returned("c", tool, orjson.dumps({"success": True, **result}).decode(), untrusted=True)


def ask(text: str, *before: Entry, after: tuple[Entry, ...] = (), tools: tuple[ToolSpec, ...] = TOOLS) -> Any:
    entries = (*before, Said(Speaker.USER, text), *after)
    return respond(Question("chat", "", entries, NOW, tools))


SHOWN = answered("jobs_list_jobs", jobs=[job(1), job(2, "Crumb"), job(3, "Crumb")], total=3)


@pytest.mark.parametrize(
    ("text", "kind", "refs", "arguments"),
    [
        ("/search python remote", "search", (), {"words": "python remote"}),
        ("find python jobs", "search", (), {"words": "python"}),
        ("show jobs above 7", "list", (), {"min_score": 7.0, "sort_by": "relevance_score"}),
        ("list applied jobs", "list", (), {"status": ["applied"]}),
        ("jobs at Acme", "list", (), {"search": "acme"}),
        ("prep 2", "prep", ("2",), {}),
        ("prep the Acme one in a warmer tone", "prep", ("Acme",), {"tone": "conversational"}),
        ("/prep #2 enthusiastic", "prep", ("2",), {"tone": "enthusiastic"}),
        ("compare 1 and 3", "compare", ("1", "3"), {}),
        ("move 2 to applied", "move", ("2",), {"status": "applied"}),
        ("reject the Acme one", "move", ("Acme",), {"status": "rejected"}),
        ("note 2: call on Monday", "note", ("2",), {"notes": "call on Monday"}),
        ("delete 2", "delete", ("2",), {}),
        ("letter for 2 in a warm tone", "letter", ("2",), {"tone": "conversational"}),
        ("search for new jobs", "run", (), {"pipeline_name": "job_search", "input_data": {}}),
        ('run echo {"message": "hi"}', "run", (), {"pipeline_name": "echo", "input_data": {"message": "hi"}}),
        ("stats", "stats", (), {}),
        ("profiles", "profiles", (), {}),
        ("resume", "resume", (), {}),
        ("pipelines", "pipelines", (), {}),
        ("time", "clock", (), {}),
        ("help", "help", (), {}),
        ("What is the meaning of life?", "unknown", (), {}),
        ("/fly", "unknown", (), {}),
        ("", "unknown", (), {}),
        ("x" * 100_000, "unknown", (), {}),
        ("run echo {broken}", "bad_input", (), {"text": "{broken}"}),
    ],
)
def test_a_documented_request_is_understood(text: str, kind: str, refs: tuple[str, ...], arguments: Any) -> None:
    found = parse(text)
    assert (found.kind, found.refs, found.arguments) == (kind, refs, arguments)


def test_it_says_what_it_is() -> None:
    for text in ("hello", "help", "write me a poem"):
        assert "built-in engine" in ask(text).text
        assert "language model" in ask(text).text


def test_the_same_question_gets_the_same_answer() -> None:
    assert ask("prep 2", *SHOWN) == ask("prep 2", *SHOWN)


def test_a_number_is_that_of_the_last_list() -> None:
    call = ask("move 2 to applied", *SHOWN).call
    assert call.name == "jobs_update_job_status"
    assert orjson.loads(call.arguments) == {"job_id": "id-2", "status": "applied"}


def test_a_number_without_a_list_lists_first() -> None:
    assert ask("show 2").call.name == "jobs_list_jobs"
    assert orjson.loads(ask("show 2", after=SHOWN).call.arguments) == {"job_id": "id-2"}


def test_a_number_that_is_not_there_is_told() -> None:
    assert "3 jobs" in ask("show 9", *SHOWN).text


def test_a_name_that_several_jobs_have_asks_which() -> None:
    text = ask("reject the crumb one", *SHOWN).text
    assert "**2**" in text
    assert "**3**" in text
    assert "**1**" not in text


def test_a_name_that_was_not_shown_is_searched_for() -> None:
    call = ask("reject the Northwind one", *SHOWN).call
    assert (call.name, orjson.loads(call.arguments)["words"]) == ("jobs_search_jobs", "Northwind")
    nothing = answered("jobs_search_jobs", jobs=[], total=0)
    assert "matches" in ask("reject the Northwind one", after=nothing).text


def test_a_day_narrows_the_list_and_keeps_its_numbers() -> None:
    jobs = [job(1), job(2, day="2026-05-05"), job(3)]
    text = ask("which of yesterday's roles fit me", after=answered("jobs_list_jobs", jobs=jobs, total=3)).text
    assert "**2** Baker 2" in text
    assert "Baker 1" not in text


def test_a_proposal_is_told_as_one() -> None:
    result = {
        "success": False, "needs_confirmation": True, "summary": "Move it",
        "changes": [{"field": "status", "before": "new", "after": "applied"}],
    }  # fmt: skip
    text = ask("move 2 to applied", *SHOWN, after=answered("jobs_update_job_status", **result)).text
    assert "“new” → “applied”" in text
    assert "Nothing has been changed yet" in text


def test_a_failure_is_told_as_one() -> None:
    after = answered("jobs_get_job", success=False, error="no job with that id is yours")
    assert "no job with that id is yours" in ask("show 2", *SHOWN, after=after).text


def test_what_belongs_to_another_area_is_said() -> None:
    assert "jobs agent" in ask("stats", tools=(ToolSpec("current_datetime", "", {}),)).text
