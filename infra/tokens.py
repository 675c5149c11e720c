"""Access tokens (JWT, RFC 9068) and refresh tokens (opaque, computed), both under keys drawn from SECRET_KEY."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from domain.errors import AuthenticationError
from domain.ports import AccessClaims

INVALID = "Invalid or expired token"
ISSUER = AUDIENCE = "personal_automations"
REFRESH_PREFIX = "pa_refresh."
REQUIRED = ["exp", "iat", "sub", "sid", "jti", "iss", "aud", "type"]


class SignedTokens:
    """`lifetime` is the access token's, in seconds."""

    def __init__(self, secret: str, lifetime: int) -> None:
        self._access_key = draw_key(secret, "access token")
        self._refresh_key = draw_key(secret, "refresh token")
        self._lifetime = lifetime

    def access(self, user_id: UUID, session_id: UUID) -> str:
        import jwt

        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "sid": str(session_id),
            "jti": uuid4().hex,
            "iat": now,
            "exp": now + timedelta(seconds=self._lifetime),
            "type": "access",
        }
        return jwt.encode(claims, self._access_key, algorithm="HS256", headers={"typ": "at+jwt"})

    def read_access(self, token: str) -> AccessClaims:
        if token.startswith(REFRESH_PREFIX):
            message = "Invalid token type"
            raise AuthenticationError(message)
        import jwt

        try:
            whole = jwt.decode_complete(
                token,
                self._access_key,
                algorithms=["HS256"],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": REQUIRED},
            )
            claims = whole["payload"]
            if whole["header"].get("typ") != "at+jwt" or claims["type"] != "access":
                message = "Invalid token type"
                raise AuthenticationError(message)
            return AccessClaims(UUID(claims["sub"]), UUID(claims["sid"]), datetime.fromtimestamp(claims["exp"], UTC))
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError, OverflowError) as bad:
            raise AuthenticationError(INVALID) from bad

    def refresh(self, session_id: UUID, generation: int) -> str:
        body = f"{session_id.hex}.{generation}"
        return f"{REFRESH_PREFIX}{body}.{self._mac(body)}"

    def read_refresh(self, token: str) -> tuple[UUID, int]:
        body, _, mac = token.removeprefix(REFRESH_PREFIX).rpartition(".")
        if not token.startswith(REFRESH_PREFIX) or not token.isascii() or not hmac.compare_digest(mac, self._mac(body)):
            message = "Invalid or expired refresh token"
            raise AuthenticationError(message)
        session_id, generation = body.split(".")
        return UUID(session_id), int(generation)

    def _mac(self, body: str) -> str:
        digest = hmac.new(self._refresh_key, body.encode(), sha256).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")


def draw_key(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose, so that what one signs another cannot be taken for."""
    return hmac.new(secret.encode(), purpose.encode(), sha256).digest()
