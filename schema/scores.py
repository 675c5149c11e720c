"""Scores over time in GraphQL."""

from datetime import datetime

import strawberry

from domain.ratings import Verdict
from resolvers import scores as resolve
from schema.connections import Connection
from schema.doors import field
from schema.inputs import enum_of

enum_of(Verdict, "What became of a rated posting.")


@strawberry.type(description="A posting's score at a time.")
class Score:
    id: strawberry.ID
    profile_id: strawberry.ID
    score: float | None = strawberry.field(description="0 to 10; null where a filter spared the rating.")
    verdict: Verdict
    rule: str | None = strawberry.field(description="What dropped or kept it.")
    scorer_version: str
    posting_hash: str = strawberry.field(description="The same for the same text of the posting.")
    resume_hash: str = strawberry.field(description="The same for the same text of the résumé.")
    is_current: bool
    created_at: datetime


@strawberry.type
class ScoreQueries:
    score_history = field(resolve.score_history, Connection[Score])
