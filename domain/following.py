"""Following a conversation: stored events in order, and text at once, each character once.

The bus carries pieces of text before they are stored, and numbers of what was stored. What it loses or brings twice
changes nothing: pieces are placed by their offset, stored events by their number, and the database fills every gap.
"""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

from domain.chats import ChatService
from domain.clock import utc_now
from domain.errors import NotFoundError
from domain.follow import QUIET_SECONDS
from domain.scopes import Scope
from domain.topics import chat_topic
from domain.turns import ChatEventKind, ChatEventRow, event_row

WAITING_AT_MOST = 1_000
EVENTS_AT_ONCE = 500


class Place:
    """How far a follower is: the last stored number, and how much of the running turn's stream was told."""

    def __init__(self, conversation_id: UUID, after: int, turn_id: UUID | None, told: int) -> None:
        self.conversation_id = conversation_id
        self.seq = after
        self.turn_id = turn_id
        self.told = told
        self._ahead: dict[int, ChatEventRow] = {}

    def stored(self, event: ChatEventRow) -> Iterator[ChatEventRow]:
        """What is new of a stored event, and what came early and fits on now."""
        self.seq = event.seq
        if event.offset is None:
            self._enter(event)
            yield event
            return
        yield from self._piece(event)

    def live(self, event: ChatEventRow) -> Iterator[ChatEventRow]:
        if event.turn_id == self.turn_id:
            yield from self._piece(event)

    def _piece(self, event: ChatEventRow) -> Iterator[ChatEventRow]:
        """The part of a piece that was not told yet; one that is ahead waits."""
        self._enter(event)
        offset, text = event.offset or 0, event.text or ""
        if offset > self.told:
            if len(self._ahead) < WAITING_AT_MOST:
                self._ahead[offset] = event
            return
        new = text[self.told - offset :]
        if new:
            yield replace(event, offset=self.told, text=new)
            self.told += len(new)
        for waiting in sorted(self._ahead):
            if waiting <= self.told:
                yield from self._piece(self._ahead.pop(waiting))

    def _enter(self, event: ChatEventRow) -> None:
        """Each turn's stream counts from zero. A decision belongs to a turn of long ago."""
        if event.turn_id is None or event.turn_id == self.turn_id or event.kind is ChatEventKind.DECISION:
            return
        self.turn_id, self.told = event.turn_id, 0
        self._ahead.clear()


class Follower:
    """Reads what is stored and places what is heard."""

    def __init__(self, scope: Scope, place: Place) -> None:
        self.scope = scope
        self.place = place
        self.is_gone = False

    async def stored(self) -> AsyncGenerator[ChatEventRow]:
        while True:
            async with self.scope.read(ChatService) as chats:
                news = await chats.events(self.place.conversation_id, self.place.seq, EVENTS_AT_ONCE)
            for event in news:
                for told in self.place.stored(event):
                    yield told
            if len(news) < EVENTS_AT_ONCE:
                return

    async def heard(self, message: dict[str, Any] | None) -> AsyncGenerator[ChatEventRow]:
        """What is new because of a message of the bus, or of a silence.

        While messages come nothing needs to be asked of the database: their numbers show what was lost.
        """
        if await self._is_behind() if message is None else self._lacks(message):
            async for told in self.stored():
                yield told
        for told in () if message is None else self._placed(message):
            yield told

    def _placed(self, message: dict[str, Any]) -> Iterator[ChatEventRow]:
        if "piece" in message:
            yield from self.place.live(_event(self.place, message, message["seq"], message["kind"], message["piece"]))
        for seq, event in enumerate(message.get("told", ()), start=message.get("first", 0)):
            if seq > self.place.seq:
                yield from self.place.stored(_event(self.place, message, seq, event["kind"], event["data"]))

    async def _is_behind(self) -> bool:
        try:
            async with self.scope.read(ChatService) as chats:
                return await chats.newest_seq(self.place.conversation_id) > self.place.seq
        except NotFoundError:
            self.is_gone = True
            return False

    def _lacks(self, message: dict[str, Any]) -> bool:
        """Whether something that is stored comes before what the message says."""
        if "piece" in message:
            return bool(message["seq"] > self.place.seq)
        if "told" in message:
            return bool(message["first"] > self.place.seq + 1)
        return not ("stored" in message and _known(self.place, message))


async def follow_chat(
    scope: Scope, conversation_id: UUID, after: int = 0, offset: int | None = None
) -> AsyncGenerator[ChatEventRow]:
    """Yields for as long as the conversation is there and somebody asks. Raises NotFoundError at the start only."""
    async with scope.ports.bus.listen(chat_topic(conversation_id)) as listener:
        async with scope.read(ChatService) as chats:
            await chats.newest_seq(conversation_id)
            turn_id, reached = await chats.reached(conversation_id, after) if after else (None, 0)
        follower = Follower(scope, Place(conversation_id, after, turn_id, max(reached, offset or 0)))
        async for event in follower.stored():
            yield event
        while not follower.is_gone:
            async for event in follower.heard(await listener.next(QUIET_SECONDS)):
                yield event


def _known(place: Place, message: dict[str, Any]) -> bool:
    """Whether what was stored has all been told already; then its numbers are taken without reading."""
    first, last = message["stored"]
    if last <= place.seq:
        return True
    if str(place.turn_id) != message["turn_id"] or first != place.seq + 1 or message["upto"] > place.told:
        return False
    place.seq = last
    return True


def _event(place: Place, message: dict[str, Any], seq: int, kind: str, data: dict[str, Any]) -> ChatEventRow:
    turn_id = UUID(message["turn_id"])
    return event_row((place.conversation_id, seq, ChatEventKind(kind), turn_id, utc_now(), data))
