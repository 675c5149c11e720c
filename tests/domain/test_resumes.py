"""Résumés: one of them is primary as long as there is one, and only their owner knows of them."""

import asyncio
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from domain.errors import NotFoundError
from domain.resumes import Resume, ResumeChanges, ResumeFile, ResumeLabel, ResumeRow, ResumeService, file_key
from domain.scopes import Scope


@pytest.fixture
def works() -> bool:
    return False


async def upload(scope: Scope, name: str = "CV", *, primary: bool = False, text: str | None = "text") -> ResumeRow:
    file = ResumeFile("Łódź.pdf", 5, "application/pdf", file_key("application/pdf"), text)
    async with scope.write(ResumeService) as resumes:
        return await resumes.create_from_upload(ResumeLabel(name=name, set_primary=primary), file)


async def change(scope: Scope, id: UUID, **changes: object) -> ResumeRow:
    async with scope.write(ResumeService) as resumes:
        return await resumes.update(id, ResumeChanges(**changes))


async def delete(scope: Scope, id: UUID) -> ResumeRow:
    async with scope.write(ResumeService) as resumes:
        return await resumes.delete(id)


async def all_of(scope: Scope) -> list[ResumeRow]:
    async with scope.read(ResumeService) as resumes:
        return await resumes.list_for_user()


async def primaries(scope: Scope) -> list[UUID]:
    return [row.id for row in await all_of(scope) if row.is_primary]


async def test_the_first_is_primary_anyway_and_a_later_one_when_asked(ada: Scope, bob: Scope) -> None:
    first, second = await upload(ada), await upload(ada)
    assert await primaries(ada) == [first.id]
    third = await upload(ada, primary=True)
    assert await primaries(ada) == [third.id]
    assert [row.id for row in await all_of(ada)] == [third.id, second.id, first.id]
    assert await all_of(bob) == []


async def test_being_primary_moves_and_is_never_given_up(ada: Scope) -> None:
    first, second = await upload(ada), await upload(ada)
    assert (await change(ada, second.id, is_primary=True, name="é")).name == "é"
    assert await primaries(ada) == [second.id]
    assert (await change(ada, second.id, is_primary=False)).is_primary
    async with ada.write(ResumeService) as resumes:
        assert (await resumes.set_primary(first.id)).is_primary
        assert (await resumes.set_primary(first.id)).is_primary
    assert await primaries(ada) == [first.id]
    untouched = next(row for row in await all_of(ada) if row.id == first.id)
    assert untouched.name == "CV"


async def test_the_newest_of_the_others_inherits(ada: Scope) -> None:
    first, second, third = [await upload(ada) for _ in range(3)]
    assert (await delete(ada, second.id)).id == second.id
    assert await primaries(ada) == [first.id]
    assert (await delete(ada, first.id)).is_primary
    assert await primaries(ada) == [third.id]
    await delete(ada, third.id)
    assert await all_of(ada) == []


async def test_uploads_at_once_leave_one_primary(ada: Scope) -> None:
    await asyncio.gather(*(upload(ada, primary=n % 2 == 0) for n in range(8)))
    assert len(await all_of(ada)) == 8
    assert len(await primaries(ada)) == 1


async def test_choices_at_once_leave_one_primary(ada: Scope) -> None:
    rows = [await upload(ada) for _ in range(4)]
    await asyncio.gather(
        *(change(ada, row.id, is_primary=True) for row in rows * 3),
        *(delete(ada, rows[n].id) for n in (0, 1)),
        return_exceptions=True,
    )
    assert len(await primaries(ada)) == 1


async def test_another_persons_resume_does_not_exist(ada: Scope, bob: Scope, root: Scope) -> None:
    mine = await upload(ada)
    for other in (bob, root):
        for id in (mine.id, uuid4()):
            async with other.read(ResumeService) as resumes:
                for act in (resumes.get_by_id(id), resumes.get_text_content(id), resumes.named_text(id)):
                    with pytest.raises(NotFoundError) as missing:
                        await act
                    assert missing.value.details == {"resume_id": str(id)}
            for act in (change(other, id, name="x", is_primary=True), delete(other, id)):
                with pytest.raises(NotFoundError):
                    await act
    assert await all_of(ada) == [mine]


async def test_has_text_says_whether_anything_could_be_read(ada: Scope) -> None:
    assert [(await upload(ada, text=text)).has_text for text in (None, "", "a")] == [False, False, True]
    async with ada.read(ResumeService) as resumes:
        assert await resumes.get_text_content((await all_of(ada))[0].id) is None


async def test_a_very_long_file_name_is_cut(ada: Scope) -> None:
    file = ResumeFile("\U0001f600" * 1000, 5, "text/plain", "k", "x" * 1_000_000)
    async with ada.write(ResumeService) as resumes:
        row = await resumes.create_from_upload(ResumeLabel(name="é" * 100), file)
        assert len(row.original_filename) == 255
        assert len(await resumes.get_text_content(row.id)) == 1_000_000


@pytest.mark.parametrize(
    "sent", [{"name": ""}, {"name": "  "}, {"name": "x" * 101}, {"name": None}, {"is_primary": None}, {"name": "\x00"}]
)
def test_what_does_not_fit_is_refused(sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ResumeChanges(**sent)


def test_a_stored_file_is_named_by_us() -> None:
    assert file_key("application/pdf").startswith("resumes/")
    assert file_key("application/pdf").endswith(".pdf")
    assert file_key("../x").endswith(".bin")
    assert file_key("text/plain") != file_key("text/plain")


async def test_the_database_itself_allows_one_primary_only(ada: Scope) -> None:
    await upload(ada)
    await upload(ada)
    async with ada.read(ResumeService) as resumes:
        counted = select(func.count()).select_from(Resume).where(Resume.is_primary)
        assert await resumes.session.scalar(counted) == 1
