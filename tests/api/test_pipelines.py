"""Pipelines and runs over REST: contract section 13."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.viewers import Role

INFO = ["name", "description", "input_schema", "output_schema", "tags", "area"]
RUN = [
    "id", "pipeline_name", "status", "trigger_type", "user_id", "input_data", "output_data", "error_message",
    "run_metadata", "started_at", "completed_at", "duration_ms", "created_at",
]  # fmt: skip
SUMMARY = {"id", "title", "company", "location", "relevance_score", "status", "job_url"}
CV = (Path(__file__).parents[1] / "data" / "resumes" / "backend_python.txt").read_bytes()


@pytest.fixture
def works() -> bool:
    return True


async def execute(person: Any, name: str, query: str = "", **input: Any) -> dict[str, Any]:
    answer = await person.post(f"/pipelines/{name}/execute{query}", {"input": input})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert list(found) == ["success", "output", "error", "metadata"]
    return found


async def with_profile(person: Any, **profile: Any) -> dict[str, Any]:
    resume = (await person.upload("/resumes/upload", "cv.txt", CV, name="CV")).json()
    answer = await person.post("/job-profiles", {"resume_id": resume["id"], **profile})
    found: dict[str, Any] = answer.json()
    return found


async def test_anybody_sees_what_can_be_run(stranger: Any) -> None:
    found = await stranger.get("/pipelines")
    assert list(found) == ["pipelines", "total"]
    assert all(list(info) == INFO for info in found["pipelines"])
    by_name = {info["name"]: info for info in found["pipelines"]}
    assert found["total"] == len(by_name)
    assert (by_name["echo"]["area"], by_name["echo"]["tags"]) == (None, ["utility", "testing"])
    assert by_name["job_search"]["tags"] == ["jobs", "scraping", "ai"]
    assert by_name["job_prep"]["tags"] == ["jobs", "ai", "writing"]
    assert await stranger.get("/pipelines/echo") == by_name["echo"]


async def test_pipelines_are_filtered_by_area_and_by_every_tag(stranger: Any) -> None:
    async def names(**query: str) -> set[str]:
        return {info["name"] for info in (await stranger.get("/pipelines", **query))["pipelines"]}

    assert {"job_search", "job_prep"} <= await names(area="jobs")
    assert await names(area="cooking") == set()
    assert {"job_search", "job_prep"} <= await names(tags="ai, jobs")
    assert await names(tags="jobs,scraping") == {"job_search"}
    assert await names(tags="jobs,utility") == set()


async def test_the_forms_of_the_web_client_can_read_every_input(stranger: Any) -> None:
    for info in (await stranger.get("/pipelines"))["pipelines"]:
        assert "$ref" not in json.dumps([info["input_schema"], info["output_schema"]])
    search = (await stranger.get("/pipelines/job_search"))["input_schema"]["properties"]
    assert search["profile_id"]["format"] == "x-profile-select"
    assert (search["scraper"]["enum"], search["scraper"]["default"]) == (["jobspy", "mock"], "jobspy")
    limits = {
        name: (search[name]["minimum"], search[name]["maximum"], search[name]["default"])
        for name in ("hours_old", "results_per_term")
    }
    assert limits == {"hours_old": (1, 720, 72), "results_per_term": (1, 50, 10)}
    assert all(search[name]["x-hidden"] is True for name in ("hours_old", "results_per_term", "save_all"))
    prep = (await stranger.get("/pipelines/job_prep"))["input_schema"]
    assert prep["required"] == ["job_id"]
    assert prep["properties"]["job_id"]["format"] == "x-job-select"
    assert prep["properties"]["tone"]["enum"] == ["professional", "conversational", "enthusiastic"]


async def test_an_unknown_pipeline_is_a_404_to_read_and_no_success_to_run(ada: Any) -> None:
    answer = await ada.ask("GET", "/pipelines/brew")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Pipeline 'brew' not found"})
    found = await execute(ada, "brew")
    assert found == {"success": False, "output": None, "error": "Pipeline 'brew' not found", "metadata": {}}
    assert (await ada.get("/pipelines/runs"))["total"] == 0


async def test_a_run_is_waited_for_and_recorded(ada: Any) -> None:
    found = await execute(ada, "echo", message="hi", uppercase=True)
    assert found == {
        "success": True, "output": {"echo": "HI", "length": 2, "source": "echo"}, "error": None, "metadata": {},
    }  # fmt: skip
    page = await ada.get("/pipelines/runs")
    assert list(page) == ["runs", "total", "page", "page_size", "has_more"]
    (run,) = page["runs"]
    assert list(run) == RUN
    assert (run["pipeline_name"], run["status"], run["trigger_type"]) == ("echo", "success", "api")
    assert (run["input_data"], run["output_data"]) == ({"message": "hi", "uppercase": True}, found["output"])
    assert (run["user_id"], run["error_message"], run["run_metadata"]) == (str(ada.id), None, {})
    assert run["duration_ms"] >= 0
    assert all(run[name].endswith("Z") for name in ("started_at", "completed_at", "created_at"))
    assert await ada.get(f"/pipelines/runs/{run['id']}") == run
    assert await ada.get("/pipeline-runs") == page


@pytest.mark.parametrize("input", [{}, {"message": 7}, {"message": "a\x00"}, {"message": "x" * 10_001}])
async def test_a_bad_input_is_no_success_and_no_run(ada: Any, input: Any) -> None:
    found = await execute(ada, "echo", **input)
    assert (found["success"], found["output"], found["metadata"]) == (False, None, {})
    assert "message" in found["error"]
    assert (await ada.get("/pipelines/runs"))["total"] == 0


@pytest.mark.parametrize("body", [{}, {"input": None}, {"input": []}, {"input": "x"}])
async def test_an_input_that_is_missing_or_no_object_is_422(ada: Any, body: Any) -> None:
    answer = await ada.post("/pipelines/echo/execute", body)
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", "input"])


async def test_a_run_by_hand_is_marked(ada: Any) -> None:
    await execute(ada, "echo", "?manual=true", message="hi")
    assert (await ada.get("/pipelines/runs"))["runs"][0]["trigger_type"] == "manual"


async def test_runs_are_filtered(ada: Any) -> None:
    await execute(ada, "echo", message="hi")
    await execute(ada, "echo", "?manual=true", message="ho")
    await execute(ada, "job_search")

    async def names(path: str = "/pipelines/runs", **query: Any) -> list[str]:
        return [run["pipeline_name"] for run in (await ada.get(path, **query))["runs"]]

    assert await names() == ["job_search", "echo", "echo"]
    assert await names(pipeline_name="echo") == ["echo", "echo"]
    assert await names("/pipelines/echo/runs", page_size=1) == ["echo"]
    assert await names("/pipelines/nothing/runs") == []
    assert await names(status="error") == await names(error_only=True) == ["job_search"]
    assert await names(success_only=True) == ["echo", "echo"]
    assert await names(success_only=True, status="error") == []
    assert await names(trigger_type="manual") == ["echo"]
    assert await names(my_runs_only=True, started_after="2020-01-01T00:00:00") == ["job_search", "echo", "echo"]
    assert await names(started_before="2020-01-01T00:00:00+02:00") == []
    for query in ({"status": "waiting"}, {"started_after": "yesterday"}, {"started_after": "5"}, {"page": "0"}):
        assert (await ada.ask("GET", "/pipelines/runs", params=query)).status_code == 422
    stats = await ada.get("/pipelines/runs/stats")
    assert list(stats) == ["total", "success", "errors", "success_rate", "avg_duration_ms"]
    assert (stats["total"], stats["success"], stats["errors"], stats["success_rate"]) == (3, 2, 1, 66.7)
    assert (await ada.get("/pipelines/runs/stats", pipeline_name="echo", since_hours=1))["success_rate"] == 100.0
    for hours in (0, 721):
        assert (await ada.ask("GET", "/pipelines/runs/stats", params={"since_hours": hours})).status_code == 422


async def test_ones_runs_are_ones_own_and_an_admin_sees_all(ada: Any, bob: Any, sign_up: Any) -> None:
    root = await sign_up("root@example.com", Role.ADMIN)
    await execute(ada, "echo", message="hi")
    await execute(root, "echo", message="hi")
    assert (await bob.get("/pipelines/runs"))["total"] == 0
    assert (await root.get("/pipelines/runs"))["total"] == 2
    assert (await root.get("/pipelines/runs", my_runs_only=True))["total"] == 1
    unknown = str(uuid4())
    answer = await ada.ask("GET", f"/pipelines/runs/{unknown}")
    assert (answer.status_code, answer.json()["error"]["details"]) == (404, {"run_id": unknown})


async def test_without_a_profile_the_error_is_json_for_the_picker(ada: Any) -> None:
    async def refused(**input: Any) -> dict[str, Any]:
        found = await execute(ada, "job_search", **input)
        assert (found["success"], found["output"]) == (False, None)
        assert found["metadata"] == {"error_type": "profile_required"}
        told: dict[str, Any] = json.loads(found["error"])
        assert sorted(told) == ["available_profiles", "create_profile_url", "error_type", "message"]
        assert (told["error_type"], told["create_profile_url"]) == ("profile_required", "/jobs/profiles")
        return told

    assert (await refused())["available_profiles"] == []
    made = (await ada.post("/job-profiles", {"name": "Bare"})).json()
    summaries = await ada.get("/job-profiles")
    assert (await refused())["available_profiles"] == summaries
    assert (await refused(profile_id=made["id"]))["available_profiles"] == summaries
    assert (await refused(profile_id=str(uuid4())))["available_profiles"] == summaries


async def test_a_search_and_a_preparation_answer_what_is_documented(ada: Any) -> None:
    story = (
        await ada.post("/stories", {"name": "S", "content": "In 2021 I led a team of 12 engineers at Zephyr Labs."})
    ).json()
    project = (
        await ada.upload("/projects/upload", "p.md", b"# Tool\n\nA Python tool for PostgreSQL.", name="P")
    ).json()
    profile = await with_profile(
        ada, story_id=story["id"], project_ids=[project["id"]], target_roles=["Backend Engineer"]
    )
    found = await execute(ada, "job_search")
    output = found["output"]
    documented = {"total_scraped", "total_analyzed", "jobs_saved", "high_scoring", "duplicates_skipped", "top_jobs"}
    assert documented <= set(output)
    assert 0 < len(output["top_jobs"]) <= 5
    assert all(set(job) == SUMMARY for job in output["top_jobs"])
    scores = [job["relevance_score"] for job in output["top_jobs"]]
    assert scores == sorted(scores, reverse=True)
    assert {"search_terms", "locations", "min_score", "profile_name"} <= set(found["metadata"])
    assert (await ada.get("/jobs"))["total"] == output["jobs_saved"]

    job = output["top_jobs"][0]["id"]
    prepared = (await execute(ada, "job_prep", job_id=job))["output"]
    assert set(prepared) >= {
        "job_id", "job_title", "company", "cover_letter", "prep_notes", "profile_used", "included_story",
        "included_projects", "skipped_cover_letter", "screening_answers",
    }  # fmt: skip
    assert (prepared["job_id"], prepared["profile_used"]) == (job, profile["name"])
    assert (prepared["included_story"], prepared["included_projects"], prepared["skipped_cover_letter"]) == (
        True,
        1,
        False,
    )
    now = await ada.get(f"/jobs/{job}")
    assert (now["status"], now["cover_letter"], now["prep_notes"]) == (
        "prepped",
        prepared["cover_letter"],
        prepared["prep_notes"],
    )
    assert now["prepped_at"] is not None
    assert (await ada.ask("GET", f"/jobs/{job}/cover-letter/download")).status_code == 200


async def test_the_same_input_joins_the_run_that_lives(ada: Any) -> None:
    await with_profile(ada)
    first, second = await asyncio.gather(execute(ada, "job_search"), execute(ada, "job_search"))
    assert first == second
    assert first["success"] is True
    assert (await ada.get("/pipelines/runs"))["total"] == 1


async def test_whoever_hangs_up_stops_nothing(ada: Any) -> None:
    await with_profile(ada)
    asking = asyncio.ensure_future(execute(ada, "job_search"))
    while (await ada.get("/pipelines/runs"))["total"] == 0:
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    async with asyncio.timeout(30):
        while (await ada.get("/pipelines/runs"))["runs"][0]["status"] in {"pending", "running"}:
            await asyncio.sleep(0.05)
    assert (await ada.get("/pipelines/runs"))["runs"][0]["status"] == "success"
    assert (await ada.get("/jobs"))["total"] > 0
