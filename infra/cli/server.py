"""`server run` and `server routes`."""

import asyncio
import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from infra.cli.failures import Misuse
from infra.cli.output import json_option, print_json, print_table
from infra.processes import Child, Supervisor, newest_change, own_command
from infra.settings import Settings, read_settings

if TYPE_CHECKING:
    from starlette.routing import Route

CODE = tuple(
    Path(__file__).resolve().parents[2] / name for name in ("schema", "resolvers", "domain", "workers", "infra")
)


@click.group()
def server() -> None:
    """Run the server, or list its routes."""


@server.command()
@click.option("--host", help="Address to listen on [HOST, else 127.0.0.1; 0.0.0.0 for all].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on [PORT, else 8000].")
@click.option("--reload", is_flag=True, help="Start again when the code changes; for development.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, help="API processes; several need Redis.")
@click.option("--no-worker", is_flag=True, help="API only; workers and scheduler run elsewhere.")
@click.option("--descriptor", type=int, hidden=True, help="Listen on this open socket.")
@click.option("--quiet", is_flag=True, hidden=True, help="Print no greeting.")
def run(
    *,
    host: str | None,
    port: int | None,
    reload: bool,
    workers: int,
    no_worker: bool,
    descriptor: int | None,
    quiet: bool,
) -> None:
    """Serve the API, and do the work: in this process, or with Redis in processes beside it."""
    settings = read_settings(HOST=host, PORT=port)
    _refuse_the_impossible(settings, workers=workers, no_worker=no_worker, child=descriptor is not None)
    from infra.cli.logs import configure_logs

    configure_logs(settings)
    if descriptor is None and (reload or workers > 1 or not (settings.embedded or no_worker)):
        _supervise(settings, workers=workers, with_workers=not (settings.embedded or no_worker), reload=reload)
        return
    _serve(settings, descriptor, greets=not quiet)


@server.command()
@json_option
def routes(*, as_json: bool) -> None:
    """List the HTTP routes."""
    from starlette.routing import Route

    from infra.http.app import create_app

    app = create_app(read_settings())
    found = [route for route in app.routes if isinstance(route, Route)]
    rows = sorted(((_methods(route), route.path, route.name) for route in found), key=lambda row: (row[1], row[0]))
    if as_json:
        print_json([{"method": method, "path": path, "name": name} for method, path, name in rows])
        return
    print_table(("Method", "Path", "Name"), rows)


def _methods(route: "Route") -> str:
    return ",".join(sorted((route.methods or {"*"}) - {"HEAD"}))


def _refuse_the_impossible(settings: Settings, *, workers: int, no_worker: bool, child: bool) -> None:
    if child or not settings.embedded:
        return
    if workers > 1:
        message = (
            f"--workers {workers}: several API processes share their work through Redis, and none is configured: "
            "set DATABASE_URL (PostgreSQL) and REDIS_URL"
        )
        raise Misuse(message)
    if no_worker:
        message = (
            "--no-worker: without Redis nobody else could do the work: set DATABASE_URL (PostgreSQL) and REDIS_URL, "
            "or leave the option out"
        )
        raise Misuse(message)


def _serve(settings: Settings, descriptor: int | None, *, greets: bool) -> None:
    gc.disable()  # until the application is up: collecting while modules are read is a tenth of the start
    import uvloop

    from infra.cli.serving import alone, bind, inherited, serve

    with (
        alone(settings),
        bind(settings.HOST, settings.PORT) if descriptor is None else inherited(descriptor) as socket,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(serve(settings, socket, greets=greets))


def _supervise(settings: Settings, *, workers: int, with_workers: bool, reload: bool) -> None:
    """The socket is bound here, so a child that starts again never loses the port."""
    from infra.cli.serving import bind

    with bind(settings.HOST, settings.PORT) as socket:
        descriptor = socket.fileno()
        serving = ("server", "run", "--descriptor", str(descriptor))
        children = [
            Child(f"api-{number}", own_command(*serving, *(["--quiet"] if number else [])), (descriptor,))
            for number in range(workers)
        ]
        if with_workers:
            children.append(Child("worker", own_command("worker", "run")))
            children.append(Child("scheduler", own_command("scheduler", "run")))
        supervisor = Supervisor(children, changed=newest_change(CODE) if reload else None)
        asyncio.run(supervisor.run())
