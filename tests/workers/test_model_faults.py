"""Whatever the model's server does, a turn ends with one clear event, and what was said until then is kept."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bench.agents.model_server import Answer, Call, ModelServer, Refusal, Text, call, say
from domain.scopes import Scope
from domain.turns import ChatEventKind, ChatEventRow, MessageToSend, TurnStatus
from domain.users import Registration, UserService
from domain.viewers import Viewer
from infra.runtime import Runtime
from infra.settings import Settings
from resolvers.conversations import chat, listed_messages, send_message, stop_turn, turn

Kind = ChatEventKind


@dataclass
class Talk:
    """A person, a model's server, and what became of the last message."""

    scope: Scope
    model: ModelServer
    area: str | None = None
    conversation_id: Any = None

    async def say(self, text: str = "hello") -> list[ChatEventRow]:
        message = MessageToSend(text=text, conversation_id=self.conversation_id, area=self.area)
        sent = await send_message(self.scope, message)
        self.conversation_id = sent.conversation_id
        events = []
        async with asyncio.timeout(20):
            async for event in chat(self.scope, sent.conversation_id, sent.first_seq - 1):
                events.append(event)
                if event.turn_id == sent.id and event.kind.ends_turn:
                    break
        ended = await turn(self.scope, sent.id)
        assert ended.status.ended
        return events

    async def stored(self) -> list[tuple[str, str]]:
        return [(m.role.value, m.content) for m in await listed_messages(self.scope, self.conversation_id)]


@pytest.fixture(params=["chat", "responses"])
def protocol(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def talk_with(
    settings: Settings, make_runtime: Callable[..., AbstractAsyncContextManager[Runtime]], protocol: str
) -> Callable[..., AbstractAsyncContextManager[Talk]]:
    @asynccontextmanager
    async def open_talk(
        script: Callable[[dict[str, Any]], Answer] | Iterable[Answer], area: str | None = None, **changes: Any
    ) -> AsyncIterator[Talk]:
        async with ModelServer(script) as model:
            given = {"OPENAI_BASE_URL": model.url, "OPENAI_API": protocol, "AI_MODEL": "scripted", "AI_TIMEOUT": 1.0}
            async with make_runtime(settings.model_copy(update={**given, **changes})) as runtime:
                async with Scope(Viewer(), runtime.ports).write(UserService) as users:
                    registration = Registration(email="ada@example.com", password="correct horse")
                    user = await users.register(registration, None)
                yield Talk(Scope(Viewer(user_id=user.id), runtime.ports), model, area)

    return open_talk


def kinds(events: list[ChatEventRow]) -> list[str]:
    """The kinds in order, pieces of one part told once."""
    found: list[str] = []
    for event in events:
        if not found or found[-1] != event.kind.value or event.kind not in {Kind.TEXT, Kind.ARGUMENTS}:
            found.append(event.kind.value)
    return found


def text_of(events: list[ChatEventRow]) -> str:
    return "".join(event.text or "" for event in events if event.kind is Kind.TEXT)


async def test_a_plain_turn_is_streamed_and_stored(talk_with: Any) -> None:
    async with talk_with([say("The answer is forty-two, as ever.")]) as talk:
        events = await talk.say("what is it?")
        assert kinds(events) == ["message", "request", "text", "usage", "done"]
        assert text_of(events) == "The answer is forty-two, as ever."
        assert (events[-2].input_tokens, events[-2].output_tokens, events[-2].finish) == (11, 7, "stop")
        assert await talk.stored() == [("user", "what is it?"), ("assistant", "The answer is forty-two, as ever.")]
        stored = (await listed_messages(talk.scope, talk.conversation_id))[1]
        assert (stored.model_name, stored.tokens_used) == ("scripted", 18)


async def test_two_tools_in_one_turn_are_called_one_after_the_other(talk_with: Any) -> None:
    answers = [
        call(Call("current_datetime", "{}", "a")),
        call(Call("list_available_pipelines", "{}", "b")),
        say("It is late."),
    ]
    async with talk_with(answers) as talk:
        events = await talk.say()
        step = ["request", "arguments", "usage", "tool_call", "tool_result"]
        assert kinds(events) == ["message", *step, *step, "request", "text", "usage", "done"]
        message = (await listed_messages(talk.scope, talk.conversation_id))[1]
        assert [c.tool_name for c in message.tool_calls] == ["current_datetime", "list_available_pipelines"]
        assert all(c.status.value == "completed" and json.loads(c.result or "")["success"] for c in message.tool_calls)


async def test_parallel_calls_are_answered_in_their_order(talk_with: Any) -> None:
    first = Answer((Text("Looking. "), Call("current_datetime", "{}", "a"), Call("jobs_get_job_stats", "{}", "b")))
    async with talk_with([first, say("Done.")], area="jobs") as talk:
        events = await talk.say()
        results = [e for e in events if e.kind is Kind.TOOL_RESULT]
        assert [(e.tool_call_id, e.failed) for e in results] == [("a", False), ("b", False)]
        assert events[-1].text == "Looking.\n\nDone."
        asked = json.dumps(talk.model.requests[1])
        assert asked.index('"a"') < asked.index('"b"')


async def test_malformed_arguments_are_repaired_by_one_retry(talk_with: Any) -> None:
    answers = [
        call(Call("jobs_list_jobs", '{"min_score": "high"}', "a")),
        call(Call("jobs_list_jobs", '{"min_score": 7}', "b")),
        say("None."),
    ]
    async with talk_with(answers, area="jobs") as talk:
        events = await talk.say()
        results = [e for e in events if e.kind is Kind.TOOL_RESULT]
        assert [e.failed for e in results] == [True, False]
        assert "min_score" in (results[0].text or "")
        assert events[-1].kind is Kind.DONE


async def test_arguments_that_stay_malformed_are_told_and_no_tool_is_offered_again(talk_with: Any) -> None:
    answers = [
        call(Call("jobs_list_jobs", '{"min_score": ', "a")),
        call(Call("jobs_list_jobs", "not json", "b")),
        say("I could not look."),
    ]
    async with talk_with(answers, area="jobs") as talk:
        events = await talk.say()
        assert [e.failed for e in events if e.kind is Kind.TOOL_RESULT] == [True, True]
        assert "tools" not in talk.model.requests[2]
        assert events[-1].text == "I could not look."


async def test_an_unknown_tool_is_told_to_the_model(talk_with: Any) -> None:
    async with talk_with([call(Call("rm_rf", '{"path": "/"}')), say("Sorry.")]) as talk:
        events = await talk.say()
        result = next(e for e in events if e.kind is Kind.TOOL_RESULT)
        assert result.failed
        assert "there is no tool 'rm_rf'" in (result.text or "")
        assert events[-1].kind is Kind.DONE


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_fault_that_passes_is_waited_out(talk_with: Any, status: int) -> None:
    answers = [Answer(status=status, headers={"retry-after": "0"}), say("Here I am.")]
    async with talk_with(answers) as talk:
        assert (await talk.say())[-1].text == "Here I am."
        assert len(talk.model.requests) == 2


async def test_a_model_that_is_being_loaded_is_waited_for(talk_with: Any) -> None:
    answers = [*[Answer(status=503, error="Loading model", headers={"retry-after": "0"})] * 8, say("Loaded.")]
    async with talk_with(answers) as talk:
        assert (await talk.say())[-1].text == "Loaded."


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (Answer(status=429, headers={"retry-after": "3600"}), "no more questions"),
        (Answer(status=500, headers={"retry-after": "0"}), "not available"),
        (Answer(status=401), "OPENAI_API_KEY"),
        (Answer(status=404), "AI_MODEL"),
        (Answer(status=400), "refused the question"),
    ],
)
async def test_a_fault_that_stays_ends_the_turn_with_an_error(talk_with: Any, answer: Answer, failure: str) -> None:
    async with talk_with(lambda _: answer) as talk:
        events = await talk.say()
        assert kinds(events) == ["message", "request", "error"]
        assert events[-1].code == "EXTERNAL_SERVICE_ERROR"
        assert failure in (events[-1].text or "")
        assert await talk.stored() == [("user", "hello")]


BROKEN = {
    "truncated": (say("Half of it", ending="cut"), "broke off"),
    "reset": (say("Half of it", ending="reset"), "connection"),
    "corrupt": (say("Half of it", corrupt=True), "could not be read"),
    "silent": (say("Half of it", ending="hang"), "in time"),
}


@pytest.mark.parametrize("fault", list(BROKEN))
async def test_a_stream_that_breaks_ends_with_an_error_and_keeps_what_was_said(talk_with: Any, fault: str) -> None:
    broken, reason = BROKEN[fault]
    async with talk_with([broken, say("Whole again.")]) as talk:
        events = await talk.say()
        assert events[-1].kind is Kind.ERROR, kinds(events)
        assert reason in (events[-1].text or "")
        assert text_of(events) == "Half of it"
        assert await talk.stored() == [("user", "hello"), ("assistant", "Half of it")]
        assert (await talk.say("again"))[-1].text == "Whole again.", "the conversation stays usable"


async def test_a_model_that_never_begins_is_a_timeout(talk_with: Any) -> None:
    async with talk_with(lambda _: Answer(ending="hang"), AI_TIMEOUT=0.2) as talk:
        events = await talk.say()
        assert events[-1].kind is Kind.ERROR
        assert "in time" in (events[-1].text or "")


async def test_a_refusal_is_said_and_marked(talk_with: Any) -> None:
    async with talk_with([Answer((Refusal("I will not do that."),))]) as talk:
        events = await talk.say()
        assert events[-1].kind is Kind.DONE
        assert (events[-1].text, events[-1].finish) == ("I will not do that.", "refusal")


async def test_a_very_long_answer_arrives_whole(talk_with: Any) -> None:
    text = "".join(f"{n} little lines of text. " for n in range(4_000))
    async with talk_with([say(text, size=200)]) as talk:
        events = await talk.say()
        assert text_of(events) == text
        assert next(e.offset for e in events if e.kind is Kind.TEXT) == 0
        assert (await talk.stored())[1][1] == text.strip()


async def test_an_answer_cut_at_its_length_says_so(talk_with: Any) -> None:
    async with talk_with([say("And so on and", finish="length")]) as talk:
        assert (await talk.say())[-1].finish == "length"


async def test_an_empty_answer_is_an_error(talk_with: Any) -> None:
    async with talk_with([Answer()]) as talk:
        assert (await talk.say())[-1].kind is Kind.ERROR


async def test_text_that_a_database_refuses_is_made_fit(talk_with: Any) -> None:
    async with talk_with([Answer((Text("a\x00b "), Text("\ud83d"), Text("\ude00 "), Text("\ud800 end")))]) as talk:
        assert (await talk.say())[-1].text == "a\ufffdb 😀 \ufffd end"


async def test_markdown_of_an_answer_loads_nothing(talk_with: Any) -> None:
    parts = ("See !", "[x](http://evil.example/?q=secret) and <", "img src='http://evil.example'> and 1 < 2!")
    async with talk_with([Answer(tuple(Text(part) for part in parts))]) as talk:
        events = await talk.say()
        assert "![" not in text_of(events)
        assert "<img" not in text_of(events)
        assert text_of(events).endswith("and 1 < 2!")
        assert text_of(events) == (await talk.stored())[1][1]


async def test_stopping_keeps_what_was_said_and_leaves_the_model_within_a_second(talk_with: Any) -> None:
    async with talk_with([say("one two three four five six", size=4, ending="hang"), say("ok")], AI_TIMEOUT=30) as talk:
        sent = await send_message(talk.scope, MessageToSend(text="count"))
        talk.conversation_id = sent.conversation_id
        said, began = "", 0.0
        async with asyncio.timeout(10):
            async for event in chat(talk.scope, sent.conversation_id):
                said += (event.text or "") if event.kind is Kind.TEXT else ""
                if event.kind is Kind.TEXT and said.endswith("six"):
                    began = asyncio.get_running_loop().time()
                    await stop_turn(talk.scope, sent.id)
                if event.kind.ends_turn:
                    break
        assert event.kind is Kind.STOPPED
        assert asyncio.get_running_loop().time() - began < 1
        assert (await turn(talk.scope, sent.id)).status is TurnStatus.STOPPED
        assert await talk.stored() == [("user", "count"), ("assistant", "one two three four five six")]
        assert (await talk.say("again"))[-1].text == "ok"


async def test_a_lone_fenced_block_is_taken_for_the_call_it_is(talk_with: Any) -> None:
    block = '```json\n{"name": "current_datetime", "arguments": {}}\n```'
    async with talk_with([say(block), say('{"a": 1} is not a call')]) as talk:
        events = await talk.say()
        assert "tool_result" in kinds(events)
        assert events[-1].text == '{"a": 1} is not a call'


async def test_the_days_ceiling_is_counted_before_a_call(talk_with: Any) -> None:
    async with talk_with(lambda _: say("fine"), AI_DAILY_TOKENS=5_300) as talk:
        assert (await talk.say())[-1].kind is Kind.DONE
        settled = await talk.say()
        assert settled[-1].kind is Kind.DONE, "only what was really spent counts after a call"
        asked = len(talk.model.requests)
        long = await talk.say("x" * 9_000)
        assert long[-1].kind is Kind.ERROR
        assert "ceiling of 5300" in (long[-1].text or "")
        assert len(talk.model.requests) == asked, "nothing was asked"


@pytest.mark.parametrize("protocol", ["chat"])
async def test_a_model_without_tool_calls_answers_with_a_tool_or_a_reply(talk_with: Any, protocol: str) -> None:
    answers = [
        say('{"tool": "current_datetime", "arguments": {}, "reply": null}'),
        say('{"tool": null, "arguments": {}, "reply": "It is late."}'),
        say("not JSON at all"),
    ]
    async with talk_with(answers, AI_TOOLS="schema") as talk:
        events = await talk.say("what time is it?")
        assert "tool_result" in kinds(events)
        assert events[-1].text == "It is late."
        asked = talk.model.requests[0]
        assert asked["response_format"]["json_schema"]["name"] == "tool_or_reply"
        assert "tools" not in asked
        assert (await talk.say())[-1].text == "not JSON at all"


async def test_what_others_wrote_reaches_the_model_behind_a_fence(talk_with: Any) -> None:
    answers = [call(Call("jobs_list_jobs", "{}", "a"), Call("jobs_get_job_stats", "{}", "b")), say("None.")]
    async with talk_with(answers, area="jobs") as talk:
        await talk.say()
        sent = json.dumps(talk.model.requests[1])
        assert sent.count("</untrusted-data id=") == 1, "the list is fenced, the counts are the server's own"
        assert 'from=\\"jobs_list_jobs\\"' in sent
