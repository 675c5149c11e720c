"""The one client for every address that comes from a user, a posting, a page, a feed or a webhook."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Self

import httpcore2
import httpx2
import stamina

from domain.listings import Validator
from infra.egress.addresses import AllowList, CheckedBackend, Resolver, is_odd_number, is_public, resolve
from infra.egress.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    BrokenAnswerError,
    ForbiddenError,
    HostParkedError,
    StatusError,
    UnreachableError,
)
from infra.egress.lanes import Lanes
from infra.egress.policy import EgressPolicy
from infra.egress.responses import EgressResponse, conditional_headers

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FORBIDDEN = 403
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500
_READABLE_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


class Egress:
    """Opened with `async with` on the loop that uses it. `resolver` and `connect` are the world's or a test's."""

    def __init__(
        self,
        policy: EgressPolicy | None = None,
        *,
        resolver: Resolver = resolve,
        connect: httpcore2.AsyncNetworkBackend | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.policy = policy or EgressPolicy()
        self._allow = AllowList.of(self.policy.allow)
        self._backend = CheckedBackend(self._allow, resolver, connect)
        self._lanes = Lanes(self.policy.interval, self.policy.at_once, self.policy.patience)
        self._tls = tls
        self._pool: httpcore2.AsyncConnectionPool | None = None

    async def __aenter__(self) -> Self:
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=self._tls or httpx2.create_ssl_context(trust_env=False),
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=15.0,
            network_backend=self._backend,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool:
            await self._pool.aclose()
            self._pool = None

    async def check(self, url: str) -> None:
        """Raises AddressRefusedError or UnreachableError where the address cannot be asked now."""
        target = self._target(url)
        await self._backend.checked(_host(target), _port(target))

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        validator: Validator | None = None,
        interval: float | None = None,
    ) -> EgressResponse:
        """The answer, also when it is 304 or another 4xx than 403 and 429.

        Redirects are followed, each hop checked anew. Time-outs, 429 and 5xx are tried again with backoff,
        then raised. `interval` widens the pause to this host. Raises the children of EgressError.
        """
        asked = {**(headers or {}), **conditional_headers(validator)}
        async for attempt in stamina.retry_context(
            on=(UnreachableError, StatusError),
            attempts=self.policy.attempts,
            timeout=None,
            wait_initial=self.policy.backoff,
            wait_max=self.policy.longest_backoff,
            wait_jitter=self.policy.backoff,
        ):
            with attempt:
                return await self._follow(url, asked, interval)
        raise AssertionError("a retry ends by returning or raising")

    async def post(self, url: str, content: bytes, *, headers: Mapping[str, str] | None = None) -> EgressResponse:
        """One attempt, whatever the status of its answer; a redirect is an answer. Raises when there is none."""
        target = self._target(url)
        async with self._lanes.enter(_host(target)):
            return await self._exchange("POST", target, headers or {}, content)

    async def _follow(self, url: str, headers: Mapping[str, str], interval: float | None) -> EgressResponse:
        target = self._target(url)
        for _ in range(self.policy.max_redirects + 1):
            async with self._lanes.enter(_host(target), interval):
                response = await self._exchange("GET", target, headers, None)
            location = response.headers.get("location")
            if response.status not in _REDIRECTS or not location:
                return self._judged(_host(target), response)
            following = self._target(str(target.join(location)))
            if (following.scheme, _host(following), _port(following)) != (
                target.scheme,
                _host(target),
                _port(target),
            ):
                headers = {}
            target = following
        raise BrokenAnswerError(
            f"{_host(target)} redirects more than {self.policy.max_redirects} times", {"host": _host(target)}
        )

    def _judged(self, host: str, response: EgressResponse) -> EgressResponse:
        status = response.status
        wait = min(response.retry_after or 0.0, self.policy.longest_park)
        details = {"host": host, "status": status, "retry_after": round(wait)}
        if status == _FORBIDDEN:
            refusal = ForbiddenError(f"{host} refused the request (403)", details)
            self._lanes.park(host, self.policy.longest_park, refusal)
            raise refusal
        if status != _TOO_MANY_REQUESTS and status < _SERVER_ERRORS:
            return response
        self._lanes.park(host, wait)
        if wait > self.policy.patience:
            raise HostParkedError(f"{host} asked to be left alone for {round(wait)} s ({status})", details)
        raise StatusError(f"{host} answered {status}", details)

    async def _exchange(
        self, method: str, target: httpx2.URL, headers: Mapping[str, str], content: bytes | None
    ) -> EgressResponse:
        if self._pool is None:
            raise RuntimeError("Egress is used inside `async with`")
        host = _host(target)
        try:
            async with asyncio.timeout(self.policy.total_timeout):
                answer = await self._pool.handle_async_request(self._request(method, target, headers, content))
                try:
                    return await self._read(target, answer)
                finally:
                    await answer.aclose()
        except (TimeoutError, httpcore2.TimeoutException) as error:
            raise UnreachableError(f"{host} did not answer in time", {"host": host}) from error
        except httpx2.DecodingError as error:
            raise BrokenAnswerError(f"{host} sent an answer that does not decompress", {"host": host}) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise UnreachableError(f"The connection to {host} failed: {reason}", {"host": host}) from error

    def _request(
        self, method: str, target: httpx2.URL, headers: Mapping[str, str], content: bytes | None
    ) -> httpcore2.Request:
        asked = {
            "accept": "*/*",
            "accept-encoding": "gzip, deflate",
            "user-agent": self.policy.agent,
            **headers,
        }
        request = httpx2.Request(method, target, headers=asked, content=content)
        return httpcore2.Request(
            method=method,
            url=httpcore2.URL(scheme=target.raw_scheme, host=target.raw_host, port=target.port, target=target.raw_path),
            headers=request.headers.raw,
            content=content or b"",
            extensions={
                "timeout": {
                    "connect": self.policy.connect_timeout,
                    "read": self.policy.read_timeout,
                    "write": self.policy.read_timeout,
                    "pool": self.policy.total_timeout,
                }
            },
        )

    async def _read(self, target: httpx2.URL, answer: httpcore2.Response) -> EgressResponse:
        host = _host(target)
        response = httpx2.Response(answer.status, headers=answer.headers, stream=_Stream(answer))
        if response.headers.get("content-encoding", "").strip().lower() not in _READABLE_ENCODINGS:
            raise BrokenAnswerError(f"{host} sent an encoding that was not asked for", {"host": host})
        stated = response.headers.get("content-length", "")
        content = bytearray()
        if not (stated.isdigit() and int(stated) > self.policy.max_bytes):
            async for part in response.aiter_bytes():
                content += part
                if len(content) > self.policy.max_bytes:
                    break
            else:
                return EgressResponse(str(target), answer.status, dict(response.headers), bytes(content))
        raise AnswerTooLargeError(
            f"{host} sent more than {self.policy.max_bytes:,} bytes",
            {"host": host, "max_bytes": self.policy.max_bytes},
        )

    def _target(self, url: str) -> httpx2.URL:
        """The parsed address. Raises AddressRefusedError where its form alone says that we do not ask it."""
        try:
            target = httpx2.URL(url)
        except (httpx2.InvalidURL, UnicodeError) as error:
            raise AddressRefusedError(f"Expected an https address, found {url[:200]!r}") from error
        host, port = _host(target), _port(target)
        if (reason := self._objection(target, host, port)) and not (
            target.scheme in {"http", "https"} and self._allow.has(host, port)
        ):
            raise AddressRefusedError(reason, {"host": host})
        return target

    def _objection(self, target: httpx2.URL, host: str, port: int) -> str | None:
        schemes = {"https", "http"} if self.policy.allow_http else {"https"}
        if target.scheme not in schemes or not host:
            return f"Expected an https address, found {str(target)[:200]!r}"
        if target.userinfo or "%" in host or is_odd_number(host):
            return f"Expected a plain host name, found {host!r}"
        if port not in self.policy.ports:
            return f"Port {port} of {host} is not one of {', '.join(map(str, sorted(self.policy.ports)))}"
        if _is_number(host) and not (is_public(host) or self._allow.covers(ipaddress.ip_address(host))):
            return f"{host} is not a public address"
        return None


class _Stream(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._answer.aiter_stream():
            yield part


def _host(target: httpx2.URL) -> str:
    return target.raw_host.decode("ascii").lower().rstrip(".")


def _port(target: httpx2.URL) -> int:
    return target.port or (80 if target.scheme == "http" else 443)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
