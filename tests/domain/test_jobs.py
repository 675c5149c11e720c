"""Jobs: made once from postings, found, moved and counted; sample jobs are hidden beside real ones."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError as Unfit
from sqlalchemy import select, update

from domain.errors import NotFoundError, ValidationError
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileChanges, JobProfileDraft, SourceChoice
from domain.job_service import Candidate, JobService, Letter
from domain.jobs import Job, JobChanges, JobFilter, JobOrder, JobRow, JobStatus
from domain.listings import Listing
from domain.outbox import OutboxEntry
from domain.pages import PageArgs
from domain.postings import PostingService
from domain.scopes import Scope


@pytest.fixture
def works() -> bool:
    return False


def listing(number: int, **values: Any) -> Listing:
    return Listing(
        **{
            "source": "lever",
            "external_id": str(number),
            "title": f"Cook {number}",
            "company": "Acme",
            "url": f"https://example.com/{number}",
            "description": "Cooking.",
        }
        | values
    )


async def profile_of(scope: Scope) -> UUID:
    async with scope.write(JobProfileService) as profiles:
        return (await profiles.get_or_create_default()).id


async def keep(scope: Scope, *listings: Listing, score: float | None = 7.5) -> list[UUID]:
    """The ids of the jobs that were new."""
    profile = await profile_of(scope)
    async with scope.write(JobService) as jobs:
        kept = await PostingService.of(jobs).keep(listings, owned=False)
        candidates = [Candidate(id, score, {"é": 1}, "because") for id in kept.ids.values()]
        return list((await jobs.keep(candidates, profile, None, "cook; chef")).values())


async def job(scope: Scope, id: UUID) -> JobRow:
    async with scope.read(JobService) as jobs:
        return await jobs.get(id)


async def change(scope: Scope, id: UUID, **changes: Any) -> JobRow:
    async with scope.write(JobService) as jobs:
        return await jobs.update(id, JobChanges(**changes))


async def delete(scope: Scope, id: UUID) -> Any:
    async with scope.write(JobService) as jobs:
        return await jobs.delete(id)


async def found(scope: Scope, **where: Any) -> set[str]:
    async with scope.read(JobService) as jobs:
        page = await jobs.page(JobFilter(**where), JobOrder(), PageArgs(first=100), with_total=True)
        numbered = await jobs.numbered(JobFilter(**where), JobOrder(), 1, 100)
    assert page.total_count == numbered.total == len(page.nodes) == len(numbered.rows)
    return {row.title for row in page.nodes}


async def told(scope: Scope) -> list[tuple[str, dict[str, Any]]]:
    """The events still waiting or, where a relay was quick, none: only what is there is looked at."""
    async with scope.read(JobService) as jobs:
        rows = await jobs.session.execute(select(OutboxEntry.name, OutboxEntry.payload).order_by(OutboxEntry.id))
        return [(name, payload) for name, payload in rows if name.startswith("job.")]


async def test_what_is_kept_twice_is_made_once(ada: Scope, bob: Scope) -> None:
    (first,) = await keep(ada, listing(1))
    assert await keep(ada, listing(1)) == []
    assert len(await keep(ada, listing(1), listing(2))) == 1
    assert len(await keep(bob, listing(1))) == 1
    assert await found(ada) == {"Cook 1", "Cook 2"}
    row = await job(ada, first)
    assert (row.status, row.relevance_score, row.reasoning, row.search_terms) == (
        JobStatus.NEW,
        7.5,
        "because",
        "cook; chef",
    )
    assert (row.job_url, row.company, row.source, row.sample) == ("https://example.com/1", "Acme", "lever", False)


async def test_one_address_is_one_job_though_two_sources_name_it(ada: Scope) -> None:
    await keep(ada, listing(1), listing(2, url="https://example.com/1"))
    assert len(await found(ada)) == 1


async def test_what_is_kept_at_once_is_made_once(ada: Scope) -> None:
    listings = [listing(n) for n in range(20)]
    made = await asyncio.gather(*(keep(ada, *(listings if n % 2 else listings[::-1])) for n in range(4)))
    assert sum(len(ids) for ids in made) == 20
    assert len(await found(ada)) == 20


async def test_a_deleted_job_may_be_kept_again(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    row, texts = await delete(ada, id)
    assert (row.id, texts.description, texts.fit) == (id, "Cooking.", {"é": 1})
    assert len(await keep(ada, listing(1))) == 1


@pytest.mark.parametrize("old", JobStatus)
@pytest.mark.parametrize("new", JobStatus)
async def test_any_status_may_follow_any(ada: Scope, old: JobStatus, new: JobStatus) -> None:
    (id,) = await keep(ada, listing(1))
    await change(ada, id, status=old)
    moved = await change(ada, id, status=new)
    assert moved.status is new
    assert (moved.applied_at is not None) is (JobStatus.APPLIED in {old, new})
    assert (moved.application_method == "manual") is (JobStatus.APPLIED in {old, new})


async def test_the_first_application_is_the_one_that_counts(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    first = await change(ada, id, status="applied")
    await change(ada, id, status="interviewing")
    assert (await change(ada, id, status="applied")).applied_at == first.applied_at


async def test_only_what_was_sent_changes_and_null_empties(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    await change(ada, id, notes="é\U0001f600", cover_letter="Dear")
    await change(ada, id, notes=None)
    async with ada.read(JobService) as jobs:
        texts = (await jobs.texts([id]))[id]
    assert (texts.notes, texts.cover_letter, texts.prep_notes) == (None, "Dear", None)
    with pytest.raises(Unfit):
        JobChanges(status=None)
    with pytest.raises(Unfit):
        JobChanges(status="hired")


async def test_another_persons_job_does_not_exist(ada: Scope, bob: Scope, root: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    before = await job(ada, id)
    for other in (bob, root):
        for wanted in (id, uuid4()):
            for act in (
                job(other, wanted),
                change(other, wanted, status="applied"),
                delete(other, wanted),
                letter(other, wanted),
            ):
                with pytest.raises(NotFoundError) as missing:
                    await act
                assert missing.value.details == {"job_id": str(wanted)}
        assert await found(other) == set()
        async with other.read(JobService) as jobs:
            assert await jobs.texts([id]) == {}
            assert (await jobs.stats()).total == 0
            assert await jobs.best([id], 5) == []
    assert await job(ada, id) == before


async def letter(scope: Scope, id: UUID) -> str:
    async with scope.read(JobService) as jobs:
        return await jobs.letter_text(id)


async def test_a_letter_is_asked_for_only_where_there_is_one(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    for empty in (None, "  "):
        await change(ada, id, cover_letter=empty)
        with pytest.raises(ValidationError, match="expected a job with a cover letter"):
            await letter(ada, id)
    await change(ada, id, cover_letter="Dear")
    assert await letter(ada, id) == "Dear"


async def test_a_prepared_job_is_prepped_and_moves_once(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    async with ada.write(JobService) as jobs:
        row = await jobs.prepare(id, Letter("Dear", None), "notes")
        assert [event.name for event in jobs.work.events] == ["job.moved"]
    assert (row.status, row.cover_letter_file_path, row.prepped_at is not None) == (JobStatus.PREPPED, None, True)
    async with ada.write(JobService) as jobs:
        row = await jobs.prepare(id, None, "new notes")
        assert [event.name for event in jobs.work.events] == ["job.updated"]
        assert (await jobs.set_letter_file(id, "x.pdf")).cover_letter_file_path == "x.pdf"
    assert await letter(ada, id) == "Dear"


async def test_a_change_without_a_move_is_told_as_a_change(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    async with ada.write(JobService) as jobs:
        await jobs.update(id, JobChanges(status="new", notes="x"))
        await jobs.update(id, JobChanges(status="applied"))
        names = [event.name for event in jobs.work.events]
    assert names == ["job.updated", "job.moved"]
    assert {"old_status": "new", "new_status": "applied"}.items() <= jobs.work.events[1].to_json().items()


async def test_statistics_count_every_status_and_the_good_scores(ada: Scope) -> None:
    async with ada.read(JobService) as jobs:
        empty = await jobs.stats()
    assert (empty.total, empty.avg_score, empty.high_scoring) == (0, None, 0)
    for number, (score, status) in enumerate(zip((6.9, 7.0, 10.0, None, 0.0, 7.0), JobStatus, strict=True)):
        (id,) = await keep(ada, listing(number), score=score)
        await change(ada, id, status=status)
    async with ada.read(JobService) as jobs:
        stats = await jobs.stats()
    assert (stats.total, stats.avg_score, stats.high_scoring) == (6, 6.18, 3)
    assert [getattr(stats, status) for status in JobStatus] == [1] * 6


SEARCHED = {
    "100% remote": "one",
    "a_b": "two",
    "back\\slash": "three",
    "Łódź": "four",
    "quote'\"": "five",
    "plain": "six 100 remote axb backslash",
}


@pytest.mark.parametrize(
    ("search", "titles"),
    [
        ("100%", {"100% remote"}),
        ("%", {"100% remote"}),
        ("_", {"a_b"}),
        ("a_b", {"a_b"}),
        ("\\", {"back\\slash"}),
        ("k\\s", {"back\\slash"}),
        ("'", {"quote'\""}),
        ("'; DROP TABLE jobs; --", set()),
        ("Łódź", {"Łódź"}),
        ("PLAIN", {"plain"}),
        ("axb", {"plain"}),
        ("acme", set(SEARCHED)),
        ("", set(SEARCHED)),
        ("  one  ", {"100% remote"}),
        ("no such", set()),
    ],
)
async def test_search_finds_its_text_literally_in_title_company_and_description(
    ada: Scope, search: str, titles: set[str]
) -> None:
    await keep(ada, *(listing(n, title=title, description=text) for n, (title, text) in enumerate(SEARCHED.items())))
    assert await found(ada, search=search) == titles


async def test_filters_narrow_together(ada: Scope) -> None:
    for number, score in enumerate((3.0, 7.0, None)):
        await keep(ada, listing(number, source="lever" if number else "greenhouse"), score=score)
    profile = await profile_of(ada)
    (applied,) = await keep(ada, listing(9), score=9.0)
    await change(ada, applied, status="applied")
    assert await found(ada, min_score=7) == {"Cook 1", "Cook 9"}
    assert await found(ada, min_score=3, max_score=7) == {"Cook 0", "Cook 1"}
    assert await found(ada, source="greenhouse") == {"Cook 0"}
    assert await found(ada, status=["applied"]) == {"Cook 9"}
    assert await found(ada, status=["applied", "new"], min_score=7) == {"Cook 1", "Cook 9"}
    assert len(await found(ada, status=[])) == 4
    assert len(await found(ada, profile_id=profile)) == 4
    assert await found(ada, profile_id=uuid4()) == set()


@pytest.mark.parametrize(
    "where", [{"min_score": -1}, {"max_score": 11}, {"status": ["hired"]}, {"search": "x" * 256}, {"search": "\x00"}]
)
def test_a_filter_that_cannot_be_is_refused(where: dict[str, Any]) -> None:
    with pytest.raises(Unfit):
        JobFilter(**where)


async def test_sample_jobs_are_hidden_while_any_profile_looks_at_a_real_source(ada: Scope, bob: Scope) -> None:
    for scope in (ada, bob):
        await keep(scope, listing(1, sample=True, source="sample", title="sample"))
    (real,) = await keep(ada, listing(2, title="real"))
    profile = await profile_of(ada)
    assert await found(ada) == {"sample", "real"}

    async def look_at(*sources: SourceChoice) -> None:
        async with ada.write(JobProfileService) as profiles:
            await profiles.update(profile, JobProfileChanges(sources=list(sources)))

    await look_at(SourceChoice(source="sample"), SourceChoice(source="lever", board="acme"))
    assert await found(ada) == {"real"}
    assert await found(bob) == {"sample"}
    await look_at(SourceChoice(source="lever", board="acme", enabled=False))
    assert await found(ada) == {"sample", "real"}
    async with ada.write(JobProfileService) as profiles:
        other = await profiles.create(JobProfileDraft(name="other", sources=[SourceChoice(source="lever", board="a")]))
    assert await found(ada) == {"real"}
    await keep(ada, listing(3, sample=True, source="sample", title="another sample"))
    assert await found(ada) == {"real"}
    async with ada.write(JobProfileService) as profiles:
        await profiles.delete(other.id)
    assert await found(ada) == {"sample", "another sample", "real"}
    assert (await job(ada, real)).updated_at is None


async def test_the_best_come_first_and_those_without_a_score_last(ada: Scope) -> None:
    ids = [(await keep(ada, listing(n), score=score))[0] for n, score in enumerate((None, 3.0, 9.0))]
    async with ada.read(JobService) as jobs:
        assert [row.relevance_score for row in await jobs.best(ids, 5)] == [9.0, 3.0, None]
        assert [row.relevance_score for row in await jobs.best(ids, 1)] == [9.0]
        assert await jobs.best([], 5) == []
        assert await jobs.of_run(uuid4(), 5) == []


async def test_a_new_score_reaches_the_job_that_is_there(ada: Scope, bob: Scope) -> None:
    (mine,), (theirs,) = await keep(ada, listing(1)), await keep(bob, listing(1))
    posting = (await job(ada, mine)).posting_id
    async with ada.write(JobService) as jobs:
        await jobs.rescore([Candidate(posting, 2.0, None, "no more")])
    assert ((await job(ada, mine)).relevance_score, (await job(ada, mine)).reasoning) == (2.0, "no more")
    assert (await job(bob, theirs)).relevance_score == 7.5


async def test_a_missing_score_or_date_counts_as_the_largest(ada: Scope) -> None:
    await keep(ada, listing(1, posted_at=datetime(2026, 1, 1, tzinfo=UTC)), score=10.0)
    await keep(ada, listing(2), score=None)
    for by in ("relevance_score", "date_posted"):
        async with ada.read(JobService) as jobs:
            down = await jobs.numbered(JobFilter(), JobOrder(by=by), 1, 10)
            up = await jobs.numbered(JobFilter(), JobOrder(by=by, direction="asc"), 1, 10)
        assert [row.title for row in down.rows] == ["Cook 2", "Cook 1"]
        assert [row.title for row in up.rows] == ["Cook 1", "Cook 2"]


async def test_a_changed_posting_leaves_what_the_job_says_as_it_was(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    await keep(ada, listing(1, title="Chef", description="Changed."))
    assert (await job(ada, id)).title == "Cook 1"
    async with ada.read(JobService) as jobs:
        assert (await jobs.texts([id]))[id].description == "Changed."


async def test_a_job_stays_when_its_profile_goes(ada: Scope) -> None:
    (id,) = await keep(ada, listing(1))
    async with ada.write(JobProfileService) as profiles:
        await profiles.delete((await profiles.get_or_create_default()).id)
    assert (await job(ada, id)).profile_id is None
    async with ada.write(JobService) as jobs:
        await jobs.session.execute(update(Job).values(title="\U0001f600" * 500))
    assert len((await job(ada, id)).title) == 500
