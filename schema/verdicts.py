"""Requirements and eligibility in GraphQL."""

from typing import Any

import strawberry

from domain.eligibility import Standing, Topic
from domain.requirements import Met
from schema.inputs import enum_of

enum_of(Met, "How far a résumé shows what a sentence asks for.")
enum_of(Topic, "What may exclude somebody from a posting.")
enum_of(Standing, "How somebody stands to a condition; UNCERTAIN also where either side says nothing.")


@strawberry.type(description="A sentence of the posting that asks for something, and how far the résumé shows it.")
class Requirement:
    quote: str = strawberry.field(description="The description from `start` to `end`, in characters.")
    start: int
    end: int
    preferred: bool = strawberry.field(description="Welcome, not demanded.")
    verdict: Met
    resume_quotes: list[str] = strawberry.field(description="The résumé's own words for what it shows.")
    lacking: list[str] = strawberry.field(description="What the résumé does not show.")

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Requirement":
        return cls(**{**stored, "verdict": Met(stored["verdict"])})


@strawberry.type(description="Whether something excludes you from the posting, apart from how well it fits.")
class Eligibility:
    topic: Topic
    standing: Standing
    quote: str | None = strawberry.field(description="What the posting demands; null where it is silent.")
    start: int | None
    end: int | None
    person_quote: str | None = strawberry.field(description="The words of your résumé or profile it was compared with.")

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Eligibility":
        return cls(**{**stored, "topic": Topic(stored["topic"]), "standing": Standing(stored["standing"])})
