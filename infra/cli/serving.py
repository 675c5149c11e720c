"""One API process: the socket, uvicorn with our limits, and what is said when it listens."""

import contextlib
import errno
import gc
import os
import signal
import socket
from collections.abc import Iterator

import click
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from infra.cli.failures import Failure, Misuse
from infra.processes import AlreadyRunningError, exclusive
from infra.settings import Settings
from infra.version import VERSION

GRACE_SECONDS = 3
GENERATION_0 = 50_000
LARGEST_FRAME = 256 * 1024
LARGEST_HEAD = 64 * 1024


class Server(uvicorn.Server):
    """Ends by itself after a signal, with status 0, where uvicorn would send the signal to itself once more."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


async def serve(settings: Settings, listening: socket.socket, *, greets: bool) -> None:
    """Serve until SIGTERM or SIGINT. An error of the start is raised as it is, so that it can be explained."""
    from infra.http.app import create_app

    app = create_app(settings)
    server = Server(_config(app, settings))
    async with app.router.lifespan_context(app):
        _settle_memory()
        if greets:
            click.echo(greeting(settings, app, listening), err=True)
        await server.serve(sockets=[listening])


def _settle_memory() -> None:
    """What was made by the start stays: leave it out of every later collection (15 % of a request, measured)."""
    gc.freeze()
    gc.set_threshold(GENERATION_0, 20, 20)
    gc.enable()


def bind(host: str, port: int) -> socket.socket:
    """A bound socket that does not listen yet. Raises Failure when the address cannot be had."""
    bound: socket.socket | None = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as refused:
        if bound is not None:
            bound.close()
        hint = ": another program listens there, choose another PORT" if refused.errno == errno.EADDRINUSE else ""
        reason = refused.strerror or str(refused)
        raise Failure(f"cannot listen on {host}:{port} ({reason}){hint}") from refused
    return bound


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """The embedded default keeps its queue and bus in the process, so a data folder has one server at a time."""
    if not settings.embedded:
        yield
        return
    try:
        with exclusive(settings.DATA_DIR / "server.lock"):
            yield
    except AlreadyRunningError as running:
        message = (
            f"a server is running on the data folder {settings.DATA_DIR.absolute()} already: stop it, choose another "
            "DATA_DIR, or set DATABASE_URL (PostgreSQL) and REDIS_URL to run several"
        )
        raise Misuse(message) from running


def greeting(settings: Settings, app: Starlette, listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    base = f"http://{here}:{port}"
    paths = {route.path for route in app.routes if isinstance(route, Route)}
    where = "SQLite" if settings.database_url.startswith("sqlite") else "PostgreSQL"
    work = "in this process" if settings.embedded else "in worker processes, through Redis"
    docs = [f"  REST docs   {base}/docs"] if "/docs" in paths else []
    return "\n".join(
        [
            f"\n{settings.PROJECT_NAME} {VERSION} listens on {base}\n",
            f"  GraphiQL    {base}/graphql   (the main job is among the saved examples)",
            *docs,
            f"  Health      {base}/health",
            f"  Data        {settings.DATA_DIR.absolute()} ({where}; work is done {work})\n",
            "Try next, in another terminal:\n",
            "  make demo RESUME=cv.pdf     the main job with your own résumé, without a server",
            f"  curl -s {base}/graphql -H 'content-type: application/json' \\",
            '       -d \'{"query": "{ pipelines { name description } }"}\'\n',
        ]
    )


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="none",
        lifespan="off",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        ws_per_message_deflate=False,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        proxy_headers=bool(settings.TRUSTED_PROXIES),
        forwarded_allow_ips=list(settings.TRUSTED_PROXIES),
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def inherited(descriptor: int) -> socket.socket:
    """The socket that the supervisor bound; this process's own children do not get it."""
    os.set_inheritable(descriptor, False)
    return socket.socket(fileno=descriptor)
