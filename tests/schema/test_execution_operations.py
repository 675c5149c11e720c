"""Running operations: what errors tell, what is logged, and what a subscription yields."""

import asyncio
import enum
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
import strawberry
from graphql import GraphQLError, get_introspection_query
from pydantic import BaseModel, Field

from domain.errors import DomainError, ValidationError
from schema.execution.operations import Operations, Response


class Profile(BaseModel):
    name: str = Field(max_length=3)
    tags: list[int]


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"


@strawberry.type
class Row:
    name: str | None

    @strawberry.field
    def broken(self) -> str | None:
        raise RuntimeError("the password is hunter2")


@strawberry.type
class Query:
    rows: list[Row] = strawberry.field(resolver=lambda: [Row(name=str(index)) for index in range(50)])

    @strawberry.field
    def pydantic(self) -> str | None:
        Profile(name="hunter2", tags=["x"])  # type: ignore[list-item]
        return "never"

    @strawberry.field
    def domain(self) -> str | None:
        raise ValidationError("A score is a number from 0 to 10; found 11", {"field": "score"})

    @strawberry.field
    def unnamed(self) -> str | None:
        raise DomainError("the password is hunter2")

    @strawberry.field
    def coded(self) -> str | None:
        raise GraphQLError("Told on purpose", extensions={"code": "MINE", "details": {"a": 1}})

    @strawberry.field
    def uncoded(self) -> str | None:
        raise GraphQLError("the password is hunter2")

    @strawberry.field
    def colour(self) -> Colour | None:
        return "hunter2"  # type: ignore[return-value]

    @strawberry.field
    def nothing(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def number(self, value: int = 5) -> int:
        return value


CLOSED: list[bool] = []


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int) -> AsyncGenerator[int, None]:
        try:
            for number in range(to):
                yield number
        finally:
            CLOSED.append(True)


def operations(**options: Any) -> Operations:
    return Operations(strawberry.Schema(Query, subscription=Subscription), **options)


async def run(text: str, variables: dict[str, Any] | None = None, **options: Any) -> Response:
    runner = operations(**options)
    return await runner.execute(runner.prepare(text, variables, None), variables, None, "r-42")


async def error(text: str, variables: dict[str, Any] | None = None) -> Any:
    (found,) = (await run(text, variables)).errors or []
    return found


async def test_an_input_that_pydantic_refuses_is_told_without_its_values(caplog):
    found = await error("{ pydantic }")
    assert found["message"] == "Validation error"
    assert found["extensions"]["code"] == "VALIDATION_ERROR"
    paths = [(detail["path"], detail["type"]) for detail in found["extensions"]["details"]["errors"]]
    assert paths == [("name", "string_too_long"), ("tags.0", "int_parsing")]
    assert "hunter2" not in str(found)
    assert not caplog.records


async def test_a_domain_error_keeps_its_code_and_details():
    found = await error("{ domain }")
    assert found["message"] == "A score is a number from 0 to 10; found 11"
    assert found["extensions"] == {"code": "VALIDATION_ERROR", "details": {"field": "score"}}
    assert found["path"] == ["domain"]
    assert found["locations"] == [{"line": 1, "column": 3}]


async def test_an_error_that_has_a_code_is_left_alone():
    found = await error("{ coded }")
    assert (found["message"], found["extensions"]) == ("Told on purpose", {"code": "MINE", "details": {"a": 1}})


@pytest.mark.parametrize("text", ["{ unnamed }", "{ uncoded }", "{ colour }", "{ nothing }"])
async def test_everything_else_is_masked_and_logged(text, caplog):
    found = await error(text)
    assert found["message"] == "Internal server error"
    assert found["extensions"] == {"code": "INTERNAL_ERROR", "details": {"request_id": "r-42"}}
    assert "hunter2" not in str(found)
    (record,) = caplog.records
    assert (record.levelno, record.request_id) == (logging.ERROR, "r-42")
    assert record.exc_info


async def test_a_null_given_by_a_variable_to_a_required_argument_is_the_callers_fault():
    found = await error("query ($v: Int = 3) { number(value: $v) }", {"v": None})
    assert found["extensions"] == {"code": "VALIDATION_ERROR"}
    assert "value" in found["message"]


async def test_a_list_that_fails_in_every_row_is_logged_ten_times(caplog):
    response = await run("{ rows { name broken } }")
    assert len(response.errors or []) == 50
    assert len(caplog.records) == 10
    assert response.errors[7]["path"] == ["rows", 7, "broken"]  # type: ignore[index]


@pytest.mark.parametrize("value", ["x", None, [], 2**40, 1.5, {"a": 1}])
async def test_variables_that_do_not_fit_never_begin(value):
    response = await run("query ($v: Int!) { number(value: $v) }", {"v": value})
    assert not response.began
    assert "data" not in response.payload()
    assert {found["extensions"]["code"] for found in response.errors or []} == {"VALIDATION_ERROR"}


async def test_unknown_variables_are_ignored():
    assert (await run("{ number }", {"other": 1})).data == {"number": 5}


async def test_an_introspection_is_run_once_and_kept_for_a_few_texts():
    runner = operations()
    for index in range(20):
        text = get_introspection_query() + f"#{index}"
        operation = runner.prepare(text, None, None)
        first = await runner.execute(operation, None, None, "a")
        assert await runner.execute(operation, None, None, "b") is first
        assert not first.errors
    assert len(runner.introspections) == 8


async def test_a_subscription_yields_each_event_and_closes_its_source():
    runner = operations()
    operation = runner.prepare("subscription ($n: Int!) { count(to: $n) }", {"n": 2}, None)
    found = [response.data async for response in runner.subscribe(operation, {"n": 2}, None, "a")]
    assert found == [{"count": 0}, {"count": 1}]
    CLOSED.clear()
    async with aclosing(runner.subscribe(operation, {"n": 9}, None, "a")) as events:
        async for _ in events:
            break
    assert CLOSED == [True]


async def test_a_subscription_with_wrong_variables_yields_why():
    runner = operations()
    operation = runner.prepare("subscription ($n: Int!) { count(to: $n) }", {}, None)
    (only,) = [response async for response in runner.subscribe(operation, {}, None, "a")]
    assert not only.began
    assert only.errors[0]["extensions"]["code"] == "VALIDATION_ERROR"  # type: ignore[index]


async def test_many_operations_at_once_do_not_mix_their_contexts():
    @strawberry.type
    class Mine:
        @strawberry.field
        async def who(self, info: strawberry.Info) -> str:
            await asyncio.sleep(0.001)
            return info.context

    runner = Operations(strawberry.Schema(Mine))
    operation = runner.prepare("{ who }", None, None)
    answers = await asyncio.gather(*(runner.execute(operation, None, str(n), "r") for n in range(100)))
    assert [answer.data["who"] for answer in answers] == [str(n) for n in range(100)]
