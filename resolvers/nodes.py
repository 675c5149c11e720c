"""Any object by its id."""

from typing import Any
from uuid import UUID

from domain.errors import ValidationError
from domain.nodes import NodeService
from domain.scopes import Scope
from resolvers.access import access, signed_in

AT_MOST = 100


@access(signed_in)
async def node(scope: Scope, id: UUID) -> Any:
    """Any object of yours by its id; null when there is none."""
    return (await nodes(scope, [id]))[0]


@access(signed_in)
async def nodes(scope: Scope, ids: list[UUID]) -> list[Any]:
    """Objects of yours by their ids, in their order; null where there is none. At most 100."""
    if len(ids) > AT_MOST:
        message = f"expected at most {AT_MOST} ids, found {len(ids)}"
        raise ValidationError(message)
    async with scope.read(NodeService) as service:
        found = await service.find(ids)
    return [found.get(id) for id in ids]
