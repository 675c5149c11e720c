"""Signing in and out."""

from uuid import UUID

from domain.errors import AuthenticationError
from domain.scopes import Scope
from domain.sessions import INVALID, Login, SessionRow, SessionService, TokenPair
from domain.users import UserService
from resolvers.access import access, anyone, signed_in


@access(anyone)
async def login(scope: Scope, login: Login) -> TokenPair:
    """Sign in with e-mail and password: an access token for minutes, a refresh token for days."""
    ports = scope.ports
    async with scope.read(UserService) as users:
        user = await users.authenticate(login.email, login.password, ports.passwords.verify)
    async with scope.write(SessionService) as sessions:
        return await sessions.create_session(user, ports.tokens, ports.policy)


@access(anyone)
async def refresh(scope: Scope, refresh_token: str) -> TokenPair:
    """A new pair of tokens for a refresh token, which is used up; its copy ends the session."""
    ports = scope.ports
    async with scope.write(SessionService) as sessions:
        rotation = await sessions.validate_refresh_token(refresh_token, ports.tokens, ports.policy)
    if rotation.pair is None:
        raise AuthenticationError(INVALID)
    return rotation.pair


@access(anyone)
async def logout(scope: Scope, refresh_token: str) -> bool:
    """End the session of a refresh token; true also when there was none."""
    async with scope.write(SessionService) as sessions:
        await sessions.logout_by_refresh_token(refresh_token, scope.ports.tokens)
    return True


@access(signed_in)
async def sessions(scope: Scope) -> list[SessionRow]:
    """Where you are signed in, last used first."""
    async with scope.read(SessionService) as service:
        return await service.get_user_sessions()


@access(signed_in)
async def revoke_session(scope: Scope, id: UUID) -> SessionRow:
    """Sign a device out: its tokens stop within seconds and its sockets close."""
    async with scope.write(SessionService) as service:
        return await service.revoke_session(id)


@access(signed_in)
async def revoke_all_sessions(scope: Scope) -> int:
    """Sign out everywhere, here too; answers how many sessions ended."""
    async with scope.write(SessionService) as service:
        return await service.revoke_all_sessions()
