"""What the documented wire shapes have in common: times, the list shapes, and how they are read from rows."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from domain.inputs import Input
from domain.pages import Numbered
from domain.uploads import Upload
from schema.compat.rows import Sent

T = TypeVar("T")


def _offset(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _zulu(time: datetime) -> str:
    return _offset(time).replace("+00:00", "Z")


_TIME = WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization")
OffsetTime = Annotated[datetime, PlainSerializer(_offset, return_type=str), _TIME]
"""UTC written `+00:00`, always with microseconds."""
ZuluTime = Annotated[datetime, PlainSerializer(_zulu, return_type=str), _TIME]
"""UTC written `Z`, always with microseconds."""


def _file(value: Any) -> Any:
    if not isinstance(value, Upload):
        message = f"Expected UploadFile, received: {type(value)}"
        raise ValueError(message)  # noqa: TRY004 - Pydantic tells a ValueError as a fault of the request
    return value


FilePart = Annotated[
    Upload, BeforeValidator(_file), WithJsonSchema({"type": "string", "contentMediaType": "application/octet-stream"})
]
"""A file in a multipart form."""


class Wire(BaseModel):
    """An answer, read from a row's attributes or a mapping's keys; nulls are written, never left out."""

    model_config = ConfigDict(from_attributes=True, json_schema_serialization_defaults_required=True)


class Query(Input):
    """What stands behind the question mark."""


class PageQuery(Query):
    page: int = Field(default=1, ge=1, description="Counted from 1.")
    size: int = Field(default=50, ge=1, le=100, description="How many on a page.")


class PageSizeQuery(Query):
    page: int = Field(default=1, ge=1, description="Counted from 1.")
    page_size: int = Field(default=20, ge=1, le=100, description="How many on a page.")


class TextAnswer(Wire):
    """What was read from a document; null when nothing could be."""

    id: UUID
    name: str
    text_content: str | None


class Paged(Wire, Generic[T]):
    """`{items, total, page, size, pages}`: items and users."""

    items: list[T]
    total: int
    page: int
    size: int
    pages: int


def paged(found: Numbered[Any], sent: Sent) -> dict[str, Any]:
    page, size = sent.query.page, sent.query.size
    return {
        "items": found.rows, "total": found.total, "page": page, "size": size, "pages": -(-found.total // size),
    }  # fmt: skip


def with_more(name: str, found: Numbered[Any], sent: Sent) -> dict[str, Any]:
    """`{<name>, total, page, page_size, has_more}`: jobs and runs."""
    page, size = sent.query.page, sent.query.page_size
    return {
        name: found.rows, "total": found.total, "page": page, "page_size": size, "has_more": page * size < found.total,
    }  # fmt: skip
