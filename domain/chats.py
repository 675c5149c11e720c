"""The story of a conversation: writing its events in order, and reading them."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from domain.conversations import Conversation, ConversationService
from domain.topics import chat_topic
from domain.turns import ChatEvent, ChatEventKind, ChatEventRow, event_row
from domain.work import Service

Happened = tuple[ChatEventKind, dict[str, Any]]
COLUMNS = (
    ChatEvent.conversation_id, ChatEvent.seq, ChatEvent.kind, ChatEvent.turn_id, ChatEvent.created_at, ChatEvent.data,
)  # fmt: skip
PIECES = (ChatEventKind.TEXT, ChatEventKind.ARGUMENTS)


class ChatService(Service):
    async def record(self, conversation_id: UUID, turn_id: UUID | None, *happened: Happened) -> int:
        """Store events in order and wake who follows; answers the number of the last."""
        self.work.wake(chat_topic(conversation_id))
        return await self.store(conversation_id, turn_id, *happened)

    async def store(self, conversation_id: UUID, turn_id: UUID | None, *happened: Happened) -> int:
        """Without waking anybody. Events are no activity of the conversation: `updated_at` stays."""
        numbered = (
            update(Conversation)
            .where(Conversation.id == conversation_id)
            .values(event_seq=Conversation.event_seq + len(happened), updated_at=Conversation.updated_at)
            .returning(Conversation.event_seq)
            .execution_options(synchronize_session=False)
        )
        last: int = (await self.session.execute(numbered)).scalar_one()
        rows = [
            {
                "conversation_id": conversation_id,
                "seq": seq,
                "turn_id": turn_id,
                "kind": kind,
                "data": data,
                "created_at": self.work.now,
            }
            for seq, (kind, data) in enumerate(happened, start=last - len(happened) + 1)
        ]
        if rows:
            await self.session.execute(insert(ChatEvent), rows)
        return last

    async def newest_seq(self, conversation_id: UUID) -> int:
        """Raises NotFoundError when the conversation is not (or no longer) the viewer's."""
        return (await ConversationService.of(self).get_conversation(conversation_id)).event_seq

    async def events(self, conversation_id: UUID, after: int, limit: int) -> list[ChatEventRow]:
        later = select(*COLUMNS).where(ChatEvent.conversation_id == conversation_id, ChatEvent.seq > after)
        rows = await self.session.execute(later.order_by(ChatEvent.seq).limit(limit))
        return [event_row(row) for row in rows]

    async def reached(self, conversation_id: UUID, seq: int) -> tuple[UUID | None, int]:
        """The turn that an event belongs to, and how much of the turn's stream is stored up to it."""
        until = select(*COLUMNS).where(ChatEvent.conversation_id == conversation_id, ChatEvent.seq <= seq)
        newest = until.where(ChatEvent.kind != ChatEventKind.DECISION).order_by(ChatEvent.seq.desc()).limit(1)
        row = (await self.session.execute(newest)).one_or_none()
        if row is None:
            return None, 0
        pieces = until.where(ChatEvent.kind.in_(PIECES), ChatEvent.turn_id == row.turn_id)
        last = (await self.session.execute(pieces.order_by(ChatEvent.seq.desc()).limit(1))).one_or_none()
        return row.turn_id, 0 if last is None else last.data["offset"] + len(last.data["text"])

    async def of_turn(self, turn_id: UUID) -> list[ChatEventRow]:
        rows = await self.session.execute(select(*COLUMNS).where(ChatEvent.turn_id == turn_id).order_by(ChatEvent.seq))
        return [event_row(row) for row in rows]
