"""The reaper: rings again for work that nobody holds though somebody should."""

from datetime import timedelta

from domain.attempts import AttemptService
from domain.leases import LeaseService
from domain.ports import Ports
from domain.scopes import Scope
from domain.viewers import Viewer
from workers.runs import EXECUTE_RUN
from workers.webhooks import DELIVER_TO_WEBHOOK

GRACE = timedelta(seconds=5)


async def ring_again(ports: Ports) -> int:
    """Answers how many runs and webhooks were rung for."""
    async with Scope(Viewer(), ports).read(LeaseService) as leases:
        runs = await leases.due(GRACE)
        webhooks = await AttemptService.of(leases).due(GRACE)
    for run_id in runs:
        await ports.doorbell.ring(EXECUTE_RUN.name, run_id)
    for webhook_id in webhooks:
        await ports.doorbell.ring(DELIVER_TO_WEBHOOK.name, webhook_id)
    return len(runs) + len(webhooks)
