"""The life of a posting in GraphQL."""

from datetime import datetime

import strawberry

from domain.posting_lives import PostingState
from schema.inputs import enum_of

enum_of(PostingState, "Whether a posting is still open; UNKNOWN where no board is read for it.")


@strawberry.type(description="Since when a posting is known, and whether it is still open.")
class PostingLife:
    state: PostingState
    first_seen_at: datetime
    last_seen_at: datetime = strawberry.field(description="To the hour.")
    closed_at: datetime | None
    misses: int = strawberry.field(description="Complete readings of its board in a row that lacked it; two close it.")
    reopened_count: int
    reposts: str | None = strawberry.field(description="A note where its board posted the same title several times.")
