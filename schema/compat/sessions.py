"""Signed-in devices in REST (contract.md section 5)."""

from typing import Any, Literal
from uuid import UUID

from domain.sessions import SessionRow
from resolvers import sessions as resolve
from schema.compat.rows import NOT_FOUND, Row, Sent
from schema.compat.wire import Wire, ZuluTime


class SessionAnswer(Wire):
    id: UUID
    device_name: str | None
    device_type: Literal["desktop", "mobile", "tablet"] | None
    ip_address: str | None
    is_current: bool
    created_at: ZuluTime
    last_used_at: ZuluTime


class SessionList(Wire):
    sessions: list[SessionAnswer]
    total: int


class SignedOut(Wire):
    message: str
    sessions_logged_out: int


def _listed(found: list[SessionRow], _sent: Sent) -> dict[str, Any]:
    return {"sessions": found, "total": len(found)}


def _counted(ended: int, _sent: Sent) -> dict[str, Any]:
    return {"message": f"Signed out of {ended} session{'' if ended == 1 else 's'}", "sessions_logged_out": ended}


ROWS = (
    Row("GET", "/sessions", resolve.sessions, SessionList, shape=_listed, tag="sessions"),
    Row("DELETE", "/sessions/{session_id}", resolve.revoke_session, status=204, errors=NOT_FOUND, tag="sessions"),
    Row("DELETE", "/sessions", resolve.revoke_all_sessions, SignedOut, shape=_counted, tag="sessions"),
)
