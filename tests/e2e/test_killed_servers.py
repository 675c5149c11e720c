"""Accepted work is never lost, and never done twice, however often the server is killed."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

POSTINGS = 1000
KILLS = 20
SEARCH = 'mutation { executePipeline(name: "job_search", input: {}) { id status } }'
RUN = "query($id: ID!) { run(id: $id) { status errorMessage output metadata } }"


@pytest.mark.slow
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
    deadline = time.monotonic() + 60
    while (run := server.ask(RUN, id=run_id)["run"])["status"] not in {"SUCCESS", "ERROR"}:
        assert time.monotonic() < deadline, run
        time.sleep(0.2)
    assert run["status"] == "SUCCESS", run
    account = run["output"]["account"]
    assert account["seen"] == POSTINGS
    outcomes = ("new", "known", "duplicate", "filtered", "below", "failed")
    assert sum(account[name] for name in outcomes) == POSTINGS
    assert account["failed"] == 0
    counts = server.ask("{ jobs { totalCount } droppedPostings { totalCount } }")
    assert counts["jobs"]["totalCount"] == account["new"]
    assert counts["jobs"]["totalCount"] + counts["droppedPostings"]["totalCount"] + account["duplicate"] == POSTINGS
