"""Workers and schedulers beside a server with Redis, and their documented spellings."""

import asyncio
import signal

import click

from infra.cli.failures import Misuse
from infra.processes import Child, Supervisor, newest_change, own_command
from infra.settings import Settings, read_settings


@click.group()
def worker() -> None:
    """Run a worker beside a server with Redis."""


@worker.command("run")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Worker processes.")
@click.option("--reload", is_flag=True, help="Start again when the code changes; for development.")
def run_worker(*, workers: int, reload: bool) -> None:
    """Do the work that servers ask for, until SIGTERM; what is unfinished then is given back at once."""
    _work(workers=workers, reload=reload)


@click.group()
def scheduler() -> None:
    """Run the scheduler beside a server with Redis."""


@scheduler.command("run")
def run_scheduler() -> None:
    """Ring for what is due and for work that a dead worker left behind, until SIGTERM."""
    _schedule()


def _documented(name: str, about: str) -> click.Group:
    """`NAME worker|scheduler`, saying what it stands for."""

    @click.group(name, help=about)
    def group() -> None:
        pass

    @group.command("worker", help="The same as `worker run`.")
    @click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Worker processes.")
    @click.option("--reload", is_flag=True, help="Start again when the code changes; for development.")
    def worker_alias(*, workers: int, reload: bool) -> None:
        click.echo(f"`{name} worker` is an alias of `worker run`; the queue is Dramatiq.", err=True)
        _work(workers=workers, reload=reload)

    @group.command("scheduler", help="The same as `scheduler run`.")
    def scheduler_alias() -> None:
        click.echo(f"`{name} scheduler` is an alias of `scheduler run`; the queue is Dramatiq.", err=True)
        _schedule()

    return group


dramatiq = _documented("dramatiq", "Worker and scheduler, under the queue's name.")
taskiq = _documented("taskiq", "Worker and scheduler, as older documents spell them.")


def _work(*, workers: int, reload: bool) -> None:
    settings = _with_redis("worker run")
    if workers == 1 and not reload:
        _run(settings, works=True, sweeps=False)
        return
    from infra.cli.server import CODE

    children = [Child(f"worker-{number}", own_command("worker", "run")) for number in range(workers)]
    asyncio.run(Supervisor(children, changed=newest_change(CODE) if reload else None).run())


def _schedule() -> None:
    _run(_with_redis("scheduler run"), works=False, sweeps=True)


def _with_redis(command: str) -> Settings:
    settings = read_settings()
    from infra.cli.logs import configure_logs

    configure_logs(settings)
    if settings.embedded:
        message = (
            f"{command}: without Redis the server does this work itself: set DATABASE_URL (PostgreSQL) and REDIS_URL "
            "to have it done in processes of their own"
        )
        raise Misuse(message)
    return settings


def _run(settings: Settings, *, works: bool, sweeps: bool) -> None:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_until_stopped(settings, works=works, sweeps=sweeps))


async def _until_stopped(settings: Settings, *, works: bool, sweeps: bool) -> None:
    import structlog

    from infra.migrate import migrate
    from infra.runtime import open_runtime

    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    async with open_runtime(settings, works=works, sweeps=sweeps, prepare=migrate):
        structlog.get_logger().info("ready", works=works, sweeps=sweeps)
        await stopped.wait()
