"""Pipelines and runs through the door that every face uses."""

import asyncio
from uuid import uuid4

import pytest

from domain.errors import AuthenticationError, NotFoundError, ValidationError
from domain.pages import PageArgs
from domain.runs import RunFilter, RunStatus, TriggerType
from domain.scopes import Scope
from resolvers.runs import (
    cancel_run,
    execute_and_wait,
    execute_pipeline,
    numbered_runs,
    pipeline,
    pipelines,
    retry_run,
    run,
    run_changes,
    run_progress,
    run_stats,
    runs,
)


@pytest.fixture
def works() -> bool:
    return False


async def test_pipelines_are_public_and_described(stranger: Scope) -> None:
    names = {info.name for info in await pipelines(stranger)}
    assert {"echo", "job_search", "job_prep"} <= names
    assert await pipelines(stranger, area="no such area") == []
    assert [info.name for info in await pipelines(stranger, tags=["utility", "testing"])] == ["echo"]
    echo = await pipeline(stranger, "echo")
    assert (echo.area, echo.steps) == (None, ["Answering"])
    assert echo.input_schema["required"] == ["message"]
    assert set(echo.output_schema["properties"]) == {"echo", "length", "source"}
    with pytest.raises(NotFoundError, match="Pipeline 'x' not found"):
        await pipeline(stranger, "x")


async def test_no_run_is_made_of_an_unknown_pipeline_or_a_wrong_input(ada: Scope) -> None:
    with pytest.raises(NotFoundError):
        await execute_pipeline(ada, "x", {})
    for wrong in ({}, {"message": None}, {"message": 5}, {"message": "x" * 10_001}, {"message": "\x00"}):
        with pytest.raises(ValidationError) as refused:
            await execute_pipeline(ada, "echo", wrong)
        assert refused.value.message.startswith("input.message: ")
        assert refused.value.details["errors"][0]["path"] == ["input", "message"]
    refused = await execute_and_wait(ada, "echo", {})
    assert (refused.run, type(refused.refused)) == (None, ValidationError)
    assert (await runs(ada, PageArgs(), with_total=True)).total_count == 0


async def test_only_known_and_given_fields_are_kept(ada: Scope) -> None:
    asked = await execute_pipeline(ada, "echo", {"message": " é ", "unknown": 1}, TriggerType.MANUAL)
    assert (asked.input, asked.trigger_type) == ({"message": "é"}, TriggerType.MANUAL)
    assert (await execute_pipeline(ada, "echo", {"message": "é"})).id == asked.id


async def test_strangers_and_others_get_nothing_and_change_nothing(ada: Scope, bob: Scope, stranger: Scope) -> None:
    asked = await execute_pipeline(ada, "echo", {"message": "a"})
    for scope, refusal in ((bob, NotFoundError), (stranger, AuthenticationError)):
        for act in (
            run(scope, asked.id),
            cancel_run(scope, asked.id),
            retry_run(scope, asked.id),
            anext(run_progress(scope, asked.id)),
            run(scope, uuid4()),
        ):
            with pytest.raises(refusal):
                await act
    for act in (
        execute_pipeline(stranger, "echo", {"message": "a"}),
        runs(stranger, PageArgs()),
        numbered_runs(stranger, RunFilter()),
        run_stats(stranger),
        anext(run_changes(stranger)),
    ):
        with pytest.raises(AuthenticationError):
            await act
    assert (await numbered_runs(bob, RunFilter())).total == 0
    assert await run(ada, asked.id) == asked


async def test_whoever_waits_is_answered_when_the_run_ends(ada: Scope) -> None:
    waiting = asyncio.create_task(execute_and_wait(ada, "echo", {"message": "a"}))
    async with asyncio.timeout(5):
        while not (found := (await runs(ada, PageArgs())).nodes):
            await asyncio.sleep(0.02)
    assert not waiting.done()
    await cancel_run(ada, found[0].id)
    assert (await waiting).run.status is RunStatus.CANCELLED


async def test_whoever_stops_waiting_stops_nothing(ada: Scope) -> None:
    waiting = asyncio.create_task(execute_and_wait(ada, "echo", {"message": "a"}))
    await asyncio.sleep(0.3)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    (found,) = (await runs(ada, PageArgs())).nodes
    assert found.status is RunStatus.PENDING
