"""Sources of listings, opened when a run first asks for one."""

from typing import Any

from domain.listings import Source
from infra.settings import Settings


class LazySources:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def open(self, name: str, options: dict[str, Any]) -> Source:
        raise NotImplementedError

    def names(self) -> tuple[str, ...]:
        return ("sample",)

    async def close(self) -> None:
        return
