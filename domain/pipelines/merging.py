"""Seeing each opening once: what is listed several times is rated once, under the listing that is a job already."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from domain.batches import find_duplicates
from domain.merging import MERGED_BY_HAND, MergeService, Pair
from domain.pipelines.engine import StepWork
from domain.postings import PostingService
from domain.sightings import Outcome, SightingService

MOST = 100_000  # listings of one run that are compared


async def merge_listings(work: StepWork, *, compare: bool) -> tuple[int, int]:
    """Answers how many listings there were and how many were another one's. `compare=False`: only by hand."""
    async with work.read(SightingService) as sightings:
        waiting = await sightings.open(work.run_id, limit=MOST)
        ids = [posting_id for _, posting_id in waiting]
        merges = MergeService.of(sightings)
        by_hand = await merges.by_hand(ids)
        jobs = await merges.are_jobs([*ids, *(id for pair in by_hand for id in pair)])
        listings = await PostingService.of(sightings).listings(ids) if compare else {}
    present = [id for id in ids if id in listings] if compare else []
    position = {id: number for number, id in enumerate(present)}
    apart = [(position[a], position[b]) for (a, b), same in by_hand.items() if not same and {a, b} <= position.keys()]
    found = await work.ports.cpu.run(find_duplicates, [listings[id] for id in present], apart) if present else []
    homes: dict[UUID, tuple[UUID, str]] = {}
    for group, reasons in found:
        homes |= _homes([present[member] for member in group], reasons, jobs)
    compared = [(id, home, reason) for id, (home, reason) in homes.items()]
    homes |= _by_hand(ids, by_hand, jobs)
    closed = {key: (Outcome.DUPLICATE, homes[id][1]) for key, id in waiting if id in homes}
    if closed:
        async with work.write(SightingService) as sightings:
            await MergeService.of(sightings).note(compared)
            await sightings.close(work.run_id, closed)
    return len(waiting), len(closed)


def _homes(group: Sequence[UUID], reasons: Sequence[str], jobs: set[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Where the members of a group go: to the one that is a job already, else to the first of them."""
    home = next((id for id in group if id in jobs), group[0])
    why = dict(zip(group[1:], reasons, strict=True))
    return {id: (home, why.get(id) or reasons[0]) for id in group if id != home}


def _by_hand(ids: Sequence[UUID], decided: Mapping[Pair, bool], jobs: set[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """What was merged by hand goes to the one that is a job, also when this run did not see that one."""
    seen, homes = set(ids), {}
    for (first, second), same in decided.items():
        pairs = ((first, second), (second, first))
        found = next(((one, home) for one, home in pairs if one in seen and one not in jobs and home in jobs), None)
        if same and found:
            homes[found[0]] = (found[1], MERGED_BY_HAND)
    return homes
