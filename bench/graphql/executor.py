"""Compiled lists against graphql-core, and both against stock Strawberry: `python -m bench.graphql.executor`.

CPU time of the process, contenders interleaved in rotating order; the ratios are medians over the rounds.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable

from bench.graphql.rows import JOBS, schema
from schema.execution.operations import Operations

ROUNDS = 7
CALLS = 20
VARIABLES = {"first": 50}


def contenders() -> dict[str, Callable[[], Awaitable[object]]]:
    compiled, plain = Operations(schema), Operations(schema, plans=False)

    async def run(operations: Operations) -> object:
        operation = operations.prepare(JOBS, VARIABLES, None)
        return (await operations.execute(operation, VARIABLES, None, "bench")).data

    async def stock() -> object:
        return (await schema.execute(JOBS, VARIABLES)).data

    return {"compiled": lambda: run(compiled), "graphql-core": lambda: run(plain), "stock Strawberry": stock}


async def measure(call: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of CPU per call."""
    started = time.process_time()
    for _ in range(CALLS):
        await call()
    return (time.process_time() - started) / CALLS * 1e6


async def main() -> None:
    calls = contenders()
    answers = [await call() for call in calls.values()]
    assert all(answer == answers[0] for answer in answers), "the contenders do not answer alike"
    gc.collect()
    gc.freeze()
    rounds: dict[str, list[float]] = {name: [] for name in calls}
    names = list(calls)
    for index in range(ROUNDS):
        for name in names[index % len(names) :] + names[: index % len(names)]:
            rounds[name].append(await measure(calls[name]))
    base = rounds["compiled"]
    for name, times in rounds.items():
        ratios = [time_ / fast for time_, fast in zip(times, base, strict=True)]
        print(
            f"{name:18} {statistics.median(times):8.0f} µs   ratio to compiled "
            f"{statistics.median(ratios):5.1f} (min {min(ratios):.1f}, max {max(ratios):.1f})"
        )


if __name__ == "__main__":
    asyncio.run(main())
