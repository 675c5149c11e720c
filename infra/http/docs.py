"""The OpenAPI document and two pages that show it, none of them in production and nothing from elsewhere.

`/docs` is Swagger UI where `make dashboard` has built it, else the plain reference; `/redoc` is always the reference.
"""

from functools import cache
from pathlib import Path
from typing import Any

import anyio
import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from infra.http import graphiql
from infra.http.openapi import document
from infra.http.reference import render
from infra.settings import Settings
from schema.compat.catalog import DESCRIBED, ROWS

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
DOCUMENT = "/api/v1/openapi.json"  # as the built page has it


def docs_routes(settings: Settings, dist: Path = graphiql.DIST) -> list[Route]:
    if settings.ENVIRONMENT == "production":
        return []
    address = f"{settings.API_V1_STR}/openapi.json"

    @cache
    def described() -> dict[str, Any]:
        return document(settings.PROJECT_NAME, settings.API_V1_STR, ROWS, DESCRIBED, settings.API_KEY_HEADER)

    @cache
    def encoded() -> bytes:
        return orjson.dumps(described())

    @cache
    def rendered() -> str:
        return render(described(), address)

    async def openapi(_request: Request) -> Response:
        return Response(encoded(), media_type="application/json")

    async def reference(_request: Request) -> Response:
        return HTMLResponse(rendered(), headers={"Content-Security-Policy": POLICY})

    async def docs(request: Request) -> Response:
        built = anyio.Path(dist / "docs.html")
        if not await built.is_file():
            return await reference(request)
        page = (await built.read_text(encoding="utf-8")).replace(DOCUMENT, address)
        return HTMLResponse(page, headers=graphiql.PAGE_HEADERS)

    return [
        Route(address, openapi, name="openapi"),
        Route("/docs", docs, name="docs"),
        Route("/redoc", reference, name="redoc"),
    ]
