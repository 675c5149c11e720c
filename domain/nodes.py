"""Any object by its id alone: first its kind, in one statement over what is visible, then one read per kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, union_all

from domain import (
    conversations,
    deliveries,
    items,
    job_profiles,
    jobs,
    projects,
    proposals,
    ratings,
    resumes,
    runs,
    sessions,
    stories,
    turns,
    users,
    webhooks,
)
from domain.conversations import ConversationRow, ConversationService
from domain.deliveries import DeliveryRow, DeliveryService
from domain.items import ItemRow, ItemService
from domain.job_profile_service import JobProfileService
from domain.job_service import JobService
from domain.jobs import JobRow
from domain.projects import ProjectRow, ProjectService
from domain.proposals import ProposalService
from domain.ratings import DROPPED, DroppedRow, RatingService
from domain.resumes import ResumeRow, ResumeService
from domain.run_service import RunService
from domain.runs import RunRow
from domain.sessions import SessionService
from domain.stories import StoryService
from domain.turn_service import TurnService
from domain.turns import TurnRow
from domain.users import UserRow, UserService
from domain.webhooks import WebhookRow, WebhookService
from domain.work import Service


@dataclass(frozen=True, slots=True)
class Kind:
    """How objects of a kind are found: what is visible of it, its id, and the row that a read gives."""

    name: str
    visible: Callable[[Service], Select[Any]]
    id: Any
    read: Callable[[Service, Any], Any]


KINDS = (
    Kind("user", lambda s: UserService.of(s).visible(), users.User.id, lambda _, row: UserRow(*row)),
    Kind(
        "session",
        lambda s: SessionService.of(s).visible(),
        sessions.Session.id,
        lambda s, row: SessionService.of(s).row_of(row[0]),
    ),
    Kind("item", lambda s: ItemService.of(s).visible(), items.Item.id, lambda _, row: ItemRow(*row)),
    Kind("resume", lambda s: ResumeService.of(s).visible(), resumes.Resume.id, lambda _, row: ResumeRow(*row)),
    Kind("story", lambda s: StoryService.of(s).visible(), stories.Story.id, lambda _, row: stories.row_of(row)),
    Kind("project", lambda s: ProjectService.of(s).visible(), projects.Project.id, lambda _, row: ProjectRow(*row)),
    Kind(
        "job_profile",
        lambda s: JobProfileService.of(s).visible(),
        job_profiles.JobProfile.id,
        lambda _, row: job_profiles.row_of(row),
    ),
    Kind("job", lambda s: JobService.of(s).visible(), jobs.Job.id, lambda _, row: JobRow(*row)),
    Kind(
        "dropped_posting",
        lambda s: RatingService.of(s).visible(*DROPPED).where(ratings.Rating.verdict != ratings.Verdict.KEPT),
        ratings.Rating.id,
        lambda _, row: DroppedRow(*row),
    ),
    Kind("run", lambda s: RunService.of(s).visible(), runs.Run.id, lambda _, row: RunRow(*row)),
    Kind(
        "conversation",
        lambda s: ConversationService.of(s).visible(),
        conversations.Conversation.id,
        lambda _, row: ConversationRow(*row),
    ),
    Kind("turn", lambda s: TurnService.of(s).visible(), turns.Turn.id, lambda _, row: TurnRow(*row)),
    Kind(
        "proposal",
        lambda s: ProposalService.of(s).visible(),
        proposals.Proposal.id,
        lambda _, row: proposals.row_of(row),
    ),
    Kind("webhook", lambda s: WebhookService.of(s).visible(), webhooks.Webhook.id, lambda _, row: WebhookRow(*row)),
    Kind(
        "delivery",
        lambda s: DeliveryService.of(s).visible(),
        deliveries.Delivery.id,
        lambda _, row: DeliveryRow(*row),
    ),
)


class NodeService(Service):
    async def find(self, ids: Sequence[UUID]) -> dict[UUID, Any]:
        """The rows of those ids that are visible to the viewer."""
        parts = [
            kind.visible(self).with_only_columns(kind.id.label("id"), literal(kind.name).label("kind"))
            .where(kind.id.in_(ids)).order_by(None)
            for kind in KINDS
        ]  # fmt: skip
        by_kind: dict[str, list[UUID]] = {}
        for id, name in await self.session.execute(union_all(*parts)):
            by_kind.setdefault(name, []).append(id)
        found: dict[UUID, Any] = {}
        for kind in KINDS:
            wanted = by_kind.get(kind.name)
            if wanted:
                rows = await self.session.execute(kind.visible(self).where(kind.id.in_(wanted)))
                made = (kind.read(self, row) for row in rows)
                found.update({row.id: row for row in made})
        return found
