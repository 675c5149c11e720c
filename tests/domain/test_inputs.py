"""What may be sent: trimmed, known fields only, absent and null apart, and nothing the databases cannot store."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from domain.inputs import ABSENT, EmailAddress, Input, Moment, Password


class Changes(Input):
    title: str = Field(default=ABSENT, max_length=10)
    note: str | None = None
    numbers: list[int] | None = None
    extra: dict[str, Any] | None = None
    inner: "Changes | None" = None


def test_only_what_was_sent_is_given() -> None:
    assert Changes.model_validate({}).given() == {}
    assert Changes.model_validate({"note": None}).given() == {"note": None}
    assert Changes.model_validate({"title": " é ", "unknown": 1}).given() == {"title": "é"}
    assert Changes.model_validate({"inner": {"note": None}}).inner.given() == {"note": None}


@pytest.mark.parametrize(
    "sent", [{"title": None}, {"title": 5}, {"title": "x" * 11}, {"numbers": "1"}, {"extra": []}, None, [], 5, "x"]
)
def test_what_does_not_fit_is_refused(sent: object) -> None:
    with pytest.raises(ValidationError):
        Changes.model_validate(sent)


def nested(depth: int) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": [value]}
    return value


@pytest.mark.parametrize(
    "sent",
    [
        {"title": "a\x00b"},
        {"note": "\x00"},
        {"extra": {"a\x00": 1}},
        {"extra": {"a": [{"b": "\x00"}]}},
        {"note": "\ud800"},
        {"extra": {"a": "\ud800"}},
        {"extra": {"\udfff": 1}},
        {"extra": {"a": 2**63}},
        {"extra": {"a": [-(2**63) - 1]}},
        {"extra": {"a": float("nan")}},
        {"extra": {"a": [float("inf")]}},
        {"inner": {"note": "\x00"}},
    ],
    ids=lambda sent: ascii(sent)[:30],
)
def test_what_the_databases_cannot_store_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Changes.model_validate(sent)


@pytest.mark.parametrize("depth", [40, 500, 5_000])
def test_json_that_is_nested_too_deeply_is_refused(depth: int) -> None:
    with pytest.raises(ValidationError):
        Changes.model_validate({"extra": nested(depth)})


def test_any_other_json_is_taken_as_it_is() -> None:
    extra = {"": None, "é\U0001f600": [1, -1.5, True, 2**63 - 1, "\x7f\u2028", {"b": nested(20)}]}
    assert Changes.model_validate({"extra": extra}).extra == extra


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00\x1c\x1d\x1e\x1f"), max_size=10))
def test_text_is_trimmed_and_otherwise_kept(text: str) -> None:
    assert Changes(title=text).title == text.strip()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Ada@EXAMPLE.com", "Ada@example.com"),
        ("a.b+c@example.co.uk", "a.b+c@example.co.uk"),
        ("jürgen@münchen.example.org", "jürgen@münchen.example.org"),
    ],
)
def test_the_domain_of_an_address_is_lower_case_and_its_local_part_kept(sent: str, kept: str) -> None:
    assert TypeAdapter(EmailAddress).validate_python(sent) == kept


@pytest.mark.parametrize(
    "sent", ["", "a", "@", "a@", "@b.com", "a@b", "a b@example.com", "a@example.com\n", "a@" + "b" * 250 + ".com", None]
)
def test_what_is_no_address_is_refused(sent: object) -> None:
    class Sent(Input):
        email: EmailAddress

    if isinstance(sent, str) and sent != sent.strip():
        assert Sent(email=sent).email == sent.strip()
    else:
        with pytest.raises(ValidationError):
            Sent(email=sent)


@pytest.mark.parametrize(("length", "fits"), [(7, False), (8, True), (128, True), (129, False)])
def test_a_password_has_8_to_128_characters_of_any_width(length: int, fits: bool) -> None:
    for letter in ("a", "é", "日", "\U0001f600"):
        if fits:
            assert TypeAdapter(Password).validate_python(letter * length) == letter * length
        else:
            with pytest.raises(ValidationError):
                TypeAdapter(Password).validate_python(letter * length)


def test_a_moment_is_in_utc_and_without_a_zone_taken_as_utc() -> None:
    moments = TypeAdapter(Moment)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    for sent in (
        "2026-01-01T12:00:00",
        "2026-01-01T12:00:00Z",
        "2026-01-01T14:00:00+02:00",
        noon,
        noon.replace(tzinfo=None),
    ):
        assert moments.validate_python(sent) == noon
    for beyond in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        with pytest.raises(ValidationError, match="expected a time between the years"):
            moments.validate_python(beyond)
