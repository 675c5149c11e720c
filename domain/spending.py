"""What a person's questions cost: tokens per day, counted before each call of a paid model."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Base
from domain.language import Called, Failure, Finished, LanguageError, Piece, Question, Returned
from domain.scopes import Scope
from domain.work import Service

CHARACTERS_A_TOKEN = 3


class Spending(Base):
    """One person's tokens of one day (UTC): those of ended calls, and the estimate of each call under way."""

    __tablename__ = "spending"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    tokens: Mapped[int] = mapped_column(default=0)
    calls: Mapped[int] = mapped_column(default=0)


class SpendingService(Service):
    async def reserve(self, tokens: int, ceiling: int) -> date:
        """Count `tokens` before they are spent; raises LanguageError when the day's ceiling would be passed."""
        today = self.work.now.date()
        counted = (
            update(Spending)
            .where(Spending.user_id == self.viewer.id, Spending.day == today, Spending.tokens + tokens <= ceiling)
            .values(tokens=Spending.tokens + tokens, calls=Spending.calls + 1)
            .returning(Spending.tokens)
        )
        if (await self.session.execute(counted)).scalar_one_or_none() is None and not await self._begin(counted):
            message = (
                f"today's ceiling of {ceiling} model tokens would be passed by this question (about {tokens}); "
                "it starts anew at 00:00 UTC"
            )
            raise LanguageError(Failure.SPENT, message, {"ceiling": ceiling})
        return today

    async def _begin(self, counted: Any) -> bool:
        """The day's first question: whether it could be counted."""
        row = {"user_id": self.viewer.id, "day": self.work.now.date(), "tokens": 0, "calls": 0}
        await self.work.insert_new(Spending, [row])
        return (await self.session.execute(counted)).scalar_one_or_none() is not None

    async def settle(self, day: date, reserved: int, spent: int) -> None:
        mine = update(Spending).where(Spending.user_id == self.viewer.id, Spending.day == day)
        await self.session.execute(mine.values(tokens=Spending.tokens - reserved + spent))


def estimate(question: Question) -> int:
    """A high guess of a call's tokens: what is sent, and the longest answer."""
    return sent_tokens(question) + question.max_output_tokens


def sent_tokens(question: Question) -> int:
    characters = len(question.instructions) + sum(len(str(tool.parameters)) for tool in question.tools)
    for entry in question.entries:
        if isinstance(entry, Called):
            characters += len(entry.text) + sum(len(call.arguments) for call in entry.calls)
        else:
            characters += len(entry.content if isinstance(entry, Returned) else entry.text)
    return characters // CHARACTERS_A_TOKEN + 1


async def ask(scope: Scope, question: Question) -> AsyncGenerator[Piece]:
    """The model's answer, paid for: what it costs at most is reserved first and settled at the end.

    A call that was cut short is settled at what was sent and heard. One whose process died stays at its estimate.
    """
    model = scope.ports.language
    if not model.paid:
        async for piece in model.answer(question):
            yield piece
        return
    reserved = estimate(question)
    async with scope.write(SpendingService) as spending:
        day = await spending.reserve(reserved, scope.ports.policy.daily_tokens)
    heard, counted = 0, None
    try:
        async with aclosing(model.answer(question)) as pieces:  # type: ignore[type-var]
            async for piece in pieces:
                if isinstance(piece, Finished):
                    if piece.input_tokens is not None and piece.output_tokens is not None:
                        counted = piece.input_tokens + piece.output_tokens
                else:
                    heard += len(getattr(piece, "text", "") or getattr(piece, "arguments", ""))
                yield piece
    finally:
        spent = sent_tokens(question) + heard // CHARACTERS_A_TOKEN if counted is None else counted
        async with scope.write(SpendingService) as spending:
            await spending.settle(day, reserved, spent)
