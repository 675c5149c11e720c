"""The compiled executor: a list whose selected fields are plain attributes is answered by one function.

graphql-core completes a list field by field; for rows of plain attributes nothing of that can differ from one
row to the next, so the selection is compiled once per document (see `plan_source`) and run for all rows.
Whatever a plan does not expect, a null in a non-null place, a wrong type, an exception, makes it give up, and
graphql-core completes the same list from the start: errors, their paths and the bubbling of nulls are always
its own. Reading a plain attribute twice is harmless, and authorisation of a field is a resolver or
permission, for which no plan is made.

This leans on `Executor.complete_list_value` and `collect_subfields` of graphql-core 3.3; the dependency is
pinned to it and a differential test compares both executors.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLList, GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from schema.execution.plan_source import NotPlannableError, compile_list

Plan = Callable[[Any, GraphQLResolveInfo[Any]], list[Any]]

MAX_PLANS = 100
"""Plans per document. Variables that include or skip fields make variants of one selection."""


@dataclass(slots=True)
class PlanCounters:
    """What became of the lists that were completed while plans were switched on."""

    used: int = 0
    fell_back: int = 0
    unplanned: int = 0


class Plans:
    """The plans of one document, by type, field and the variables that decide what is selected.

    Nodes are named by their `id`, which is safe because plans and nodes live in the same document.
    """

    __slots__ = ("conditions", "known")

    def __init__(self, conditions: tuple[str, ...]) -> None:
        self.conditions = conditions
        self.known: dict[Hashable, Plan | None] = {}

    def find(
        self, executor: "CompiledExecutor", return_type: GraphQLList[Any], fields: FieldDetailsList
    ) -> Plan | None:
        key: Hashable
        if len(fields) == 1 and not self.conditions:
            key = (id(return_type), id(fields[0].node))
        else:
            coerced = executor.variable_values.coerced
            included = [coerced.get(name) for name in self.conditions]
            key = (id(return_type), *(id(field.node) for field in fields), *included)
        try:
            return self.known[key]
        except KeyError:
            return self.make(key, executor, return_type, fields)

    def make(
        self,
        key: Hashable,
        executor: "CompiledExecutor",
        return_type: GraphQLList[Any],
        fields: FieldDetailsList,
    ) -> Plan | None:
        if len(self.known) >= MAX_PLANS:
            return None
        try:
            plan = compile_list(executor, return_type, fields)
        except NotPlannableError:
            plan = None
        self.known[key] = plan
        return plan


class CompiledExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, which completes lists by plans where it is given `plans` to keep them in."""

    def __init__(
        self, *args: Any, plans: Plans | None = None, counters: PlanCounters | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        # A middleware sees every field, so nothing may be answered without it.
        self.plans = None if self.middleware_manager and self.middleware_manager.middlewares else plans
        self.counters = counters or PlanCounters()

    def complete_list_value(
        self,
        return_type: GraphQLList[GraphQLOutputType],
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if self.plans is not None and (type(result) is list or type(result) is tuple):
            plan = self.plans.find(self, return_type, field_details_list)
            if plan is None:
                self.counters.unplanned += 1
            else:
                try:
                    completed = plan(result, info)
                except Exception:  # noqa: BLE001 - any surprise is graphql-core's to judge
                    self.counters.fell_back += 1
                else:
                    self.counters.used += 1
                    return completed
        return super().complete_list_value(return_type, field_details_list, info, path, result, position_context)
