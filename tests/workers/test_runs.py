"""Runs end, once, whatever happens to who works on them."""

from domain.runs import RunEventKind, RunStatus
from domain.scopes import Scope
from resolvers.runs import execute_pipeline, run, run_progress


async def finished(scope: Scope, run_id: object) -> list[object]:
    return [event async for event in run_progress(scope, run_id)]


async def test_a_run_is_executed_and_tells_its_story_without_gaps(ada: Scope) -> None:
    requested = await execute_pipeline(ada, "echo", {"message": "hello", "uppercase": True})
    assert requested.status is RunStatus.PENDING
    story = await finished(ada, requested.id)
    assert [event.seq for event in story] == list(range(1, len(story) + 1))
    assert story[0].kind is RunEventKind.REQUESTED
    assert story[-1].kind is RunEventKind.ENDED
    ended = await run(ada, requested.id)
    assert ended.status is RunStatus.SUCCESS
    assert ended.output == {"echo": "HELLO", "length": 5, "source": "echo"}
    assert ended.duration_ms is not None
