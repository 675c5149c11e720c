"""Accepted work is never lost, and never done twice, however often the server is killed."""

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

POSTINGS = 1000
KILLS = 20
SEARCH = 'mutation { executePipeline(name: "job_search", input: {}) { id status } }'
RUN = "query($id: ID!) { run(id: $id) { status errorMessage output metadata } }"


@pytest.mark.slow
@pytest.mark.skipif(bool(os.environ.get("TEST_REDIS_URL")), reason="the embedded default; workers are killed below")
@pytest.mark.timeout(400)
def test_a_run_finishes_by_itself_though_its_server_is_killed_twenty_times(new_server: Callable[..., Any]) -> None:
    chance = random.Random(20)
    server = new_server()
    server.start()
    server.with_resume(POSTINGS)
    run_id = server.ask(SEARCH)["executePipeline"]["id"]
    killed_at_work = 0
    while killed_at_work < KILLS:
        time.sleep(chance.uniform(0.0, 0.35))
        run = server.ask(RUN, id=run_id)["run"]
        if run["status"] == "SUCCESS":
            break
        assert run["status"] in {"PENDING", "RUNNING"}, run
        server.kill()
        killed_at_work += 1
        server.start()
    assert killed_at_work >= KILLS, f"the run ended after {killed_at_work} kills"
    run = wait_for_end(server, run_id)
    assert run["status"] == "SUCCESS", run
    is_accounted_for(server, run)


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.skipif(not os.environ.get("TEST_REDIS_URL"), reason="needs PostgreSQL and Redis")
@pytest.mark.timeout(400)
def test_a_run_finishes_though_its_workers_are_killed_twenty_times(new_server: Callable[..., Any]) -> None:
    """Whoever takes over waits for the lease to end; the promise is to be at work again within 30 seconds."""
    chance = random.Random(21)
    server = new_server("--no-worker", LEASE_SECONDS="3")
    server.start()
    scheduler = server.spawn("scheduler", "run")
    workers = [server.spawn("worker", "run")]
    kills, away = 0, []
    try:
        while kills < KILLS:
            server.with_resume(POSTINGS)
            run_id = server.ask(SEARCH)["executePipeline"]["id"]
            while True:
                wait_for_news(server, run_id)
                time.sleep(chance.uniform(0.0, 2.0))
                if server.ask(RUN, id=run_id)["run"]["status"] != "RUNNING":
                    break
                last = newest(server, run_id)
                workers[-1].send_signal(signal.SIGKILL)
                workers[-1].wait(10)
                kills += 1
                began = time.monotonic()
                workers.append(server.spawn("worker", "run"))
                wait_for_news(server, run_id, last)
                away.append(time.monotonic() - began)
            run = wait_for_end(server, run_id)
            assert run["status"] == "SUCCESS", run
            is_accounted_for(server, run)
        assert max(away) <= 30, away
    finally:
        for process in (*workers, scheduler):
            if process.poll() is None:
                process.kill()
                process.wait(10)


def newest(server: Any, run_id: str) -> int:
    return server.ask("query($id: ID!) { run(id: $id) { eventSeq } }", id=run_id)["run"]["eventSeq"]


def wait_for_news(server: Any, run_id: str, last: int | None = None) -> None:
    last = newest(server, run_id) if last is None else last
    deadline = time.monotonic() + 40
    while newest(server, run_id) <= last and server.ask(RUN, id=run_id)["run"]["status"] in {"PENDING", "RUNNING"}:
        assert time.monotonic() < deadline, "nobody took the run up again"
        time.sleep(0.05)


def wait_for_end(server: Any, run_id: str) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while (run := server.ask(RUN, id=run_id)["run"])["status"] not in {"SUCCESS", "ERROR"}:
        assert time.monotonic() < deadline, run
        time.sleep(0.2)
    return run


def is_accounted_for(server: Any, run: dict[str, Any]) -> None:
    """No posting lost, none twice."""
    account = run["output"]["account"]
    assert account["seen"] == POSTINGS
    outcomes = ("new", "known", "duplicate", "filtered", "below", "failed")
    assert sum(account[name] for name in outcomes) == POSTINGS
    assert account["failed"] == 0
    counts = server.ask("{ jobs { totalCount } droppedPostings { totalCount } }")
    assert counts["jobs"]["totalCount"] == account["new"]
    assert counts["jobs"]["totalCount"] + counts["droppedPostings"]["totalCount"] + account["duplicate"] == POSTINGS
