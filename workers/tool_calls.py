"""The tool calls of one answer: reads run, writes become proposals unless the person has said otherwise."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.agents.tools import Effect, Tool, as_text
from domain.errors import DomainError, ValidationError
from domain.language import ToolRequest
from domain.proposals import Intent, ProposalRow, ProposalService
from domain.scopes import Scope
from domain.turn_keeping import HeldTurn
from domain.turns import TurnRow

HELD_BACK = "Nothing has been changed. The person sees this proposal and confirms or rejects it; you cannot."
UNKNOWN = "the server stopped while this was being done; whether it happened is not known: look before trying again"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call as it was understood: with its arguments, or with the problem that keeps it from being run."""

    request: ToolRequest
    arguments: dict[str, Any]
    tool: Tool | None = None
    given: Any = None
    problem: str | None = None

    @property
    def effect(self) -> Effect:
        return Effect.READ if self.tool is None or self.problem else self.tool.effect(self.given)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`malformed`: the call itself was wrong, so that the model may send it again, better."""

    request: ToolRequest
    content: str
    failed: bool
    malformed: bool = False
    proposal: ProposalRow | None = None


class ToolCalls:
    def __init__(
        self, scope: Scope, turn: TurnRow, held: HeldTurn, tools: Mapping[str, Tool], unconfirmed: frozenset[str]
    ) -> None:
        self._scope = scope
        self._turn = turn
        self._held = held
        self._tools = tools
        self._unconfirmed = unconfirmed

    def prepare(self, request: ToolRequest) -> Prepared:
        tool = self._tools.get(request.name)
        if tool is None:
            known = ", ".join(sorted(self._tools))
            return Prepared(request, {}, problem=f"there is no tool '{request.name[:60]}'; the tools are: {known}")
        try:
            given = tool.read(request.arguments)
        except ValidationError as wrong:
            return Prepared(request, {"unreadable": _readable(request.arguments)}, tool, problem=wrong.message)
        return Prepared(request, given.model_dump(mode="json", exclude_unset=True), tool, given)

    async def run(self, calls: list[Prepared], *, again: bool = False) -> list[Outcome]:
        """The outcomes, in the order of the calls. `again`: they may have been run before this worker took over."""
        reads = [call for call in calls if call.effect is Effect.READ]
        async with self._held.interruptible():
            found = await asyncio.gather(*(self._read(call) for call in reads))
        outcomes = dict(zip((call.request.id for call in reads), found, strict=True))
        for call in calls:
            if call.effect is not Effect.READ:
                outcomes[call.request.id] = await self._write(call, again=again)
        return [outcomes[call.request.id] for call in calls]

    def waits_for_person(self, call: Prepared) -> bool:
        return call.effect is Effect.IRREVERSIBLE or call.request.name not in self._unconfirmed

    async def _read(self, call: Prepared) -> Outcome:
        if call.problem is not None or call.tool is None:
            content = as_text({"success": False, "error": call.problem})
            return Outcome(call.request, content, failed=True, malformed=True)
        return await self._call(call, call.tool)

    async def _write(self, call: Prepared, *, again: bool) -> Outcome:
        assert call.tool is not None  # noqa: S101 - an unknown tool has the effect of a read
        if self.waits_for_person(call):
            async with self._held.interruptible():
                return await self._propose(call, call.tool)
        if again:
            return Outcome(call.request, as_text({"success": False, "error": UNKNOWN}), failed=True)
        return await self._call(call, call.tool)

    async def _call(self, call: Prepared, tool: Tool) -> Outcome:
        try:
            result = await tool.call(self._scope, call.given)
        except DomainError as error:
            return Outcome(call.request, as_text({"success": False, "error": error.message}), failed=True)
        return Outcome(call.request, as_text(result), failed=not result.get("success", True))

    async def _propose(self, call: Prepared, tool: Tool) -> Outcome:
        try:
            preview = None if tool.preview is None else await tool.preview(self._scope, call.given)
            if preview is None:
                message = f"{tool.name} cannot show what it would change, so it cannot be proposed"
                raise ValidationError(message)
            intent = Intent(
                conversation_id=self._turn.conversation_id,
                turn_id=self._turn.id,
                tool_call_id=call.request.id,
                area=self._turn.area,
                tool_name=tool.name,
                arguments=call.arguments,
                irreversible=call.effect is Effect.IRREVERSIBLE,
                preview=preview,
            )
            async with self._scope.write(ProposalService) as proposals:
                proposal = await proposals.propose(intent, self._scope.ports.policy.proposal_lifetime)
        except DomainError as error:
            return Outcome(call.request, as_text({"success": False, "error": error.message}), failed=True)
        told = {
            "success": False,
            "needs_confirmation": True,
            "proposal_id": str(proposal.id),
            "summary": proposal.summary,
            "changes": [{"field": c.field, "before": c.before, "after": c.after} for c in proposal.changes],
            "note": HELD_BACK,
        }
        return Outcome(call.request, as_text(told), failed=False, proposal=proposal)


def unique_ids(requests: list[ToolRequest], used: set[str]) -> list[ToolRequest]:
    """Some servers number the calls of every answer from zero: within a turn each gets an id of its own."""
    made = []
    for request in requests:
        id, number = request.id[:90] or "call", 1
        while id in used:
            number += 1
            id = f"{request.id[:90] or 'call'}-{number}"
        used.add(id)
        made.append(replace(request, id=id))
    return made


def _readable(text: str) -> str:
    return text[:2_000].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
