"""The authorization code flow of OpenID Connect with PKCE, spoken by Authlib; tokens are verified by joserfc.

The provider is the operator's choice, so it may live on a private address; time and size are bounded all the same.
Authlib and its HTTP client are imported when somebody first signs in this way.
"""

import asyncio
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import structlog
from pydantic import ValidationError

from domain.errors import AuthenticationError, DomainError, ExternalServiceError
from domain.identities import ProvenIdentity
from infra.settings import Settings
from infra.tokens import draw_key

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

log = structlog.get_logger()
SCOPE = "openid email profile"
SECONDS = 15
LEEWAY = 60
SIGNED_BY_THE_PROVIDER = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"}
)


@dataclass(frozen=True, slots=True)
class Flow:
    """What binds the answer of a provider to the browser that asked: two random values."""

    state: str
    nonce: str

    @classmethod
    def new(cls) -> "Flow":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class Callback:
    """The query of the redirect back. `issuer` is RFC 9207's."""

    code: str
    issuer: str | None


class OpenIdProvider:
    """One provider, found by its discovery document. `name` tells its subjects from those of others."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._name = name
        self._settings = settings
        self._verifier_key = draw_key(settings.SECRET_KEY, "oauth code verifier")

    async def address(self, flow: Flow) -> str:
        """Where the browser is sent to. Raises ExternalServiceError when the provider cannot be asked."""
        async with self._asking() as client:
            metadata = await _json(client, self._settings.GOOGLE_DISCOVERY_URL)
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=flow.state,
                nonce=flow.nonce,
                code_verifier=self._verifier(flow),
            )
        return str(url)

    async def identity(self, flow: Flow, callback: Callback) -> ProvenIdentity:
        """Who signed in. Raises AuthenticationError for an answer that proves nobody, else ExternalServiceError."""
        async with self._asking() as client:
            metadata = await _json(client, self._settings.GOOGLE_DISCOVERY_URL)
            _check_issuer(metadata, callback)
            client.token_endpoint_auth_method = _authentication(metadata, self._settings.GOOGLE_CLIENT_SECRET)
            token = await client.fetch_token(
                metadata["token_endpoint"],
                grant_type="authorization_code",
                code=callback.code,
                code_verifier=self._verifier(flow),
            )
            claims = _verified(token, await _json(client, metadata["jwks_uri"]), metadata, self._expected(flow))
            if "email" not in claims and "userinfo_endpoint" in metadata:
                claims = await _with_user_info(client, metadata["userinfo_endpoint"], claims)
        return self._identity(claims)

    @asynccontextmanager
    async def _asking(self) -> AsyncGenerator["AsyncOAuth2Client"]:
        """A client for one visit; whatever goes wrong with it leaves as an error of the domain."""
        import httpx2
        from authlib.integrations.base_client import OAuthError
        from authlib.integrations.httpx_client import AsyncOAuth2Client
        from joserfc.errors import JoseError

        from infra.capped_transport import CappedTransport

        settings = self._settings
        try:
            async with (
                asyncio.timeout(SECONDS),
                AsyncOAuth2Client(
                    settings.GOOGLE_CLIENT_ID,
                    settings.GOOGLE_CLIENT_SECRET,
                    scope=SCOPE,
                    redirect_uri=settings.GOOGLE_REDIRECT_URI,
                    code_challenge_method="S256",
                    transport=CappedTransport(),
                    trust_env=False,
                    timeout=SECONDS,
                ) as client,
            ):
                yield client
        except DomainError:
            raise
        except JoseError as forged:
            log.warning("oauth.refused", why=str(forged))
            raise AuthenticationError("The sign-in provider's token does not hold") from forged
        except OAuthError as refused:
            log.warning("oauth.refused", why=str(refused))
            raise AuthenticationError("The sign-in provider refused the sign-in") from refused
        except (httpx2.HTTPError, httpx2.InvalidURL, TimeoutError, ValueError, KeyError, TypeError) as broken:
            log.warning("oauth.unreachable", why=f"{type(broken).__name__}: {broken}")
            raise ExternalServiceError("The sign-in provider cannot be reached") from broken

    def _expected(self, flow: Flow) -> dict[str, str]:
        return {"nonce": flow.nonce, "client_id": self._settings.GOOGLE_CLIENT_ID}

    def _verifier(self, flow: Flow) -> str:
        """PKCE's secret (RFC 7636), computed anew from the state, so that no cookie has to carry it."""
        digest = hmac.new(self._verifier_key, flow.state.encode(), sha256).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")

    def _identity(self, claims: dict[str, Any]) -> ProvenIdentity:
        verified = str(claims.get("email_verified")).lower() == "true"  # some providers send it as text
        try:
            return ProvenIdentity(
                provider=self._name,
                subject=claims["sub"],
                email=(claims.get("email") or None) if verified else None,
                email_verified=verified,
                full_name=claims.get("name") or None,
            )
        except ValidationError as odd:
            field = odd.errors()[0]["loc"][0]
            raise AuthenticationError(f"The sign-in provider names an account with an odd {field}") from odd


async def _json(client: "AsyncOAuth2Client", url: str, *, withhold_token: bool = True) -> dict[str, Any]:
    answer = await client.request("GET", url, withhold_token=withhold_token)
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise TypeError(f"expected a JSON object at {url}")
    return found


def _check_issuer(metadata: dict[str, Any], callback: Callback) -> None:
    """The answer came from the provider that was asked (RFC 9207)."""
    required = metadata.get("authorization_response_iss_parameter_supported") is True
    if callback.issuer != metadata["issuer"] and (required or callback.issuer is not None):
        raise AuthenticationError("The answer comes from another sign-in provider")


def _authentication(metadata: dict[str, Any], secret: str) -> str:
    """How this client proves itself at the token endpoint; `client_secret_basic` unless only the other is known."""
    if not secret:
        return "none"
    known = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"


def _verified(
    token: dict[str, Any], keys: dict[str, Any], metadata: dict[str, Any], expected: dict[str, str]
) -> dict[str, Any]:
    """The claims of an ID token of this provider, for this client, of this flow, and not expired. Raises JoseError."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import MissingClaimError
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry

    if not isinstance(token.get("id_token"), str):
        raise MissingClaimError("id_token")
    named = SIGNED_BY_THE_PROVIDER & set(metadata.get("id_token_signing_alg_values_supported") or ())
    registry = JWSRegistry(algorithms=sorted(named or {"RS256"}), strict_check_header=False)
    decoded = jwt.decode(token["id_token"], KeySet.import_key_set(keys), registry=registry)
    options = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": expected["client_id"]},
    }
    params = {**expected, "access_token": token.get("access_token")}
    claims = CodeIDToken(decoded.claims, decoded.header, options, params)
    claims.validate(leeway=LEEWAY)
    return dict(claims)


async def _with_user_info(client: "AsyncOAuth2Client", url: str, claims: dict[str, Any]) -> dict[str, Any]:
    """Some providers tell the address only there. It counts for the subject of the verified token alone."""
    told = await _json(client, url, withhold_token=False)
    return {**told, **claims} if told.get("sub") == claims["sub"] else claims
