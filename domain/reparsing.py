"""Reading kept postings again with today's parsers, without asking any source."""

from dataclasses import dataclass
from uuid import UUID

from domain.job_service import JobService
from domain.listings import Listing
from domain.postings import PostingService
from domain.scopes import Scope

BATCH = 200


@dataclass(frozen=True, slots=True)
class Reparsed:
    """`seen = changed + same + unreadable`; an unreadable one stays as it is."""

    seen: int = 0
    changed: int = 0
    same: int = 0
    unreadable: int = 0


async def reparse(scope: Scope) -> Reparsed:
    """Everybody's postings, batch by batch; a job follows its posting, a rating is made anew by the next search."""
    seen = changed = unreadable = 0
    after = None
    while True:
        async with scope.read(PostingService) as postings:
            kept = await postings.everybodys(after, BATCH)
        if not kept:
            return Reparsed(seen, changed, seen - changed - unreadable, unreadable)
        after = kept[-1][0]
        found = await scope.ports.sources.reread([document for _, document in kept])
        news: dict[UUID, Listing] = {}
        for (id, document), listing in zip(kept, found, strict=True):
            if listing is None:
                unreadable += 1
            elif listing.to_json() != document:
                news[id] = listing
        if news:
            async with scope.write(PostingService) as postings:
                await postings.replace(news)
                await JobService.of(postings).follow_postings(list(news))
        seen += len(kept)
        changed += len(news)
