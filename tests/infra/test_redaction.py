"""No secret reaches a log."""

import pytest

from infra.redaction import redact

SECRETS = [
    "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl was refused",
    "refresh pa_refresh.0f0f.3.c2lnbmF0dXJl",
    "could not connect to postgresql://user:hunter2@db.example.com/name",
    "secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "key sk-proj-abcdefghijklmnop1234",
]


@pytest.mark.parametrize("text", SECRETS)
def test_what_looks_like_a_secret_is_cut_out_of_any_text(text: str) -> None:
    event = redact(None, "info", {"event": text, "exception": f"Traceback …\nValueError: {text}"})
    for hidden in ("eyJ", "hunter2", "c2lnbmF0dXJl", "MfKQ", "abcdefghijklmnop"):
        assert hidden not in str(event)


def test_what_is_named_like_a_secret_is_not_written() -> None:
    event = redact(None, "info", {"event": "login", "password": "correct horse", "api_key": "x", "path": "/graphql"})
    assert event == {"event": "login", "password": "[redacted]", "api_key": "[redacted]", "path": "/graphql"}


def test_ordinary_text_stays_as_it_is() -> None:
    text = "request https://example.com/jobs?page=2 took 3 ms at 12:30:01"
    assert redact(None, "info", {"event": text})["event"] == text
