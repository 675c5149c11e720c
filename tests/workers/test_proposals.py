"""A change that an agent wants waits for the person: nothing that a model hears or says can make it happen."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from bench.agents.model_server import Call, ModelServer, call, say
from domain.clock import utc_now
from domain.dedupe import listing_key
from domain.errors import NotFoundError, ValidationError
from domain.job_service import Candidate, JobService
from domain.jobs import JobChanges, JobStatus
from domain.listings import Listing
from domain.postings import PostingService
from domain.proposals import Proposal, ProposalService, ProposalStatus
from domain.scopes import Scope
from domain.turns import ChatEventKind, ChatEventRow, MessageToSend
from domain.users import Registration, UserService
from domain.viewers import Viewer
from infra.runtime import Runtime
from infra.settings import Settings
from resolvers.agents import agent_tools, set_agent_preferences
from resolvers.conversations import chat, confirm_proposal, proposals, reject_proposal, send_message
from resolvers.jobs import job, job_texts, update_job
from workers.sweeps import ring_again

Kind = ChatEventKind


@pytest.fixture
def with_model(
    settings: Settings, make_runtime: Callable[..., AbstractAsyncContextManager[Runtime]]
) -> Callable[..., AbstractAsyncContextManager[tuple[Scope, Scope]]]:
    """Two people whose agents are a scripted model."""

    @asynccontextmanager
    async def opened(script: Any) -> AsyncIterator[tuple[Scope, Scope]]:
        async with ModelServer(script) as model:
            given = {"OPENAI_BASE_URL": model.url, "AI_MODEL": "scripted", "AI_DAILY_TOKENS": 100_000_000}
            async with make_runtime(settings.model_copy(update=given)) as runtime:
                people = []
                for email in ("ada@example.com", "bob@example.com"):
                    async with Scope(Viewer(), runtime.ports).write(UserService) as users:
                        user = await users.register(Registration(email=email, password="correct horse"), None)
                    people.append(Scope(Viewer(user_id=user.id), runtime.ports))
                yield people[0], people[1]

    return opened


async def keep_job(scope: Scope, title: str = "Baker", description: str = "Bake bread at night.") -> UUID:
    listing = Listing(
        source="import", external_id=uuid4().hex, title=title, company="Crumb & Co",
        url=f"https://example.com/{uuid4()}", description=description,
    )  # fmt: skip
    async with scope.write(PostingService) as postings:
        kept = (await postings.keep([listing], owned=True)).ids
        candidate = Candidate(kept[listing_key(listing)], 8.0, None, None)
        made = await JobService.of(postings).keep([candidate], None, None, None)
    return made[candidate.posting_id]


async def ask(scope: Scope, text: str, conversation_id: UUID | None = None) -> list[ChatEventRow]:
    sent = await send_message(scope, MessageToSend(text=text, conversation_id=conversation_id, area="jobs"))
    events = []
    async with asyncio.timeout(60):
        async for event in chat(scope, sent.conversation_id, sent.first_seq - 1):
            events.append(event)
            if event.turn_id == sent.id and event.kind.ends_turn:
                return events
    raise AssertionError(events)


def move_to_applied(request: dict[str, Any]) -> Any:
    """A model that moves the job that the person names, and then says something."""
    if request["messages"][-1]["role"] == "tool":
        return say("I have proposed it.")
    job_id = next(m["content"] for m in reversed(request["messages"]) if m["role"] == "user")
    return call(Call("jobs_update_job_status", json.dumps({"job_id": job_id, "status": "applied", "notes": "sent"})))


async def test_a_write_comes_back_as_a_proposal_with_its_diff_and_happens_when_confirmed(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, _):
        id = await keep_job(ada)
        events = await ask(ada, str(id))
        assert (await job(ada, id)).status is JobStatus.NEW
        assert [e.kind.value for e in events if e.proposal_id] == ["proposal"]
        (proposed,) = await proposals(ada, events[0].conversation_id)
        assert proposed.status is ProposalStatus.PENDING
        assert proposed.summary == "Move 'Baker' at Crumb & Co to 'applied'"
        changes = [(change.field, change.before, change.after) for change in proposed.changes]
        assert changes == [("status", "new", "applied"), ("notes", None, "sent")]
        result = json.loads(next(e.text for e in events if e.kind is Kind.TOOL_RESULT) or "")
        assert (result["success"], result["proposal_id"]) == (False, str(proposed.id))
        done = await confirm_proposal(ada, proposed.id, proposed.payload_hash)
        assert done.status is ProposalStatus.DONE
        assert (await job(ada, id)).status is JobStatus.APPLIED
        (texts,) = await job_texts(ada, [id])
        assert texts is not None
        assert texts.notes == "sent"


async def test_a_decision_is_told_in_the_chat_and_to_the_model(with_model: Any) -> None:
    asked: list[dict[str, Any]] = []

    def script(request: dict[str, Any]) -> Any:
        asked.append(request)
        return say("Good.") if len(asked) > 2 else move_to_applied(request)

    async with with_model(script) as (ada, _):
        id = await keep_job(ada)
        events = await ask(ada, str(id))
        conversation_id = events[0].conversation_id
        (proposed,) = await proposals(ada, conversation_id)
        await confirm_proposal(ada, proposed.id, proposed.payload_hash)
        async for event in chat(ada, conversation_id, events[-1].seq):
            assert (event.kind, event.code, event.proposal_id) == (Kind.DECISION, "done", proposed.id)
            break
        await ask(ada, "and now?", conversation_id)
        told = next(m["content"] for m in asked[-1]["messages"] if m["role"] == "tool")
        assert '"proposal":"done"' in told
        assert "is now 'applied'" in told


async def test_a_proposal_is_used_once(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, _):
        id = await keep_job(ada)
        events = await ask(ada, str(id))
        (proposed,) = await proposals(ada, events[0].conversation_id)
        hashed = proposed.payload_hash
        both = await asyncio.gather(
            confirm_proposal(ada, proposed.id, hashed),
            confirm_proposal(ada, proposed.id, hashed),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in both) == ["ProposalRow", "ValidationError"]
        with pytest.raises(ValidationError):
            await reject_proposal(ada, proposed.id)


async def test_a_proposal_holds_for_exactly_what_was_shown(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, bob):
        id = await keep_job(ada)
        (proposed,) = await proposals(ada, (await ask(ada, str(id)))[0].conversation_id)
        with pytest.raises(NotFoundError):
            await confirm_proposal(bob, proposed.id, proposed.payload_hash)
        with pytest.raises(ValidationError, match="payload hash"):
            await confirm_proposal(ada, proposed.id, "0" * 64)
        await update_job(ada, id, JobChanges(notes="changed meanwhile"))
        with pytest.raises(ValidationError, match="has changed since"):
            await confirm_proposal(ada, proposed.id, proposed.payload_hash)
        assert (await job(ada, id)).status is JobStatus.NEW


async def test_a_proposal_whose_row_was_tampered_with_is_refused(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, _):
        id = await keep_job(ada)
        (proposed,) = await proposals(ada, (await ask(ada, str(id)))[0].conversation_id)
        async with ada.write(ProposalService) as service:
            changed = {**proposed.arguments, "status": "rejected"}
            await service.session.execute(update(Proposal).values(arguments=changed))
        with pytest.raises(ValidationError):
            await confirm_proposal(ada, proposed.id, proposed.payload_hash)
        assert (await job(ada, id)).status is JobStatus.NEW


async def test_a_proposal_expires(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, _):
        id = await keep_job(ada)
        events = await ask(ada, str(id))
        (proposed,) = await proposals(ada, events[0].conversation_id)
        async with ada.write(ProposalService) as service:
            await service.session.execute(update(Proposal).values(expires_at=utc_now()))
        with pytest.raises(ValidationError, match=r"expired|'expired'"):
            await confirm_proposal(ada, proposed.id, proposed.payload_hash)
        await ring_again(ada.ports)
        (gone,) = await proposals(ada, events[0].conversation_id)
        assert gone.status is ProposalStatus.EXPIRED
        assert (await job(ada, id)).status is JobStatus.NEW


async def test_a_rejected_proposal_changes_nothing(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, _):
        id = await keep_job(ada)
        (proposed,) = await proposals(ada, (await ask(ada, str(id)))[0].conversation_id)
        assert (await reject_proposal(ada, proposed.id)).status is ProposalStatus.REJECTED
        with pytest.raises(ValidationError):
            await confirm_proposal(ada, proposed.id, proposed.payload_hash)
        assert (await job(ada, id)).status is JobStatus.NEW


async def test_a_person_may_let_a_write_go_without_asking(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, bob):
        await set_agent_preferences(ada, ["jobs_update_job_status"], "jobs")
        mine, theirs = await keep_job(ada), await keep_job(bob)
        await ask(ada, str(mine))
        await ask(bob, str(theirs))
        assert (await job(ada, mine)).status is JobStatus.APPLIED
        assert (await job(bob, theirs)).status is JobStatus.NEW, "what Ada chose is hers alone"


async def test_what_cannot_be_undone_always_asks(with_model: Any) -> None:
    def script(request: dict[str, Any]) -> Any:
        if request["messages"][-1]["role"] == "tool":
            return say("Asked.")
        return call(Call("jobs_delete_job", json.dumps({"job_id": request["messages"][-1]["content"]})))

    async with with_model(script) as (ada, _):
        for name in ("jobs_delete_job", "jobs_list_jobs", "no_such_tool"):
            with pytest.raises(ValidationError):
                await set_agent_preferences(ada, [name], "jobs")
        free = [tool.name for tool in await agent_tools(ada, "jobs") if tool.may_skip_confirmation]
        assert "jobs_delete_job" not in free
        await set_agent_preferences(ada, free, "jobs")
        id = await keep_job(ada)
        events = await ask(ada, str(id))
        (proposed,) = await proposals(ada, events[0].conversation_id)
        assert proposed.irreversible
        assert (await job(ada, id)).id == id
        await confirm_proposal(ada, proposed.id, proposed.payload_hash)
        with pytest.raises(NotFoundError):
            await job(ada, id)


async def test_an_agent_reaches_nothing_that_its_person_does_not(with_model: Any) -> None:
    async with with_model(move_to_applied) as (ada, bob):
        id = await keep_job(bob)
        events = await ask(ada, str(id))
        result = next(e for e in events if e.kind is Kind.TOOL_RESULT)
        assert result.failed
        assert "no job with the id" in (result.text or "")
        assert await proposals(ada, events[0].conversation_id) == []
