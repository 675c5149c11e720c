"""Runs operations on a Strawberry schema: prepared once per text, executed under a deadline, subscribed to.

This stands in place of `strawberry.Schema.execute` and `subscribe`. Strawberry's extensions are not run
(limits, caching, errors and masking are built in here), so a schema that has any is refused.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, cast

import strawberry
from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLFormattedError,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution import create_source_event_stream, map_source_to_response_event
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from domain.errors import ValidationError
from schema.execution.documents import Documents, Operation
from schema.execution.errors import TIMED_OUT, coded, format_exception, formatted
from schema.execution.limits import Limits
from schema.execution.plans import CompiledExecutor, PlanCounters

MAX_INTROSPECTIONS = 8
"""Answers that are kept: an introspection takes a tenth of a second and is the same for everybody."""


@dataclass(frozen=True, slots=True)
class Response:
    """A GraphQL response. `began` is False when the operation was never run: then there is no data."""

    data: Any = None
    errors: list[GraphQLFormattedError] | None = None
    began: bool = True

    def payload(self) -> dict[str, Any]:
        """The response as the specification writes it: errors first, data only when execution began."""
        payload: dict[str, Any] = {"errors": self.errors} if self.errors else {}
        if self.began:
            payload["data"] = self.data
        return payload


class Operations:
    """What a transport needs of a schema: `prepare` a text, then `execute` it or `subscribe` to it.

    `deadline` is in seconds and holds for queries and mutations. `plans=False` switches compiled lists off.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        limits: Limits | None = None,
        deadline: float = 10.0,
        plans: bool = True,
        cached_documents: int = 500,
    ) -> None:
        if schema.extensions or schema.directives:
            raise ValueError("expected a schema without Strawberry extensions or directives: none would be run")
        self.schema: GraphQLSchema = schema._schema  # noqa: SLF001 - Strawberry has no public name for it
        self.documents = Documents(
            self.schema,
            limits or Limits(),
            entries=cached_documents,
            rules=(MaybeNullValidationRule, OneOfInputValidationRule),
        )
        self.deadline = deadline
        self.plans = plans
        self.counters = PlanCounters()
        self.introspections: OrderedDict[int, tuple[Operation, Response]] = OrderedDict()

    def prepare(self, text: str, variables: Mapping[str, Any] | None, name: str | None) -> Operation:
        """Parse, limit and validate, or find that done; raises Refusal with the errors."""
        return self.documents.prepare(text, name, variables or {})

    async def execute(
        self, operation: Operation, variables: Mapping[str, Any] | None, context: Any, request_id: str
    ) -> Response:
        """Run a query or mutation. Errors are part of the response; only cancellation is raised."""
        if is_introspection(operation.definition):
            return await self.introspect(operation, context, request_id)
        return await self.run(operation, variables, context, request_id)

    async def run(
        self, operation: Operation, variables: Mapping[str, Any] | None, context: Any, request_id: str
    ) -> Response:
        executor = self.executor(operation, variables, context)
        if isinstance(executor, list):
            return refused(executor, request_id)
        try:
            async with asyncio.timeout(self.deadline):
                result = executor.execute_operation()
                if isawaitable(result):
                    result = await result
        except TimeoutError:
            message = f"The operation took longer than {self.deadline:g} seconds and was stopped."
            error = coded(GraphQLError(message), TIMED_OUT)
            return Response(None, formatted([error], request_id))
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets a GraphQL response
            return Response(None, [format_exception(error, request_id)])
        return response(cast("ExecutionResult", result), request_id)

    async def introspect(self, operation: Operation, context: Any, request_id: str) -> Response:
        key = id(operation.definition)
        if key in self.introspections:
            self.introspections.move_to_end(key)
            return self.introspections[key][1]
        answer = await self.run(operation, None, context, request_id)
        if answer.errors:
            return answer
        # The operation is kept with its answer, or its id could be given to another one.
        self.introspections[key] = (operation, answer)
        if len(self.introspections) > MAX_INTROSPECTIONS:
            self.introspections.popitem(last=False)
        return answer

    async def subscribe(
        self, operation: Operation, variables: Mapping[str, Any] | None, context: Any, request_id: str
    ) -> AsyncGenerator[Response, None]:
        """Responses, one for each event. One that never `began` says why there are no more of them."""
        executor = self.executor(operation, variables, context)
        if isinstance(executor, list):
            yield refused(executor, request_id)
            return
        try:
            source = create_source_event_stream(executor)
            if isawaitable(source):
                source = await source
            if isinstance(source, ExecutionResult):
                yield Response(errors=formatted(source.errors or [], request_id), began=False)
                return
            events = map_source_to_response_event(executor, source)
            async with aclosing(events):
                async for event in events:
                    yield response(event, request_id)
        except Exception as error:  # noqa: BLE001 - whatever it is, the client gets a GraphQL response
            yield Response(errors=[format_exception(error, request_id)], began=False)

    def executor(
        self, operation: Operation, variables: Mapping[str, Any] | None, context: Any
    ) -> CompiledExecutor | list[GraphQLError]:
        return cast(
            "CompiledExecutor | list[GraphQLError]",
            CompiledExecutor.build(
                self.schema,
                operation.document.node,
                None,
                context,
                dict(variables or {}),
                operation.name,
                is_awaitable=cast("Any", optimized_is_awaitable),
                plans=operation.document.plans if self.plans else None,
                counters=self.counters,
            ),
        )


def is_introspection(definition: OperationDefinitionNode) -> bool:
    """Whether an operation asks the schema about itself and nothing else, and is the same for everybody."""
    return not definition.variable_definitions and all(
        isinstance(node, FieldNode) and node.name.value in {"__schema", "__type", "__typename"}
        for node in definition.selection_set.selections
    )


def refused(errors: list[GraphQLError], request_id: str) -> Response:
    """The response to variables that do not fit the operation."""
    return Response(errors=formatted([coded(error, ValidationError.code) for error in errors], request_id), began=False)


def response(result: ExecutionResult, request_id: str) -> Response:
    return Response(result.data, formatted(result.errors, request_id) if result.errors else None)
