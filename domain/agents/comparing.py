"""Two or more jobs side by side."""

from dataclasses import dataclass
from typing import Any

from domain.jobs import JobRow, JobTexts

SKILLS_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class ComparedJob:
    """`matched` and `missing` are skills of the posting that the résumé has and lacks."""

    job: JobRow
    matched: list[str]
    missing: list[str]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`only` is what one job alone asks for, by its place in `jobs`; `best` is the place of the highest score."""

    jobs: list[ComparedJob]
    shared: list[str]
    only: list[list[str]]
    best: int | None


def compare(found: list[tuple[JobRow, JobTexts]]) -> Comparison:
    compared = [ComparedJob(row, _skills(texts.fit, "matched"), _skills(texts.fit, "missing")) for row, texts in found]
    asked = [{*one.matched, *one.missing} for one in compared]
    shared = set.intersection(*asked) if asked else set()
    only = [sorted(mine - set().union(*(a for a in asked if a is not mine)))[:SKILLS_AT_MOST] for mine in asked]
    scores = [(row.relevance_score, -place) for place, (row, _) in enumerate(found) if row.relevance_score is not None]
    best = -max(scores)[1] if scores else None
    return Comparison(compared, sorted(shared)[:SKILLS_AT_MOST], only, best)


def _skills(fit: dict[str, Any] | None, side: str) -> list[str]:
    return [one["skill"] for one in (fit or {}).get(side, [])][:SKILLS_AT_MOST]
