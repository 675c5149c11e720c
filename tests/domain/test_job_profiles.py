"""Job profiles: one of them is the default, names are unique, and what they link to is their owner's."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError as Unfit

from domain.errors import NotFoundError, ValidationError
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileChanges, JobProfileDraft, JobProfileRow, SourceChoice, SourceChoiceRow
from domain.resumes import ResumeFile, ResumeLabel, ResumeService
from domain.scopes import Scope

SAMPLE = SourceChoiceRow(source="sample", board=None, url=None, enabled=True)


@pytest.fixture
def works() -> bool:
    return False


async def create(scope: Scope, **draft: Any) -> JobProfileRow:
    async with scope.write(JobProfileService) as profiles:
        return await profiles.create(JobProfileDraft(**draft))


async def change(scope: Scope, id: UUID, **changes: Any) -> JobProfileRow:
    async with scope.write(JobProfileService) as profiles:
        return await profiles.update(id, JobProfileChanges(**changes))


async def delete(scope: Scope, id: UUID) -> JobProfileRow:
    async with scope.write(JobProfileService) as profiles:
        return await profiles.delete(id)


async def set_default(scope: Scope, id: UUID) -> JobProfileRow:
    async with scope.write(JobProfileService) as profiles:
        return await profiles.set_default(id)


async def all_of(scope: Scope) -> list[JobProfileRow]:
    async with scope.read(JobProfileService) as profiles:
        return await profiles.list_for_user()


async def defaults(scope: Scope) -> list[str]:
    return [row.name for row in await all_of(scope) if row.is_default]


async def resume_of(scope: Scope, text: str | None = "text") -> UUID:
    async with scope.write(ResumeService) as resumes:
        file = ResumeFile("cv.pdf", 1, "application/pdf", "k", text)
        return (await resumes.create_from_upload(ResumeLabel(name="CV"), file)).id


async def test_an_empty_draft_is_a_profile_that_looks_at_the_sample_board_only(ada: Scope) -> None:
    row = await create(ada)
    assert (row.name, row.is_default, row.min_score_threshold) == ("Default Profile", True, 7.0)
    assert (row.target_roles, row.target_locations, row.preferences, row.sources) == ([], [], {}, [SAMPLE])
    assert (row.resume, row.updated_at) == (None, None)


async def test_the_first_is_the_default_anyway_and_setting_another_unsets_it(ada: Scope, bob: Scope) -> None:
    await create(ada, name="a")
    await create(ada, name="b")
    assert await defaults(ada) == ["a"]
    third = await create(ada, name="c", is_default=True)
    assert await defaults(ada) == ["c"]
    second = next(row for row in await all_of(ada) if row.name == "b")
    assert (await change(ada, second.id, is_default=True)).is_default
    assert await defaults(ada) == ["b"]
    await set_default(ada, third.id)
    await set_default(ada, third.id)
    assert [row.name for row in await all_of(ada)] == ["c", "a", "b"]
    assert await defaults(bob) == []


async def test_the_default_is_not_given_up_by_saying_so(ada: Scope) -> None:
    row = await create(ada)
    assert (await change(ada, row.id, is_default=False)).is_default


async def test_the_oldest_of_the_others_inherits(ada: Scope) -> None:
    rows = [await create(ada, name=name) for name in "abc"]
    assert (await delete(ada, rows[1].id)).name == "b"
    assert await defaults(ada) == ["a"]
    assert (await delete(ada, rows[0].id)).is_default
    assert await defaults(ada) == ["c"]
    await delete(ada, rows[2].id)
    assert await all_of(ada) == []


async def test_the_default_is_made_when_it_is_needed_and_only_once(ada: Scope) -> None:
    async def needed() -> UUID:
        async with ada.write(JobProfileService) as profiles:
            return (await profiles.get_or_create_default()).id

    assert len(set(await asyncio.gather(*(needed() for _ in range(6))))) == 1
    assert await defaults(ada) == ["Default Profile"]


async def test_profiles_made_at_once_leave_one_default(ada: Scope) -> None:
    await asyncio.gather(*(create(ada, name=str(n), is_default=n % 2 == 0) for n in range(8)))
    assert len(await all_of(ada)) == 8
    assert len(await defaults(ada)) == 1


async def test_choices_and_deletions_at_once_leave_one_default(ada: Scope) -> None:
    rows = [await create(ada, name=str(n)) for n in range(4)]
    acts = [set_default(ada, row.id) for row in rows * 3] + [delete(ada, rows[n].id) for n in (0, 2)]
    answers = await asyncio.gather(*acts, return_exceptions=True)
    assert all(isinstance(answer, NotFoundError | JobProfileRow) for answer in answers)
    assert len(await defaults(ada)) == 1


@pytest.mark.parametrize("name", ["a", " a "])
async def test_a_name_is_taken_once_for_each_person(ada: Scope, bob: Scope, name: str) -> None:
    await create(ada, name="a")
    other = await create(ada, name="b")
    for act in (create(ada, name=name), change(ada, other.id, name=name)):
        with pytest.raises(ValidationError, match="that none of your profiles has yet") as taken:
            await act
        assert taken.value.details == {"name": "a"}
    assert [row.name for row in await all_of(ada)] == ["a", "b"]
    await create(bob, name=name)
    assert (await change(ada, other.id, name="b")).name == "b"


async def test_only_what_was_sent_changes_and_null_empties(ada: Scope) -> None:
    row = await create(ada, target_roles=["Cook \U0001f468"], preferences={"a": [1, None]}, contact_full_name="Ada")
    kept = await change(ada, row.id, min_score_threshold=0)
    assert (kept.target_roles, kept.preferences, kept.contact_full_name) == (
        ["Cook \U0001f468"],
        {"a": [1, None]},
        "Ada",
    )
    emptied = await change(ada, row.id, target_roles=None, preferences=None, contact_full_name=None, sources=None)
    assert (emptied.target_roles, emptied.preferences, emptied.contact_full_name, emptied.sources) == ([], {}, None, [])
    assert emptied.min_score_threshold == 0


async def test_a_linked_resume_is_shown_and_goes_without_the_profile(ada: Scope) -> None:
    id = await resume_of(ada)
    row = await create(ada, resume_id=id)
    assert (row.resume.id, row.resume.name, row.resume.has_text) == (id, "CV", True)
    async with ada.write(ResumeService) as resumes:
        await resumes.delete(id)
    assert (await all_of(ada))[0].resume_id is None
    assert (await change(ada, row.id, resume_id=await resume_of(ada, None))).resume.has_text is False
    assert (await change(ada, row.id, resume_id=None)).resume is None


@pytest.mark.parametrize("link", ["resume_id", "story_id", "project_ids"])
async def test_what_is_not_yours_cannot_be_linked(ada: Scope, bob: Scope, link: str) -> None:
    theirs = await resume_of(bob)
    row = await create(ada)
    for id in (theirs, uuid4()):
        value = [id] if link == "project_ids" else id
        for act in (create(ada, name="x", **{link: value}), change(ada, row.id, **{link: value}, name="changed")):
            with pytest.raises(ValidationError, match="expected") as refused:
                await act
            assert link in refused.value.details
    assert [row.name for row in await all_of(ada)] == ["Default Profile"]


async def test_another_persons_profile_does_not_exist(ada: Scope, bob: Scope, root: Scope) -> None:
    mine = await create(ada)
    for other in (bob, root):
        for id in (mine.id, uuid4()):
            for act in (change(other, id, name="x"), delete(other, id), set_default(other, id), get(other, id)):
                with pytest.raises(NotFoundError) as missing:
                    await act
                assert missing.value.details == {"profile_id": str(id)}
    assert await all_of(ada) == [mine]


async def get(scope: Scope, id: UUID) -> JobProfileRow:
    async with scope.read(JobProfileService) as profiles:
        return await profiles.get_by_id(id)


@pytest.mark.parametrize(
    "sent",
    [
        {"name": ""},
        {"name": None},
        {"name": "x" * 101},
        {"min_score_threshold": 10.1},
        {"min_score_threshold": -0.1},
        {"min_score_threshold": None},
        {"min_score_threshold": float("nan")},
        {"is_default": None},
        {"target_roles": ["x"] * 51},
        {"target_roles": [None]},
        {"target_roles": ["x" * 10_000]},
        {"preferences": {"a": 2**70}},
        {"sources": [{"source": ""}]},
        {"sources": [{"source": "x", "enabled": None}]},
        {"resume_id": "x"},
        {"contact_phone": "1" * 51},
    ],
    ids=lambda sent: ascii(sent)[:40],
)
def test_what_does_not_fit_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(Unfit):
        JobProfileChanges(**sent)


def test_the_sample_board_is_looked_at_only_while_it_is_alone() -> None:
    def live(*choices: tuple[str, bool]) -> list[str]:
        rows = [SourceChoiceRow(source, None, None, enabled) for source, enabled in choices]
        values = dict.fromkeys(JobProfileRow.__dataclass_fields__) | {"sources": rows}
        return [choice.source for choice in JobProfileRow(**values).live_sources]

    assert live(("sample", True)) == ["sample"]
    assert live(("sample", True), ("lever", True)) == ["lever"]
    assert live(("sample", True), ("lever", False)) == ["sample"]
    assert live(("sample", False)) == live() == []


def test_a_source_is_named_and_no_unknown_field_is_kept() -> None:
    assert SourceChoice(source=" lever ", board="acme", unknown=1).given() == {"source": "lever", "board": "acme"}
