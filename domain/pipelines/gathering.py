"""Reading one source into postings and sightings, page by page; a source that is down ends only itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.listings import Listing, RefusedRow, Snapshot, Source, SourceError, SourceQuery
from domain.pipelines.engine import StepWork
from domain.posting_lives import PostingLifeService
from domain.postings import IMPORT, PostingService
from domain.readings import Permission, ReadingService
from domain.sightings import Outcome, Seen, SightingService

PAGE = 200


async def gather_source(
    work: StepWork, choice: dict[str, Any], terms: list[str], places: list[str], limit_a_term: int
) -> str | None:
    """Answers the sentence that says what went wrong, or None."""
    name = choice["source"]
    if name == IMPORT:
        await _gather_imported(work)
        return None
    query = SourceQuery(terms=tuple(terms), places=tuple(places), limit=None if name != "mock" else limit_a_term * 100)
    try:
        source = await work.ports.sources.open(name, choice["board"], choice["url"], choice.get("region"))
        await _gather(work, source, query)
    except SourceError as down:
        work.metadata.setdefault("source_errors", []).append(down.message)
        return down.message
    return None


async def _gather(work: StepWork, source: Source, query: SourceQuery) -> None:
    """Asks the source where its terms allow it now; what its last reading found stands in where they do not."""
    question = source.question(query)
    permission = Permission()
    if question is not None:
        async with work.write(ReadingService, effect=False) as readings:
            permission = await readings.ask(source.name, question, source.terms)
    if permission.why_not is not None:
        if permission.posting_ids is None:
            raise SourceError.of(source.name, source.board, permission.why_not)
        await _record_again(work, source.name, permission.posting_ids)
        return
    if permission.posting_ids is not None:
        query = replace(query, validators=permission.validators)
    ids, snapshot = await _read(work, source, query)
    is_unchanged = snapshot is not None and snapshot.unchanged
    if is_unchanged:
        await _record_again(work, source.name, permission.posting_ids or [])
    if question is not None and snapshot is not None:
        async with work.write(ReadingService) as readings:
            kept = None if is_unchanged else ids
            await readings.note(source.name, question, snapshot.validators, kept)
            await _follow_lives(readings, snapshot, permission.posting_ids or [] if is_unchanged else ids)


async def _follow_lives(readings: ReadingService, snapshot: Snapshot, standing: Sequence[UUID]) -> None:
    """What a reading shows is open; what a complete one lacks is missed. An unread row may be any of these."""
    lives = PostingLifeService.of(readings)
    await lives.stand(standing)
    if snapshot.board is None:
        return
    if snapshot.unchanged:
        await lives.still_missing(snapshot.source, snapshot.board)
    elif snapshot.complete and not snapshot.refused:
        await lives.miss(snapshot.source, snapshot.board, standing)


async def _read(work: StepWork, source: Source, query: SourceQuery) -> tuple[list[UUID], Snapshot | None]:
    """Keeps what the source yields, page by page, also where it fails in the end."""
    ids: list[UUID] = []
    page: list[Listing | RefusedRow] = []
    snapshot = None
    try:
        async for found in source.read(query):
            if isinstance(found, Snapshot):
                snapshot = found
                continue
            page.append(found)
            if len(page) >= PAGE:
                ids += await _record(work, source.name, page)
                page = []
    finally:
        ids += await _record(work, source.name, page)
    return ids, snapshot


async def _record_again(work: StepWork, source: str, ids: Sequence[UUID]) -> None:
    async with work.read(ReadingService) as readings:
        seen = await readings.found_before(source, ids)
    for start in range(0, len(seen), PAGE):
        async with work.write(SightingService) as sightings:
            await sightings.record(work.run_id, seen[start : start + PAGE])


async def _record(work: StepWork, source: str, page: list[Listing | RefusedRow]) -> list[UUID]:
    """Twice the same page is the same as once: postings and sightings are keyed. Answers the postings' ids."""
    listings = [found for found in page if isinstance(found, Listing)]
    refused = [found for found in page if isinstance(found, RefusedRow)]
    if not page:
        return []
    async with work.write(PostingService) as postings:
        kept = await postings.keep(listings, owned=source == "mock")
        seen = [Seen(key, source, id) for key, id in kept.ids.items()]
        seen += [
            Seen(f"{row.source}:row:{row.row}:{row.external_id or ''}", source, None, Outcome.FAILED, row.sentence)
            for row in refused
        ]
        await SightingService.of(postings).record(work.run_id, seen)
    return list(kept.ids.values())


async def _gather_imported(work: StepWork) -> None:
    async with work.read(PostingService) as postings:
        ids = await postings.owned_ids()
    for start in range(0, len(ids), PAGE):
        async with work.write(SightingService) as sightings:
            seen = [Seen(f"{IMPORT}:{id}", IMPORT, id) for id in ids[start : start + PAGE]]
            await sightings.record(work.run_id, seen)
