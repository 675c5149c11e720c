"""Is it up, can it work: the documented answers (contract.md section 2)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from infra.runtime import Runtime
from infra.version import VERSION

Check = Callable[[], Awaitable[float]]


def health_routes(prefix: str) -> list[Route]:
    return [
        Route(f"{prefix}/health", health, name="health"),
        Route(f"{prefix}/health/live", live, name="live"),
        Route(f"{prefix}/health/ready", ready, name="health-ready"),
        Route(f"{prefix}/ready", ready, name="ready"),
    ]


async def health(_request: Request) -> JSONResponse:
    return JSONResponse({"status": "healthy"})


async def live(request: Request) -> JSONResponse:
    settings = request.app.state.runtime.settings
    details = {"version": VERSION, "environment": settings.ENVIRONMENT}
    return JSONResponse({"status": "alive", **_stamp(settings.PROJECT_NAME), "details": details})


async def ready(request: Request) -> JSONResponse:
    """Looks at what the server cannot work without. Redis is told of only where it is configured."""
    runtime: Runtime = request.app.state.runtime
    checks = {"database": {**await _look(runtime.ports.database.check), "type": runtime.database.kind}}
    if not runtime.settings.embedded:
        checks["redis"] = await _look(runtime.ports.bus.check)
    good = all(check["status"] == "healthy" for check in checks.values())
    body = {"status": "ready" if good else "not_ready", **_stamp(runtime.settings.PROJECT_NAME), "checks": checks}
    return JSONResponse(body, 200 if good else 503)


async def _look(check: Check) -> dict[str, Any]:
    try:
        return {"status": "healthy", "latency_ms": round(await check(), 2)}
    except Exception as broken:  # noqa: BLE001 - whatever the driver raises, the answer is "not ready"
        return {"status": "unhealthy", "error": type(broken).__name__}


def _stamp(service: str) -> dict[str, str]:
    return {"timestamp": datetime.now(UTC).isoformat(), "service": service}
