"""httpx2's transport with an end: an answer above a megabyte is broken off."""

import ssl
from collections.abc import AsyncIterator
from functools import cache
from typing import cast

import httpx2

MAX_BYTES = 1024 * 1024


class CappedTransport(httpx2.AsyncHTTPTransport):
    def __init__(self) -> None:
        super().__init__(verify=_trust(), trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        response.stream = _Capped(cast("httpx2.AsyncByteStream", response.stream))
        return response


@cache
def _trust() -> ssl.SSLContext:
    """Read once: reading the certificates takes tens of milliseconds, in which nobody is answered."""
    return httpx2.create_ssl_context(trust_env=False)


class _Capped(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        async for part in self._stream:
            received += len(part)
            if received > MAX_BYTES:
                raise httpx2.ReadError(f"expected at most {MAX_BYTES:,} bytes, found more")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
