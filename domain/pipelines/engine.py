"""A pipeline is a value: a name, an input, an output and an ordered list of steps.

A step is an async function of (work, state); its docstring is its label; the state is a dataclass and its JSON is
the checkpoint. A step may run twice, so its effects are keyed.
"""

import inspect
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from domain.inputs import Input
from domain.leases import LeaseService
from domain.ports import Ports
from domain.runs import Lease
from domain.scopes import Scope
from domain.viewers import Viewer
from domain.work import Service

S = TypeVar("S", bound=Service)
State = TypeVar("State")
ROWS_A_SECOND = 10


class StepWork:
    """What a step works with: the run it belongs to, reads, and writes that count only while the lease holds."""

    def __init__(self, lease: Lease, viewer: Viewer, ports: Ports) -> None:
        self.lease = lease
        self.viewer = viewer
        self.ports = ports
        self.metadata: dict[str, Any] = deepcopy(lease.run.metadata)
        self._scope = Scope(viewer, ports)
        self._said_at = 0.0
        self._unsaid: tuple[int, int, str | None] | None = None

    @property
    def run_id(self) -> UUID:
        return self.lease.run.id

    @asynccontextmanager
    async def read(self, service: type[S]) -> AsyncGenerator[S]:
        async with self._scope.read(service) as opened:
            yield opened

    @asynccontextmanager
    async def write(self, service: type[S], *, effect: bool = True) -> AsyncGenerator[S]:
        """Raises LeaseLostError or RunCancelledError, before anything is written, when the run is no longer ours.

        `effect=False` for what only tells of the work and does not bring it on.
        """
        async with self._scope.write(service) as opened:
            leases = LeaseService.of(opened)
            keep = leases.hold if effect else leases.renew
            await keep(self.run_id, self.lease.fence, self.ports.policy.lease)
            yield opened

    async def say(self, done: int, total: int, message: str | None = None) -> None:
        """Progress; at most ten rows a second are stored, the last of a step always."""
        self._unsaid = (done, total, message)
        if time.monotonic() - self._said_at >= 1 / ROWS_A_SECOND or 0 < total <= done:
            await self.flush()

    async def flush(self) -> None:
        if self._unsaid is None:
            return
        (done, total, message), self._unsaid = self._unsaid, None
        self._said_at = time.monotonic()
        async with self.write(LeaseService, effect=False) as leases:
            await leases.say(self.run_id, self.lease.fence, done, total, message)


Step = Callable[[StepWork, Any], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Pipeline(Generic[State]):
    """`begin` makes the first state from the input, `finish` the output from the last one."""

    name: str
    summary: str
    input: type[Input]
    output: type[BaseModel]
    state: type[State]
    begin: Callable[[Any], State]
    steps: tuple[Step, ...]
    finish: Callable[[State], BaseModel]
    area: str | None = None
    tags: tuple[str, ...] = field(default=())

    def checkpoint(self, state: State) -> dict[str, Any]:
        saved: dict[str, Any] = TypeAdapter(self.state).dump_python(state, mode="json")
        return saved

    def resume(self, saved: dict[str, Any]) -> State:
        return TypeAdapter(self.state).validate_python(saved)


def label(step: Step) -> str:
    return (inspect.getdoc(step) or step.__name__).split("\n", 1)[0].rstrip(".")
