"""Argon2id in a bounded thread pool: it releases the interpreter lock, and no more than two run at once."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from domain.errors import RateLimitError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

WAITING_AT_MOST = 64
T = TypeVar("T")


class ArgonPasswords:
    """`memory_kib` and `rounds` are Argon2id's; the defaults are OWASP's recommendation (19 MiB, 2 rounds)."""

    def __init__(self, memory_kib: int = 19 * 1024, rounds: int = 2) -> None:
        self._memory = memory_kib
        self._rounds = rounds
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._run(partial(self._hasher.hash, password))

    async def verify(self, password: str, hashed: str | None) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            return await self._run(partial(self._matches, password, hashed))
        except (VerificationError, InvalidHashError):
            return False

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password: str, hashed: str | None) -> bool:
        return self._hasher.verify(self._decoy if hashed is None else hashed, password) and hashed is not None

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher(time_cost=self._rounds, memory_cost=self._memory, parallelism=1)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("nobody's password")

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING_AT_MOST:
            message = "Too many sign-ins at once, try again in a moment"
            raise RateLimitError(message, {"retry_after": 2})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
