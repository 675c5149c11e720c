"""What one GraphQL operation carries along."""

from collections.abc import Awaitable
from dataclasses import dataclass

from strawberry.types import Info as StrawberryInfo

from domain.scopes import Scope


@dataclass(slots=True)
class Context:
    """`closing` is done when the session behind a socket has ended; None where there is nothing to end."""

    scope: Scope
    closing: Awaitable[None] | None = None


Info = StrawberryInfo[Context, None]
