"""The language port over the `openai` package: OpenAI itself, or any server that speaks its API.

`OPENAI_BASE_URL` is an address of the operator's own choice and may be private (Ollama, vLLM, llama.cpp).
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

import structlog

from domain.agents.fenced_calls import find_fenced_calls
from domain.language import Failure, Finished, LanguageError, Piece, Question
from infra.language.failures import RETRIED, is_loading, retry_after, told
from infra.settings import Settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI

log = structlog.get_logger()
DEFAULT_MODEL = "gpt-4.1-mini"
ATTEMPTS = 4
LOADING_ATTEMPTS = 20
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 20.0
CONNECT_SECONDS = 10.0
WHOLE_SECONDS = 300.0


class OpenAIModel:
    paid = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: AsyncOpenAI | None = None
        self._speaks_responses = (settings.OPENAI_API or ("chat" if settings.OPENAI_BASE_URL else "responses")) == (
            "responses"
        )

    def name(self, purpose: str) -> str:
        return self._settings.models.get(purpose) or self._settings.AI_MODEL or DEFAULT_MODEL

    async def answer(self, question: Question) -> AsyncGenerator[Piece]:
        attempt = 0
        while True:
            attempt += 1
            begun = False
            try:
                async with aclosing(_whole(self._pieces(question))) as pieces:
                    async for piece in pieces:
                        begun = True
                        yield piece
            except Exception as error:
                failure = told(error)
                pause = None if begun else _pause(error, failure, attempt)
                if pause is None:
                    log.warning("model.failed", failure=failure.failure.value, attempt=attempt)
                    raise failure from error
                await asyncio.sleep(pause)
            else:
                return

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def _pieces(self, question: Question) -> AsyncGenerator[Piece]:
        client, model, settings = self._open(), self.name(question.purpose), self._settings
        if self._speaks_responses:
            from infra.language.responses import stream_response

            return find_fenced_calls(stream_response(client, model, question, settings.AI_TEMPERATURE), question)
        from infra.language.chat_completions import stream_completion, stream_decision

        if settings.AI_TOOLS == "schema" and question.tools:
            return stream_decision(client, model, question, settings.AI_TEMPERATURE)
        return find_fenced_calls(stream_completion(client, model, question, settings.AI_TEMPERATURE), question)

    def _open(self) -> "AsyncOpenAI":
        if self._client is None:
            import httpx2
            from openai import AsyncOpenAI

            limits = httpx2.Limits(max_connections=200, max_keepalive_connections=64)
            wait = httpx2.Timeout(self._settings.AI_TIMEOUT, connect=CONNECT_SECONDS)
            self._client = AsyncOpenAI(
                api_key=self._settings.OPENAI_API_KEY or "none",
                base_url=self._settings.OPENAI_BASE_URL or None,
                max_retries=0,
                timeout=wait,
                http_client=httpx2.AsyncClient(limits=limits, timeout=wait, trust_env=False),
            )
        return self._client


async def _whole(pieces: AsyncGenerator[Piece]) -> AsyncGenerator[Piece]:
    """The same pieces. Raises for an answer that breaks off, which the client takes for a whole one, or never ends.

    Silence between two pieces is the client's own time-out.
    """
    finished, began = False, time.monotonic()
    async with aclosing(pieces) as stream:
        async for piece in stream:
            finished = finished or isinstance(piece, Finished)
            yield piece
            if time.monotonic() - began > WHOLE_SECONDS:
                raise TimeoutError
    if not finished:
        message = "the model's answer broke off"
        raise LanguageError(Failure.TRUNCATED, message)


def _pause(error: Exception, failure: LanguageError, attempt: int) -> float | None:
    """How long to wait before the next attempt; None for giving up."""
    allowed = LOADING_ATTEMPTS if is_loading(error) else ATTEMPTS
    if failure.failure not in RETRIED or attempt >= allowed:
        return None
    asked = retry_after(error)
    if asked is not None:
        return None if asked > LONGEST_PAUSE else asked
    return min(FIRST_PAUSE * 2.0 ** (attempt - 1), 5.0) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
