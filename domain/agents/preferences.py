"""Which writes a person lets an agent of an area make without asking first."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Base
from domain.work import Service


class AgentPreference(Base):
    __tablename__ = "agent_preferences"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    area: Mapped[str] = mapped_column(String(50), primary_key=True)
    unconfirmed: Mapped[list[str]]


@dataclass(frozen=True, slots=True)
class AgentPreferenceRow:
    """`unconfirmed_tools` run at once; every other write of the area waits for the person."""

    area: str
    unconfirmed_tools: list[str]


class AgentPreferenceService(Service):
    async def get(self, area: str) -> AgentPreferenceRow:
        mine = select(AgentPreference.unconfirmed).where(
            AgentPreference.user_id == self.viewer.id, AgentPreference.area == area
        )
        return AgentPreferenceRow(area, await self.session.scalar(mine) or [])

    async def set(self, area: str, unconfirmed: list[str]) -> AgentPreferenceRow:
        chosen = sorted(set(unconfirmed))
        row = {"user_id": self.viewer.id, "area": area, "unconfirmed": chosen}
        await self.work.insert_new(AgentPreference, [row])
        kept = await self.session.get(AgentPreference, (self.viewer.id, area), with_for_update=True)
        if kept is not None:
            kept.unconfirmed = chosen
        return AgentPreferenceRow(area, chosen)
