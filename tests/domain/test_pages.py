"""Pages by keyset: every row once and in order, whatever is added or taken away between two pages."""

import random
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
import pydantic
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from domain.clock import utc_now
from domain.errors import ValidationError
from domain.items import NEWEST_FIRST, Item, ItemDraft, ItemService
from domain.job_service import JobService
from domain.jobs import Job, JobFilter, JobOrder, JobSort, SortDirection, order_of
from domain.pages import Order, PageArgs, decode_cursor, encode_cursor
from domain.postings import Posting
from domain.scopes import Scope

START = datetime(2026, 1, 1, tzinfo=UTC)
LATEST = datetime(9999, 12, 31, tzinfo=UTC)
ORDERS = [JobOrder(by=by, direction=direction) for by in JobSort for direction in SortDirection]
COMPANIES = ("", "Acme", "acme", "Łódź", "ZZ", "a" * 255, "%_\\'\"", "日本")


@pytest.fixture
def works() -> bool:
    return False


async def add_jobs(scope: Scope, count: int, seed: int) -> None:
    """Jobs with many ties and nulls in every order."""
    chance = random.Random(seed)
    postings, jobs = [], []
    for _ in range(count):
        id, company = uuid4(), chance.choice(COMPANIES)
        postings.append(
            {
                "id": id,
                "key": id.hex,
                "source": "test",
                "title": "t",
                "company": company,
                "url": f"https://example.com/{id}",
                "description": "",
                "content_hash": "",
                "listing": {},
                "last_seen_at": START,
            }
        )
        jobs.append(
            {
                "id": uuid4(),
                "user_id": scope.viewer.id,
                "posting_id": id,
                "title": "t",
                "company": company,
                "job_url": f"https://example.com/{id}",
                "relevance_score": chance.choice([None, 0.0, 5.5, 5.5, 10.0]),
                "date_posted": chance.choice([None, START, START + timedelta(microseconds=chance.randrange(3))]),
                "created_at": START + timedelta(microseconds=chance.randrange(4)),
            }
        )
    async with scope.write(JobService) as service:
        await service.work.insert_new(Posting, postings)
        await service.work.insert_new(Job, jobs)


async def expected(scope: Scope, order: JobOrder) -> list[UUID]:
    """The documented order, sorted here: a missing score or date counts as the largest."""
    async with scope.read(JobService) as service:
        rows = (
            await service.session.execute(
                select(Job.id, Job.created_at, Job.relevance_score, Job.date_posted, Job.company)
            )
        ).all()
        if order.by is JobSort.COMPANY:  # the database's own collation
            key = Job.company.desc() if order.direction is SortDirection.DESC else Job.company.asc()
            id = Job.id.desc() if order.direction is SortDirection.DESC else Job.id.asc()
            return list(await service.session.scalars(select(Job.id).order_by(key, id)))
    keys = {
        JobSort.CREATED_AT: lambda row: row.created_at,
        JobSort.RELEVANCE_SCORE: lambda row: 1000.0 if row.relevance_score is None else row.relevance_score,
        JobSort.DATE_POSTED: lambda row: LATEST if row.date_posted is None else row.date_posted,
    }
    down = order.direction is SortDirection.DESC
    return [row.id for row in sorted(rows, key=lambda row: (keys[order.by](row), row.id.hex), reverse=down)]


async def page(scope: Scope, order: JobOrder, **args: Any) -> Any:
    async with scope.read(JobService) as jobs:
        return await jobs.page(JobFilter(), order, PageArgs(**args), with_total=True)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.by}-{order.direction}")
async def test_walking_either_way_finds_every_row_once_and_in_order(ada: Scope, bob: Scope, order: JobOrder) -> None:
    await add_jobs(ada, 23, seed=1)
    await add_jobs(bob, 5, seed=2)
    wanted = [id for id in await expected(ada, order) if id in await own(ada)]
    for size in (1, 2, 5, 22, 23, 24, 100):
        forwards, after, more = [], None, True
        while more:
            found = await page(ada, order, first=size, after=after)
            forwards += [row.id for row in found.nodes]
            after, more = found.page_info.end_cursor, found.page_info.has_next_page
            assert found.total_count == 23
            assert [edge.node for edge in found.edges] == found.nodes
        assert forwards == wanted
    backwards, before, more = [], None, True
    while more:
        found = await page(ada, order, last=4, before=before)
        backwards = [row.id for row in found.nodes] + backwards
        before, more = found.page_info.start_cursor, found.page_info.has_previous_page
    assert backwards == wanted


async def own(scope: Scope) -> set[UUID]:
    async with scope.read(JobService) as service:
        return set(await service.session.scalars(select(Job.id).where(Job.user_id == scope.viewer.id)))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_page_is_the_piece_of_the_whole_list_that_it_should_be(ada: Scope, data: st.DataObject) -> None:
    if not await own(ada):
        await add_jobs(ada, 17, seed=3)
    order = data.draw(st.sampled_from(ORDERS))
    wanted = await expected(ada, order)
    everything = await page(ada, order, first=100)
    cursors = [edge.cursor for edge in everything.edges]
    start = data.draw(st.none() | st.integers(0, 16))
    stop = data.draw(st.none() | st.integers(0, 16))
    size = data.draw(st.integers(0, 20))
    word = data.draw(st.sampled_from(["first", "last"]))
    found = await page(
        ada,
        order,
        **{word: size},
        after=None if start is None else cursors[start],
        before=None if stop is None else cursors[stop],
    )
    between = wanted[0 if start is None else start + 1 : 17 if stop is None else stop]
    piece = between[:size] if word == "first" else between[max(0, len(between) - size) :]
    assert [row.id for row in found.nodes] == piece
    more = found.page_info.has_next_page if word == "first" else found.page_info.has_previous_page
    assert more is (len(between) > size)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), order=st.sampled_from(ORDERS))
async def test_rows_that_come_and_go_between_pages_disturb_no_other_row(ada: Scope, seed: int, order: JobOrder) -> None:
    chance = random.Random(seed)
    async with ada.write(JobService) as service:
        await service.session.execute(delete(Job))
    await add_jobs(ada, 20, seed)
    staying = await own(ada)
    seen: list[UUID] = []
    after, more = None, True
    while more and len(seen) < 100:
        found = await page(ada, order, first=3, after=after)
        seen += [row.id for row in found.nodes]
        after, more = found.page_info.end_cursor, found.page_info.has_next_page
        gone = chance.choice(sorted(staying))
        staying.discard(gone)
        async with ada.write(JobService) as service:
            await service.session.execute(delete(Job).where(Job.id == gone))
        await add_jobs(ada, 2, chance.randrange(10**6))
    assert len(seen) == len(set(seen))
    assert staying <= set(seen) or more


async def test_a_page_of_nothing_is_empty_and_honest(ada: Scope) -> None:
    empty = await page(ada, JobOrder(), first=10)
    assert (empty.nodes, empty.page_info.start_cursor, empty.page_info.has_next_page, empty.total_count) == (
        [],
        None,
        False,
        0,
    )
    await add_jobs(ada, 1, seed=4)
    none = await page(ada, JobOrder(), first=0)
    assert (none.nodes, none.page_info.has_next_page, none.total_count) == ([], True, 1)


async def test_twenty_are_given_when_no_count_is_asked_for(ada: Scope) -> None:
    await add_jobs(ada, 25, seed=5)
    found = await page(ada, JobOrder())
    assert len(found.nodes) == 20
    last = await page(ada, JobOrder(), before=found.page_info.end_cursor)
    assert [row.id for row in last.nodes] == [row.id for row in found.nodes[:19]]


async def test_first_and_last_together_are_refused(ada: Scope) -> None:
    with pytest.raises(ValidationError, match="either 'first' or 'last'"):
        await page(ada, JobOrder(), first=1, last=1)


@pytest.mark.parametrize("args", [{"first": -1}, {"first": 101}, {"last": -1}, {"last": 101}, {"after": "x" * 4001}])
def test_a_count_beyond_the_limits_is_refused(args: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError):
        PageArgs(**args)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.by}-{order.direction}")
async def test_a_cursor_of_another_order_is_refused(ada: Scope, order: JobOrder) -> None:
    await add_jobs(ada, 2, seed=6)
    cursor = (await page(ada, order, first=1)).page_info.end_cursor
    for other in ORDERS:
        if other != order:
            with pytest.raises(ValidationError, match="expected a cursor of the order"):
                await page(ada, other, first=1, after=cursor)


def forged(*parts: Any) -> str:
    return urlsafe_b64encode(orjson.dumps(list(parts))).decode().rstrip("=")


ID = "3b1f0c4e-7d55-4a0e-9f0a-2f6a4f0e6c11"
TIMES = "created_at.desc"
SCORES = "relevance_score.desc"
NAMES = "company.desc"


@pytest.mark.parametrize(
    ("by", "cursor"),
    [
        (JobSort.CREATED_AT, ""),
        (JobSort.CREATED_AT, "x"),
        (JobSort.CREATED_AT, "%%%"),
        (JobSort.CREATED_AT, "é" * 100),
        (JobSort.CREATED_AT, "\x00"),
        (JobSort.CREATED_AT, "W10"),
        (JobSort.CREATED_AT, forged()),
        (JobSort.CREATED_AT, forged(TIMES)),
        (JobSort.CREATED_AT, forged(TIMES, None, ID)),
        (JobSort.CREATED_AT, forged(TIMES, "now", ID)),
        (JobSort.CREATED_AT, forged(TIMES, 5, ID)),
        (JobSort.CREATED_AT, forged(TIMES, "2026-01-01T00:00:00", ID)),
        (JobSort.CREATED_AT, forged(TIMES, "0001-01-01T00:00:00+14:00", ID)),
        (JobSort.CREATED_AT, forged(TIMES, "9999-12-31T23:59:59-14:00", ID)),
        (JobSort.CREATED_AT, forged(TIMES, "2026-01-01T00:00:00+00:00", "no id")),
        (JobSort.CREATED_AT, forged(TIMES, "2026-01-01T00:00:00+00:00", 5)),
        (JobSort.CREATED_AT, forged(TIMES, "2026-01-01T00:00:00+00:00", [ID])),
        (JobSort.CREATED_AT, forged(TIMES, ["2026-01-01T00:00:00+00:00"], ID)),
        (JobSort.CREATED_AT, forged([TIMES], "2026-01-01T00:00:00+00:00", ID)),
        (JobSort.RELEVANCE_SCORE, forged(SCORES, "5", ID)),
        (JobSort.RELEVANCE_SCORE, forged(SCORES, None, ID)),
        (JobSort.RELEVANCE_SCORE, forged(SCORES, True, ID)),
        (JobSort.RELEVANCE_SCORE, forged(SCORES, {}, ID)),
        (JobSort.COMPANY, forged(NAMES, 5, ID)),
        (JobSort.COMPANY, forged(NAMES, None, ID)),
        (JobSort.COMPANY, forged(NAMES, "a\x00b", ID)),
    ],
)
async def test_a_forged_cursor_is_refused(ada: Scope, by: JobSort, cursor: str) -> None:
    with pytest.raises(ValidationError):
        await page(ada, JobOrder(by=by), first=1, after=cursor)
    with pytest.raises(ValidationError):
        await page(ada, JobOrder(by=by), last=1, before=cursor)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60) | st.binary(max_size=60).map(lambda b: urlsafe_b64encode(b).decode()))
def test_no_text_but_our_own_is_a_cursor(text: str) -> None:
    with pytest.raises(ValidationError):
        decode_cursor(NEWEST_FIRST, text)


@given(value=st.datetimes(timezones=st.just(UTC)), id=st.uuids())
def test_a_cursor_holds_a_time_to_the_microsecond(value: datetime, id: UUID) -> None:
    assert decode_cursor(NEWEST_FIRST, encode_cursor(NEWEST_FIRST, value, id)) == (value, id)


@given(value=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=255), id=st.uuids())
def test_a_cursor_holds_any_name(value: str, id: UUID) -> None:
    order = order_of(JobOrder(by=JobSort.COMPANY))
    assert decode_cursor(order, encode_cursor(order, value, id)) == (value, id)


@given(value=st.floats(allow_nan=False, allow_infinity=False), id=st.uuids())
def test_a_cursor_holds_any_score(value: float, id: UUID) -> None:
    order = order_of(JobOrder(by=JobSort.RELEVANCE_SCORE))
    assert decode_cursor(order, encode_cursor(order, value, id)) == (value, id)


def test_an_edge_of_255_wide_letters_still_fits_the_longest_cursor_that_is_taken() -> None:
    order: Order = order_of(JobOrder(by=JobSort.COMPANY))
    for letter in ("é", "日", "\U0001f600", '"', "\\", "\x01"):
        PageArgs(first=1, after=encode_cursor(order, letter * 255, uuid4()))


async def test_a_page_by_number_may_lie_far_behind_the_end(ada: Scope) -> None:
    async with ada.write(ItemService) as items:
        await items.create(ItemDraft(title="a"))
    async with ada.read(ItemService) as items:
        assert [row.title for row in (await items.numbered(1, 1)).rows] == ["a"]
        for number in (2, 10**6, 2**62, 10**30):
            behind = await items.numbered(number, 100)
            assert (behind.rows, behind.total) == ([], 1)


async def test_rows_of_one_moment_keep_one_order(ada: Scope) -> None:
    async with ada.write(ItemService) as items:
        for n in range(5):
            await items.create(ItemDraft(title=str(n)))
        await items.session.execute(update(Item).values(created_at=utc_now()))
    async with ada.read(ItemService) as items:
        by_number = [(await items.numbered(n, 1)).rows[0].id for n in range(1, 6)]
        by_key = [row.id for row in (await items.page(PageArgs(first=5), with_total=False)).nodes]
    assert by_number == by_key
