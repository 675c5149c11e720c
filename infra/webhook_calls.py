"""Calling webhooks: addresses of users, so through the egress, with a client of their own.

Its pace is not the job boards': how many calls an address gets at once is decided where deliveries are taken.
"""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from domain.errors import ExternalServiceError
from domain.ports import WebhookAnswer
from infra.settings import Settings

if TYPE_CHECKING:
    from infra.egress import Egress

KEPT_CHARACTERS = 10_000
MAX_BYTES = 1024 * 1024
AT_ONCE_TO_A_HOST = 100


class EgressWebhookCalls:
    """`timeout` in seconds, from the connection to the end of the answer."""

    def __init__(self, settings: Settings, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._stack = AsyncExitStack()
        self._egress: Egress | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookAnswer:
        from infra.egress import AddressRefusedError

        egress = await self._opened()
        try:
            answer = await egress.post(url, body, headers=headers)
        except AddressRefusedError as refused:
            raise ExternalServiceError(_without_address(refused)) from refused
        text = answer.content[: 4 * KEPT_CHARACTERS].decode("utf-8", "replace").replace("\x00", "�")
        return WebhookAnswer(answer.status, text[:KEPT_CHARACTERS], answer.retry_after)

    async def close(self) -> None:
        await self._stack.aclose()

    async def _opened(self) -> "Egress":
        if self._egress is None:
            from infra.egress import Egress, EgressPolicy

            policy = EgressPolicy(
                contact=self._settings.EGRESS_CONTACT or None,
                allow=(*self._settings.EGRESS_ALLOW, *self._settings.WEBHOOK_ALLOW),
                allow_http=True,
                max_bytes=MAX_BYTES,
                connect_timeout=self._timeout,
                read_timeout=self._timeout,
                total_timeout=self._timeout,
                interval=0.0,
                at_once=AT_ONCE_TO_A_HOST,
            )
            self._egress = await self._stack.enter_async_context(Egress(policy))
        return self._egress


def _without_address(refused: ExternalServiceError) -> str:
    """What a refused name resolves to inside our network is nobody's business outside."""
    if "address" in (refused.details or {}):
        return f"{refused.details['host']} does not lead to a public address"  # type: ignore[index]
    return refused.message
