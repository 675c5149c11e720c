"""The life of a posting: closed by two complete readings or a 404 by its id, and by nothing else; opened again."""

import importlib.util
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from domain.job_profiles import JobProfileDraft, SourceChoice
from domain.jobs import JobFilter, JobOrder
from domain.pages import PageArgs
from domain.posting_lives import PostingLife, PostingState, reposts
from domain.postings import Posting, PostingService
from domain.resumes import ResumeLabel
from domain.runs import RunRow, RunStatus
from domain.scopes import Scope
from domain.uploads import Upload
from domain.viewers import Viewer
from infra.settings import Settings
from resolvers.job_profiles import create_job_profile
from resolvers.jobs import jobs, posting_lives
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, run, run_progress
from schema.context import Context
from schema.schema import build_schema

PAYLOADS = Path(__file__).parents[1] / "boards" / "payloads.py"
RESUME = "Ada Lovelace\nada@example.com\n\nSkills: Go, SQL, Python\n\nEngineer, North Pier, 2019 - 2024\n- Built Go services\n"
JOBS = "/v1/boards/north-pier/jobs"


@pytest.fixture
def settings(settings: Settings, receiver: Any) -> Settings:
    addresses = (f"greenhouse={receiver.url}",)
    return settings.model_copy(update={"SOURCE_ADDRESSES": addresses, "EGRESS_ALLOW": (receiver.host,)})


@pytest.fixture
def board(receiver: Any) -> Any:
    """Serves the postings with these numbers."""
    name = "tests_boards_payloads"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, PAYLOADS)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    payloads = sys.modules[name]
    return lambda *numbers: payloads.serve(receiver, "greenhouse", [payloads.row("greenhouse", n) for n in numbers])


async def followed(scope: Scope, pipeline: str, **input: Any) -> RunRow:
    requested = await execute_pipeline(scope, pipeline, input)
    async for _ in run_progress(scope, requested.id):
        pass
    ended = await run(scope, requested.id)
    assert ended.status is RunStatus.SUCCESS, ended
    return ended


async def with_profile(scope: Scope) -> None:
    uploaded = await upload_resume(scope, Upload("cv.txt", "text/plain", RESUME.encode()), ResumeLabel(name="cv"))
    boards = [SourceChoice(source="greenhouse", board="north-pier")]
    await create_job_profile(scope, JobProfileDraft(resume_id=uploaded.id, sources=boards, min_score_threshold=0))


async def lives(scope: Scope) -> dict[str, PostingLife]:
    rows = (await jobs(scope, PageArgs(first=50), JobFilter(), JobOrder())).nodes
    found = await posting_lives(scope, [row.posting_id for row in rows])
    return {row.title[-1]: life for row, life in zip(rows, found, strict=True)}


async def states(scope: Scope) -> dict[str, str]:
    return {number: life.state.value for number, life in sorted((await lives(scope)).items())}


async def age(scope: Scope) -> None:
    """As if nothing had been seen for two hours."""
    async with Scope(Viewer(), scope.ports).write(PostingService) as postings:
        then = datetime.now(UTC) - timedelta(hours=2)
        await postings.session.execute(update(Posting).values(last_seen_at=then))


async def test_two_complete_readings_close_and_the_next_sight_opens_again(ada: Scope, board: Any) -> None:
    await with_profile(ada)
    board(1, 2)
    await followed(ada, "job_search")
    assert await states(ada) == {"1": "open", "2": "open"}
    board(2)
    await followed(ada, "job_search")
    assert (await lives(ada))["1"].misses == 1
    assert await states(ada) == {"1": "open", "2": "open"}, "one reading closes nothing"
    board(2, 3)
    await followed(ada, "job_search")
    assert await states(ada) == {"1": "closed", "2": "open", "3": "open"}
    board(1, 2, 3)
    await followed(ada, "job_search")
    again = (await lives(ada))["1"]
    assert (again.state, again.reopened_count, again.misses) == (PostingState.OPEN, 1, 0)
    document = (
        "{ jobs(first: 1) { nodes { life { state firstSeenAt lastSeenAt closedAt misses reopenedCount reposts } } } }"
    )
    answer = await build_schema().execute(document, context_value=Context(ada))
    assert answer.errors is None
    assert answer.data["jobs"]["nodes"][0]["life"]["state"] == "OPEN"


async def test_an_unchanged_board_keeps_all_standing_and_confirms_what_it_lacked(ada: Scope, board: Any) -> None:
    await with_profile(ada)
    board(1, 2)
    await followed(ada, "job_search")
    await age(ada)
    await followed(ada, "job_search")
    assert await states(ada) == {"1": "open", "2": "open"}
    fresh = datetime.now(UTC) - timedelta(minutes=5)
    assert all(life.last_seen_at > fresh for life in (await lives(ada)).values())
    board(2)
    await followed(ada, "job_search")
    await followed(ada, "job_search")
    assert await states(ada) == {"1": "closed", "2": "open"}


async def test_walls_failures_and_unread_rows_close_nothing(ada: Scope, board: Any, receiver: Any) -> None:
    await with_profile(ada)
    board(1, 2)
    await followed(ada, "job_search")
    unread = {"jobs": [{"id": 2}], "meta": {"total": 1}}
    for reply in (
        receiver.Reply(403),
        receiver.Reply(404),
        receiver.Reply(200, b"<html>"),
        receiver.Reply(200, unread),
    ):
        receiver.routes[JOBS] = reply
        await followed(ada, "job_search")
    assert await states(ada) == {"1": "open", "2": "open"}
    assert {life.misses for life in (await lives(ada)).values()} == {0}


async def test_a_posting_is_asked_for_by_its_id_before_it_is_prepared(ada: Scope, board: Any, receiver: Any) -> None:
    await with_profile(ada)
    board(1, 2)
    await followed(ada, "job_search")
    rows = {row.title[-1]: row for row in (await jobs(ada, PageArgs(), JobFilter(), JobOrder())).nodes}
    fresh = await followed(ada, "job_prep", job_id=str(rows["1"].id))
    assert fresh.metadata["posting_state"] == "open"
    assert receiver.asked(f"{JOBS}/1") == [], "it was seen just now"
    await age(ada)
    closed = await followed(ada, "job_prep", job_id=str(rows["1"].id))
    assert closed.metadata["posting_state"] == "closed"
    assert closed.output["cover_letter"]
    receiver.routes[f"{JOBS}/2"] = receiver.Reply(403)
    assert (await followed(ada, "job_prep", job_id=str(rows["2"].id))).metadata["posting_state"] == "unknown"
    assert await states(ada) == {"1": "closed", "2": "open"}, "a wall says nothing"


async def test_what_no_board_lists_is_neither_open_nor_closed(ada: Scope) -> None:
    uploaded = await upload_resume(ada, Upload("cv.txt", "text/plain", RESUME.encode()), ResumeLabel(name="cv"))
    await create_job_profile(ada, JobProfileDraft(resume_id=uploaded.id, min_score_threshold=0))
    await followed(ada, "job_search", scraper="mock")
    assert {life.state for life in (await lives(ada)).values()} == {PostingState.UNKNOWN}


def test_reposts_are_dates_a_day_apart_within_ninety_days() -> None:
    newest = datetime(2026, 11, 20, tzinfo=UTC)
    before = [newest - timedelta(hours=3), newest - timedelta(days=30), newest - timedelta(days=89)]
    assert reposts([newest, *before]) == "posted 3 times since 2026-08-23"
    assert reposts([newest, newest - timedelta(hours=23), newest - timedelta(days=91)]) is None
    assert reposts([]) is None
