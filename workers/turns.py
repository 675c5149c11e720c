"""Working on a turn: take its lease, answer, end it honestly whatever happens."""

import asyncio
import contextlib
from uuid import UUID

import structlog

from domain.chats import Happened
from domain.errors import DomainError
from domain.leases import LeaseLostError
from domain.ports import Ports
from domain.scopes import Scope
from domain.turn_keeping import HeldTurn, TurnStoppedError
from domain.turn_leases import TurnLeaseService
from domain.turns import ChatEventKind, TurnLease, TurnStatus
from domain.users import UserService
from domain.viewers import Viewer
from workers.answering import PURPOSE, Answering
from workers.reactions import Reaction

log = structlog.get_logger()
SYSTEM = Viewer()
AT_ONCE = 64


async def execute_turn(ports: Ports, turn_id: UUID) -> None:
    async with ports.turns.gate, Scope(SYSTEM, ports).write(TurnLeaseService) as leases:
        lease = await leases.take(turn_id, ports.policy.lease)
    if lease is None:
        return
    async with ports.turns.hold(lease) as held:
        try:
            _check_attempts(ports, lease)
            await Answering(Scope(await _viewer(ports, lease), ports), lease, held).run()
        except LeaseLostError:
            log.info("turn.lost", turn_id=str(turn_id))
        except TurnStoppedError:
            await _stop(ports, held)
        except asyncio.CancelledError:
            await asyncio.shield(_release(ports, held))
            raise
        except DomainError as error:
            await _fail(ports, held, error)
        except Exception:
            log.exception("turn.failed", turn_id=str(turn_id))
            await _fail(ports, held, DomainError())


EXECUTE_TURN = Reaction("execute_turn", "model", execute_turn, at_once=AT_ONCE)


def _check_attempts(ports: Ports, lease: TurnLease) -> None:
    if lease.attempts > ports.policy.max_attempts:
        reason = f"given up: its worker died {ports.policy.max_attempts} times while it answered"
        raise DomainError(reason)


async def _viewer(ports: Ports, lease: TurnLease) -> Viewer:
    """The person who asked, with the rights of today."""
    owner = Viewer(user_id=lease.turn.user_id)
    async with Scope(owner, ports).read(UserService) as users:
        user = await users.get_by_id(lease.turn.user_id)
    return Viewer(user_id=user.id, role=user.role)


async def _stop(ports: Ports, held: HeldTurn) -> None:
    pieces = await ports.turns.drain(held)
    model = ports.language.name(PURPOSE)
    with contextlib.suppress(LeaseLostError):
        async with Scope(SYSTEM, ports).write(TurnLeaseService) as leases:
            last: Happened = (ChatEventKind.STOPPED, {})
            told = await leases.conclude(held.id, held.fence, held.offset, TurnStatus.STOPPED, model, *pieces, last)
        await held.told(*told)


async def _fail(ports: Ports, held: HeldTurn, error: DomainError) -> None:
    pieces = await ports.turns.drain(held)
    model = ports.language.name(PURPOSE)
    with contextlib.suppress(LeaseLostError):
        async with Scope(SYSTEM, ports).write(TurnLeaseService) as leases:
            told = await leases.fail(held.id, held.fence, held.offset, model, error, *pieces)
        await held.told(*told)


async def _release(ports: Ports, held: HeldTurn) -> None:
    pieces = await ports.turns.drain(held)
    with contextlib.suppress(LeaseLostError):
        async with Scope(SYSTEM, ports).write(TurnLeaseService) as leases:
            seq = await leases.tell(held.id, held.fence, held.offset, *pieces)
            await leases.release(held.id, held.fence)
        await held.told(seq, pieces)
