"""Tool calls that a small model writes as text: one fenced JSON block, or bare JSON, and nothing else.

An answer that begins like one is held back until it is whole or turns out to be ordinary text.
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

import orjson

from domain.language import CallPiece, Finished, Piece, Question, TextPiece

HELD_AT_MOST = 8_000
_BLOCK = re.compile(r"\s*(?:```(?:json|tool_call|tool)?\s*\n?(?P<fenced>\{.*\})\s*```|(?P<bare>\{.*\}))\s*", re.DOTALL)


async def find_fenced_calls(pieces: AsyncGenerator[Piece], question: Question) -> AsyncGenerator[Piece]:
    """The same pieces; an answer that is nothing but a call of one of the question's tools becomes that call."""
    names = {tool.name for tool in question.tools}
    held: str | None = "" if names else None
    async with aclosing(pieces) as stream:
        async for piece in stream:
            if held is None:
                yield piece
            elif isinstance(piece, TextPiece):
                held += piece.text
                if not _may_be_call(held):
                    yield TextPiece(held)
                    held = None
            elif isinstance(piece, Finished):
                call = _call(held, names)
                if call is not None:
                    yield call
                    yield Finished("tools", piece.input_tokens, piece.output_tokens)
                    return
                if held:
                    yield TextPiece(held)
                yield piece
                return
            else:
                if held.strip():
                    yield TextPiece(held)
                held = None
                yield piece
    if held:
        yield TextPiece(held)


def _may_be_call(text: str) -> bool:
    start = text.lstrip()
    return len(text) <= HELD_AT_MOST and ("```".startswith(start[:3]) or start.startswith(("```", "{")))


def _call(text: str, names: set[str]) -> CallPiece | None:
    block = _BLOCK.fullmatch(text)
    if block is None:
        return None
    try:
        found = orjson.loads(block["fenced"] or block["bare"])
    except orjson.JSONDecodeError:
        return None
    name = found.get("name") or found.get("tool") or found.get("function")
    arguments = found.get("arguments", found.get("parameters", {}))
    if name not in names:
        return None
    given = arguments if isinstance(arguments, str) else orjson.dumps(arguments).decode()
    return CallPiece(0, "call_fenced", str(name), given)
