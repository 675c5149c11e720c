"""What an address answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from domain.listings import Validator
from infra.payloads import decode_text, read_json

NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class EgressResponse:
    """`url` is where the redirects ended, `headers` have lower-case names, `content` is decompressed."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def not_modified(self) -> bool:
        return self.status == NOT_MODIFIED

    @property
    def charset(self) -> str | None:
        _, _, rest = self.headers.get("content-type", "").partition("charset=")
        return rest.split(";")[0].strip().strip("\"'") or None

    @property
    def validator(self) -> Validator | None:
        """What to ask with next time, once what this answer holds is kept."""
        etag, modified = self.headers.get("etag"), self.headers.get("last-modified")
        return Validator(etag, modified) if etag or modified else None

    @property
    def retry_after(self) -> float | None:
        """Seconds from now (RFC 9110 §10.2.3), not below 0; None when absent or unreadable."""
        value = self.headers.get("retry-after", "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:12])
        try:
            moment = parsedate_to_datetime(value)
        except ValueError:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())

    def text(self) -> str:
        return decode_text(self.content, self.charset)

    def json(self) -> Any:
        """Raises UnreadablePayloadError (a ValidationError)."""
        return read_json(self.content, self.charset)


def conditional_headers(validator: Validator | None) -> dict[str, str]:
    if validator is None:
        return {}
    asked = {"if-none-match": validator.etag, "if-modified-since": validator.last_modified}
    return {name: value for name, value in asked.items() if value}
