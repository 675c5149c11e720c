"""Postings that a person brings in a file: owned by them, and looked at by their profile from then on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from domain.job_profile_service import JobProfileService
from domain.job_profiles import JobProfileChanges, SourceChoice
from domain.listings import Listing, RefusedRow
from domain.postings import IMPORT, PostingService
from domain.work import Service


@dataclass(frozen=True, slots=True)
class ImportReport:
    """`imported` counts postings that were not there before."""

    imported: int
    known: int
    refused: list[RefusedRow]


class ImportService(Service):
    async def keep(self, found: Sequence[Listing | RefusedRow], profile_id: UUID | None) -> ImportReport:
        """All or nothing: the postings, and the profile that looks at them."""
        listings = [replace(one, source=IMPORT) for one in found if isinstance(one, Listing)]
        kept = await PostingService.of(self).keep(listings, owned=True)
        if listings:
            await self._enable(profile_id)
        refused = [one for one in found if isinstance(one, RefusedRow)]
        return ImportReport(len(kept.new), len(kept.ids) - len(kept.new), refused)

    async def _enable(self, profile_id: UUID | None) -> None:
        profiles = JobProfileService.of(self)
        if profile_id is None:
            profile = await profiles.get_or_create_default()
        else:
            profile = await profiles.get_by_id(profile_id)
        if any(choice.source == IMPORT and choice.enabled for choice in profile.sources):
            return
        others = [
            SourceChoice.model_validate(choice, from_attributes=True)
            for choice in profile.sources
            if choice.source != IMPORT
        ]
        changes = JobProfileChanges(sources=[*others, SourceChoice(source=IMPORT)])
        await profiles.update(profile.id, changes)
