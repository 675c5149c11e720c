"""What never reaches a log: secrets, by the name they stand under and by their look inside a text."""

import re
from collections.abc import MutableMapping
from typing import Any

SECRET_NAMES = re.compile(
    r"password|secret|token|authorization|cookie|api_?key|text_content|cover_letter", re.IGNORECASE
)
SECRETS = re.compile(
    r"Bearer\s+[\w.\-]+"
    r"|eyJ[\w\-]+\.[\w\-]+\.[\w\-]+"  # a JSON Web Token
    r"|pa_refresh\.[\w.\-]+"
    r"|whsec_[\w+/=\-]+"
    r"|\bsk-[\w\-]{16,}"
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # the login of an address
)
HIDDEN = "[redacted]"


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor; it comes after the traceback was written out."""
    for name, value in event.items():
        if SECRET_NAMES.search(name):
            event[name] = HIDDEN
        elif isinstance(value, str):
            event[name] = SECRETS.sub(HIDDEN, value)
    return event
