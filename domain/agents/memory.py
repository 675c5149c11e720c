"""What an agent remembers: stored messages, newest first, as many as fit a budget of tokens.

By rule: whole exchanges are kept from the newest back; the results of tools are kept with the last exchanges and
left out of older ones; of what no longer fits one line per question of the person remains.
"""

from collections.abc import Mapping, Sequence

import orjson

from domain.language import Called, Entry, Returned, Said, Speaker, ToolRequest
from domain.messages import MessageRow

BUDGET = 12_000
EXCHANGES_WITH_RESULTS = 4
CHARACTERS_A_TOKEN = 4
RECALLED_AT_MOST = 1_500
LEFT_OUT = '{"left_out": "an older result; call the tool again if it is needed"}'


def recall(
    messages: Sequence[MessageRow], decided: Mapping[str, str], untrusted: frozenset[str], budget: int = BUDGET
) -> tuple[Entry, ...]:
    """The messages, oldest first, as a model is told them; `decided` says what became of proposals, by their ids."""
    exchanges = _exchanges(messages)
    kept: list[tuple[Entry, ...]] = []
    spent = 0
    for age, exchange in enumerate(reversed(exchanges)):
        entries = _entries(exchange, decided, untrusted, whole=age < EXCHANGES_WITH_RESULTS)
        size = sum(_tokens(entry) for entry in entries)
        if kept and spent + size > budget:
            break
        kept.append(entries)
        spent += size
    forgotten = exchanges[: len(exchanges) - len(kept)]
    remembered = [entry for entries in reversed(kept) for entry in entries]
    return (*_summary(forgotten), *remembered)


def _exchanges(messages: Sequence[MessageRow]) -> list[list[MessageRow]]:
    """Messages from one of the person's to the next."""
    exchanges: list[list[MessageRow]] = []
    for message in messages:
        if message.role is Speaker.USER or not exchanges:
            exchanges.append([])
        exchanges[-1].append(message)
    return exchanges


def _entries(
    exchange: list[MessageRow], decided: Mapping[str, str], untrusted: frozenset[str], *, whole: bool
) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for message in exchange:
        if message.tool_calls:
            calls = [(call, f"{message.seq}.{call.tool_call_id}"[:64]) for call in message.tool_calls]
            requests = (ToolRequest(id, call.tool_name, orjson.dumps(call.args).decode()) for call, id in calls)
            entries.append(Called("", tuple(requests)))
            for call, id in calls:
                result = _result(call.result or "", decided) if whole else LEFT_OUT
                entries.append(Returned(id, call.tool_name, result, call.tool_name in untrusted))
        if message.content:
            entries.append(Said(message.role, message.content))
    return tuple(entries)


def _result(stored: str, decided: Mapping[str, str]) -> str:
    if not decided or '"proposal_id"' not in stored:
        return stored
    try:
        proposal_id = orjson.loads(stored).get("proposal_id")
    except (orjson.JSONDecodeError, AttributeError):
        return stored
    return decided.get(proposal_id, stored)


def _summary(forgotten: list[list[MessageRow]]) -> tuple[Said, ...]:
    asked = [message.content for exchange in forgotten for message in exchange if message.role is Speaker.USER]
    if not asked:
        return ()
    lines = "\n".join(f"- {' '.join(text.split())[:120]}" for text in asked)[-RECALLED_AT_MOST:]
    return (Said(Speaker.USER, f"(Earlier in this conversation, no longer in full, I asked:\n{lines})"),)


def _tokens(entry: Entry) -> int:
    if isinstance(entry, Said):
        characters = len(entry.text)
    elif isinstance(entry, Returned):
        characters = len(entry.content)
    else:
        characters = len(entry.text) + sum(len(call.arguments) + len(call.name) for call in entry.calls)
    return characters // CHARACTERS_A_TOKEN + 1
