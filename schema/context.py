"""What one GraphQL operation carries along."""

from strawberry.types import Info as StrawberryInfo

from domain.scopes import Scope
from schema.loaders import Loaders


class Context:
    """Made anew for each operation, also on one socket."""

    __slots__ = ("loaders", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.loaders = Loaders(scope)


Info = StrawberryInfo[Context, None]
