"""Stories in REST (contract.md section 12)."""

from uuid import UUID

from domain.stories import StoryChanges, StoryDraft
from resolvers import stories as resolve
from schema.compat.rows import NOT_FOUND, Row
from schema.compat.wire import OffsetTime, Wire


class StorySummary(Wire):
    id: UUID
    name: str
    is_primary: bool
    content_preview: str


class StoryAnswer(Wire):
    id: UUID
    user_id: UUID
    name: str
    content: str
    is_primary: bool
    created_at: OffsetTime
    updated_at: OffsetTime | None


ROWS = (
    Row("GET", "/stories", resolve.stories, list[StorySummary], tag="stories"),
    Row("POST", "/stories", resolve.create_story, StoryAnswer, 201, body=StoryDraft, tag="stories"),
    Row("GET", "/stories/{story_id}", resolve.story, StoryAnswer, errors=NOT_FOUND, tag="stories"),
    Row(
        "PATCH", "/stories/{story_id}", resolve.update_story, StoryAnswer,
        body=StoryChanges, errors=NOT_FOUND, tag="stories",
    ),
    Row("DELETE", "/stories/{story_id}", resolve.delete_story, StoryAnswer, errors=NOT_FOUND, tag="stories"),
    Row(
        "POST", "/stories/{story_id}/set-primary", resolve.set_primary_story, StoryAnswer,
        errors=NOT_FOUND, tag="stories",
    ),
)  # fmt: skip
