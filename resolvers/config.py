"""What anybody may know of this server before signing in."""

from dataclasses import dataclass

from domain.scopes import Scope
from resolvers.access import access, anyone


@dataclass(frozen=True, slots=True)
class PublicConfig:
    registration_enabled: bool


@access(anyone)
async def public_config(scope: Scope) -> PublicConfig:
    """Whether an account can be opened here."""
    return PublicConfig(scope.ports.policy.registration_enabled)
