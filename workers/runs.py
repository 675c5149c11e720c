"""Working on a run: take its lease, do the steps that are not done, end it or give it back."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from domain.clock import utc_now
from domain.errors import DomainError, ExternalServiceError
from domain.leases import LeaseLostError, LeaseService, RunCancelledError
from domain.pipelines.catalog import PIPELINES
from domain.pipelines.engine import Pipeline, StepWork, label
from domain.ports import Ports
from domain.runs import Lease
from domain.scopes import Scope
from domain.users import UserService, active
from domain.viewers import Viewer
from workers.reactions import Reaction

log = structlog.get_logger()
SYSTEM = Viewer()
BACKOFF = (2, 8, 30)


async def execute_run(ports: Ports, run_id: UUID) -> None:
    async with Scope(SYSTEM, ports).write(LeaseService) as leases:
        lease = await leases.take(run_id, ports.policy.lease)
    if lease is None:
        return
    if lease.attempts > ports.policy.max_attempts or lease.takes > ports.policy.max_takes:
        await _park(ports, lease)
        return
    try:
        async with _kept(ports, lease):
            await _steps(ports, lease)
    except LeaseLostError:
        log.info("run.lost", run_id=str(run_id))
    except RunCancelledError:
        await _conclude(ports, lease, LeaseService.cancel)
    except asyncio.CancelledError:
        await asyncio.shield(_conclude(ports, lease, LeaseService.release))
        raise
    except ExternalServiceError as failed:
        await _retry_or_fail(ports, lease, failed)
    except DomainError as wrong:
        await _conclude(ports, lease, LeaseService.fail, wrong)
    except Exception:
        log.exception("run.failed", run_id=str(run_id), pipeline=lease.run.pipeline_name)
        await _retry_or_fail(ports, lease, DomainError())


EXECUTE_RUN = Reaction("execute_run", "pipelines", execute_run)


async def _steps(ports: Ports, lease: Lease) -> None:
    pipeline: Pipeline[Any] = PIPELINES[lease.run.pipeline_name]
    viewer = await _viewer(ports, lease)
    work = StepWork(lease, viewer, ports)
    if lease.state is None:
        state = pipeline.begin(pipeline.input.model_validate(lease.run.input))
    else:
        state = pipeline.resume(lease.state)
    for number, step in enumerate(pipeline.steps[lease.steps_done :], start=lease.steps_done + 1):
        async with work.write(LeaseService, effect=False) as leases:
            await leases.begin_step(lease.run.id, lease.fence, label(step))
        await step(work, state)
        await work.flush()
        async with work.write(LeaseService) as leases:
            await leases.finish_step(lease.run.id, lease.fence, pipeline.checkpoint(state), number, work.metadata)
    output = pipeline.finish(state).model_dump(mode="json")
    async with work.write(LeaseService) as leases:
        await leases.succeed(lease.run.id, lease.fence, output, work.metadata)


async def _viewer(ports: Ports, lease: Lease) -> Viewer:
    """The run's owner, with the rights of today."""
    if lease.run.user_id is None:
        return SYSTEM
    owner = Viewer(user_id=lease.run.user_id)
    async with Scope(owner, ports).read(UserService) as users:
        user = active(await users.get_by_id(lease.run.user_id))
    return Viewer(user_id=user.id, role=user.role)


@asynccontextmanager
async def _kept(ports: Ports, lease: Lease) -> AsyncGenerator[None]:
    """The lease is renewed while the body works; a cancel request or a lost lease ends the body."""
    body = asyncio.current_task()
    reasons: list[Exception] = []

    async def renew() -> None:
        while True:
            await asyncio.sleep(min(2.0, ports.policy.lease / 3))
            try:
                async with Scope(SYSTEM, ports).write(LeaseService) as leases:
                    await leases.renew(lease.run.id, lease.fence, ports.policy.lease)
            except (LeaseLostError, RunCancelledError) as reason:
                reasons.append(reason)
                if body is not None:
                    body.cancel()
                return
            except Exception:
                log.exception("run.renewal_failed", run_id=str(lease.run.id))

    renewal = asyncio.create_task(renew())
    try:
        yield
    except asyncio.CancelledError:
        if reasons and body is not None:
            body.uncancel()
            raise reasons[0] from None
        raise
    finally:
        renewal.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await renewal


async def _conclude(ports: Ports, lease: Lease, how: Callable[..., Coroutine[Any, Any, None]], *facts: Any) -> None:
    """One last write under the lease; nothing to do when it is somebody else's by now."""
    with contextlib.suppress(LeaseLostError):
        async with Scope(SYSTEM, ports).write(LeaseService) as leases:
            await how(leases, lease.run.id, lease.fence, *facts)


async def _park(ports: Ports, lease: Lease) -> None:
    if lease.attempts > ports.policy.max_attempts:
        found = f"its worker died {ports.policy.max_attempts} times in a row without progress"
    else:
        found = f"it was taken up {ports.policy.max_takes} times without coming to its end"
    reason = f"parked: {found}, last in the step '{lease.run.step or 'start'}'"
    await _conclude(ports, lease, LeaseService.fail, DomainError(reason))


async def _retry_or_fail(ports: Ports, lease: Lease, error: DomainError) -> None:
    id, fence = lease.run.id, lease.fence
    with contextlib.suppress(LeaseLostError):
        async with Scope(SYSTEM, ports).write(LeaseService) as leases:
            failures = await leases.failures(id, fence)
            if failures + 1 >= ports.policy.max_attempts:
                await leases.fail(id, fence, error)
                return
            pause = BACKOFF[min(failures, len(BACKOFF) - 1)] * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
            await leases.put_off(id, fence, utc_now() + timedelta(seconds=pause))
