"""The ASGI application, as a value: nothing is opened before its lifespan."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from infra.http import graphiql
from infra.http.agent_socket import AgentSockets
from infra.http.authentication import Authenticator
from infra.http.docs import docs_routes
from infra.http.downloads import download
from infra.http.graphql import GraphQLApp
from infra.http.health import health_routes
from infra.http.middleware import RequestContext
from infra.http.oauth import oauth_routes
from infra.http.rate_limits import RateLimits, RequestLimits
from infra.http.rest import rest_routes
from infra.http.rest_errors import http_exception
from infra.migrate import migrate
from infra.runtime import open_runtime
from infra.settings import Settings
from schema.compat.catalog import ROWS
from schema.execution.operations import Operations
from schema.schema import build_schema

HANDLERS: dict[Any, Any] = {HTTPException: http_exception}


def create_app(settings: Settings, *, works: bool | None = None, sweeps: bool | None = None) -> Starlette:
    """`works` and `sweeps` default to what an embedded server does and one beside workers does not."""
    works = settings.embedded if works is None else works
    sweeps = settings.embedded if sweeps is None else sweeps

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with open_runtime(settings, works=works, sweeps=sweeps, prepare=migrate) as runtime:
            app.state.runtime = runtime
            authenticator = Authenticator(runtime.ports, settings)
            app.state.authenticator = authenticator
            app.state.limits = RequestLimits(settings)
            app.state.graphql = GraphQLApp(
                Operations(build_schema()),
                authenticator.open,
                page=graphiql.page(),
                allowed_origins=settings.CORS_ORIGINS,
            )
            try:
                yield
            finally:
                await app.state.limits.close()

    return Starlette(
        debug=False,
        routes=_routes(settings),
        middleware=_middleware(settings),
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )


def _routes(settings: Settings) -> list[BaseRoute]:
    return [
        Route("/graphql", _graphql, name="graphql"),
        WebSocketRoute("/graphql", _graphql, name="graphql-socket"),
        graphiql.files(),
        Route("/files/{token}", download, name="download"),
        *health_routes(""),
        *health_routes(settings.API_V1_STR),
        *docs_routes(settings),
        *oauth_routes(settings.API_V1_STR),
        *rest_routes(settings.API_V1_STR, ROWS),
        WebSocketRoute(f"{settings.API_V1_STR}/ws/agent", AgentSockets().__call__, name="agent-socket"),
    ]


class _GraphQL:
    """Hands over to the application that the lifespan made."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app: ASGIApp = scope["app"].state.graphql
        await app(scope, receive, send)


_graphql: Any = _GraphQL()


def _middleware(settings: Settings) -> list[Middleware]:
    cors: dict[str, Any] = {
        "allow_origins": settings.CORS_ORIGINS,
        "allow_credentials": True,
        "allow_methods": ["*"],
        "allow_headers": ["*"],
    }
    return [
        Middleware(RequestContext),
        Middleware(CORSMiddleware, **cors),
        Middleware(RateLimits, prefix=settings.API_V1_STR),
    ]
