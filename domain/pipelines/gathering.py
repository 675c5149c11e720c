"""Reading one source into postings and sightings, page by page; a source that is down ends only itself."""

from typing import Any

from domain.listings import Listing, RefusedRow, Snapshot, SourceError, SourceQuery
from domain.pipelines.engine import StepWork
from domain.postings import IMPORT, PostingService
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
    page: list[Listing | RefusedRow] = []
    problem = None
    try:
        source = await work.ports.sources.open(name, choice["board"], choice["url"], choice.get("region"))
        async for found in source.read(query):
            if isinstance(found, Snapshot):
                continue
            page.append(found)
            if len(page) >= PAGE:
                await _record(work, name, page)
                page = []
    except SourceError as down:
        problem = down.message
        work.metadata.setdefault("source_errors", []).append(problem)
    await _record(work, name, page)
    return problem


async def _record(work: StepWork, source: str, page: list[Listing | RefusedRow]) -> None:
    """Twice the same page is the same as once: postings and sightings are keyed."""
    listings = [found for found in page if isinstance(found, Listing)]
    refused = [found for found in page if isinstance(found, RefusedRow)]
    if not page:
        return
    async with work.write(PostingService) as postings:
        kept = await postings.keep(listings, owned=source == "mock")
        seen = [Seen(key, source, id) for key, id in kept.ids.items()]
        seen += [
            Seen(f"{row.source}:row:{row.row}:{row.external_id or ''}", source, None, Outcome.FAILED, row.sentence)
            for row in refused
        ]
        await SightingService.of(postings).record(work.run_id, seen)


async def _gather_imported(work: StepWork) -> None:
    async with work.read(PostingService) as postings:
        ids = await postings.owned_ids()
    for start in range(0, len(ids), PAGE):
        async with work.write(SightingService) as sightings:
            seen = [Seen(f"{IMPORT}:{id}", IMPORT, id) for id in ids[start : start + PAGE]]
            await sightings.record(work.run_id, seen)
