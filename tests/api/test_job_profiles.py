"""Job profiles over REST: contract section 11 and fault 9."""

from typing import Any

import pytest

FIELDS = {
    "id", "user_id", "name", "is_default", "resume_id", "story_id", "project_ids", "target_roles", "target_locations",
    "min_score_threshold", "preferences", "contact_full_name", "contact_phone", "contact_email", "contact_location",
    "contact_website", "created_at", "updated_at", "resume", "story", "projects",
}  # fmt: skip
SUMMARY = [
    "id", "name", "is_default", "has_resume", "resume_name", "has_story", "story_name", "project_count",
    "target_roles_count", "min_score_threshold",
]  # fmt: skip
CONTACT = {
    "contact_full_name": "Ada King", "contact_phone": "+44 20 7946 0000", "contact_email": "not an address",
    "contact_location": "London", "contact_website": "ada.example.com",
}  # fmt: skip


async def make(person: Any, **body: Any) -> dict[str, Any]:
    answer = await person.post("/job-profiles", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_empty_body_makes_the_default_profile(ada: Any) -> None:
    made = await make(ada)
    assert set(made) == FIELDS
    assert (made["name"], made["is_default"], made["min_score_threshold"]) == ("Default Profile", True, 7.0)
    assert (made["target_roles"], made["target_locations"], made["preferences"]) == ([], [], {})
    nulls = [*CONTACT, "resume_id", "story_id", "project_ids", "resume", "story", "projects", "updated_at"]
    assert {name: made[name] for name in nulls} == dict.fromkeys(nulls)
    assert made["user_id"] == str(ada.id)
    assert await ada.get(f"/job-profiles/{made['id']}") == made
    assert await ada.get("/job-profiles/default") == made


async def test_without_a_default_the_answer_is_null(ada: Any) -> None:
    answer = await ada.ask("GET", "/job-profiles/default")
    assert (answer.status_code, answer.content) == (200, b"null")


async def test_contact_is_stored_and_told(ada: Any) -> None:
    made = await make(ada, **CONTACT)
    assert {name: made[name] for name in CONTACT} == CONTACT
    found = await ada.get(f"/job-profiles/{made['id']}")
    assert {name: found[name] for name in CONTACT} == CONTACT


async def test_links_are_told_with_names(ada: Any) -> None:
    resume = (await ada.upload("/resumes/upload", "cv.txt", b"Ada Lovelace\nEngineer", name="CV")).json()
    story = (await ada.post("/stories", {"name": "Numbers", "content": "I wrote the first program."})).json()
    first, second = [
        (await ada.upload("/projects/upload", f"{name}.md", b"# A thing", name=name)).json() for name in ("One", "Two")
    ]
    made = await make(
        ada,
        resume_id=resume["id"],
        story_id=story["id"],
        project_ids=[second["id"], first["id"]],
        target_roles=["a", "b"],
    )
    assert made["resume"] == {"id": resume["id"], "name": "CV", "original_filename": "cv.txt", "has_text": True}
    assert made["story"] == {"id": story["id"], "name": "Numbers"}
    assert made["projects"] == [
        {"id": second["id"], "name": "Two", "has_text": True}, {"id": first["id"], "name": "One", "has_text": True},
    ]  # fmt: skip
    assert made["project_ids"] == [second["id"], first["id"]]
    (listed,) = await ada.get("/job-profiles")
    assert list(listed) == SUMMARY
    assert listed == {
        "id": made["id"], "name": "Default Profile", "is_default": True, "has_resume": True, "resume_name": "CV",
        "has_story": True, "story_name": "Numbers", "project_count": 2, "target_roles_count": 2,
        "min_score_threshold": 7.0,
    }  # fmt: skip


async def test_what_is_deleted_is_no_longer_linked(ada: Any) -> None:
    resume = (await ada.upload("/resumes/upload", "cv.txt", b"Ada", name="CV")).json()
    story = (await ada.post("/stories", {"name": "Numbers", "content": "text"})).json()
    project = (await ada.upload("/projects/upload", "p.md", b"# A thing", name="One")).json()
    made = await make(ada, resume_id=resume["id"], story_id=story["id"], project_ids=[project["id"]])
    for path in (f"/resumes/{resume['id']}", f"/stories/{story['id']}", f"/projects/{project['id']}"):
        assert (await ada.ask("DELETE", path)).status_code == 200
    found = await ada.get(f"/job-profiles/{made['id']}")
    assert (found["resume"], found["resume_id"], found["story"], found["story_id"]) == (None, None, None, None)
    assert (found["project_ids"], found["projects"]) == ([], [])
    (listed,) = await ada.get("/job-profiles")
    assert (listed["has_resume"], listed["has_story"], listed["project_count"]) == (False, False, 0)


async def test_a_resume_without_text_is_no_resume_to_search_with(ada: Any) -> None:
    resume = (await ada.upload("/resumes/upload", "cv.pdf", b"%PDF-1.4 broken", "application/pdf", name="CV")).json()
    assert resume["has_text"] is False
    await make(ada, resume_id=resume["id"])
    (listed,) = await ada.get("/job-profiles")
    assert (listed["has_resume"], listed["resume_name"]) == (False, "CV")


async def test_a_taken_name_is_a_422_and_not_a_conflict(ada: Any, bob: Any) -> None:
    await make(ada, name="Maths")
    other = await make(ada, name="Physics")
    for answer in (
        await ada.post("/job-profiles", {"name": " Maths "}),
        await ada.ask("PATCH", f"/job-profiles/{other['id']}", json={"name": "Maths"}),
    ):
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["details"]) == (422, "VALIDATION_ERROR", {"name": "Maths"})
    assert (await ada.get(f"/job-profiles/{other['id']}"))["name"] == "Physics"
    await make(bob, name="Maths")


async def test_one_profile_is_the_default_and_comes_first(ada: Any) -> None:
    first, second, third = [await make(ada, name=name) for name in ("a", "b", "c")]
    assert [profile["name"] for profile in await ada.get("/job-profiles")] == ["a", "b", "c"]
    answer = await ada.post(f"/job-profiles/{third['id']}/set-default")
    assert (answer.status_code, answer.json()["is_default"], set(answer.json())) == (200, True, FIELDS)
    assert [profile["name"] for profile in await ada.get("/job-profiles")] == ["c", "a", "b"]
    patched = await ada.ask("PATCH", f"/job-profiles/{second['id']}", json={"is_default": True})
    assert patched.json()["is_default"] is True
    assert [profile["is_default"] for profile in await ada.get("/job-profiles")] == [True, False, False]
    deleted = await ada.ask("DELETE", f"/job-profiles/{second['id']}")
    assert (deleted.status_code, deleted.json()["id"], set(deleted.json())) == (200, second["id"], FIELDS)
    assert (await ada.get("/job-profiles/default"))["id"] == first["id"]
    fourth = await make(ada, name="d", is_default=True)
    assert (await ada.get("/job-profiles/default"))["id"] == fourth["id"]


async def test_a_change_leaves_the_rest_and_null_empties(ada: Any) -> None:
    made = await make(ada, **CONTACT, target_roles=["a"], preferences={"remote": True}, min_score_threshold=3)
    path = f"/job-profiles/{made['id']}"
    assert (await ada.ask("PATCH", path, json={"name": "new"})).json()["target_roles"] == ["a"]
    changed = (
        await ada.ask("PATCH", path, json={"target_roles": None, "preferences": None, "contact_phone": None})
    ).json()
    assert (changed["target_roles"], changed["preferences"], changed["contact_phone"]) == ([], {}, None)
    assert (changed["contact_full_name"], changed["min_score_threshold"]) == ("Ada King", 3.0)


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""}, {"name": "   "}, {"name": "x" * 101}, {"name": None}, {"min_score_threshold": 10.1},
        {"min_score_threshold": -1}, {"contact_phone": "x" * 51}, {"resume_id": "x"}, {"project_ids": ["x"]},
        {"target_roles": "engineer"}, {"preferences": []}, {"is_default": None},
    ],
)  # fmt: skip
async def test_a_profile_that_does_not_fit_is_422(ada: Any, body: Any) -> None:
    answer = await ada.post("/job-profiles", body)
    assert (answer.status_code, answer.json()["detail"][0]["loc"][:2]) == (422, ["body", next(iter(body))])
    assert await ada.get("/job-profiles") == []
