"""The embedded engine as a language model: it streams what its rules say."""

import asyncio
from collections.abc import AsyncGenerator

from domain.agents.embedded.engine import respond
from domain.language import CallPiece, Finished, Piece, Question, TextPiece

PIECE = 24
PAUSE = 0.002
"""Seconds between two pieces: a reader sees an answer grow, and nobody waits."""


class EmbeddedEngine:
    paid = False

    def name(self, purpose: str) -> str:  # noqa: ARG002 - the port's word
        return "embedded"

    async def answer(self, question: Question) -> AsyncGenerator[Piece]:
        following = respond(question)
        if following.call is not None:
            call = following.call
            yield CallPiece(0, call.id, call.name, call.arguments)
            yield Finished("tools")
            return
        for start in range(0, len(following.text), PIECE):
            yield TextPiece(following.text[start : start + PIECE])
            await asyncio.sleep(PAUSE)
        yield Finished("stop")

    async def close(self) -> None:
        return
