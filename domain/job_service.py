"""What may happen to jobs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, case, func, select, update

from domain.errors import NotFoundError, ValidationError
from domain.events import JobCreated, JobDeleted, JobMoved, JobUpdated
from domain.job_profiles import SAMPLE, JobProfile
from domain.jobs import (
    COLUMNS,
    HIGH_SCORE,
    KEYS,
    Job,
    JobChanges,
    JobFilter,
    JobOrder,
    JobRow,
    JobStats,
    JobStatus,
    JobTexts,
    WholeJob,
    filtered,
    order_of,
    whole,
)
from domain.pages import Numbered, Page, PageArgs, by_keyset, by_number, count, to_page
from domain.postings import Posting
from domain.work import Service


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rated posting that is to become a job. `reasoning` is one readable paragraph of `fit`."""

    posting_id: UUID
    score: float | None
    fit: dict[str, Any] | None
    reasoning: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished letter. `file_path` is None when no PDF could be made."""

    text: str
    file_path: str | None


class JobService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        """Your own, without sample jobs once a real source is enabled."""
        return select(*(columns or COLUMNS)).where(Job.user_id == self.viewer.id, Job.hidden.is_(False))

    async def page(self, where: JobFilter, order: JobOrder, args: PageArgs, *, with_total: bool) -> Page[JobRow]:
        key = order_of(order)
        wanted = filtered(self.visible(*COLUMNS, KEYS[order.by].label("sort_key")), where)
        statement, limit, backwards = by_keyset(wanted, key, args)
        found = [(JobRow(*row[:-1]), row[-1], row[0]) for row in await self.session.execute(statement)]
        total = await count(self.session, filtered(self.visible(Job.id), where)) if with_total else None
        return to_page(found, key, args, limit, backwards, total)

    async def numbered(self, where: JobFilter, order: JobOrder, page: int, size: int) -> Numbered[WholeJob]:
        key = order_of(order)
        keys = (key.key.desc(), key.id.desc()) if key.descending else (key.key.asc(), key.id.asc())
        wanted = filtered(self.visible(), where).order_by(*keys)
        rows = await self.session.execute(by_number(wanted, page, size))
        found = [JobRow(*row) for row in rows]
        texts = await self.texts([row.id for row in found])
        total = await count(self.session, filtered(self.visible(Job.id), where))
        return Numbered([whole(row, texts[row.id]) for row in found if row.id in texts], total)

    async def get(self, id: UUID) -> JobRow:
        row = (await self.session.execute(self.visible().where(Job.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        return JobRow(*row)

    async def whole(self, id: UUID) -> WholeJob:
        row, texts = await self.get(id), await self.texts([id])
        if id not in texts:
            raise _missing(id)
        return whole(row, texts[id])

    async def of_posting(self, posting_id: UUID) -> JobRow:
        row = (await self.session.execute(self.visible().where(Job.posting_id == posting_id))).one_or_none()
        if row is not None:
            return JobRow(*row)
        message = "this posting is hidden: sample jobs are not shown beside real ones"
        raise ValidationError(message, {"posting_id": str(posting_id)})

    async def find_by_url(self, url: str) -> JobRow | None:
        row = (await self.session.execute(self.visible().where(Job.job_url == url))).one_or_none()
        return None if row is None else JobRow(*row)

    async def follow_postings(self, posting_ids: Sequence[UUID]) -> None:
        """Everybody's jobs of these postings take over what is copied from them."""
        for posting in await self.session.scalars(select(Posting).where(Posting.id.in_(posting_ids))):
            copied = _copied(posting) | {"job_url": Job.job_url}  # what a job is known by stays
            await self.session.execute(update(Job).where(Job.posting_id == posting.id).values(copied))

    async def texts(self, ids: Sequence[UUID]) -> dict[UUID, JobTexts]:
        wanted = self.visible(
            Job.id, Posting.description, Job.notes, Job.cover_letter, Job.prep_notes, Job.fit, Job.detected_fields,
            Job.screening_questions,
        )  # fmt: skip
        found = wanted.join(Posting, Posting.id == Job.posting_id).where(Job.id.in_(ids))
        return {row.id: JobTexts(*row) for row in await self.session.execute(found)}

    async def stats(self) -> JobStats:
        by_status = [func.count(case((Job.status == status, 1))) for status in JobStatus]
        high = func.count(case((Job.relevance_score >= HIGH_SCORE, 1)))
        wanted = self.visible(func.count(), *by_status, func.avg(Job.relevance_score), high)
        total, *counts, average, high_scoring = (await self.session.execute(wanted)).one()
        named = {status.value: number for status, number in zip(JobStatus, counts, strict=True)}
        return JobStats(
            total,
            **named,
            avg_score=None if average is None else round(average, 2),
            high_scoring=high_scoring,
        )

    async def keep(
        self, candidates: Iterable[Candidate], profile_id: UUID, run_id: UUID | None, search_terms: str | None
    ) -> dict[UUID, UUID]:
        """Make the jobs that are not there yet. Answers the new ones: posting id to job id."""
        wanted = {candidate.posting_id: candidate for candidate in candidates}
        posts = {
            posting.id: posting
            for posting in await self.session.scalars(select(Posting).where(Posting.id.in_(list(wanted))))
        }
        before = await self._by_posting(posts)
        samples_hidden = any(posting.sample for posting in posts.values()) and await self.hides_samples()
        terms = search_terms and search_terms[:500]
        same = {"user_id": self.viewer.id, "profile_id": profile_id, "run_id": run_id, "search_terms": terms}
        rows = [
            {**same, **_new_row(wanted[id], posts[id], self.work.now), "hidden": posts[id].sample and samples_hidden}
            for id in sorted(posts)  # in one order, so that two never lock crosswise
            if id not in before
        ]
        await self.work.insert_new(Job, rows)
        made = {row["id"] for row in rows}
        new = {posting_id: id for posting_id, id in (await self._by_posting(posts)).items() if id in made}
        for posting_id, id in new.items():
            posting, score = posts[posting_id], wanted[posting_id].score
            self.work.emit(
                JobCreated(
                    owner_id=self.viewer.id,
                    subject_id=id,
                    title=posting.title,
                    company=posting.company,
                    score=score,
                )
            )
        return new

    async def rescore(self, candidates: Iterable[Candidate]) -> None:
        """A job that is already there takes the new score and evidence."""
        for candidate in candidates:
            mine = update(Job).where(Job.user_id == self.viewer.id, Job.posting_id == candidate.posting_id)
            await self.session.execute(
                mine.values(
                    relevance_score=candidate.score,
                    fit=candidate.fit,
                    reasoning=candidate.reasoning,
                    updated_at=self.work.now,
                )
            )

    async def update(self, id: UUID, changes: JobChanges) -> JobRow:
        job = await self._get(id)
        given = changes.given()
        old = job.status
        for name, value in given.items():
            setattr(job, name, value)
        if job.status is JobStatus.APPLIED and old is not JobStatus.APPLIED:
            job.applied_at = job.applied_at or self.work.now
            job.application_method = job.application_method or "manual"
        await self.session.flush()
        self._tell(job, old)
        return await self.get(id)

    async def prepare(self, id: UUID, letter: Letter | None, notes: str) -> JobRow:
        """What `job_prep` made; the status becomes 'prepped'."""
        job = await self._get(id)
        old = job.status
        job.prep_notes, job.prepped_at, job.status = notes, self.work.now, JobStatus.PREPPED
        if letter is not None:
            job.cover_letter = letter.text
            if letter.file_path is not None:
                job.cover_letter_file_path, job.cover_letter_generated_at = letter.file_path, self.work.now
        await self.session.flush()
        self._tell(job, old)
        return await self.get(id)

    async def set_letter_file(self, id: UUID, file_path: str) -> JobRow:
        job = await self._get(id)
        job.cover_letter_file_path, job.cover_letter_generated_at = file_path, self.work.now
        await self.session.flush()
        self._tell(job, job.status)
        return await self.get(id)

    async def letter_text(self, id: UUID) -> str:
        job = await self.get(id)
        text = await self.session.scalar(self.visible(Job.cover_letter).where(Job.id == id))
        if not text or not text.strip():
            message = f"expected a job with a cover letter, found none for '{job.title}' at {job.company}"
            raise ValidationError(message, {"job_id": str(id)})
        return str(text)

    async def delete(self, id: UUID) -> tuple[JobRow, JobTexts]:
        job = await self._get(id)
        row, texts = await self.get(id), (await self.texts([id]))[id]
        await self.session.delete(job)
        self.work.emit(JobDeleted(owner_id=self.viewer.id, subject_id=id, title=job.title, company=job.company))
        return row, texts

    async def hides_samples(self) -> bool:
        """Sample jobs are hidden as soon as any profile of the viewer looks at a real source."""
        mine = select(JobProfile.sources).where(JobProfile.user_id == self.viewer.id)
        choices = [choice for sources in await self.session.scalars(mine) for choice in sources]
        return any(choice["enabled"] and choice["source"] != SAMPLE for choice in choices)

    async def hide_samples(self, *, hidden: bool) -> None:
        mine = update(Job).where(Job.user_id == self.viewer.id, Job.sample, Job.hidden.is_not(hidden))
        await self.session.execute(mine.values(hidden=hidden, updated_at=Job.updated_at))

    async def best(self, ids: Sequence[UUID], limit: int) -> list[JobRow]:
        ranked = (
            self.visible().where(Job.id.in_(ids)).order_by(Job.relevance_score.desc().nulls_last(), Job.title, Job.id)
        )
        return [JobRow(*row) for row in await self.session.execute(ranked.limit(limit))]

    async def of_run(self, run_id: UUID, limit: int) -> list[JobRow]:
        """The best jobs that a run made."""
        ranked = (
            self.visible()
            .where(Job.run_id == run_id)
            .order_by(Job.relevance_score.desc().nulls_last(), Job.title, Job.id)
        )
        return [JobRow(*row) for row in await self.session.execute(ranked.limit(limit))]

    def _tell(self, job: Job, old: JobStatus) -> None:
        what: dict[str, Any] = {
            "owner_id": self.viewer.id,
            "subject_id": job.id,
            "title": job.title,
            "company": job.company,
        }
        moved = job.status is not old
        self.work.emit(
            JobMoved(**what, old_status=old.value, new_status=job.status.value) if moved else JobUpdated(**what)
        )

    async def _by_posting(self, ids: Iterable[UUID]) -> dict[UUID, UUID]:
        mine = select(Job.posting_id, Job.id).where(Job.user_id == self.viewer.id, Job.posting_id.in_(list(ids)))
        return {row.posting_id: row.id for row in await self.session.execute(mine)}

    async def _get(self, id: UUID) -> Job:
        job: Job | None = (
            await self.session.scalars(self.visible(Job).where(Job.id == id).with_for_update())
        ).one_or_none()
        if job is None:
            raise _missing(id)
        return job


def _new_row(candidate: Candidate, posting: Posting, now: datetime) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "posting_id": posting.id,
        **_copied(posting),
        "relevance_score": candidate.score,
        "reasoning": candidate.reasoning,
        "fit": candidate.fit,
        "sample": posting.sample,
        "status": JobStatus.NEW,
        "created_at": now,
    }


def _copied(posting: Posting) -> dict[str, Any]:
    return {
        "title": posting.title,
        "company": posting.company,
        "location": posting.location,
        "job_url": posting.url,
        "source": posting.source,
        "attribution_text": (posting.listing.get("attribution") or {}).get("text"),
        "salary_range": posting.salary_range,
        "date_posted": posting.posted_at,
    }


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no job with the id {id} is yours", {"job_id": str(id)})
