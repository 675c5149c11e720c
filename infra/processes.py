"""Several processes as one: children are started, started again when they die, and end with their parent.

A child that was left behind would keep answering the queue, so every child also watches its parent and ends itself
when that is gone, however it went (kill -9 runs no handler).
"""

import asyncio
import contextlib
import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger()
PARENT = "PERSONAL_AUTOMATIONS_PARENT"
WATCH_SECONDS = 0.5
GRACE_SECONDS = 10.0
STEADY_SECONDS = 30.0
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


class AlreadyRunningError(Exception):
    """Another process holds the lock."""


@dataclass(frozen=True, slots=True)
class Child:
    """`command` is the whole argument vector; `inherits` are file descriptors that it finds open."""

    name: str
    command: tuple[str, ...]
    inherits: tuple[int, ...] = ()


def own_command(*arguments: str) -> tuple[str, ...]:
    """The console script with these arguments; -P keeps the working folder off the import path."""
    return (sys.executable, "-P", "-m", "infra.cli", *arguments)


class Supervisor:
    """Runs the children until SIGTERM or SIGINT. `changed` answers a value that differs once code has changed."""

    def __init__(
        self, children: Sequence[Child], *, changed: Callable[[], object] | None = None, grace: float = GRACE_SECONDS
    ) -> None:
        self._children = children
        self._changed = changed
        self._grace = grace
        self._stopping = asyncio.Event()
        self._running: dict[str, asyncio.subprocess.Process] = {}
        self._renewing: set[str] = set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        keepers = [asyncio.create_task(self._keep(child)) for child in self._children]
        reloader = asyncio.create_task(self._reload()) if self._changed else None
        try:
            await self._stopping.wait()
        finally:
            if reloader:
                reloader.cancel()
            await self._end()
            await asyncio.gather(*keepers)

    def stop(self) -> None:
        self._stopping.set()

    async def _keep(self, child: Child) -> None:
        deaths = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            process = self._running[child.name] = await asyncio.create_subprocess_exec(
                *child.command, env={**os.environ, PARENT: str(os.getpid())}, pass_fds=child.inherits
            )
            if self._stopping.is_set():  # stopped while it was being started
                process.terminate()
            status = await process.wait()
            if self._stopping.is_set():
                return
            if child.name in self._renewing:
                self._renewing.discard(child.name)
                continue
            deaths = 0 if time.monotonic() - began > STEADY_SECONDS else deaths
            pause = PAUSES[min(deaths, len(PAUSES) - 1)]
            deaths += 1
            log.warning("child.died", name=child.name, status=status, again_in_seconds=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def _reload(self) -> None:
        if self._changed is None:
            return
        known = await asyncio.to_thread(self._changed)
        while True:
            await asyncio.sleep(1)
            found = await asyncio.to_thread(self._changed)
            if found != known:
                known = found
                log.info("code.changed", restarting=[child.name for child in self._children])
                alive = {name: process for name, process in self._running.items() if process.returncode is None}
                self._renewing.update(alive)
                await self._end()

    async def _end(self) -> None:
        """SIGTERM for all, SIGKILL for those that are still there after the grace time."""
        alive = [process for process in self._running.values() if process.returncode is None]
        for process in alive:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._grace):
                await asyncio.gather(*(process.wait() for process in alive))
        for process in alive:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()


def follow_parent() -> None:
    """End this process soon after its supervisor has ended; nothing happens in one that has none."""
    parent = os.environ.pop(PARENT, "")
    if parent:
        threading.Thread(target=_watch, args=(int(parent),), name="parent", daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file; raises AlreadyRunningError when another process does. The system frees it on any death."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(str(path)) from None
        yield


def newest_change(folders: Sequence[Path]) -> Callable[[], object]:
    """A function that answers another value once a Python file in the folders was changed, added or removed."""

    def stamp() -> object:
        return frozenset((path, path.stat().st_mtime_ns) for folder in folders for path in folder.rglob("*.py"))

    return stamp
