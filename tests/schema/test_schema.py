"""The printed schema is what client developers build on: it changes knowingly, and every list costs what it costs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from domain.items import ItemDraft
from domain.scopes import Scope
from infra.runtime import Runtime
from resolvers.items import create_item
from schema.context import Context
from schema.execution.operations import Operations
from schema.schema import build_schema

LISTENING: ContextVar[bool] = ContextVar("listening", default=False)
PRINTED = Path(__file__).parents[2] / "schema" / "schema.graphql"


@pytest.fixture(scope="module")
def operations() -> Operations:
    return Operations(build_schema())


@pytest.fixture
def statements(runtime: Runtime) -> Callable[[], Any]:
    """Hears the statements of the test itself, not those of the relay and the sweeper beside it."""

    @asynccontextmanager
    async def count() -> AsyncIterator[list[str]]:
        seen: list[str] = []

        def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if LISTENING.get():
                seen.append(statement)

        engine = runtime.database.reader.sync_engine
        event.listen(engine, "before_cursor_execute", hear)
        token = LISTENING.set(True)
        try:
            yield seen
        finally:
            LISTENING.reset(token)
            event.remove(engine, "before_cursor_execute", hear)

    return count


async def ask(operations: Operations, scope: Scope, query: str, **variables: Any) -> dict[str, Any]:
    operation = operations.prepare(query, variables, None)
    answer = await operations.execute(operation, variables, Context(scope), "test")
    assert not answer.errors, answer.errors
    return answer.data


def test_the_committed_schema_is_the_one_that_is_served() -> None:
    assert PRINTED.read_text() == build_schema().as_str() + "\n", "run: make schema"


LISTS = {
    "items": ("{ items { totalCount nodes { id title } } }", 2),
    "jobs": ("{ jobs { totalCount nodes { id title company relevanceScore status } } }", 2),
    "jobs with long texts": ("{ jobs { nodes { id description notes coverLetter prepNotes fit { score } } } }", 2),
    "dropped postings": ("{ droppedPostings { totalCount nodes { id title rule } } }", 2),
    "runs": ("{ runs { totalCount nodes { id status output } } }", 2),
    "résumés": ("{ resumes { id name url } }", 1),
    "profiles": ("{ jobProfiles { id name resume { id name } sources { source } } }", 1),
    "sessions": ("{ sessions { id deviceName } }", 1),
}


@pytest.mark.parametrize(("query", "expected"), LISTS.values(), ids=LISTS.keys())
async def test_a_list_costs_a_fixed_number_of_statements(
    operations: Operations, ada: Scope, searched: Any, statements: Callable[[], Any], query: str, expected: int
) -> None:
    async with statements() as seen:
        await ask(operations, ada, query)
    assert len(seen) == expected, seen


async def test_a_list_without_total_count_is_not_counted(
    operations: Operations, ada: Scope, statements: Callable[[], Any]
) -> None:
    await create_item(ada, ItemDraft(title="one"))
    async with statements() as seen:
        await ask(operations, ada, "{ items { nodes { id } } }")
    assert len(seen) == 1


async def test_an_object_is_found_by_its_id_in_two_statements(
    operations: Operations, ada: Scope, bob: Scope, statements: Callable[[], Any]
) -> None:
    row = await create_item(ada, ItemDraft(title="mine"))
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Item { title } ... on User { email } } }"
    ids = [str(row.id), str(bob.viewer.id), str(ada.viewer.id)]
    async with statements() as seen:
        found = (await ask(operations, ada, query, ids=ids))["nodes"]
    assert found[0] == {"__typename": "Item", "id": str(row.id), "title": "mine"}
    assert found[1] is None
    assert found[2]["email"] == "ada@example.com"
    assert len(seen) == 3, "one UNION ALL, one read a kind"
    assert (await ask(operations, bob, query, ids=ids[:1]))["nodes"] == [None]
