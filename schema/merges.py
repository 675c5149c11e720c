"""Listings of one opening in GraphQL."""

from datetime import datetime

import strawberry


@strawberry.type(description="Another listing of the same opening.")
class AlternativeListing:
    posting_id: strawberry.ID
    source: str
    title: str
    company: str
    location: str | None
    url: str
    apply_url: str | None
    posted_at: datetime | None
    last_seen_at: datetime
    reason: str = strawberry.field(description="Why it is the same opening.")
    by_hand: bool = strawberry.field(description="You said so yourself.")
