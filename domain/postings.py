"""Postings: one row per canonical posting, shared when it came from a board, owned when a person brought it.

Never a query root: people see postings through their jobs and ratings.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.dedupe import listing_key
from domain.entities import Entity
from domain.listings import Listing
from domain.work import Service

IMPORT = "import"
KEY_BYTES = 600


class Posting(Entity):
    __tablename__ = "postings"
    __table_args__ = (
        Index("ix_postings_board", "source", "board", "closed_at"),
        Index(
            "uq_postings_shared",
            "key",
            unique=True,
            sqlite_where=text("owner_id IS NULL"),
            postgresql_where=text("owner_id IS NULL"),
        ),
        Index(
            "uq_postings_owned",
            "owner_id",
            "key",
            unique=True,
            sqlite_where=text("owner_id IS NOT NULL"),
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
    )

    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(700))
    source: Mapped[str] = mapped_column(String(50))
    board: Mapped[str | None] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(500))
    company: Mapped[str] = mapped_column(String(255))
    url: Mapped[str] = mapped_column(String(2048))
    apply_url: Mapped[str | None] = mapped_column(String(2048))
    location: Mapped[str | None] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text)
    salary_range: Mapped[str | None] = mapped_column(String(100))
    posted_at: Mapped[datetime | None]
    sample: Mapped[bool] = mapped_column(default=False)
    content_hash: Mapped[str] = mapped_column(String(64))
    listing: Mapped[dict[str, Any]]
    last_seen_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    misses: Mapped[int] = mapped_column(default=0)
    reopened_count: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class PostingText:
    """What a posting is rated by."""

    id: UUID
    title: str
    company: str
    description: str
    content_hash: str
    url: str
    posted_at: datetime | None
    source: str


TEXTS = (
    Posting.id, Posting.title, Posting.company, Posting.description, Posting.content_hash, Posting.url,
    Posting.posted_at, Posting.source,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeping listings came to: ids by listing key, and which of them were not there before."""

    ids: dict[str, UUID]
    new: frozenset[UUID]


def short_key(key: str) -> str:
    """A listing's key as the database can index it: itself, or its beginning and its digest where it is very long."""
    if len(key.encode("utf-8", "replace")) <= KEY_BYTES:
        return key
    return f"{key[:60]}#{sha256(key.encode('utf-8', 'replace')).hexdigest()}"


class PostingService(Service):
    async def keep(self, listings: Sequence[Listing], *, owned: bool) -> Kept:
        """Store what is new, refresh what changed. Twice the same listings is the same as once."""
        owner = self.viewer.id if owned else None
        named = {listing_key(listing): listing for listing in listings}
        by_key = {
            short_key(name): named[name] for name in sorted(named)
        }  # in one order, so that two never lock crosswise
        known = await self._known(by_key, owner)
        rows = [
            {
                "id": uuid4(),
                "owner_id": owner,
                "key": key,
                "created_at": self.work.now,
                "misses": 0,
                "reopened_count": 0,
                **self._columns(listing),
            }
            for key, listing in by_key.items()
            if key not in known
        ]
        await self.work.insert_new(Posting, rows)
        stored = await self._known(by_key, owner) if rows else known
        changed = [key for key, (_, content_hash) in known.items() if by_key[key].content_hash != content_hash]
        for key in changed:
            refreshed = update(Posting).where(Posting.id == known[key][0])
            await self.session.execute(refreshed.values(updated_at=self.work.now, **self._columns(by_key[key])))
        new = frozenset(id for key, (id, _) in stored.items() if key not in known)
        return Kept({name: stored[short_key(name)][0] for name in named}, new)

    async def texts(self, ids: Iterable[UUID]) -> dict[UUID, PostingText]:
        found = await self.session.execute(select(*TEXTS).where(Posting.id.in_(list(ids))))
        return {row.id: PostingText(*row) for row in found}

    async def listings(self, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
        """The normal records, as JSON, for work in the CPU pool."""
        found: dict[UUID, dict[str, Any]] = {}
        for start in range(0, len(ids), 500):
            rows = await self.session.execute(
                select(Posting.id, Posting.listing).where(Posting.id.in_(ids[start : start + 500]))
            )
            found.update({row.id: row.listing for row in rows})
        return found

    async def owned_ids(self) -> list[UUID]:
        """What the viewer imported, oldest first."""
        mine = select(Posting.id).where(Posting.owner_id == self.viewer.id, Posting.source == IMPORT)
        return list(await self.session.scalars(mine.order_by(Posting.created_at, Posting.id)))

    async def everybodys(self, after: UUID | None, limit: int) -> list[tuple[UUID, dict[str, Any]]]:
        """The next postings by id with their normal records, shared and owned; for the operator."""
        wanted = select(Posting.id, Posting.listing).order_by(Posting.id).limit(limit)
        rows = await self.session.execute(wanted if after is None else wanted.where(Posting.id > after))
        return [(row.id, row.listing) for row in rows]

    async def replace(self, listings: Mapping[UUID, Listing]) -> None:
        """New readings of the same rows; when they were seen last stays as it is."""
        for id, listing in listings.items():
            columns = {name: value for name, value in self._columns(listing).items() if name != "last_seen_at"}
            await self.session.execute(
                update(Posting).where(Posting.id == id).values(updated_at=self.work.now, **columns)
            )

    async def _known(self, keys: Iterable[str], owner: UUID | None) -> dict[str, tuple[UUID, str]]:
        owned = Posting.owner_id.is_(None) if owner is None else Posting.owner_id == owner
        found = select(Posting.key, Posting.id, Posting.content_hash).where(Posting.key.in_(list(keys)), owned)
        return {row.key: (row.id, row.content_hash) for row in await self.session.execute(found)}

    def _columns(self, listing: Listing) -> dict[str, Any]:
        return {
            "source": listing.source,
            "board": listing.board and listing.board[:255],
            "title": listing.title[:500],
            "company": listing.company[:255],
            "url": listing.url[:2048],
            "apply_url": listing.apply_url[:2048] if listing.apply_url else None,
            "location": listing.where[:255] if listing.where else None,
            "description": listing.description,
            "salary_range": listing.pay.raw[:100] if listing.pay and listing.pay.raw else None,
            "posted_at": listing.posted_at,
            "sample": listing.sample,
            "content_hash": listing.content_hash,
            "listing": listing.to_json(),
            "last_seen_at": self.work.now,
        }
