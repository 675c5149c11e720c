"""What filters and verdicts look at in stored postings, read without their raw payloads."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from domain.filtering import PostingFacts
from domain.postings import Posting
from domain.work import Service

_IN_LISTING = ("places", "workplace", "remote_regions", "pay", "employment_type", "seniority")


class PostingFactService(Service):
    async def facts(self, ids: Sequence[UUID]) -> dict[UUID, PostingFacts]:
        parts = [Posting.listing[name].label(name) for name in _IN_LISTING]
        columns = (Posting.id, Posting.title, Posting.company, Posting.description, Posting.posted_at, *parts)
        found: dict[UUID, PostingFacts] = {}
        for row in await self.session.execute(select(*columns).where(Posting.id.in_(ids))):
            values: dict[str, Any] = dict(row._mapping)  # noqa: SLF001 - a row's documented view by name
            values["places"] = values["places"] or ()
            found[values.pop("id")] = _adapter().validate_python(values)
        return found


@cache
def _adapter() -> TypeAdapter[PostingFacts]:
    return TypeAdapter(PostingFacts)
