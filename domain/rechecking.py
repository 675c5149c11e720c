"""Asking a board again whether one posting is still open, before somebody spends an evening on it."""

from urllib.parse import urlsplit
from uuid import UUID

from domain.job_profile_service import JobProfileService
from domain.job_profiles import SourceChoiceRow
from domain.listings import Listing, PostingGoneError, ReadsOne, SourceError
from domain.pipelines.engine import StepWork
from domain.posting_lives import SEEN_AGAIN, PostingAddress, PostingLifeService, PostingState


async def recheck(work: StepWork, job_id: UUID) -> PostingState:
    """By its id, where its board can be asked for it; a board that does not answer leaves it as it was."""
    async with work.read(PostingLifeService) as lives:
        address = await lives.address(job_id)
        fresh = address is not None and address.last_seen_at > lives.work.now - SEEN_AGAIN
        choice = await _choice(JobProfileService.of(lives), address) if address else None
        known = (await lives.lives([address.posting_id]))[address.posting_id].state if address else PostingState.UNKNOWN
    if address is None or choice is None or (fresh and known is PostingState.OPEN):
        return known
    state = await _asked(work, address, choice)
    if state is not PostingState.UNKNOWN:
        async with work.write(PostingLifeService) as lives:
            if state is PostingState.CLOSED:
                await lives.close(address.posting_id)
            else:
                await lives.stand([address.posting_id])
    return state


async def _choice(profiles: JobProfileService, address: PostingAddress) -> SourceChoiceRow | None:
    """Where one of the viewer's profiles reads the board: the same name may be another employer's in another region."""
    for profile in await profiles.list_for_user():
        for choice in profile.sources:
            named = choice.board or urlsplit(choice.url or "").hostname
            if choice.source == address.source and named == address.board:
                return choice
    return None


async def _asked(work: StepWork, address: PostingAddress, choice: SourceChoiceRow) -> PostingState:
    try:
        source = await work.ports.sources.open(choice.source, choice.board, choice.url, choice.region)
        if not isinstance(source, ReadsOne):
            return PostingState.UNKNOWN
        async for found in source.read_one(address.external_id):
            if isinstance(found, Listing) and found.external_id == address.external_id:
                return PostingState.OPEN
    except PostingGoneError:
        return PostingState.CLOSED
    except SourceError:
        return PostingState.UNKNOWN
    return PostingState.UNKNOWN
