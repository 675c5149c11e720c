"""What people do with turns: say something, stop the answer, look."""

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, select

from domain.agents.areas import area_of
from domain.chats import ChatService, Happened
from domain.conversations import (
    Conversation,
    ConversationDraft,
    ConversationService,
    title_of,
)
from domain.errors import NotFoundError, ValidationError
from domain.events import TurnRequested
from domain.language import Speaker
from domain.messages import MessageDraft, MessageService
from domain.topics import chat_topic
from domain.turn_leases import end
from domain.turns import COLUMNS, LIVE, ChatEventKind, HistoryEntry, MessageToSend, Turn, TurnRow, TurnStatus, row_of
from domain.work import Service


class TurnService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        return select(*(columns or COLUMNS)).where(Turn.user_id == self.viewer.id)

    async def send(
        self,
        message: MessageToSend,
        history: list[HistoryEntry] | None = None,
        history_seq: int | None = None,
    ) -> tuple[TurnRow, int]:
        """The turn that will answer, and the number of the person's message in its conversation.

        Nobody is woken: the caller tells the event. `history` stands for what was said before the message numbered
        `history_seq` (this one when None).
        """
        conversation = await self._conversation(message)
        area_of(message.area or conversation.area)
        live = await self.session.scalar(
            select(Turn.id).where(Turn.conversation_id == conversation.id, Turn.status.in_(LIVE))
        )
        if live is not None:
            sentence = "expected the last answer to have ended, found it under way: wait for it or stop it"
            raise ValidationError(sentence, {"turn_id": str(live)})
        said = await MessageService.of(self).add(conversation, MessageDraft(role=Speaker.USER, content=message.text))
        turn_id = uuid4()
        await self.session.flush()
        first_seq = await ChatService.of(self).store(conversation.id, turn_id, said_event(message.text, said.id))
        turn = Turn(
            id=turn_id,
            conversation_id=conversation.id,
            user_id=self.viewer.id,
            area=message.area or conversation.area,
            message_id=said.id,
            first_seq=first_seq,
            history=None if history is None else [entry.model_dump(mode="json") for entry in history],
            history_seq=1 if history is None else history_seq or said.seq,
        )
        self.session.add(turn)
        await self.session.flush()
        self.work.emit(TurnRequested(owner_id=self.viewer.id, subject_id=turn_id, conversation_id=str(conversation.id)))
        return row_of(turn), said.seq

    async def get(self, id: UUID) -> TurnRow:
        row = (await self.session.execute(self.visible().where(Turn.id == id))).one_or_none()
        if row is None:
            raise missing(id)
        return TurnRow(*row)

    async def stop(self, id: UUID) -> TurnRow:
        """Nobody works on it: it ends here. Somebody does: they end it, and keep what was said."""
        turn: Turn | None = (
            await self.session.scalars(self.visible(Turn).where(Turn.id == id).with_for_update())
        ).one_or_none()
        if turn is None:
            raise missing(id)
        if turn.status.ended:
            return row_of(turn)
        turn.stop_requested = True
        if turn.status is TurnStatus.PENDING:
            await end(self, turn, TurnStatus.STOPPED, (ChatEventKind.STOPPED, {}))
            self.work.wake(chat_topic(turn.conversation_id))
        await self.session.flush()
        return row_of(turn)

    async def _conversation(self, message: MessageToSend) -> Conversation:
        conversations = ConversationService.of(self)
        if message.conversation_id is not None:
            return await conversations.get_for_update(message.conversation_id)
        draft = ConversationDraft(title=title_of(message.text), area=message.area)
        made = await conversations.create_conversation(draft)
        return await conversations.get_for_update(made.id)


def said_event(text: str, message_id: UUID) -> Happened:
    return ChatEventKind.MESSAGE, {"text": text, "message_id": str(message_id)}


def missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no turn with the id {id} is yours", {"turn_id": str(id)})
