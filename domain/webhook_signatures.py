"""How a receiver knows that a delivery is ours: the documented header and Standard Webhooks 1.0, one key, one body."""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256


def new_secret() -> str:
    """32 random bytes in URL-safe base64: 43 characters."""
    return secrets.token_urlsafe(32)


def signing_secret(secret: str) -> str:
    """The same key as Standard Webhooks libraries take it."""
    return "whsec_" + b64encode(secret.encode()).decode()


def signed_headers(event: str, message_id: str, body: bytes, keys: Sequence[str], at: datetime) -> dict[str, str]:
    """The headers of one attempt. `keys` begins with the current secret; a rotated one follows while it holds.

    `X-Webhook-Signature` has room for one signature, the current one.
    """
    timestamp = str(int(at.timestamp()))
    content = f"{message_id}.{timestamp}.".encode() + body
    current = hmac.new(keys[0].encode(), body, sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Webhook-Event": event,
        "X-Webhook-Signature": f"sha256={current}",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_mac(key, content)}" for key in keys),
    }


def _mac(key: str, content: bytes) -> str:
    return b64encode(hmac.new(key.encode(), content, sha256).digest()).decode()
