"""Signing in with Google, or whoever the discovery address names (contract.md section 3.1).

What the browser has to bring back is bound to it by a signed cookie. The callback always redirects: its visitor is a
person in a browser, and the web client shows what went wrong.
"""

import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from domain.errors import AuthenticationError, DomainError, ExternalServiceError
from domain.scopes import Scope
from domain.sessions import TokenPair
from infra.http.authentication import Authenticator
from infra.http.rest_errors import refused
from infra.oauth import Callback, Flow, OpenIdProvider
from infra.runtime import Runtime
from infra.settings import Settings
from infra.tokens import draw_key
from resolvers.identities import sign_in_with_identity

log = structlog.get_logger()
COOKIE = "session"
COOKIE_SECONDS = 14 * 24 * 3600
FLOW_LASTS = timedelta(minutes=15)
PROVIDER = "google"


def oauth_routes(prefix: str) -> list[Route]:
    return [
        Route(f"{prefix}/oauth/google/login", login, name="oauth-login"),
        Route(f"{prefix}/oauth/google/callback", callback, name="oauth-callback"),
    ]


async def login(request: Request) -> Response:
    settings = _settings(request)
    flow = Flow.new()
    try:
        address = await _provider(settings).address(flow)
    except DomainError as error:
        return refused(error, {})
    response = RedirectResponse(address, 302, {"Cache-Control": "no-store"})
    response.set_cookie(
        COOKIE, _seal(flow, settings), COOKIE_SECONDS, httponly=True, samesite="lax", path="/", secure=_secure(settings)
    )
    return response


async def callback(request: Request) -> Response:
    """Also a failure of ours is a redirect; only its log says what it was."""
    settings = _settings(request)
    path, query = await _outcome(request)
    address = f"{settings.FRONTEND_URL.rstrip('/')}{path}?{urlencode(query)}"
    response = RedirectResponse(address, 307, {"Cache-Control": "no-store"})
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=_secure(settings))
    return response


async def _outcome(request: Request) -> tuple[str, dict[str, str]]:
    """The web client's page and what it is told."""
    try:
        pair = await _signed_in(request)
    except DomainError as error:
        return "/login", {"error": error.message}
    except Exception:
        log.exception("oauth.crashed", request_id=request.scope.get("state", {}).get("request_id"))
        return "/login", {"error": "Sign-in failed"}
    return "/auth/callback", {"access_token": pair.access_token, "refresh_token": pair.refresh_token}


async def _signed_in(request: Request) -> TokenPair:
    settings = _settings(request)
    query = request.query_params
    flow = _unseal(request.cookies.get(COOKIE), settings)
    if not hmac.compare_digest(flow.state.encode(), query.get("state", "").encode()):
        raise AuthenticationError("This sign-in was not begun in this browser")
    if "error" in query or not query.get("code"):
        raise AuthenticationError("The sign-in was not completed")
    proven = await _provider(settings).identity(flow, Callback(query["code"], query.get("iss")))
    authenticator: Authenticator = request.app.state.authenticator
    runtime: Runtime = request.app.state.runtime
    return await sign_in_with_identity(Scope(await authenticator.viewer(request, None), runtime.ports), proven)


def _provider(settings: Settings) -> OpenIdProvider:
    if not settings.GOOGLE_CLIENT_ID:
        raise ExternalServiceError("Sign-in with Google is not set up on this server")
    return OpenIdProvider(PROVIDER, settings)


def _seal(flow: Flow, settings: Settings) -> str:
    import jwt

    claims = {"state": flow.state, "nonce": flow.nonce, "exp": datetime.now(UTC) + FLOW_LASTS}
    return jwt.encode(claims, _cookie_key(settings), algorithm="HS256")


def _unseal(cookie: str | None, settings: Settings) -> Flow:
    import jwt

    try:
        claims = jwt.decode(
            cookie or "", _cookie_key(settings), algorithms=["HS256"], options={"require": ["exp", "state", "nonce"]}
        )
        return Flow(str(claims["state"]), str(claims["nonce"]))
    except jwt.PyJWTError as missing:
        raise AuthenticationError("This sign-in was not begun in this browser, or too long ago") from missing


def _cookie_key(settings: Settings) -> bytes:
    return draw_key(settings.SECRET_KEY, "oauth cookie")


def _secure(settings: Settings) -> bool:
    return settings.GOOGLE_REDIRECT_URI.startswith("https://")


def _settings(request: Request) -> Settings:
    runtime: Runtime = request.app.state.runtime
    return runtime.settings
