"""Routes with code of their own: what the document says of them (contract.md section 2)."""

from typing import Literal

from pydantic import BaseModel

from schema.compat.rows import Described
from schema.compat.wire import OffsetTime, Wire


class HealthAnswer(Wire):
    status: Literal["healthy"]


class LiveDetails(Wire):
    version: str
    environment: str


class LiveAnswer(Wire):
    status: Literal["alive"]
    timestamp: OffsetTime
    service: str
    details: LiveDetails


class Check(BaseModel):
    status: Literal["healthy", "unhealthy"]
    latency_ms: float = 0
    type: str = ""
    error: str = ""


class ReadyAnswer(Wire):
    status: Literal["ready", "not_ready"]
    timestamp: OffsetTime
    service: str
    checks: dict[str, Check]


READY = {200: ReadyAnswer, 503: ReadyAnswer}
DESCRIBED = (
    Described("GET", "/health", "health", "Whether the server answers at all.", {200: HealthAnswer}, "health"),
    Described("GET", "/health/live", "live", "Which version runs, and where.", {200: LiveAnswer}, "health"),
    Described("GET", "/health/ready", "health_ready", "Whether all that work needs can be reached.", READY, "health"),
    Described("GET", "/ready", "ready", "Whether all that work needs can be reached.", READY, "health"),
)
