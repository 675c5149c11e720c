"""Accounts and sign-ins in GraphQL."""

from datetime import datetime

import strawberry

from domain.sessions import Login, SessionRow
from domain.users import Registration, UserChanges, UserRow
from domain.viewers import Role
from resolvers import sessions as resolve_sessions
from resolvers import users as resolve
from schema.connections import Connection
from schema.doors import field
from schema.inputs import enum_of, input_of
from schema.nodes import Node

enum_of(Role, "What an account may do.")


@strawberry.type(description="An account.")
class User(Node):
    row = UserRow

    email: str
    full_name: str | None
    is_active: bool
    is_superuser: bool
    role: Role
    created_at: datetime
    updated_at: datetime | None


@strawberry.type(description="A device that is signed in.")
class Session(Node):
    row = SessionRow

    device_name: str | None
    device_type: str | None = strawberry.field(description="desktop, mobile or tablet.")
    ip_address: str | None
    is_current: bool = strawberry.field(description="Whether this very request belongs to it.")
    created_at: datetime
    last_used_at: datetime


@strawberry.type(description="What signing in gives: send the access token as `Authorization: Bearer …`.")
class TokenPair:
    access_token: str
    refresh_token: str = strawberry.field(description="Good for one use; the answer holds its successor.")
    expires_in: int = strawberry.field(description="Seconds until the access token ends.")
    user: User


@input_of(Registration)
class RegistrationInput: ...


@input_of(UserChanges)
class UserChangesInput: ...


@input_of(Login)
class LoginInput: ...


@strawberry.type
class UserQueries:
    me = field(resolve.me, User)
    users = field(resolve.users, Connection[User])
    user = field(resolve.user, User)
    sessions = field(resolve_sessions.sessions, list[Session])


@strawberry.type
class UserMutations:
    register = field(resolve.register, User)
    login = field(resolve_sessions.login, TokenPair)
    refresh = field(resolve_sessions.refresh, TokenPair)
    logout = field(resolve_sessions.logout, bool)
    revoke_session = field(resolve_sessions.revoke_session, Session)
    revoke_all_sessions = field(resolve_sessions.revoke_all_sessions, int)
    update_me = field(resolve.update_me, User)
    update_user = field(resolve.update_user, User)
    delete_user = field(resolve.delete_user, User)
