"""One small concept: a reaction is a function of the ports and an id, answered by a worker.

Delivery is at least once, so a reaction keys its effects: it takes a lease on the row that the id names.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from domain.ports import Ports


@dataclass(frozen=True, slots=True)
class Reaction:
    """`queue` says what kind of waiting it does, so that one kind never blocks another.

    `at_once`: so many may be under way in one process without holding a worker thread each; for what only waits for
    other machines.
    """

    name: str
    queue: str
    act: Callable[[Ports, UUID], Coroutine[Any, Any, None]]
    at_once: int | None = None
