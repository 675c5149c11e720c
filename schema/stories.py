"""Stories in GraphQL."""

from datetime import datetime

import strawberry

from domain.stories import StoryChanges, StoryDraft, StoryRow, WholeStory
from resolvers import stories as resolve
from schema.context import Info
from schema.doors import field
from schema.inputs import input_of
from schema.nodes import Node


async def _content(root: strawberry.Parent[StoryRow], info: Info) -> str:
    if isinstance(root, WholeStory):
        return root.content
    return await info.context.loaders.load(resolve.story_contents, root.id) or ""


@strawberry.type(description="What you tell of your own way, in your own words: facts for letters beside the résumé.")
class Story(Node):
    row = StoryRow

    name: str
    is_primary: bool
    content_preview: str = strawberry.field(description="The first 100 characters.")
    created_at: datetime
    updated_at: datetime | None

    content = strawberry.field(resolver=_content, description="The whole text; empty for a story that is gone by now.")


@input_of(StoryDraft)
class StoryDraftInput: ...


@input_of(StoryChanges)
class StoryChangesInput: ...


@strawberry.type
class StoryQueries:
    stories = field(resolve.stories, list[Story])
    story = field(resolve.story, Story)


@strawberry.type
class StoryMutations:
    create_story = field(resolve.create_story, Story)
    update_story = field(resolve.update_story, Story)
    set_primary_story = field(resolve.set_primary_story, Story)
    delete_story = field(resolve.delete_story, Story)
