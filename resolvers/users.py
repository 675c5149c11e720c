"""Accounts."""

from uuid import UUID

from domain.errors import AuthorizationError
from domain.pages import Numbered, Page, PageArgs
from domain.scopes import Scope
from domain.users import Registration, UserChanges, UserRow, UserService
from resolvers.access import access, admin, anyone, signed_in


@access(anyone)
async def register(scope: Scope, registration: Registration) -> UserRow:
    """Open an account, where the operator allows it. It signs nobody in."""
    if not scope.ports.policy.registration_enabled:
        message = "Registration is closed on this server"
        raise AuthorizationError(message)
    hashed = await scope.ports.passwords.hash(registration.password)
    async with scope.write(UserService) as users:
        return await users.register(registration, hashed)


@access(signed_in)
async def me(scope: Scope) -> UserRow:
    """Your own account."""
    async with scope.read(UserService) as users:
        return await users.get_by_id(scope.viewer.id)


@access(signed_in)
async def update_me(scope: Scope, changes: UserChanges) -> UserRow:
    """Change your own account; only an admin's `role` and `isActive` count."""
    return await _update(scope, scope.viewer.id, changes)


@access(admin)
async def users(scope: Scope, page: PageArgs, with_total: bool = False) -> Page[UserRow]:
    """All accounts, newest first; for admins."""
    async with scope.read(UserService) as service:
        return await service.page(page, with_total=with_total)


@access(admin)
async def numbered_users(scope: Scope, page: int = 1, size: int = 50) -> Numbered[UserRow]:
    """All accounts, newest first, by page number; for admins."""
    async with scope.read(UserService) as service:
        return await service.numbered(page, size)


@access(admin)
async def user(scope: Scope, id: UUID) -> UserRow:
    """One account; for admins."""
    async with scope.read(UserService) as service:
        return await service.get_by_id(id)


@access(admin)
async def update_user(scope: Scope, id: UUID, changes: UserChanges) -> UserRow:
    """Change somebody's account; for admins."""
    return await _update(scope, id, changes)


@access(admin)
async def delete_user(scope: Scope, id: UUID) -> UserRow:
    """Delete an account with everything that belongs to it; for admins."""
    async with scope.write(UserService) as service:
        return await service.delete(id)


async def _update(scope: Scope, id: UUID, changes: UserChanges) -> UserRow:
    password = changes.given().get("password")
    hashed = await scope.ports.passwords.hash(password) if password is not None else None
    async with scope.write(UserService) as service:
        return await service.update(id, changes, hashed)
