"""Turns end, once, whatever happens to who works on them; what was said is kept."""

import asyncio

from domain.scopes import Scope
from domain.turns import ChatEventKind, ChatEventRow, MessageToSend, TurnRow, TurnStatus
from resolvers.conversations import chat, listed_messages, send_message, turn


async def until_end(scope: Scope, sent: TurnRow, after: int = 0) -> list[ChatEventRow]:
    events = []
    async for event in chat(scope, sent.conversation_id, after):
        events.append(event)
        if event.turn_id == sent.id and event.kind.ends_turn:
            return events
    raise AssertionError(events)


async def test_the_embedded_engine_answers_a_plain_message(ada: Scope) -> None:
    sent = await send_message(ada, MessageToSend(text="hello"))
    events = await asyncio.wait_for(until_end(ada, sent), 10)
    said = "".join(e.text or "" for e in events if e.kind is ChatEventKind.TEXT)
    assert said.startswith("Hello. I am the built-in engine")
    assert events[-1].kind is ChatEventKind.DONE
    assert events[-1].text == said
    messages = await listed_messages(ada, sent.conversation_id)
    assert [m.role.value for m in messages] == ["user", "assistant"]
    assert messages[1].content == said
    assert messages[1].model_name == "embedded"
    ended = await turn(ada, sent.id)
    assert ended.status is TurnStatus.DONE
    assert ended.answer_id == messages[1].id
