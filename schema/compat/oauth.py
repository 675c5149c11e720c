"""Sign-in with Google: routes with code of their own (contract.md section 3.1)."""

from schema.compat.errors import ErrorEnvelope
from schema.compat.rows import Described
from schema.compat.wire import Query


class CallbackQuery(Query):
    """What the provider sends the browser back with (RFC 6749 section 4.1.2, RFC 9207)."""

    state: str | None = None
    code: str | None = None
    error: str | None = None
    iss: str | None = None


LOGIN = "Send the browser to the sign-in provider; a cookie binds the answer to it."
CALLBACK = "Where the provider sends the browser back to: on to the web client, with tokens or with what went wrong."
DESCRIBED = (
    Described("GET", "/oauth/google/login", "oauth_login", LOGIN, {302: None, 503: ErrorEnvelope}, "auth"),
    Described("GET", "/oauth/google/callback", "oauth_callback", CALLBACK, {307: None}, "auth", CallbackQuery),
)
