"""Who asks: a bearer token becomes a Viewer, as long as the session behind it holds; so does the machine key."""

import hmac
import time
from dataclasses import replace
from typing import Any

from starlette.requests import HTTPConnection

from domain.errors import AuthenticationError, AuthorizationError
from domain.ports import AccessClaims, Ports
from domain.scopes import Scope
from domain.sessions import SessionService
from domain.topics import user_topic
from domain.viewers import Viewer
from infra.http.graphql_sessions import Opened
from infra.settings import Settings
from infra.tokens import INVALID
from schema.context import Context

TRUST_SECONDS = 3.0
REMEMBERED_AT_MOST = 10_000


class Authenticator:
    """Remembers for three seconds that a session holds: a revoked one is out within five."""

    def __init__(self, ports: Ports, settings: Settings) -> None:
        self._ports = ports
        self._settings = settings
        self._alive: dict[Any, tuple[float, Viewer]] = {}

    async def viewer(self, connection: HTTPConnection, token: str | None) -> Viewer:
        """The viewer behind a token, or a stranger where there is none. Raises AuthenticationError."""
        if token is None:
            return self._of(connection, Viewer())
        return self._of(connection, await self._holder(self._ports.tokens.read_access(token)))

    def machine(self, connection: HTTPConnection) -> Viewer:
        """The program that shows the operator's machine key. Without a key set on this server every one is wrong."""
        given = connection.headers.get(self._settings.API_KEY_HEADER, "")
        if not given:
            message = f"This needs the machine key in the header {self._settings.API_KEY_HEADER}"
            raise AuthenticationError(message)
        known = self._settings.API_KEY
        if not known or not hmac.compare_digest(given.encode("latin-1"), known.encode()):
            message = "The machine key is wrong"
            raise AuthorizationError(message)
        return self._of(connection, Viewer(is_machine=True))

    async def open(self, connection: HTTPConnection, payload: dict[str, Any] | None) -> Opened:
        """What the GraphQL transports ask: in whose name, until when."""
        token = bearer(connection.headers.get("authorization")) or bearer(_authorization(payload))
        viewer = await self.viewer(connection, token)
        scope = Scope(viewer, self._ports)
        if token is None:
            return Opened(new=lambda: Context(scope))
        claims = self._ports.tokens.read_access(token)
        return Opened(
            new=lambda: Context(scope),
            owner=viewer.user_id,
            closing=lambda: self.revoked(claims),
            expires_at=claims.expires_at.timestamp(),
        )

    async def revoked(self, claims: AccessClaims) -> None:
        """Returns when the session ends."""
        async with self._ports.bus.listen(user_topic(claims.user_id)) as listener:
            while True:
                try:
                    await self._holder(claims)
                except AuthenticationError:
                    return
                message = await listener.next(TRUST_SECONDS)
                if message is not None and message.get("name") in {"session.ended", "user.deleted", "user.updated"}:
                    self._alive.pop(claims.session_id, None)

    async def _holder(self, claims: AccessClaims) -> Viewer:
        known = self._alive.get(claims.session_id)
        if known is not None and time.monotonic() - known[0] < TRUST_SECONDS:
            return known[1]
        async with Scope(Viewer(), self._ports).read(SessionService) as sessions:
            found = await sessions.alive(claims.session_id)
        if found is None or found[0] != claims.user_id:
            self._alive.pop(claims.session_id, None)
            raise AuthenticationError(INVALID)
        viewer = Viewer(user_id=found[0], role=found[1], session_id=claims.session_id)
        if len(self._alive) >= REMEMBERED_AT_MOST:
            self._alive.clear()
        self._alive[claims.session_id] = (time.monotonic(), viewer)
        return viewer

    @staticmethod
    def _of(connection: HTTPConnection, viewer: Viewer) -> Viewer:
        return replace(
            viewer,
            address=connection.client.host if connection.client else None,
            user_agent=(connection.headers.get("user-agent") or "")[:500] or None,
            request_id=connection.scope.get("state", {}).get("request_id"),
        )


def bearer(header: str | None) -> str | None:
    """The token of an `Authorization` header; None for no header or another scheme."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _authorization(payload: dict[str, Any] | None) -> str | None:
    found = {str(name).lower(): value for name, value in (payload or {}).items()}.get("authorization")
    return found if isinstance(found, str) else None
