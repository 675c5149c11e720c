"""The CPU port: a spawned process pool, niced, started at its first use.

One busy Python thread beside the event loop slowed a two-statement read from 1.5 ms to 200 ms; a busy process
did not slow it at all (performance.md). A child that lost its parent ends itself.
"""

import asyncio
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class ProcessCpu:
    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or max(1, min(4, (os.cpu_count() or 2) - 1))
        self._pool: ProcessPoolExecutor | None = None
        self._alone = asyncio.Lock()

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """One more try, alone, when a child died: a second death is the work's own fault and raises."""
        job = partial(work, *args, **kwargs)
        loop = asyncio.get_running_loop()
        pool = self._open()
        try:
            return await loop.run_in_executor(pool, job)
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
        async with self._alone:
            pool = _pool(1)
            try:
                return await loop.run_in_executor(pool, job)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = _pool(self._workers)
        return self._pool


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_child, (os.getpid(),))


def _start_child(parent: int) -> None:
    os.nice(10)
    threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
