"""How a command asks a resolver: as the operator, who may do what an admin may."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from infra.settings import Settings, read_settings

if TYPE_CHECKING:
    from domain.scopes import Scope

T = TypeVar("T")
OPERATOR_ID = UUID(int=0)


def operate(work: Callable[["Scope"], Awaitable[T]], settings: Settings | None = None) -> T:
    """Run `work` with a scope of the operator's, on a database that is brought up to date first."""
    settings = settings or read_settings()

    async def run() -> T:
        async with operator_scope(settings) as scope:
            return await work(scope)

    return asyncio.run(run())


@asynccontextmanager
async def operator_scope(settings: Settings) -> AsyncGenerator["Scope"]:
    from domain.scopes import Scope
    from domain.viewers import Role, Viewer
    from infra.cli.logs import configure_logs
    from infra.migrate import migrate
    from infra.runtime import open_runtime

    configure_logs(settings, quiet=True)
    async with open_runtime(settings, works=False, sweeps=False, prepare=migrate) as runtime:
        if settings.embedded:
            # Events wait in the outbox for the server: only its own process has somebody who listens and works.
            await runtime.relay.close()
        yield Scope(Viewer(user_id=OPERATOR_ID, role=Role.ADMIN), runtime.ports)


def on_behalf(scope: "Scope", user_id: UUID) -> "Scope":
    """The same ports, asked by one of the users."""
    from domain.viewers import Viewer

    return replace(scope, viewer=Viewer(user_id=user_id))
