"""Only what this server signed, for this purpose and still in time, is believed."""

import base64
import hmac
import json
import time
from uuid import UUID, uuid4

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import AuthenticationError
from infra.tokens import INVALID, SignedTokens, draw_key

SECRET = "s" * 40
USER, SESSION = uuid4(), uuid4()
TOKENS = SignedTokens(SECRET, 60)


def signed(
    *, headers: dict[str, object] | None = None, secret: str = SECRET, algorithm: str = "HS256", **changes: object
) -> str:
    now = int(time.time())
    claims: dict[str, object] = {
        "iss": "personal_automations",
        "aud": "personal_automations",
        "sub": str(USER),
        "sid": str(SESSION),
        "jti": "1",
        "iat": now,
        "exp": now + 60,
        "type": "access",
    } | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    unsigned = raw({"alg": algorithm, "typ": "at+jwt"} | (headers or {}), claims).rstrip(".")
    mac = hmac.digest(draw_key(secret, "access token"), unsigned.encode(), algorithm.replace("HS", "sha"))
    return f"{unsigned}.{encoded(mac)}"


def raw(header: object, payload: object, signature: bytes = b"") -> str:
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(map(encoded, (*parts, signature)))


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def test_the_tokens_of_these_tests_are_good_but_for_what_is_changed() -> None:
    assert TOKENS.read_access(signed()).user_id == USER


def test_an_access_token_says_who_and_by_which_session() -> None:
    claims = TOKENS.read_access(TOKENS.access(USER, SESSION))
    assert (claims.user_id, claims.session_id) == (USER, SESSION)
    assert 50 < claims.expires_at.timestamp() - time.time() <= 60


def test_two_access_tokens_of_one_second_differ() -> None:
    assert TOKENS.access(USER, SESSION) != TOKENS.access(USER, SESSION)


def test_a_refresh_token_is_no_access_token() -> None:
    with pytest.raises(AuthenticationError, match=r"^Invalid token type$"):
        TOKENS.read_access(TOKENS.refresh(SESSION, 0))


@pytest.mark.parametrize("changes", [{"headers": {"typ": "JWT"}}, {"type": "refresh"}, {"headers": {"typ": None}}])
def test_a_token_of_another_type_is_refused_as_such(changes: dict[str, object]) -> None:
    with pytest.raises(AuthenticationError, match=r"^Invalid token type$"):
        TOKENS.read_access(signed(**changes))


@pytest.mark.parametrize(
    "token",
    [
        signed(secret="t" * 40),
        signed(algorithm="HS512"),
        signed(aud="another"),
        signed(iss="another"),
        signed(exp=int(time.time()) - 1),
        signed(exp=None),
        signed(sid=None),
        signed(jti=None),
        signed(type=None),
        signed(sub="no uuid"),
        signed(sid=5),
        signed(sid=[]),
        signed(exp=10**20),
        signed(exp=1e308),
        signed(iat=int(time.time()) + 3600),
        jwt.encode({"sub": str(USER)}, draw_key(SECRET, "access token"), "HS256"),
        jwt.encode({"sub": str(USER)}, SECRET, "HS256"),
        raw({"alg": "none", "typ": "at+jwt"}, {"sub": str(USER), "sid": str(SESSION), "exp": 10**10}),
        raw({"alg": "HS256", "typ": "at+jwt", "crit": ["x"], "x": 1}, {}, b"x" * 32),
        raw({"alg": ["HS256"]}, {}),
        raw([], []),
        raw(b"[" * 100_000, b"[" * 100_000, b"x"),
        raw(b'{"a":' * 50_000, b"{}", b"x"),
        raw(b"9" * 10_000, b"{}", b"x"),
        "",
        ".",
        "..",
        "a.b.c",
        "x" * 1_000_000,
        "\x00",
        "é.ü.ß",
        "\ud800.\ud800.\ud800",
        "Bearer x",
    ],
    ids=lambda token: repr(token[:12]),
)
def test_any_other_access_token_is_refused(token: str) -> None:
    with pytest.raises(AuthenticationError) as refused:
        TOKENS.read_access(token)
    assert refused.value.message == INVALID


def test_an_access_token_whose_signature_was_touched_is_refused() -> None:
    head, body, signature = TOKENS.access(USER, SESSION).split(".")
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    with pytest.raises(AuthenticationError):
        TOKENS.read_access(f"{head}.{body}.{changed}")


@given(st.uuids(), st.integers(0, 10**9))
def test_a_refresh_token_names_its_session_and_generation(id: UUID, generation: int) -> None:
    token = TOKENS.refresh(id, generation)
    assert token == SignedTokens(SECRET, 5).refresh(id, generation)
    assert TOKENS.read_refresh(token) == (id, generation)


@given(st.text(max_size=80))
def test_no_made_up_text_is_a_refresh_token(text: str) -> None:
    for token in (text, f"pa_refresh.{text}", f"pa_refresh.{SESSION.hex}.1.{text}"):
        with pytest.raises(AuthenticationError):
            TOKENS.read_refresh(token)


@pytest.mark.parametrize(
    "token", ["\ud800", "pa_refresh.\ud800.1.\ud800", "pa_refresh.", "pa_refresh...", "x" * 1_000_000]
)
def test_a_hostile_refresh_token_is_refused(token: str) -> None:
    with pytest.raises(AuthenticationError, match=r"^Invalid or expired refresh token$"):
        TOKENS.read_refresh(token)


def test_a_refresh_token_cannot_be_moved_to_another_generation_or_session() -> None:
    prefix, id, generation, mac = TOKENS.refresh(SESSION, 3).split(".")
    for forged in (f"{prefix}.{id}.4.{mac}", f"{prefix}.{uuid4().hex}.{generation}.{mac}"):
        with pytest.raises(AuthenticationError):
            TOKENS.read_refresh(forged)


def test_a_refresh_token_of_another_key_is_refused() -> None:
    with pytest.raises(AuthenticationError):
        TOKENS.read_refresh(SignedTokens("t" * 40, 60).refresh(SESSION, 0))


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert len({draw_key(SECRET, purpose) for purpose in ("access token", "refresh token", "file address")}) == 3
