"""Stories."""

from uuid import UUID

from domain.scopes import Scope
from domain.stories import StoryChanges, StoryDraft, StoryRow, StoryService, WholeStory
from resolvers.access import access, signed_in


@access(signed_in)
async def stories(scope: Scope) -> list[StoryRow]:
    """Your stories: the primary one, then the newest first."""
    async with scope.read(StoryService) as service:
        return await service.list_for_user()


@access(signed_in)
async def story(scope: Scope, id: UUID) -> WholeStory:
    """One of your stories."""
    async with scope.read(StoryService) as service:
        return await service.get(id)


@access(signed_in)
async def story_contents(scope: Scope, ids: list[UUID]) -> list[str | None]:
    """What stories tell, in the order of the ids; null for one that is not yours."""
    async with scope.read(StoryService) as service:
        found = await service.contents(ids)
    return [found.get(id) for id in ids]


@access(signed_in)
async def create_story(scope: Scope, draft: StoryDraft) -> WholeStory:
    """Tell a story of your work; the first one becomes the primary one."""
    async with scope.write(StoryService) as service:
        return await service.create(draft)


@access(signed_in)
async def update_story(scope: Scope, id: UUID, changes: StoryChanges) -> WholeStory:
    """Change a story's name or content, or make it the primary one."""
    async with scope.write(StoryService) as service:
        return await service.update(id, changes)


@access(signed_in)
async def set_primary_story(scope: Scope, id: UUID) -> WholeStory:
    """Make a story the primary one."""
    async with scope.write(StoryService) as service:
        return await service.set_primary(id)


@access(signed_in)
async def delete_story(scope: Scope, id: UUID) -> WholeStory:
    """Delete a story; the answer is the story as it was."""
    async with scope.write(StoryService) as service:
        return await service.delete(id)
