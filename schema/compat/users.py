"""Signing in and accounts in REST (contract.md sections 3 and 4)."""

from typing import Any, Literal
from uuid import UUID

from pydantic import AliasChoices, Field

from domain.inputs import Input
from domain.sessions import Login, TokenPair
from domain.users import Registration, UserChanges
from domain.viewers import Role
from resolvers import sessions as resolve_sessions
from resolvers import users as resolve
from schema.compat.rows import NOT_FOUND, ErrorShape, Media, Row, Sent
from schema.compat.wire import OffsetTime, Paged, PageQuery, Wire, paged


class UserAnswer(Wire):
    id: UUID
    email: str
    full_name: str | None
    is_active: bool
    is_superuser: bool
    role: Role
    created_at: OffsetTime
    updated_at: OffsetTime | None


class UserPage(Paged[UserAnswer]): ...


class TokensAnswer(Wire):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]


class LoginForm(Input):
    """The form of an OAuth 2 password grant; only `username` (the e-mail) and `password` are looked at."""

    grant_type: Literal["password"] | None = None
    username: str = Field(max_length=255, description="The e-mail address.")
    password: str = Field(max_length=1024)
    scope: str = ""
    client_id: str | None = None
    client_secret: str | None = None


class RegisterBody(Registration):
    full_name: str | None = Field(
        default=None,
        max_length=255,
        validation_alias=AliasChoices("full_name", "name"),
        description="Also accepted as `name`.",
    )


class RefreshTokenBody(Input):
    refresh_token: str = Field(max_length=4096)


def _login(sent: Sent) -> dict[str, Any]:
    return {"login": Login(email=sent.body.username, password=sent.body.password)}


def _tokens(pair: TokenPair, _sent: Sent) -> dict[str, str]:
    return {"access_token": pair.access_token, "refresh_token": pair.refresh_token, "token_type": "bearer"}


WRONG = {401: ErrorShape.ENVELOPE}
TAKEN = {409: ErrorShape.ENVELOPE}
CLOSED = {403: ErrorShape.SENTENCE}

ROWS = (
    Row(
        "POST", "/auth/login", resolve_sessions.login, TokensAnswer,
        body=LoginForm, media=Media.FORM, arguments=_login, shape=_tokens, errors=WRONG, tag="auth",
    ),
    Row(
        "POST", "/auth/register", resolve.register, UserAnswer, 201,
        body=RegisterBody, errors=TAKEN | CLOSED, tag="auth",
    ),
    Row(
        "POST", "/auth/refresh", resolve_sessions.refresh, TokensAnswer,
        body=RefreshTokenBody, shape=_tokens, errors=WRONG, tag="auth",
    ),
    Row("POST", "/auth/logout", resolve_sessions.logout, status=204, body=RefreshTokenBody, tag="auth"),
    Row("GET", "/auth/me", resolve.me, UserAnswer, tag="auth"),
    Row("GET", "/users/me", resolve.me, UserAnswer, tag="users"),
    Row("PATCH", "/users/me", resolve.update_me, UserAnswer, body=UserChanges, errors=TAKEN, tag="users"),
    Row("GET", "/users", resolve.numbered_users, UserPage, query=PageQuery, shape=paged, tag="users"),
    Row("GET", "/users/{user_id}", resolve.user, UserAnswer, errors=NOT_FOUND, tag="users"),
    Row(
        "PATCH", "/users/{user_id}", resolve.update_user, UserAnswer,
        body=UserChanges, errors=NOT_FOUND | TAKEN, tag="users",
    ),
    Row("DELETE", "/users/{user_id}", resolve.delete_user, status=204, errors=NOT_FOUND, tag="users"),
)  # fmt: skip
