"""What callers may send, stated once: GraphQL inputs, REST bodies and tool schemas are made from these models."""

from datetime import UTC, datetime
from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, field_validator

DEPTH_AT_MOST = 64
ADDRESS_AT_MOST = 255
ABSENT: Any = None
"""The default of a field that may be left out but not be null. Never read: `given` drops what was not sent."""


class Input(BaseModel):
    """Trimmed strings, unknown fields ignored, absent and null told apart."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True, defer_build=True)

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        """PostgreSQL stores no NUL character and JSON has its limits; what one database refuses, all refuse."""
        problem = _problem(value)
        if problem is not None:
            raise ValueError(problem)
        return value

    def given(self) -> dict[str, Any]:
        """The fields that were sent, and only these."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _problem(value: Any) -> str | None:
    """Why a text or a JSON value cannot be stored, or None."""
    level = [value]
    for _ in range(DEPTH_AT_MOST):
        deeper: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                deeper += [*one.keys(), *one.values()]
            elif isinstance(one, list | tuple):
                deeper += one
            elif (problem := _problem_of_one(one)) is not None:
                return problem
        if not deeper:
            return None
        level = deeper
    return f"expected JSON at most {DEPTH_AT_MOST} levels deep, found more"


def _problem_of_one(value: Any) -> str | None:
    if isinstance(value, str):
        if "\x00" in value:
            return "expected text without the NUL character (U+0000), found one"
        if not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
            return "expected Unicode text, found half of a surrogate pair"
    if isinstance(value, float) and not isfinite(value):
        return f"expected a finite number, found {value}"
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "expected a whole number of at most 64 bits, found a larger one"
    return None


def _lower_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    lowered = f"{local}@{domain.lower()}"
    if len(lowered.casefold()) > ADDRESS_AT_MOST:  # compared, and stored, in this form too
        message = f"expected at most {ADDRESS_AT_MOST} characters also in lower case, found more"
        raise ValueError(message)
    return lowered


def _in_utc(time: datetime) -> datetime:
    """A time without a zone is taken as UTC."""
    try:
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        message = f"expected a time between the years 1 and 9999 in UTC, found {time.isoformat()}"
        raise ValueError(message) from None


def _no_number(value: Any) -> Any:
    if isinstance(value, int | float) or (
        isinstance(value, str) and value.strip().lstrip("+-").replace(".", "").isdigit()
    ):
        message = f"expected a time like 2026-01-31T12:00:00Z, found the number {value}"
        raise ValueError(message)
    return value


Moment = Annotated[datetime, BeforeValidator(_no_number), AfterValidator(_in_utc)]
EmailAddress = Annotated[EmailStr, Field(max_length=ADDRESS_AT_MOST), AfterValidator(_lower_domain)]
Password = Annotated[str, Field(min_length=8, max_length=128)]
