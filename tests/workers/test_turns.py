"""Turns end, once, whatever happens to who works on them; what was said is kept."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from domain.errors import AuthenticationError, NotFoundError, ValidationError
from domain.scopes import Scope
from domain.turns import ChatEventKind, ChatEventRow, MessageToSend, TurnRow, TurnStatus
from infra.settings import Settings
from resolvers.conversations import chat, delete_conversation, listed_messages, send_message, stop_turn, turn


def text_of(events: list[ChatEventRow]) -> str:
    return "".join(event.text or "" for event in events if event.kind is ChatEventKind.TEXT)


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


async def test_who_comes_back_hears_every_character_once_wherever_the_line_was_cut(ada: Scope) -> None:
    sent = await send_message(ada, MessageToSend(text="help"))
    said, seq, offset, cuts = "", 0, 0, 0
    ended = False
    while not ended:
        async with asyncio.timeout(10), aclosing(chat(ada, sent.conversation_id, seq, offset)) as events:
            async for event in events:
                seq = event.seq
                if event.kind is ChatEventKind.TEXT:
                    assert event.offset == len(said)
                    said += event.text or ""
                    offset = len(said)
                ended = event.kind.ends_turn
                if ended or cuts < 60:
                    cuts += 1
                    break
    assert said == event.text
    assert cuts >= 4


async def test_who_comes_later_is_told_the_same_story_without_gaps(ada: Scope) -> None:
    sent = await send_message(ada, MessageToSend(text="help"))
    first = await asyncio.wait_for(until_end(ada, sent), 10)
    later = await asyncio.wait_for(until_end(ada, sent), 10)
    assert [event.seq for event in later] == list(range(1, later[-1].seq + 1))
    assert text_of(later) == text_of(first)
    for after in range(later[-1].seq):
        rest = await asyncio.wait_for(until_end(ada, sent, after), 10)
        assert rest == later[after:]


async def test_two_answers_at_once_in_one_conversation_are_refused(ada: Scope) -> None:
    sent = await send_message(ada, MessageToSend(text="help"))
    with pytest.raises(ValidationError, match="under way"):
        await send_message(ada, MessageToSend(text="again", conversation_id=sent.conversation_id))
    await asyncio.wait_for(until_end(ada, sent), 10)
    again = await send_message(ada, MessageToSend(text="again", conversation_id=sent.conversation_id))
    await asyncio.wait_for(until_end(ada, again, again.first_seq), 10)


async def test_what_is_said_to_an_agent_stays_with_its_person(ada: Scope, bob: Scope, stranger: Scope) -> None:
    sent = await send_message(ada, MessageToSend(text="hello"))
    await asyncio.wait_for(until_end(ada, sent), 10)
    for who, error in ((bob, NotFoundError), (stranger, AuthenticationError)):
        for asked in (
            turn(who, sent.id),
            stop_turn(who, sent.id),
            listed_messages(who, sent.conversation_id),
            send_message(who, MessageToSend(text="x", conversation_id=sent.conversation_id)),
            anext(chat(who, sent.conversation_id)),
        ):
            with pytest.raises(error):
                await asked
    assert len(await listed_messages(ada, sent.conversation_id)) == 2


async def test_a_deleted_conversation_ends_its_followers(ada: Scope) -> None:
    sent = await send_message(ada, MessageToSend(text="hello"))
    events = await asyncio.wait_for(until_end(ada, sent), 10)
    following = asyncio.create_task(until_end(ada, sent, events[-1].seq))
    await asyncio.sleep(0.1)
    await delete_conversation(ada, sent.conversation_id)
    with pytest.raises(AssertionError):
        await asyncio.wait_for(following, 10)


async def test_another_process_follows_and_stops_a_turn(settings: Settings, make_runtime: Any, ada: Scope) -> None:
    if settings.embedded:
        pytest.skip("an embedded server is alone")
    async with make_runtime(settings, works=False, sweeps=False) as other:
        there = Scope(ada.viewer, other.ports)
        sent = await send_message(there, MessageToSend(text="help"))
        events = await asyncio.wait_for(until_end(there, sent), 15)
        assert text_of(events) == events[-1].text
