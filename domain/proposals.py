"""Proposals: a change that an agent would make, held until the person says yes or no.

One is used once, holds for exactly the payload that was shown (the tool, its arguments and every difference it would
make), and expires. Only the person's own authenticated request decides; nothing in a conversation can.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.agents.tools import Change, Preview
from domain.chats import ChatService
from domain.entities import Entity, choice
from domain.errors import NotFoundError, ValidationError
from domain.turns import ChatEventKind
from domain.work import Service

UNKNOWN_AFTER = timedelta(minutes=2)


class ProposalStatus(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Proposal(Entity):
    __tablename__ = "proposals"
    __table_args__ = (
        UniqueConstraint("turn_id", "tool_call_id"),
        Index("ix_proposals_conversation", "conversation_id", "status"),
        Index("ix_proposals_due", "status", "expires_at"),
    )

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    turn_id: Mapped[UUID]
    tool_call_id: Mapped[str] = mapped_column(String(100))
    area: Mapped[str | None] = mapped_column(String(50))
    tool_name: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]]
    summary: Mapped[str] = mapped_column(Text)
    changes: Mapped[list[Any]]
    irreversible: Mapped[bool]
    payload_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[ProposalStatus] = mapped_column(choice(ProposalStatus), default=ProposalStatus.PENDING)
    result: Mapped[dict[str, Any] | None]
    expires_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """`changes` is the diff; `payload_hash` stands for tool, arguments and diff together."""

    id: UUID
    user_id: UUID
    conversation_id: UUID
    turn_id: UUID
    tool_call_id: str
    area: str | None
    tool_name: str
    arguments: dict[str, Any]
    summary: str
    changes: list[Change]
    irreversible: bool
    payload_hash: str
    status: ProposalStatus
    result: dict[str, Any] | None
    expires_at: datetime
    decided_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """A write that a tool call asks for."""

    conversation_id: UUID
    turn_id: UUID
    tool_call_id: str
    area: str | None
    tool_name: str
    arguments: dict[str, Any]
    irreversible: bool
    preview: Preview


COLUMNS = (
    Proposal.id, Proposal.user_id, Proposal.conversation_id, Proposal.turn_id, Proposal.tool_call_id, Proposal.area,
    Proposal.tool_name, Proposal.arguments, Proposal.summary, Proposal.changes, Proposal.irreversible,
    Proposal.payload_hash, Proposal.status, Proposal.result, Proposal.expires_at, Proposal.decided_at,
    Proposal.created_at,
)  # fmt: skip


class ProposalService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Proposal.user_id == self.viewer.id)

    async def propose(self, intent: Intent, lifetime: int) -> ProposalRow:
        """The proposal of a tool call: made now, or the one that was made when the call was handled before."""
        changes = _plain([asdict(change) for change in intent.preview.changes])
        id = uuid4()
        row = {
            "id": id,
            "user_id": self.viewer.id,
            "conversation_id": intent.conversation_id,
            "turn_id": intent.turn_id,
            "tool_call_id": intent.tool_call_id[:100],
            "area": intent.area,
            "tool_name": intent.tool_name,
            "arguments": intent.arguments,
            "summary": intent.preview.summary,
            "changes": changes,
            "irreversible": intent.irreversible,
            "payload_hash": payload_hash(intent.tool_name, intent.arguments, changes),
            "status": ProposalStatus.PENDING,
            "expires_at": self.work.now + timedelta(seconds=lifetime),
            "created_at": self.work.now,
        }
        await self.work.insert_new(Proposal, [row])
        call = self.visible().where(
            Proposal.turn_id == intent.turn_id, Proposal.tool_call_id == intent.tool_call_id[:100]
        )
        return row_of((await self.session.execute(call)).one())

    async def get(self, id: UUID) -> ProposalRow:
        row = (await self.session.execute(self.visible().where(Proposal.id == id))).one_or_none()
        if row is None:
            raise missing(id)
        return row_of(row)

    async def of_conversation(self, conversation_id: UUID) -> list[ProposalRow]:
        """Newest first, at most 100."""
        mine = self.visible().where(Proposal.conversation_id == conversation_id)
        newest = mine.order_by(Proposal.created_at.desc(), Proposal.id).limit(100)
        return [row_of(row) for row in await self.session.execute(newest)]

    async def decided(self, conversation_id: UUID) -> dict[str, str]:
        """What became of the proposals of a conversation, as results of the calls that made them, by their ids."""
        found = await self.of_conversation(conversation_id)
        return {
            str(row.id): orjson.dumps({"proposal": row.status.value, "by": "the person", **(row.result or {})}).decode()
            for row in found
            if row.status is not ProposalStatus.PENDING
        }

    async def claim(self, id: UUID, shown: str, preview: Preview) -> ProposalRow:
        """Use the proposal up: it is confirmed, or expired when it is too late, which the caller must commit.

        `shown` is the hash that the person saw, `preview` what the write would do by now.
        """
        proposal = await self._get(id)
        if proposal.status is not ProposalStatus.PENDING:
            message = f"expected a proposal that waits for a decision, found one that is '{proposal.status}'"
            raise ValidationError(message, {"proposal_id": str(id)})
        if proposal.expires_at <= self.work.now:
            await self._decide(proposal, ProposalStatus.EXPIRED)
            return entity_row(proposal)
        changes = [asdict(change) for change in preview.changes]
        if payload_hash(proposal.tool_name, proposal.arguments, proposal.changes) != proposal.payload_hash or (
            shown != proposal.payload_hash
        ):
            message = "expected the payload hash of the proposal as it was shown, found another one"
            raise ValidationError(message, {"proposal_id": str(id)})
        if payload_hash(proposal.tool_name, proposal.arguments, changes) != proposal.payload_hash:
            message = "what this would change has changed since it was proposed: ask for it again"
            raise ValidationError(message, {"proposal_id": str(id), "changes": _plain(changes)})
        proposal.status, proposal.decided_at = ProposalStatus.CONFIRMED, self.work.now
        await self.session.flush()
        return entity_row(proposal)

    async def finish(self, id: UUID, status: ProposalStatus, result: dict[str, Any]) -> ProposalRow:
        """What came of a confirmed proposal."""
        proposal = await self._get(id)
        proposal.result = _plain(result)
        await self._decide(proposal, status)
        return entity_row(proposal)

    async def reject(self, id: UUID) -> ProposalRow:
        proposal = await self._get(id)
        if proposal.status is not ProposalStatus.PENDING:
            message = f"expected a proposal that waits for a decision, found one that is '{proposal.status}'"
            raise ValidationError(message, {"proposal_id": str(id)})
        await self._decide(proposal, ProposalStatus.REJECTED)
        return entity_row(proposal)

    async def close_overdue(self, limit: int = 100) -> int:
        """Expire what nobody decided, and say of what was confirmed long ago that nobody knows what came of it."""
        now = self.work.now
        late = (Proposal.status == ProposalStatus.PENDING) & (Proposal.expires_at <= now)
        lost = (Proposal.status == ProposalStatus.CONFIRMED) & (Proposal.decided_at <= now - UNKNOWN_AFTER)
        found = select(Proposal).where(late | lost).order_by(Proposal.id).limit(limit)
        overdue: Sequence[Proposal] = (await self.session.scalars(found.with_for_update(skip_locked=True))).all()
        for proposal in overdue:
            if proposal.status is ProposalStatus.CONFIRMED:
                unknown = "the server stopped while this was being done; look whether it happened"
                proposal.result = {"success": False, "error": unknown}
                await self._decide(proposal, ProposalStatus.FAILED)
            else:
                await self._decide(proposal, ProposalStatus.EXPIRED)
        return len(overdue)

    async def any_overdue(self) -> bool:
        now = self.work.now
        late = (Proposal.status == ProposalStatus.PENDING) & (Proposal.expires_at <= now)
        lost = (Proposal.status == ProposalStatus.CONFIRMED) & (Proposal.decided_at <= now - UNKNOWN_AFTER)
        return await self.session.scalar(select(Proposal.id).where(late | lost).limit(1)) is not None

    async def _decide(self, proposal: Proposal, status: ProposalStatus) -> None:
        proposal.status = status
        proposal.decided_at = proposal.decided_at or self.work.now
        await self.session.flush()
        told = {"proposal_id": str(proposal.id), "tool_call_id": proposal.tool_call_id, "code": status.value}
        decided = (ChatEventKind.DECISION, {**told, "tool_name": proposal.tool_name, "text": proposal.summary})
        await ChatService.of(self).record(proposal.conversation_id, proposal.turn_id, decided)

    async def _get(self, id: UUID) -> Proposal:
        mine = self.visible(Proposal).where(Proposal.id == id).with_for_update()
        proposal: Proposal | None = (await self.session.scalars(mine)).one_or_none()
        if proposal is None:
            raise missing(id)
        return proposal


def payload_hash(tool_name: str, arguments: dict[str, Any], changes: list[Any]) -> str:
    payload = {"tool": tool_name, "arguments": _plain(arguments), "changes": _plain(changes)}
    return sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()


def row_of(row: Any) -> ProposalRow:
    values = list(row)
    values[9] = [Change(**change) for change in values[9]]
    return ProposalRow(*values)


def entity_row(proposal: Proposal) -> ProposalRow:
    return row_of([getattr(proposal, column.key) for column in COLUMNS])


def missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no proposal with the id {id} is yours", {"proposal_id": str(id)})


def _plain(value: Any) -> Any:
    """As JSON gives it back: times and ids are text."""
    return orjson.loads(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS))
