"""What can go wrong with a model's server, in the words of the language port."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import openai

from domain.language import Failure, LanguageError

LOADING = ("loading", "warming", "not ready", "starting")
RETRIED = {Failure.RATE_LIMITED, Failure.UNAVAILABLE, Failure.TIMEOUT, Failure.DISCONNECTED}
TOO_MANY, SERVER_FAULT, NO_SUCH = 429, 500, 404
DENIED = (401, 403)


TOLD: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Failure, str], ...] = (
    ((openai.APITimeoutError, TimeoutError), Failure.TIMEOUT, "the model did not answer in time"),
    (
        (json.JSONDecodeError, UnicodeDecodeError),
        Failure.CORRUPT,
        "the model's answer could not be read: a piece of it was broken",
    ),
    (openai.APIConnectionError, Failure.DISCONNECTED, "the connection to the model broke"),
    (openai.APIError, Failure.UNAVAILABLE, "the model's server reported an error in the middle of its answer"),
    (httpx2.TransportError, Failure.DISCONNECTED, "the connection to the model broke"),
)


def told(error: Exception) -> LanguageError:
    """The failure behind an exception of the client or its stream; a corrupt piece shows as whatever it broke."""
    if isinstance(error, LanguageError):
        return error
    if isinstance(error, openai.APIStatusError):
        return _status(error)
    for kinds, failure, message in TOLD:
        if isinstance(error, kinds):
            return LanguageError(failure, message)
    return LanguageError(Failure.CORRUPT, f"the model's answer could not be read ({type(error).__name__})")


def is_loading(error: Exception) -> bool:
    """A local server that has not read its model yet says so with a 503."""
    return isinstance(error, openai.InternalServerError) and any(word in str(error).lower() for word in LOADING)


def retry_after(error: Exception) -> float | None:
    """Seconds that the server asks to wait: `Retry-After` in seconds or as a date, or `retry-after-ms`."""
    if not isinstance(error, openai.APIStatusError):
        return None
    headers = error.response.headers
    try:
        if "retry-after-ms" in headers:
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        given = headers.get("retry-after", "")
        if given.replace(".", "", 1).isdigit():
            return float(given)
        return max(0.0, (parsedate_to_datetime(given) - datetime.now(UTC)).total_seconds()) if given else None
    except (TypeError, ValueError):
        return None


def _status(error: openai.APIStatusError) -> LanguageError:
    status = error.status_code
    details: dict[str, Any] = {"status": status}
    if status == TOO_MANY:
        if error.code == "insufficient_quota":
            return LanguageError(Failure.MISCONFIGURED, "the model account has no quota left", details)
        return LanguageError(Failure.RATE_LIMITED, "the model takes no more questions for now", details)
    if status >= SERVER_FAULT:
        loading = "the model is still being loaded" if is_loading(error) else "the model is not available"
        return LanguageError(Failure.UNAVAILABLE, f"{loading} (status {status})", details)
    if status in DENIED:
        return LanguageError(Failure.MISCONFIGURED, "the model's server did not accept OPENAI_API_KEY", details)
    if status == NO_SUCH:
        message = "the model's server does not know the model or the address: see AI_MODEL and OPENAI_BASE_URL"
        return LanguageError(Failure.MISCONFIGURED, message, details)
    return LanguageError(Failure.REFUSED, f"the model's server refused the question (status {status})", details)
