"""Opens every adapter from the settings, hands them over, closes them in reverse."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from domain.attempts import AttemptService
from domain.batches import warm_up
from domain.leases import LeaseService
from domain.ports import Bus, Policy, Ports
from domain.scopes import Scope
from domain.turn_keeping import TurnKeeper
from domain.turn_leases import TurnLeaseService
from domain.viewers import Viewer
from infra.buses.memory import MemoryBus
from infra.cpu import ProcessCpu
from infra.database import EngineDatabase, open_database
from infra.documents import DocumentReader
from infra.files import LocalFiles
from infra.language import open_language
from infra.letters import PdfLetters
from infra.passwords import ArgonPasswords
from infra.profile_sources import ProfileSources
from infra.relay import Relay
from infra.settings import Settings
from infra.tokens import SignedTokens
from infra.webhook_calls import EgressWebhookCalls
from resolvers.tools import tools_of
from workers import DECLARED, Reaction
from workers.sweeps import Rung, ring_again

if TYPE_CHECKING:
    from infra.doorbells import DramatiqDoorbell

log = structlog.get_logger()
Prepare = Callable[[EngineDatabase], Awaitable[object]]
SWEEP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that is open. `ports` is what the rings see; the rest is for whoever wires."""

    settings: Settings
    ports: Ports
    database: EngineDatabase
    files: LocalFiles
    doorbell: "DramatiqDoorbell"
    relay: Relay


@asynccontextmanager
async def open_runtime(
    settings: Settings, *, works: bool, sweeps: bool, prepare: Prepare | None = None
) -> AsyncGenerator[Runtime]:
    """`works`: this process answers the doorbell. `sweeps`: this process rings again for work left behind.

    `prepare` is awaited with the database before anything else uses it: that is where a server migrates.
    """
    async with AsyncExitStack() as stack:
        database = open_database(settings)
        stack.push_async_callback(database.close)
        if prepare is not None:
            await prepare(database)
        ports, files, doorbell = _open_ports(stack, settings, database)
        relay = Relay(database, ports.bus, doorbell)
        relay.start()
        stack.push_async_callback(relay.close)
        if works:
            await _start_working(stack, settings, ports, doorbell)
        if sweeps:
            sweeper = asyncio.create_task(_sweep(ports))
            stack.push_async_callback(_stop, sweeper)
        yield Runtime(settings, ports, database, files, doorbell, relay)


def _open_ports(
    stack: AsyncExitStack, settings: Settings, database: EngineDatabase
) -> tuple[Ports, LocalFiles, "DramatiqDoorbell"]:
    passwords = ArgonPasswords()
    stack.callback(passwords.close)
    cpu = ProcessCpu()
    stack.callback(cpu.close)
    bus = _open_bus(settings)
    stack.push_async_callback(bus.close)
    files = LocalFiles(settings.DATA_DIR / "files", settings.SECRET_KEY)
    doorbell = _open_doorbell(settings)
    stack.push_async_callback(doorbell.close)
    sources = ProfileSources(settings, cpu)
    stack.push_async_callback(sources.close)
    policy = _policy(settings)
    webhooks = EgressWebhookCalls(settings, policy.webhooks.timeout)
    stack.push_async_callback(webhooks.close)
    language = open_language(settings)
    stack.push_async_callback(language.close)
    turns = TurnKeeper(database, bus, settings.LEASE_SECONDS)
    stack.push_async_callback(turns.close)
    ports = Ports(
        database=database,
        bus=bus,
        doorbell=doorbell,
        files=files,
        passwords=passwords,
        tokens=SignedTokens(settings.SECRET_KEY, settings.ACCESS_TOKEN_EXPIRE_MINUTES * 60),
        documents=DocumentReader(),
        cpu=cpu,
        sources=sources,
        letters=PdfLetters(cpu),
        webhooks=webhooks,
        language=language,
        tools=tools_of,
        turns=turns,
        policy=policy,
    )
    return ports, files, doorbell


async def _start_working(stack: AsyncExitStack, settings: Settings, ports: Ports, doorbell: "DramatiqDoorbell") -> None:
    if settings.embedded:
        async with Scope(Viewer(), ports).write(LeaseService) as leases:
            await leases.abandon_all()
            await AttemptService.of(leases).abandon_all()
            await TurnLeaseService.of(leases).abandon_all()
    else:
        await ports.cpu.run(warm_up)  # so that whoever takes a dead worker's run over is soon at work
    slots = {one.name: asyncio.Semaphore(one.at_once) for one in DECLARED if one.at_once is not None}
    working: set[asyncio.Task[None]] = set()
    stopping = asyncio.Event()

    async def react(reaction: Reaction, id: UUID) -> None:
        slot = slots.get(reaction.name)
        if slot is not None:
            await slot.acquire()  # no slot is free: the worker thread waits, and fetches nothing meanwhile
        if stopping.is_set():
            return  # the row is nobody's, so whoever sweeps rings for it again
        task = asyncio.create_task(reaction.act(ports, id))
        working.add(task)
        task.add_done_callback(working.discard)
        if slot is None:
            await task
        else:
            task.add_done_callback(lambda done: _ended(reaction, slot, done))

    async def give_back() -> None:
        stopping.set()
        for task in tuple(working):
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)

    doorbell.answer(react, settings.WORKER_THREADS)
    stack.push_async_callback(give_back)


def _ended(reaction: Reaction, slot: asyncio.Semaphore, task: asyncio.Task[None]) -> None:
    slot.release()
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("reaction.failed", reaction=reaction.name, exc_info=error)


async def _sweep(ports: Ports) -> None:
    rung: Rung = {}
    while True:
        try:
            await ring_again(ports, rung)
        except Exception:
            log.exception("sweep.failed")
        await asyncio.sleep(SWEEP_SECONDS)


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _open_bus(settings: Settings) -> Bus:
    if settings.embedded:
        return MemoryBus()
    from redis.asyncio import Redis

    from infra.buses.redis import RedisBus

    return RedisBus(Redis.from_url(settings.redis_url, socket_timeout=None), settings.REDIS_NAMESPACE)


def _open_doorbell(settings: Settings) -> "DramatiqDoorbell":
    from infra.doorbells import DramatiqDoorbell, redis_broker, stub_broker

    embedded = settings.embedded
    broker = stub_broker() if embedded else redis_broker(settings.redis_url, settings.REDIS_NAMESPACE)
    return DramatiqDoorbell(broker, DECLARED)


def _policy(settings: Settings) -> Policy:
    return Policy(
        environment=settings.ENVIRONMENT,
        registration_enabled=settings.REGISTRATION_ENABLED,
        access_lifetime=settings.ACCESS_TOKEN_EXPIRE_MINUTES * 60,
        refresh_lifetime=settings.REFRESH_TOKEN_EXPIRE_MINUTES * 60,
        lease=settings.LEASE_SECONDS,
        daily_tokens=settings.AI_DAILY_TOKENS,
    )
