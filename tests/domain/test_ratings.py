"""Ratings: one current for each profile and posting, the past ones as history, the dropped ones restorable."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain.errors import NotFoundError
from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileDraft
from domain.job_service import JobService
from domain.listings import Listing
from domain.pages import PageArgs
from domain.postings import PostingService
from domain.ratings import Rated, Rating, RatingKey, RatingService, Verdict
from domain.restoring import restore
from domain.scopes import Scope


@pytest.fixture
def works() -> bool:
    return False


async def profile_of(scope: Scope, name: str = "p") -> UUID:
    async with scope.write(JobProfileService) as profiles:
        return (await profiles.create(JobProfileDraft(name=name))).id


async def postings(scope: Scope, count: int) -> list[UUID]:
    listings = [
        Listing(source="lever", external_id=str(n), title=f"Cook {n}", company="Acme", url=f"https://example.com/{n}")
        for n in range(count)
    ]
    async with scope.write(PostingService) as service:
        kept = await service.keep(listings, owned=False)
    return list(kept.ids.values())


def rated(posting: UUID, score: float | None = 3.0, verdict: Verdict = Verdict.BELOW, **values: Any) -> Rated:
    facts = {"posting_hash": "h", "fit": {"é": score}, "rule": "below 7.0"} | values
    return Rated(posting_id=posting, score=score, verdict=verdict, **facts)


async def store(scope: Scope, profile: UUID, *ratings: Rated, resume: str = "r", scorer: str = "1") -> None:
    async with scope.write(RatingService) as service:
        await service.store(profile, ratings, resume, scorer)


async def dropped(scope: Scope, profile: UUID | None = None, **args: Any) -> Any:
    async with scope.read(RatingService) as service:
        return await service.dropped(profile, PageArgs(**args), with_total=True)


async def test_the_newest_rating_is_current_and_the_others_are_history(ada: Scope) -> None:
    profile, (posting,) = await profile_of(ada), await postings(ada, 1)
    for score in (1.0, 2.0, 3.0):
        await store(ada, profile, rated(posting, score), scorer=str(score))
    async with ada.read(RatingService) as service:
        current = (await service.current(profile, [posting]))[posting]
        assert await service.session.scalar(select(func.count()).select_from(Rating)) == 3
        assert await service.current(profile, []) == {}
    assert (current.key, current.verdict, current.score) == (RatingKey("h", "r", "3.0"), Verdict.BELOW, 3.0)


async def test_ratings_at_once_leave_one_current(ada: Scope) -> None:
    profile, ids = await profile_of(ada), await postings(ada, 20)
    orders = (ids, ids[::-1])
    await asyncio.gather(*(store(ada, profile, *(rated(id, float(n)) for id in orders[n % 2])) for n in range(6)))
    async with ada.read(RatingService) as service:
        counted = select(func.count()).select_from(Rating).where(Rating.is_current)
        assert await service.session.scalar(counted) == 20


async def test_each_profile_has_its_own_ratings(ada: Scope, bob: Scope) -> None:
    (posting,) = await postings(ada, 1)
    first, second = await profile_of(ada), await profile_of(ada, "q")
    await store(ada, first, rated(posting))
    async with ada.read(RatingService) as service:
        assert await service.current(second, [posting]) == {}
    async with bob.read(RatingService) as service:
        assert await service.current(first, [posting]) == {}
    assert (await dropped(bob)).total_count == 0


async def test_the_dropped_are_listed_with_their_rule_newest_first(ada: Scope) -> None:
    profile, ids = await profile_of(ada), await postings(ada, 5)
    verdicts = (Verdict.BELOW, Verdict.FILTERED, Verdict.KEPT, Verdict.BELOW, Verdict.FILTERED)
    for id, verdict in zip(ids, verdicts, strict=True):
        await store(ada, profile, rated(id, None, verdict, rule="é" * 1_000, fit=None))
    first = await dropped(ada, first=3)
    rest = await dropped(ada, profile, after=first.page_info.end_cursor)
    rows = [*first.nodes, *rest.nodes]
    assert first.total_count == 4
    assert [row.posting_id for row in rows] == [ids[n] for n in (4, 3, 1, 0)]
    assert all(len(row.rule) == 500 and row.company == "Acme" for row in rows)
    assert (await dropped(ada, uuid4())).total_count == 0


async def test_a_dropped_posting_becomes_a_job_once(ada: Scope) -> None:
    profile, (posting,) = await profile_of(ada), await postings(ada, 1)
    await store(ada, profile, rated(posting, 3.0, fit=None))
    (row,) = (await dropped(ada)).nodes
    job = await restore(ada, row.id)
    assert (job.posting_id, job.relevance_score, job.profile_id) == (posting, 3.0, profile)
    assert (await restore(ada, row.id)).id == job.id
    assert (await dropped(ada)).total_count == 0
    async with ada.read(JobService) as jobs:
        assert (await jobs.stats()).total == 1


async def test_only_a_current_rating_of_ones_own_is_restored(ada: Scope, bob: Scope, root: Scope) -> None:
    profile, (posting,) = await profile_of(ada), await postings(ada, 1)
    await store(ada, profile, rated(posting, fit=None))
    (past,) = (await dropped(ada)).nodes
    await store(ada, profile, rated(posting, fit=None))
    (current,) = (await dropped(ada)).nodes
    for scope, id in ((ada, past.id), (bob, current.id), (root, current.id), (ada, uuid4())):
        with pytest.raises(NotFoundError) as missing:
            await restore(scope, id)
        assert missing.value.details == {"rating_id": str(id)}
    assert (await dropped(ada)).total_count == 1
