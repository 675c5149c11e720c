"""The reaper: rings again for work that nobody holds though somebody should."""

from datetime import timedelta

from domain.leases import LeaseService
from domain.ports import Ports
from domain.scopes import Scope
from domain.viewers import Viewer
from workers.runs import EXECUTE_RUN

GRACE = timedelta(seconds=5)


async def ring_again(ports: Ports) -> int:
    """Answers how many runs were rung for."""
    async with Scope(Viewer(), ports).read(LeaseService) as leases:
        due = await leases.due(GRACE)
    for run_id in due:
        await ports.doorbell.ring(EXECUTE_RUN.name, run_id)
    return len(due)
