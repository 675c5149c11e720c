"""Gapless following: what is stored is replayed, the bus only wakes.

A follower reads what came after the last number it has, then listens; because it listens before it reads, and
reads again after a while without news, nothing can fall between.
"""

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeVar

from domain.ports import Bus

T = TypeVar("T")
QUIET_SECONDS = 2.0


async def follow(
    bus: Bus, topic: str, read: Callable[[], Coroutine[Any, Any, list[T]]], *, ended: Callable[[T], bool]
) -> AsyncGenerator[T]:
    """Yields what `read` finds, in order, until the newest of them says that nothing can follow.

    `read` answers what is new since it last answered.
    """
    async with bus.listen(topic) as listener:
        while True:
            news = await read()
            for one in news:
                yield one
            if news and ended(news[-1]):
                return
            if not news:
                await listener.next(QUIET_SECONDS)
