"""Batch loading of nested objects: asked for together, read in one statement, never cached.

Strawberry makes one context per WebSocket connection, and a cached loader would serve hour-old rows.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from strawberry.dataloader import DataLoader

from domain.scopes import Scope
from resolvers.access import rule_of

K = TypeVar("K")
V = TypeVar("V")


class Loaders:
    """One loader per batch resolver `(scope, keys) -> values in the order of the keys`."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._loaders: dict[Any, DataLoader[Any, Any]] = {}

    async def load(self, resolver: Callable[[Scope, list[K]], Awaitable[list[V]]], key: K) -> V:
        if resolver not in self._loaders:
            rule_of(resolver)

            async def batch(keys: list[K]) -> list[V]:
                unique = list(dict.fromkeys(keys))
                found = dict(zip(unique, await resolver(self._scope, unique), strict=True))
                return [found[key] for key in keys]

            self._loaders[resolver] = DataLoader(load_fn=batch, cache=False)
        value: V = await self._loaders[resolver].load(key)
        return value
