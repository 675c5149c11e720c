"""Every documented endpoint has a row, asks a guarded resolver, and keeps strangers and other people out."""

import re
from typing import Any
from uuid import uuid4

import pytest

from resolvers.access import Rule, rule_of
from schema.compat.catalog import DESCRIBED, ROWS
from schema.compat.rows import Row

# The endpoints of contract.md sections 2 to 7 and 9 to 13, in its order.
DOCUMENTED = """
GET /health, GET /ready, GET /health/ready, GET /health/live, GET /config/public
POST /auth/login, POST /auth/register, POST /auth/refresh, POST /auth/logout, GET /auth/me
GET /users/me, PATCH /users/me, GET /users/{user_id}, GET /users, PATCH /users/{user_id}, DELETE /users/{user_id}
GET /sessions, DELETE /sessions/{session_id}, DELETE /sessions
GET /items, POST /items, GET /items/{item_id}, PATCH /items/{item_id}, DELETE /items/{item_id}
POST /webhooks, GET /webhooks, GET /webhooks/{webhook_id}, PATCH /webhooks/{webhook_id}, DELETE /webhooks/{webhook_id}
GET /webhooks/{webhook_id}/deliveries, POST /webhooks/{webhook_id}/test
POST /webhooks/{webhook_id}/regenerate-secret
GET /conversations, POST /conversations, GET /conversations/{conversation_id}
PATCH /conversations/{conversation_id}, DELETE /conversations/{conversation_id}
POST /conversations/{conversation_id}/archive, GET /conversations/{conversation_id}/messages
POST /conversations/{conversation_id}/messages
GET /agent/areas, GET /areas, POST /agent/areas/{area}/chat, POST /areas/{area}/chat
GET /jobs, GET /jobs/stats, GET /jobs/{job_id}, PATCH /jobs/{job_id}, DELETE /jobs/{job_id}
POST /jobs/{job_id}/cover-letter/generate-pdf, GET /jobs/{job_id}/cover-letter/download
GET /jobs/{job_id}/cover-letter/preview
GET /job-profiles, GET /job-profiles/default, GET /job-profiles/{profile_id}, POST /job-profiles
PATCH /job-profiles/{profile_id}, DELETE /job-profiles/{profile_id}, POST /job-profiles/{profile_id}/set-default
POST /resumes/upload, GET /resumes, GET /resumes/{resume_id}, DELETE /resumes/{resume_id}
POST /resumes/{resume_id}/set-primary, POST /resumes/{resume_id}/re-extract, GET /resumes/{resume_id}/text
PATCH /resumes/{resume_id}
GET /stories, POST /stories, GET /stories/{story_id}, PATCH /stories/{story_id}, DELETE /stories/{story_id}
POST /stories/{story_id}/set-primary
GET /projects, POST /projects/upload, GET /projects/{project_id}, PATCH /projects/{project_id}
DELETE /projects/{project_id}, GET /projects/{project_id}/text, POST /projects/{project_id}/re-extract
GET /pipelines, GET /pipelines/{name}, POST /pipelines/{name}/execute, GET /pipeline-runs, GET /pipelines/runs
GET /pipelines/runs/stats, GET /pipelines/runs/{run_id}, GET /pipelines/{name}/runs, POST /pipelines/webhook/{name}
GET /oauth/google/login, GET /oauth/google/callback
"""
PUBLIC = """
GET /config/public, POST /auth/login, POST /auth/register, POST /auth/refresh, POST /auth/logout
GET /pipelines, GET /pipelines/{name}
"""
# What a missing object is named by in the details; a session and a webhook name nothing.
NAMED = {
    "user_id": "user_id", "item_id": "item_id", "job_id": "job_id", "profile_id": "profile_id", "story_id": "story_id",
    "resume_id": "resume_id", "project_id": "project_id", "run_id": "run_id", "session_id": None, "webhook_id": None,
    "conversation_id": "conversation_id",
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "/items/{item_id}": {"title": "taken over"},
    "/jobs/{job_id}": {"status": "applied", "notes": "taken over"},
    "/job-profiles/{profile_id}": {"name": "taken over"},
    "/resumes/{resume_id}": {"name": "taken over"},
    "/stories/{story_id}": {"name": "taken over"},
    "/projects/{project_id}": {"name": "taken over"},
    "/webhooks/{webhook_id}": {"name": "taken over"},
    "/conversations/{conversation_id}": {"title": "taken over"},
    "/conversations/{conversation_id}/messages": {"role": "user", "content": "taken over"},
    "/users/{user_id}": {"full_name": "taken over"},
}


def words(text: str) -> list[str]:
    return [word.strip() for word in re.split(r",|\n", text) if word.strip()]


BY_NAME = {f"{row.verb} {path}": row for row in ROWS for path in row.paths}
GUARDED = {name: row for name, row in BY_NAME.items() if rule_of(row.resolver) in {Rule.SIGNED_IN, Rule.ADMIN}}
OWNED = {
    name: row for name, row in BY_NAME.items()
    if rule_of(row.resolver) is Rule.SIGNED_IN and any(parameter in name for parameter in NAMED)
}  # fmt: skip


@pytest.mark.parametrize("name", words(DOCUMENTED))
def test_a_documented_endpoint_has_a_row(name: str) -> None:
    assert name in BY_NAME or name in {f"{route.verb} {route.path}" for route in DESCRIBED}


def test_no_endpoint_is_there_twice_under_one_path() -> None:
    assert len(BY_NAME) == sum(len(row.paths) for row in ROWS)


def test_what_is_public_is_what_is_documented_as_public() -> None:
    public = {name for name in BY_NAME if name not in GUARDED}
    assert set(words(PUBLIC)) <= public
    for row in (BY_NAME[name] for name in public - set(words(PUBLIC))):
        assert rule_of(row.resolver) is Rule.MACHINE, f"{row.verb} {row.path} asks for no login"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.verb} {row.path}")
def test_a_row_has_a_sentence_a_tag_and_a_guarded_resolver(row: Row) -> None:
    assert rule_of(row.resolver)
    assert row.summary.endswith(".")
    assert row.tag


async def test_without_a_token_every_guarded_route_is_401(stranger: Any) -> None:
    for name in GUARDED:
        verb, path = name.split(" ")
        answer = await stranger.ask(verb, re.sub(r"{\w+}", str(uuid4()), path))
        assert (answer.status_code, answer.json()) == (401, {"detail": "Not authenticated"}), name
        assert answer.headers["www-authenticate"] == "Bearer", name


async def test_admin_routes_are_403_for_others(ada: Any) -> None:
    for name, row in GUARDED.items():
        if rule_of(row.resolver) is Rule.ADMIN:
            verb, path = name.split(" ")
            answer = await ada.ask(verb, path.format(user_id=uuid4()), json={})
            assert answer.status_code == 403, name
            assert answer.json()["error"]["code"] == "AUTHORIZATION_ERROR", name
            assert answer.json()["error"]["details"] is None


async def test_a_malformed_id_is_422_on_every_route(ada: Any, root: Any) -> None:
    for name, row in GUARDED.items():
        for parameter in NAMED:
            if f"{{{parameter}}}" not in name:
                continue
            verb, path = name.split(" ")
            person = root if rule_of(row.resolver) is Rule.ADMIN else ada
            answer = await person.ask(verb, path.replace(f"{{{parameter}}}", "nope"), json={})
            assert answer.status_code == 422, name
            fault = answer.json()["detail"][0]
            assert (fault["type"], fault["loc"], fault["input"]) == ("uuid_parsing", ["path", parameter], "nope"), name


async def test_an_unknown_id_is_404_in_the_envelope_on_every_route(ada: Any, root: Any) -> None:
    for name, row in GUARDED.items():
        for parameter, detail in NAMED.items():
            if f"{{{parameter}}}" not in name:
                continue
            unknown = str(uuid4())
            verb, path = name.split(" ")
            person = root if rule_of(row.resolver) is Rule.ADMIN else ada
            answer = await person.ask(verb, path.replace(f"{{{parameter}}}", unknown), json=BODIES.get(path, {}))
            assert answer.status_code == 404, name
            assert is_not_found(answer.json(), None if detail is None else {detail: unknown}), name


def is_not_found(body: Any, details: Any) -> bool:
    error = body["error"]
    assert list(body) == ["error", "detail"]
    assert body["detail"] == error["message"]
    return bool(error["code"] == "NOT_FOUND" and error["details"] == details)


@pytest.fixture
async def ids(ada: Any, give_jobs: Any) -> dict[str, str]:
    """One thing of each kind, of Ada's."""
    resume = (await ada.upload("/resumes/upload", "cv.txt", b"Ada Lovelace\nEngineer", name="CV")).json()
    project = (await ada.upload("/projects/upload", "engine.md", b"# The engine", name="Engine")).json()
    story = (await ada.post("/stories", {"name": "Numbers", "content": "I wrote the first program."})).json()
    item = (await ada.post("/items", {"title": "milk"})).json()
    links = {"resume_id": resume["id"], "story_id": story["id"], "project_ids": [project["id"]]}
    profile = (await ada.post("/job-profiles", {"name": "Maths", **links})).json()
    (job,) = await give_jobs(ada, ("Analyst", "Analytical Engines", 8.0, None, "Work on engines."))
    await ada.ask("PATCH", f"/jobs/{job}", json={"cover_letter": "I would like to work on your engines."})
    await ada.post(f"/jobs/{job}/cover-letter/generate-pdf")
    hook = (
        await ada.post("/webhooks", {"name": "h", "url": "https://example.com/h", "events": ["item.created"]})
    ).json()
    session = (await ada.get("/sessions"))["sessions"][0]
    run = await a_run(ada)
    talk = (await ada.post("/conversations", {"title": "Engines"})).json()
    return {
        "resume_id": resume["id"], "project_id": project["id"], "story_id": story["id"], "item_id": item["id"],
        "profile_id": profile["id"], "job_id": job, "webhook_id": hook["id"], "session_id": session["id"],
        "run_id": run, "conversation_id": talk["id"], "user_id": str(ada.id),
    }  # fmt: skip


async def a_run(person: Any) -> str:
    """A run that nobody works on: the server of these tests executes none."""
    document = 'mutation { executePipeline(name: "echo", input: {message: "hi"}) { id } }'
    headers = {"Authorization": f"Bearer {person.token}"}
    answer = await person.client.post("/graphql", json={"query": document}, headers=headers)
    run: str = answer.json()["data"]["executePipeline"]["id"]
    return run


async def everything(person: Any, ids: dict[str, str]) -> dict[str, Any]:
    """All that a person can read, by path."""
    readable = [name.split(" ")[1] for name in GUARDED if name.startswith("GET ") and "{name}" not in name]
    paths = [path.format(**ids) for path in readable if not path.startswith("/users")]
    found: dict[str, Any] = {}
    for path in paths:
        answer = await person.ask("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        found[path] = answer.content
    return {path: content for path, content in found.items() if not path.startswith("/sessions")}


async def test_what_is_one_persons_is_not_there_for_another_whatever_they_try(
    ada: Any, bob: Any, ids: dict[str, str]
) -> None:
    mine = await everything(ada, ids)
    tried = 0
    for name, row in OWNED.items():
        verb, path = name.split(" ")
        parameter = next(parameter for parameter in NAMED if f"{{{parameter}}}" in path)
        if parameter == "user_id":
            continue
        answer = await bob.ask(verb, path.format(**ids), **({"json": BODIES.get(path, {})} if row.body else {}))
        assert answer.status_code == 404, (name, answer.text)
        detail = NAMED[parameter]
        assert is_not_found(answer.json(), None if detail is None else {detail: ids[parameter]}), name
        tried += 1
    assert tried >= 43
    assert await everything(ada, ids) == mine
    assert (await ada.get("/sessions"))["total"] == 1


async def test_lists_hold_nothing_of_anybody_else(ada: Any, bob: Any, ids: dict[str, str]) -> None:
    for name in GUARDED:
        verb, path = name.split(" ")
        if verb == "GET" and "{" not in path and not path.startswith(("/users", "/auth/me", "/sessions")):
            answer = await bob.ask("GET", path)
            assert answer.status_code == 200, name
            assert not any(id in answer.text for id in ids.values()), name


async def test_linking_what_is_somebody_elses_is_refused(ada: Any, bob: Any, ids: dict[str, str]) -> None:
    for link in ({"resume_id": ids["resume_id"]}, {"story_id": ids["story_id"]}, {"project_ids": [ids["project_id"]]}):
        answer = await bob.post("/job-profiles", {"name": "Borrowed", **link})
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "VALIDATION_ERROR"
        assert answer.json()["error"]["details"] == link
    assert await bob.get("/job-profiles") == []
