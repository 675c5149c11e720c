"""One lane to each host: so many requests at once, a pause between them, and a sign when it is shut.

Times are seconds. A host is its name; the pace holds for one process.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from infra.egress.errors import HostParkedError

_KEPT = 1_000


@dataclass(slots=True)
class _Lane:
    turns: asyncio.Semaphore
    waiting: int = 0
    ready_at: float = 0.0
    parked_until: float = 0.0
    closed_because: HostParkedError | None = field(default=None)


class Lanes:
    def __init__(self, interval: float, at_once: int, patience: float) -> None:
        """`patience`: the longest a request waits for a parked host; beyond it HostParkedError is raised."""
        self._interval = interval
        self._at_once = at_once
        self._patience = patience
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def enter(self, host: str, interval: float | None = None) -> AsyncIterator[None]:
        """Waits for the host's turn and holds it; `interval` is the pause after it, if longer than usual.

        Raises HostParkedError when the host is parked for long.
        """
        pause = max(self._interval, interval or 0.0)
        lane = self._lane(host)
        lane.waiting += 1
        try:
            async with lane.turns:
                await self._wait(host, lane)
                lane.ready_at = _now() + pause
                try:
                    yield
                finally:
                    lane.ready_at = max(lane.ready_at, _now() + pause)
        finally:
            lane.waiting -= 1

    def park(self, host: str, seconds: float, because: HostParkedError | None = None) -> None:
        """No request to the host for so long; `because` is raised in their place however short that is."""
        lane = self._lane(host)
        lane.parked_until = max(lane.parked_until, _now() + seconds)
        lane.closed_because = because or lane.closed_because

    async def _wait(self, host: str, lane: _Lane) -> None:
        while (seconds := max(lane.ready_at, lane.parked_until) - _now()) > 0:
            parked = lane.parked_until - _now()
            if parked > 0 and lane.closed_because:
                raise lane.closed_because
            if parked > self._patience:
                raise HostParkedError(
                    f"{host} asked to be left alone for {round(parked)} s",
                    {"host": host, "retry_after": round(parked)},
                )
            await asyncio.sleep(seconds)
        lane.closed_because = None

    def _lane(self, host: str) -> _Lane:
        if host not in self._lanes:
            self._forget_idle()
            self._lanes[host] = _Lane(asyncio.Semaphore(self._at_once))
        return self._lanes[host]

    def _forget_idle(self) -> None:
        if len(self._lanes) >= _KEPT:
            now = _now()
            self._lanes = {
                host: lane
                for host, lane in self._lanes.items()
                if lane.waiting or max(lane.ready_at, lane.parked_until) > now
            }


def _now() -> float:
    return asyncio.get_running_loop().time()
