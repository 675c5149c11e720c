"""What one operation works with: who asks, and what the world offers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from domain.ports import Ports
from domain.viewers import Viewer
from domain.work import Service

S = TypeVar("S", bound=Service)


@dataclass(frozen=True, slots=True)
class Scope:
    viewer: Viewer
    ports: Ports

    @asynccontextmanager
    async def read(self, service: type[S]) -> AsyncGenerator[S]:
        async with self.ports.database.read(self.viewer) as work:
            yield service(work)

    @asynccontextmanager
    async def write(self, service: type[S]) -> AsyncGenerator[S]:
        async with self.ports.database.write(self.viewer) as work:
            yield service(work)
