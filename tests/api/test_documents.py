"""Résumés, stories and projects over REST: contract section 12."""

from pathlib import Path
from typing import Any

import pytest

RESUME = [
    "id",
    "user_id",
    "name",
    "original_filename",
    "file_size",
    "mime_type",
    "is_primary",
    "has_text",
    "created_at",
    "updated_at",
]
RESUME_SUMMARY = ["id", "name", "original_filename", "is_primary", "has_text"]
STORY = ["id", "user_id", "name", "content", "is_primary", "created_at", "updated_at"]
STORY_SUMMARY = ["id", "name", "is_primary", "content_preview"]
PROJECT = [
    "id",
    "user_id",
    "name",
    "original_filename",
    "file_size",
    "mime_type",
    "has_text",
    "created_at",
    "updated_at",
]
PROJECT_SUMMARY = ["id", "name", "original_filename", "has_text"]
TYPES = ["application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "text/plain"]
CV = (Path(__file__).parents[1] / "data" / "resumes" / "chef.txt").read_bytes()


async def resume(person: Any, name: str = "CV", **fields: str) -> dict[str, Any]:
    answer = await person.upload("/resumes/upload", "chef.txt", CV, name=name, **fields)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_resume_is_uploaded_read_renamed_and_deleted(ada: Any) -> None:
    made = await resume(ada, name="  My CV ")
    assert list(made) == RESUME
    assert (made["name"], made["original_filename"], made["file_size"]) == ("My CV", "chef.txt", len(CV))
    assert (made["mime_type"], made["is_primary"], made["has_text"]) == ("text/plain", True, True)
    assert (made["user_id"], made["updated_at"]) == (str(ada.id), None)
    path = f"/resumes/{made['id']}"
    assert await ada.get(path) == made
    (listed,) = await ada.get("/resumes")
    assert list(listed) == RESUME_SUMMARY
    text = await ada.get(f"{path}/text")
    assert list(text) == ["id", "name", "text_content"]
    assert text["text_content"].splitlines()[0] == CV.decode().splitlines()[0]
    assert (await ada.ask("PATCH", path, json={"name": "Chef"})).json()["name"] == "Chef"
    again = await ada.post(f"{path}/re-extract")
    assert (again.status_code, list(again.json())) == (200, RESUME)
    deleted = await ada.ask("DELETE", path)
    assert (deleted.status_code, deleted.json()["id"]) == (200, made["id"])
    gone = await ada.ask("GET", path)
    assert (gone.status_code, gone.json()["error"]["details"]) == (404, {"resume_id": made["id"]})


async def test_one_resume_is_primary_and_comes_first(ada: Any) -> None:
    first, second, third = [await resume(ada, name=name) for name in ("a", "b", "c")]
    assert [one["name"] for one in await ada.get("/resumes")] == ["a", "c", "b"]
    answer = await ada.post(f"/resumes/{second['id']}/set-primary")
    assert (answer.status_code, answer.json()["is_primary"]) == (200, True)
    assert [(one["name"], one["is_primary"]) for one in await ada.get("/resumes")] == [
        ("b", True),
        ("c", False),
        ("a", False),
    ]
    await ada.ask("PATCH", f"/resumes/{third['id']}", json={"is_primary": True})
    fourth = await resume(ada, name="d", set_primary="true")
    assert fourth["is_primary"] is True
    assert sum(one["is_primary"] for one in await ada.get("/resumes")) == 1
    await ada.ask("DELETE", f"/resumes/{fourth['id']}")
    assert next((one["name"], one["is_primary"]) for one in await ada.get("/resumes")) == ("c", True)
    assert (await ada.get(f"/resumes/{first['id']}"))["is_primary"] is False


@pytest.mark.parametrize("kind", ["image/png", "text/html", "application/octet-stream"])
async def test_a_resume_of_another_declared_type_is_a_400(ada: Any, kind: str) -> None:
    answer = await ada.upload("/resumes/upload", "cv.txt", CV, kind, name="CV")
    assert answer.status_code == 400
    assert list(answer.json()) == ["detail"]
    assert list(answer.json()["detail"]) == ["message", "supported_types"]
    assert answer.json()["detail"]["supported_types"] == TYPES
    assert await ada.get("/resumes") == []


async def test_the_declared_type_alone_decides(ada: Any) -> None:
    answer = await ada.upload("/resumes/upload", "holiday.png", CV, "text/plain; charset=utf-8", name="CV")
    assert answer.status_code == 201


async def test_a_file_of_more_than_ten_megabytes_is_a_400_with_its_size(ada: Any) -> None:
    size = 10 * 1024 * 1024 + 1
    answer = await ada.upload("/resumes/upload", "cv.txt", b"x" * size, name="CV")
    assert answer.status_code == 400
    assert list(answer.json()["detail"]) == ["message", "size"]
    assert answer.json()["detail"]["size"] == size


async def test_a_file_that_cannot_be_read_is_kept_without_text(ada: Any) -> None:
    answer = await ada.upload("/resumes/upload", "cv.pdf", b"%PDF-1.7 nothing", "application/pdf", name="CV")
    assert (answer.status_code, answer.json()["has_text"]) == (201, False)
    path = f"/resumes/{answer.json()['id']}"
    assert (await ada.get(f"{path}/text"))["text_content"] is None
    again = await ada.post(f"{path}/re-extract")
    assert (again.status_code, again.json()["error"]["code"]) == (422, "VALIDATION_ERROR")


async def test_a_stored_file_that_is_gone_cannot_be_read_again(ada: Any) -> None:
    made = await resume(ada)
    files = ada.client._transport.app.state.runtime.settings.DATA_DIR / "files"
    for path in files.rglob("*.txt"):
        path.unlink()
    answer = await ada.post(f"/resumes/{made['id']}/re-extract")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["details"]) == (422, "VALIDATION_ERROR", {"resume_id": made["id"]})


async def test_a_form_without_its_parts_says_which(ada: Any) -> None:
    answer = await ada.ask("POST", "/resumes/upload", data={"name": "CV"}, files={"other": ("a", b"b", "text/plain")})
    (fault,) = answer.json()["detail"]
    assert (fault["type"], fault["loc"], fault["input"]) == ("missing", ["body", "file"], None)
    both = await ada.ask("POST", "/resumes/upload", data={})
    assert [fault["loc"] for fault in both.json()["detail"]] == [["body", "name"], ["body", "file"]]
    nameless = await ada.upload("/resumes/upload", "cv.txt", CV, name="")
    assert nameless.json()["detail"][0]["loc"] == ["body", "name"]
    long = await ada.upload("/resumes/upload", "cv.txt", CV, name="x" * 101)
    assert long.json()["detail"][0]["type"] == "string_too_long"
    perhaps = await ada.upload("/resumes/upload", "cv.txt", CV, name="CV", set_primary="perhaps")
    assert perhaps.json()["detail"][0]["loc"] == ["body", "set_primary"]
    assert {both.status_code, nameless.status_code, long.status_code, perhaps.status_code} == {422}


async def test_text_in_the_place_of_the_file_is_refused(ada: Any) -> None:
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\nCV\r\n' for name in ("name", "file")]
    answer = await ada.ask("POST", "/resumes/upload", content="".join([*parts, "--x--\r\n"]), headers=boundary)
    (fault,) = answer.json()["detail"]
    assert (answer.status_code, fault["loc"], fault["input"]) == (422, ["body", "file"], "CV")


async def test_a_broken_form_is_a_400(ada: Any) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await ada.ask("POST", "/resumes/upload", content=b"--y\r\nnonsense", headers=headers)
    assert answer.status_code == 400
    assert isinstance(answer.json()["detail"], str)


async def test_a_story_is_told_changed_and_deleted(ada: Any) -> None:
    long = "I " + "built engines " * 20
    answer = await ada.post("/stories", {"name": " Engines ", "content": long})
    made = answer.json()
    assert (answer.status_code, list(made)) == (201, STORY)
    assert (made["name"], made["content"], made["is_primary"], made["updated_at"]) == (
        "Engines",
        long.strip(),
        True,
        None,
    )
    second = (await ada.post("/stories", {"name": "Short", "content": "x" * 100})).json()
    listed = await ada.get("/stories")
    assert [list(story) for story in listed] == [STORY_SUMMARY] * 2
    assert [story["content_preview"] for story in listed] == [long[:100] + "...", "x" * 100]
    path = f"/stories/{made['id']}"
    assert await ada.get(path) == made
    assert (await ada.ask("PATCH", path, json={"content": "new"})).json()["content"] == "new"
    primary = await ada.post(f"/stories/{second['id']}/set-primary")
    assert (primary.status_code, primary.json()["is_primary"]) == (200, True)
    deleted = await ada.ask("DELETE", f"/stories/{second['id']}")
    assert (deleted.status_code, list(deleted.json()), deleted.json()["id"]) == (200, STORY, second["id"])
    assert (await ada.get(path))["is_primary"] is True


@pytest.mark.parametrize(
    "body", [{"name": ""}, {"name": "x" * 101}, {"content": ""}, {"content": "x" * 50_001}, {"content": None}]
)
async def test_a_story_that_does_not_fit_is_422(ada: Any, body: Any) -> None:
    answer = await ada.post("/stories", {"name": "a", "content": "b", **body})
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body", next(iter(body))])


async def test_a_project_is_uploaded_read_renamed_and_deleted(ada: Any) -> None:
    text = "# Engine\n\nBuilt in Python and brass.\n"
    answer = await ada.upload("/projects/upload", "engine.MD", text.encode(), "application/octet-stream", name="Engine")
    made = answer.json()
    assert (answer.status_code, list(made)) == (201, PROJECT)
    assert (made["mime_type"], made["has_text"], made["file_size"]) == ("text/markdown", True, len(text))
    assert (made["original_filename"], made["updated_at"]) == ("engine.MD", None)
    path = f"/projects/{made['id']}"
    assert await ada.get(path) == made
    (listed,) = await ada.get("/projects")
    assert list(listed) == PROJECT_SUMMARY
    read = await ada.get(f"{path}/text")
    assert list(read) == ["id", "name", "text_content"]
    assert "Built in Python and brass." in read["text_content"]
    assert (await ada.ask("PATCH", path, json={"name": "Difference engine"})).json()["name"] == "Difference engine"
    assert (await ada.post(f"{path}/re-extract")).status_code == 200
    deleted = await ada.ask("DELETE", path)
    assert (deleted.status_code, deleted.json()["id"]) == (200, made["id"])
    gone = await ada.ask("GET", path)
    assert (gone.status_code, gone.json()["error"]["details"]) == (404, {"project_id": made["id"]})


@pytest.mark.parametrize(("filename", "kind"), [("a.png", "image/png"), ("a.pdf", "application/pdf"), ("a", "")])
async def test_a_project_of_another_type_is_a_400(ada: Any, filename: str, kind: str) -> None:
    answer = await ada.upload("/projects/upload", filename, b"text", kind, name="P")
    assert (answer.status_code, list(answer.json()["detail"])) == (400, ["message", "supported_types"])


async def test_a_project_of_more_than_five_megabytes_is_a_400(ada: Any) -> None:
    size = 5 * 1024 * 1024 + 1
    answer = await ada.upload("/projects/upload", "a.md", b"x" * size, name="P")
    assert (answer.status_code, answer.json()["detail"]["size"]) == (400, size)


async def test_a_letter_draws_on_story_and_projects_of_its_profile(ada: Any) -> None:
    document = "query($id: ID!) { jobProfile(id: $id) { story { name } projects { name text } } stories { content } }"
    story = (await ada.post("/stories", {"name": "Engines", "content": "I led a team of 12."})).json()
    project = (await ada.upload("/projects/upload", "p.md", b"# Brass", name="Brass")).json()
    profile = (await ada.post("/job-profiles", {"story_id": story["id"], "project_ids": [project["id"]]})).json()
    answer = await ada.client.post(
        "/graphql",
        json={"query": document, "variables": {"id": profile["id"]}},
        headers={"Authorization": f"Bearer {ada.token}"},
    )
    assert answer.json()["data"] == {
        "jobProfile": {"story": {"name": "Engines"}, "projects": [{"name": "Brass", "text": "# Brass"}]},
        "stories": [{"content": "I led a team of 12."}],
    }
