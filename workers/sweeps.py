"""The reaper: rings again for work that nobody holds though somebody should."""

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from domain.attempts import AttemptService
from domain.leases import LeaseService
from domain.ports import Ports
from domain.proposals import ProposalService
from domain.scopes import Scope
from domain.turn_leases import TurnLeaseService
from domain.viewers import Viewer
from workers.runs import EXECUTE_RUN
from workers.turns import EXECUTE_TURN
from workers.webhooks import DELIVER_TO_WEBHOOK

GRACE = timedelta(seconds=5)


Rung = dict[UUID, float]
"""When somebody was last rung for, by the monotonic clock."""


async def ring_again(ports: Ports, rung: Rung | None = None) -> int:
    """Answers how many runs, turns and webhooks were rung for.

    Whoever sweeps again and again keeps `rung`, so that what waits in a long queue is not rung for each time.
    """
    async with Scope(Viewer(), ports).read(LeaseService) as leases:
        runs = await leases.due(GRACE)
        turns = await TurnLeaseService.of(leases).due(GRACE)
        webhooks = await AttemptService.of(leases).due(GRACE)
        overdue = await ProposalService.of(leases).any_overdue()
    rung = {} if rung is None else rung
    runs, turns = _not_just_rung(runs, rung, ports.policy.lease), _not_just_rung(turns, rung, ports.policy.lease)
    for run_id in runs:
        await ports.doorbell.ring(EXECUTE_RUN.name, run_id)
    for turn_id in turns:
        await ports.doorbell.ring(EXECUTE_TURN.name, turn_id)
    for webhook_id in webhooks:
        await ports.doorbell.ring(DELIVER_TO_WEBHOOK.name, webhook_id)
    if overdue:
        async with Scope(Viewer(), ports).write(ProposalService) as proposals:
            await proposals.close_overdue()
    return len(runs) + len(turns) + len(webhooks)


def _not_just_rung(ids: Sequence[UUID], rung: Rung, seconds: float) -> list[UUID]:
    now = time.monotonic()
    for id in [id for id, at in rung.items() if now - at >= seconds]:
        del rung[id]
    fresh = [id for id in ids if id not in rung]
    rung.update(dict.fromkeys(fresh, now))
    return fresh
