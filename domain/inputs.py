"""What callers may send, stated once: GraphQL inputs, REST bodies and tool schemas are made from these models."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, field_validator

ABSENT: Any = None
"""The default of a field that may be left out but not be null. Never read: `given` drops what was not sent."""


class Input(BaseModel):
    """Trimmed strings, unknown fields ignored, absent and null told apart."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore", frozen=True, defer_build=True)

    @field_validator("*")
    @classmethod
    def _no_nul(cls, value: Any) -> Any:
        """PostgreSQL stores no NUL character, so nobody may send one, whatever the database."""
        if _holds_nul(value):
            message = "expected text without the NUL character (U+0000), found one"
            raise ValueError(message)
        return value

    def given(self) -> dict[str, Any]:
        """The fields that were sent, and only these."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(inner) for key, inner in value.items())
    if isinstance(value, list | tuple):
        return any(_holds_nul(inner) for inner in value)
    return False


def _lower_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}"


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
EmailAddress = Annotated[EmailStr, Field(max_length=255), AfterValidator(_lower_domain)]
Password = Annotated[str, Field(min_length=8, max_length=128)]
