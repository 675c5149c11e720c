"""The shipped web client, call by call in the order of contract section 14, reading what it reads."""

import json
from pathlib import Path
from typing import Any

import pytest

CV = (Path(__file__).parents[1] / "data" / "resumes" / "backend_python.txt").read_bytes()


@pytest.fixture
def works() -> bool:
    return True


class WebClient:
    """Its server side: one address, a bearer token from its own cookie, JSON both ways."""

    def __init__(self, stranger: Any) -> None:
        self.stranger = stranger
        self.access = ""

    async def call(self, verb: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        return await self.stranger.ask(verb, path, headers=headers, **options)

    async def read(self, verb: str, path: str, **options: Any) -> Any:
        answer = await self.call(verb, path, **options)
        assert answer.is_success, (verb, path, answer.text)
        return answer.json() if answer.content else None

    async def sign_in(self) -> dict[str, Any]:
        account = {"email": "grace@example.com", "password": "correct horse"}
        assert (await self.call("POST", "/auth/register", json={**account, "name": "Grace"})).status_code == 201
        form = {"username": account["email"], "password": account["password"]}
        pair: dict[str, Any] = await self.read("POST", "/auth/login", data=form)
        self.access = pair["access_token"]
        return pair


@pytest.fixture
def web(stranger: Any) -> WebClient:
    return WebClient(stranger)


async def test_it_signs_in_and_shows_the_account(web: WebClient) -> None:
    assert (await web.read("GET", "/health"))["status"] == "healthy"
    assert (await web.read("GET", "/config/public"))["registration_enabled"] is True
    pair = await web.sign_in()
    me = await web.read("GET", "/auth/me")
    assert (me["email"], me["is_active"], me["is_superuser"]) == ("grace@example.com", True, False)
    assert me["created_at"]
    assert me["full_name"] == "Grace"
    again = await web.call(
        "POST", "/auth/register", json={"email": me["email"], "password": "correct horse", "name": "x"}
    )
    assert isinstance(again.json()["detail"], str)
    web.access = (await web.read("POST", "/auth/refresh", json={"refresh_token": pair["refresh_token"]}))[
        "access_token"
    ]
    assert (await web.read("GET", "/auth/me"))["email"] == me["email"]


async def test_it_shows_a_sentence_for_whatever_is_refused(web: WebClient) -> None:
    await web.sign_in()
    for verb, path, options in (
        ("GET", "/jobs/00000000-0000-4000-8000-000000000000", {}),
        ("GET", "/pipelines/nothing", {}),
        ("GET", "/nowhere", {}),
    ):
        assert isinstance((await web.call(verb, path, **options)).json()["detail"], str)


async def test_it_works_through_profiles_searching_jobs_and_letters(web: WebClient) -> None:
    await web.sign_in()
    assert await web.read("GET", "/job-profiles") == []
    assert await web.read("GET", "/job-profiles/default") is None
    assert await web.read("GET", "/stories") == []
    assert await web.read("GET", "/projects") == []
    form = {"name": "CV", "set_primary": "true"}
    resume = await web.read("POST", "/resumes/upload", data=form, files={"file": ("cv.txt", CV, "text/plain")})
    assert await web.read("PATCH", f"/resumes/{resume['id']}", json={"name": "My CV"})
    assert (await web.read("GET", "/resumes"))[0]["name"] == "My CV"
    profile = await web.read("POST", "/job-profiles", json={"name": "Backend", "target_roles": ["Backend Engineer"]})
    failed = await web.read("POST", "/pipelines/job_search/execute?manual=true", json={"input": {}})
    assert failed["success"] is False
    assert json.loads(failed["error"])["available_profiles"][0]["has_resume"] is False
    await web.read("PATCH", f"/job-profiles/{profile['id']}", json={"resume_id": resume["id"]})
    (offered,) = await web.read("GET", "/job-profiles")
    assert offered["has_resume"] is True
    await web.read("POST", f"/job-profiles/{profile['id']}/set-default")
    assert (await web.read("GET", "/job-profiles/default"))["id"] == profile["id"]
    assert (await web.read("GET", f"/job-profiles/{profile['id']}"))["resume"]["name"] == "My CV"

    names = [info["name"] for info in (await web.read("GET", "/pipelines"))["pipelines"]]
    assert {"job_search", "job_prep"} <= set(names)
    schema = (await web.read("GET", "/pipelines/job_search"))["input_schema"]
    shown = [name for name, field in schema["properties"].items() if not field.get("x-hidden")]
    assert shown == ["profile_id", "scraper"]
    body = {"input": {"profile_id": offered["id"], "scraper": "jobspy"}}
    done = await web.read("POST", "/pipelines/job_search/execute?manual=true", json=body)
    assert done["success"] is True

    jobs = await web.read("GET", "/jobs?page=1&page_size=20&sort_by=relevance_score&sort_order=desc")
    assert jobs["total"] == done["output"]["jobs_saved"]
    assert (await web.read("GET", "/jobs/stats"))["new"] == jobs["total"]
    job = jobs["jobs"][0]
    done = await web.read("POST", "/pipelines/job_prep/execute?manual=true", json={"input": {"job_id": job["id"]}})
    assert done["success"] is True
    letter = (await web.read("GET", f"/jobs/{job['id']}"))["cover_letter"]
    await web.read("PATCH", f"/jobs/{job['id']}", json={"cover_letter": letter + "\n\nPS: I can start in May."})
    assert (await web.read("POST", f"/jobs/{job['id']}/cover-letter/generate-pdf"))["cover_letter_file_path"]
    file = await web.call("GET", f"/jobs/{job['id']}/cover-letter/download")
    assert file.headers["content-disposition"].partition('filename="')[2].endswith('.pdf"')
    await web.read("PATCH", f"/jobs/{job['id']}", json={"status": "applied"})
    assert (await web.read("DELETE", f"/jobs/{job['id']}"))["id"] == job["id"]

    runs = await web.read("GET", "/pipelines/runs?page=1&page_size=10")
    assert [run["trigger_type"] for run in runs["runs"]] == ["manual"] * 3
    assert (await web.read("GET", "/pipelines/runs/stats"))["total"] == 3
    assert (await web.read("GET", f"/pipelines/runs/{runs['runs'][0]['id']}"))["pipeline_name"] == "job_prep"


async def test_it_keeps_stories_and_projects_and_reads_json_from_a_deletion(web: WebClient) -> None:
    await web.sign_in()
    story = await web.read("POST", "/stories", json={"name": "S", "content": "text", "is_primary": True})
    await web.read("POST", f"/stories/{story['id']}/set-primary")
    files = {"file": ("p.md", b"# P", "text/markdown")}
    project = await web.read("POST", "/projects/upload", data={"name": "P"}, files=files)
    assert (await web.read("GET", f"/projects/{project['id']}/text"))["text_content"] == "# P"
    profile = await web.read("POST", "/job-profiles", json={"name": "x"})
    resume = await web.read("POST", "/resumes/upload", data={"name": "CV"}, files={"file": ("a.txt", CV, "text/plain")})
    for path, thing in (("stories", story), ("projects", project), ("job-profiles", profile), ("resumes", resume)):
        assert (await web.read("DELETE", f"/{path}/{thing['id']}"))["id"] == thing["id"]
