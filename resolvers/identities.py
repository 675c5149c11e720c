"""Signing in through an OpenID provider."""

from domain.identities import IdentityService, ProvenIdentity
from domain.scopes import Scope
from domain.sessions import SessionService, TokenPair
from resolvers.access import access, anyone


@access(anyone)
async def sign_in_with_identity(scope: Scope, proven: ProvenIdentity) -> TokenPair:
    """Sign in whoever a provider vouches for. Only for a face that has verified the provider's token itself."""
    ports = scope.ports
    async with scope.write(IdentityService) as identities:
        user = await identities.account_of(proven, registration_enabled=ports.policy.registration_enabled)
        return await SessionService.of(identities).create_session(user, ports.tokens, ports.policy)
