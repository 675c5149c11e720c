"""Runs inside Alembic; the connection is handed over by `infra.migrate`."""

from typing import Any

from alembic import context
from sqlalchemy import Enum

from domain.entities import UtcDateTime
from infra.entities import METADATA


def render_item(kind: str, value: Any, autogen_context: Any) -> str | bool:  # noqa: ARG001 - Alembic's signature
    """Our column types as plain ones, so that a version stands by itself."""
    if kind != "type":
        return False
    if isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(value, Enum):
        return f"sa.String(length={value.length})"
    return False


def is_ours(_object: Any, name: str | None, *_: Any) -> bool:
    """What search keeps beside the tables is made by a version of its own (0002) and is in no model."""
    return not (name or "").startswith("search_")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    compare_type=False,
    render_item=render_item,
    include_object=is_ours,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
