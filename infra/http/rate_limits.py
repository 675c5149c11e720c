"""How often REST may be asked: counted per user behind a verified token, else per address."""

import ipaddress
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.errors import RateLimitError
from infra.http.authentication import Authenticator, bearer
from infra.http.rest_errors import refused
from infra.settings import Settings

log = structlog.get_logger()
EXEMPT = ("/health", "/health/live", "/health/ready", "/ready")


class RequestLimits:
    """So many requests in so many seconds, counted in Redis where it is configured, else in this process."""

    def __init__(self, settings: Settings) -> None:
        self.item = RateLimitItemPerSecond(settings.RATE_LIMIT_REQUESTS, settings.RATE_LIMIT_PERIOD)
        self.here = FixedWindowRateLimiter(MemoryStorage())
        self.shared, self.close = (self.here, _nothing) if settings.embedded else _in_redis(settings)

    async def hit(self, who: str) -> int | None:
        """Counts a request; None when it may pass, else the seconds until the next one may."""
        try:
            return await self._hit(self.shared, who)
        except Exception as broken:  # noqa: BLE001 - whatever the store raises, requests are counted here then
            log.warning("rate_limits.store_failed", error=type(broken).__name__)
            return await self._hit(self.here, who)

    async def _hit(self, limiter: FixedWindowRateLimiter, who: str) -> int | None:
        if await limiter.hit(self.item, who):
            return None
        window = await limiter.get_window_stats(self.item, who)
        return max(1, math.ceil(window.reset_time - time.time()))


class RateLimits:
    """ASGI middleware for everything below `prefix` but the health checks."""

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self.app = app
        self.below = f"{prefix}/"
        self.exempt = frozenset(prefix + path for path in EXEMPT)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        counts = scope["type"] == "http" and scope["path"].startswith(self.below) and scope["path"] not in self.exempt
        if counts:
            limits: RequestLimits = scope["app"].state.limits
            seconds = await limits.hit(await identify(Request(scope)))
            if seconds is not None:
                message = f"Rate limit exceeded: {limits.item}"
                await refused(RateLimitError(message, {"retry_after": seconds}), {})(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def identify(request: Request) -> str:
    """The user of a token that holds, else the address: a forged token must not spend somebody's requests."""
    authenticator: Authenticator = request.app.state.authenticator
    try:
        viewer = await authenticator.viewer(request, bearer(request.headers.get("authorization")))
    except Exception:  # noqa: BLE001 - a token that does not hold, or no database to look it up: the route will say
        return _network(request)
    return _network(request) if viewer.user_id is None else f"user:{viewer.user_id}"


def _network(request: Request) -> str:
    """The client's address; of IPv6 the /64 network, which one household has as a whole."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return f"address:{host}"
    if address.version == 4:  # noqa: PLR2004 - IPv4
        return f"address:{address}"
    return f"address:{ipaddress.ip_network((address, 64), strict=False)}"


def _in_redis(settings: Settings) -> tuple[FixedWindowRateLimiter, Callable[[], Awaitable[None]]]:
    from limits.aio.storage import RedisStorage
    from redis.asyncio import ConnectionPool

    pool: Any = ConnectionPool.from_url(settings.redis_url, socket_timeout=1, socket_connect_timeout=1)
    storage = RedisStorage(
        "async+redis://",  # the pool knows where Redis is
        implementation="redispy",
        key_prefix=f"{settings.REDIS_NAMESPACE}:limits",
        connection_pool=pool,
    )
    return FixedWindowRateLimiter(storage), pool.aclose


async def _nothing() -> None:
    """Memory needs no closing."""
