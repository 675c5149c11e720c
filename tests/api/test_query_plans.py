"""A hundred thousand jobs of one person: how the documented lists are read, as the database itself tells it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, text

from domain.jobs import JobFilter, JobOrder, JobSort, JobStatus, SortDirection
from domain.scopes import Scope
from domain.viewers import Viewer
from infra.database import EngineDatabase, open_database
from infra.settings import Settings
from resolvers.jobs import jobs, numbered_jobs

HOW_MANY = 100_000
ORDERS = [JobOrder(by=by, direction=direction) for by in JobSort for direction in SortDirection]
STATUSES = list(JobStatus)
# The same rows on both databases, everything of them varied; ids count from 1.
SPEAK = {
    "sqlite": {"id": "printf('%032x', n)", "now": "'2026-01-01 00:00:00.000000'", "json": "'{}'", "user": "'@@'"},
    "postgresql": {"id": "lpad(to_hex(n), 32, '0')::uuid", "now": "now()", "json": "'{}'::jsonb", "user": "'@@'::uuid"},
}
FILL = (
    """
    INSERT INTO users (id, email, email_folded, role, is_active, is_superuser, created_at)
    VALUES (@user, 'r', 'r', 'user', TRUE, FALSE, @now)
    """,
    f"""
    INSERT INTO postings (id, key, source, title, company, url, description, sample, content_hash, listing,
                          misses, reopened_count, last_seen_at, created_at)
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {HOW_MANY})
    SELECT @id, 'k' || n, 'import', 'Title ' || n, 'Company ' || mod(n, 977), 'https://example.com/' || n,
           'Plain words ' || mod(n * 7919, 100003) || ' and more of them', FALSE, 'h', @json, 0, 0, @now, @now
    FROM numbers
    """,
    """
    INSERT INTO jobs (id, user_id, posting_id, title, company, job_url, source, date_posted, relevance_score, sample,
                      hidden, status, created_at)
    SELECT id, @user, id, title, company, url, source,
           CASE WHEN mod(length(title), 2) = 0 THEN last_seen_at END, mod(length(description), 10), FALSE, FALSE,
           CASE mod(length(company), 3) WHEN 0 THEN 'new' WHEN 1 THEN 'applied' ELSE 'rejected' END, created_at
    FROM postings
    """,
    "ANALYZE",
)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[EngineDatabase]:
    opened = open_database(settings)
    yield opened
    if opened.kind == "postgresql":  # row by row this many take minutes
        async with opened.writer.begin() as connection:
            await connection.execute(text("TRUNCATE users, postings CASCADE"))
    await opened.close()


@pytest.fixture
async def rich(database: EngineDatabase) -> Scope:
    """Somebody to whom all of the rows belong."""
    user = uuid4()
    async with database.writer.begin() as connection:
        for statement in FILL:
            for word, meaning in SPEAK[database.kind].items():
                statement = statement.replace(f"@{word}", meaning)  # noqa: PLW2901
            await connection.exec_driver_sql(statement.replace("@@", user.hex))
    return Scope(Viewer(user_id=user), Ports(database))


class Ports:
    """As much of the world as a read needs."""

    def __init__(self, database: EngineDatabase) -> None:
        self.database = database


async def plans(database: EngineDatabase, ask: Any) -> list[tuple[str, str]]:
    """Each statement that a read sends, with its plan."""
    sent: list[tuple[str, Any]] = []

    def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    engine = database.reader.sync_engine
    event.listen(engine, "before_cursor_execute", remember)
    try:
        await ask
    finally:
        event.remove(engine, "before_cursor_execute", remember)
    word = "EXPLAIN QUERY PLAN" if database.kind == "sqlite" else "EXPLAIN"
    found = []
    async with database.reader.connect() as connection:
        for statement, parameters in sent:
            rows = await connection.exec_driver_sql(f"{word} {statement}", parameters)
            found.append((statement, "\n".join(str(row[-1]) for row in rows)))
    return found


def reads_in_order(plan: str) -> bool:
    """No table is read through, nothing is sorted. `USING INDEX` beside a temporary B-tree does not count."""
    return not any(word in plan for word in ("Seq Scan", "Sort", "TEMP B-TREE", "SCAN jobs"))


@pytest.mark.slow
async def test_every_documented_order_of_one_status_is_read_from_an_index(
    rich: Scope, database: EngineDatabase
) -> None:
    seen = 0
    for order in ORDERS:
        for status in STATUSES:
            where = JobFilter(status=[status])
            for page in (1, 3):
                found = await plans(database, numbered_jobs(rich, where, order, page, 20))
                listing = next(plan for statement, plan in found if "ORDER BY" in statement)
                assert reads_in_order(listing), f"{order.by} {order.direction} {status}\n{listing}"
                seen += 1
        found = await plans(database, numbered_jobs(rich, JobFilter(), order, 1, 20))
        listing = next(plan for statement, plan in found if "ORDER BY" in statement)
        assert reads_in_order(listing), f"{order.by} {order.direction}\n{listing}"
    assert seen == len(ORDERS) * len(STATUSES) * 2


@pytest.mark.slow
async def test_a_cursor_starts_in_the_middle_of_the_index(rich: Scope, database: EngineDatabase) -> None:
    from domain.pages import PageArgs

    where = JobFilter(status=[JobStatus.APPLIED])
    for order in ORDERS:
        first = await jobs(rich, PageArgs(first=20), where, order)
        after = PageArgs(first=20, after=first.page_info.end_cursor)
        ((_, listing),) = await plans(database, jobs(rich, after, where, order))
        assert reads_in_order(listing), f"{order.by} {order.direction}\n{listing}"


@pytest.mark.slow
async def test_a_search_asks_the_trigrams(rich: Scope, database: EngineDatabase) -> None:
    order = JobOrder()
    where = JobFilter(search="words 4242")
    found = await numbered_jobs(rich, where, order)
    assert found.total == len(found.rows) > 0
    assert all("words 4242" in row.description for row in found.rows)
    for statement, plan in await plans(database, numbered_jobs(rich, where, order)):
        if "MATCH" in statement or "ILIKE" in statement:
            assert "VIRTUAL TABLE INDEX" in plan or "search_postings" in plan, plan
            assert "Seq Scan" not in plan, plan
            assert "SCAN postings" not in plan, plan
    short = await numbered_jobs(rich, JobFilter(search="42"), order)
    assert short.total > 0
    assert all("42" in f"{row.title} {row.company} {row.description}" for row in short.rows)
