"""Jobs in GraphQL."""

from datetime import datetime
from typing import Any, cast

import strawberry
from strawberry.scalars import JSON

from domain.jobs import (
    JobChanges,
    JobFilter,
    JobOrder,
    JobRow,
    JobSort,
    JobStatus,
    JobTexts,
    SortDirection,
)
from domain.ratings import DroppedRow, Verdict
from resolvers import jobs as resolve
from resolvers import merges as resolve_merges
from resolvers import postings as resolve_postings
from resolvers import scores as resolve_scores
from schema.connections import Connection
from schema.context import Info
from schema.doors import field, subscription
from schema.inputs import enum_of, input_of
from schema.lives import PostingLife
from schema.merges import AlternativeListing
from schema.nodes import Node
from schema.scores import Score
from schema.verdicts import Eligibility, Requirement

enum_of(JobStatus, "Where a job stands; any may follow any.")
enum_of(JobSort, "What jobs are ordered by.")
enum_of(SortDirection, "Which end comes first.")


@strawberry.type(description="A skill that the posting names, with the words it rests on.")
class SkillEvidence:
    skill: str
    posting_quote: str = strawberry.field(description="The posting's own words.")
    resume_quote: str | None = strawberry.field(description="The résumé's own words; null when it lacks the skill.")


@strawberry.type(description="Why a job scored what it scored.")
class Fit:
    score: float = strawberry.field(description="0 to 10.")
    matched: list[SkillEvidence]
    missing: list[SkillEvidence]
    arithmetic: JSON = strawberry.field(description="Every term of the score, so that it can be worked out by hand.")
    unknown: list[str] = strawberry.field(description="What your filters ask and the posting does not say.")

    @classmethod
    def of(cls, fit: dict[str, Any]) -> "Fit":
        evidence = {side: [SkillEvidence(**one) for one in fit[side]] for side in ("matched", "missing")}
        return cls(score=fit["score"], arithmetic=fit["arithmetic"], unknown=fit.get("unknown", []), **evidence)


async def _texts(root: JobRow, info: Info) -> JobTexts:
    found = await info.context.loaders.load(resolve.job_texts, root.id)
    return found or JobTexts(root.id, "", None, None, None, None, None, None)


async def _description(root: strawberry.Parent[JobRow], info: Info) -> str:
    return (await _texts(root, info)).description


async def _notes(root: strawberry.Parent[JobRow], info: Info) -> str | None:
    return (await _texts(root, info)).notes


async def _cover_letter(root: strawberry.Parent[JobRow], info: Info) -> str | None:
    return (await _texts(root, info)).cover_letter


async def _prep_notes(root: strawberry.Parent[JobRow], info: Info) -> str | None:
    return (await _texts(root, info)).prep_notes


async def _fit(root: strawberry.Parent[JobRow], info: Info) -> Fit | None:
    found = (await _texts(root, info)).fit
    return None if found is None else Fit.of(found)


async def _requirements(root: strawberry.Parent[JobRow], info: Info) -> list[Requirement] | None:
    found = ((await _texts(root, info)).fit or {}).get("requirements")
    return None if found is None else [Requirement.of(one) for one in found]


async def _eligibility(root: strawberry.Parent[JobRow], info: Info) -> list[Eligibility] | None:
    found = ((await _texts(root, info)).fit or {}).get("eligibility")
    return None if found is None else [Eligibility.of(one) for one in found]


async def _life(root: strawberry.Parent[JobRow], info: Info) -> PostingLife | None:
    return cast("PostingLife | None", await info.context.loaders.load(resolve.posting_lives, root.posting_id))


async def _alternatives(root: strawberry.Parent[JobRow], info: Info) -> list[AlternativeListing]:
    found = await info.context.loaders.load(resolve_merges.alternatives, root.posting_id)
    return cast("list[AlternativeListing]", found)


async def _scores(root: strawberry.Parent[JobRow], info: Info) -> list[Score]:
    found = await info.context.loaders.load(resolve_scores.latest_scores, root.posting_id)
    return cast("list[Score]", found)


def _cover_letter_url(root: strawberry.Parent[JobRow], info: Info) -> str | None:
    path = root.cover_letter_file_path
    return None if path is None else info.context.scope.ports.files.address(path, path.rsplit("/", 1)[-1])


@strawberry.type(description="Whom a source wants named beside its job, and where to link to.")
class Attribution:
    text: str
    url: str


@strawberry.type(description="A posting that was kept for you, and what you made of it.")
class Job(Node):
    row = JobRow

    title: str
    company: str
    location: str | None
    job_url: str
    source: str | None
    attribution: Attribution | None = strawberry.field(
        description="Whom the source wants named wherever the job is shown; null where it asks for nobody."
    )
    sample: bool = strawberry.field(description="Invented, from the bundled sample board.")
    salary_range: str | None
    date_posted: datetime | None
    search_terms: str | None
    relevance_score: float | None = strawberry.field(description="0 to 10.")
    reasoning: str | None = strawberry.field(description="The score's evidence in a sentence.")
    status: JobStatus
    profile_id: strawberry.ID | None
    application_type: str | None
    application_url: str | None
    application_method: str | None
    confirmation_code: str | None
    requires_cover_letter: bool | None
    requires_resume: bool | None
    cover_letter_generated_at: datetime | None
    prepped_at: datetime | None
    analyzed_at: datetime | None
    applied_at: datetime | None
    created_at: datetime
    updated_at: datetime | None

    description = strawberry.field(resolver=_description, description="The posting's text.")

    notes = strawberry.field(resolver=_notes)
    cover_letter = strawberry.field(resolver=_cover_letter)

    prep_notes = strawberry.field(
        resolver=_prep_notes, description="Why it fits, what is missing, likely questions; Markdown."
    )

    fit = strawberry.field(resolver=_fit, description="The evidence of the score; null for a job that was never rated.")

    requirements = strawberry.field(
        resolver=_requirements, description="Sentence by sentence what it asks for; null until it is rated."
    )

    eligibility = strawberry.field(
        resolver=_eligibility,
        description="What may exclude you, topic by topic; silence is UNCERTAIN. Null until it is rated.",
    )

    scores = strawberry.field(
        resolver=_scores, description="Its newest ten scores, the current one first; all of them: `scoreHistory`."
    )

    life = strawberry.field(resolver=_life, description="Since when it is known, and whether it is still open.")

    alternatives = strawberry.field(
        resolver=_alternatives, description="Other listings of the same opening, the latest seen first."
    )

    cover_letter_url = strawberry.field(
        resolver=_cover_letter_url,
        description="Where to fetch the letter's PDF: a path on this server, good for minutes.",
    )


@strawberry.type(description="A posting that was rated and not kept.")
class DroppedPosting(Node):
    row = DroppedRow

    profile_id: strawberry.ID
    title: str
    company: str
    location: str | None
    url: str
    source: str
    sample: bool
    score: float | None
    verdict: Verdict
    rule: str | None = strawberry.field(description="Why it was dropped.")
    created_at: datetime


@strawberry.type(description="How many jobs stand where.")
class JobStats:
    total: int
    new: int
    prepped: int
    reviewed: int
    applied: int
    rejected: int
    interviewing: int
    avg_score: float | None
    high_scoring: int = strawberry.field(description="How many score at least 7.0.")


@strawberry.type(description="Something happened to a job.")
class JobChange:
    event: str = strawberry.field(description="job.created, job.updated, job.moved or job.deleted.")
    job_id: strawberry.ID
    job: Job | None = strawberry.field(description="The job as it is now; null when it is gone.")


@strawberry.type(description="A row of an import that could not be read.")
class RefusedRow:
    row: int
    column: str | None
    reason: str


@strawberry.type(description="What an import came to.")
class ImportReport:
    imported: int = strawberry.field(description="Postings that were not there before.")
    known: int
    refused: list[RefusedRow]


@input_of(JobFilter)
class JobFilterInput: ...


@input_of(JobOrder)
class JobOrderInput: ...


@input_of(JobChanges)
class JobChangesInput: ...


@strawberry.type(description="A job that was deleted, as it was.")
class DeletedJob:
    job: Job


@strawberry.type
class JobQueries:
    jobs = field(resolve.jobs, Connection[Job])
    job = field(resolve.job, Job)
    job_stats = field(resolve.job_stats, JobStats)
    dropped_postings = field(resolve.dropped_postings, Connection[DroppedPosting])


@strawberry.type
class JobMutations:
    update_job = field(resolve.update_job, Job)
    delete_job = field(resolve.delete_job, DeletedJob)
    restore_posting = field(resolve.restore_posting, Job)
    merge_postings = field(resolve_merges.merge_postings, Job)
    split_posting = field(resolve_merges.split_posting, Job)
    print_cover_letter = field(resolve.print_cover_letter, Job)
    add_job_by_url = field(resolve_postings.add_job_by_url, Job)
    add_job_by_text = field(resolve_postings.add_job_by_text, Job)
    import_postings = field(resolve_postings.import_postings, ImportReport)


@strawberry.type
class JobSubscriptions:
    job_changes = subscription(resolve.job_changes, JobChange)
