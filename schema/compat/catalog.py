"""Every row of REST v1."""

from schema.compat import items, sessions, users
from schema.compat.rows import Row

ROWS: tuple[Row, ...] = (*users.ROWS, *sessions.ROWS, *items.ROWS)
