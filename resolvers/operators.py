"""What the person who runs the server does at its terminal."""

from datetime import datetime

from domain.deliveries import DeliveryService
from domain.reparsing import Reparsed, reparse
from domain.scopes import Scope
from domain.sessions import SessionService
from domain.users import Registration, UserRow, UserService
from domain.viewers import Role
from resolvers.access import access, admin


@access(admin)
async def create_account(
    scope: Scope, registration: Registration, role: Role = Role.USER, superuser: bool = False
) -> UserRow:
    """Open an account of any role, also where registration is closed."""
    hashed = await scope.ports.passwords.hash(registration.password)
    async with scope.write(UserService) as users:
        return await users.register(registration, hashed, role=role, superuser=superuser)


@access(admin)
async def set_role(scope: Scope, email: str, role: Role) -> UserRow:
    """Give the account with this address another role."""
    async with scope.write(UserService) as users:
        return await users.set_role(email, role)


@access(admin)
async def forget_ended_sessions(scope: Scope, before: datetime, rehearse: bool = False) -> int:
    """Delete the sessions that ended before a time; answers how many. `rehearse` only counts."""
    async with scope.write(SessionService) as sessions:
        forgotten = await sessions.forget_ended(before)
        if rehearse:
            await sessions.session.rollback()
    return forgotten


@access(admin)
async def forget_old_deliveries(scope: Scope, before: datetime, rehearse: bool = False) -> int:
    """Delete webhook deliveries that ended and were made before a time; answers how many. `rehearse` only counts."""
    async with scope.write(DeliveryService) as deliveries:
        forgotten = await deliveries.forget_older(before)
        if rehearse:
            await deliveries.session.rollback()
    return forgotten


@access(admin)
async def reparse_postings(scope: Scope) -> Reparsed:
    """Read everybody's kept postings again with today's parsers, without asking any source."""
    return await reparse(scope)
