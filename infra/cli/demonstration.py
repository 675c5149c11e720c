"""The steps of `demo`, each asked through the resolvers that a client's questions go through."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from domain.documents import UnreadableDocumentError
from domain.errors import DomainError, ValidationError
from domain.facts import Contact, read_contact
from domain.job_profiles import JobProfileChanges, JobProfileDraft
from domain.jobs import JobOrder, JobRow, JobSort, JobTexts
from domain.pages import PageArgs
from domain.resumes import ResumeLabel
from domain.runs import RunEventKind, RunRow, RunStatus, TriggerType
from domain.scopes import Scope
from domain.uploads import Upload
from domain.users import Registration
from domain.viewers import Role, Viewer
from infra.cli.failures import Failure, Misuse
from infra.cli.operating import OPERATOR_ID, on_behalf
from infra.cli.output import open_console
from infra.migrate import migrate
from infra.runtime import open_runtime
from infra.settings import Settings
from resolvers.job_profiles import create_job_profile, update_job_profile
from resolvers.jobs import cover_letter_file, job_texts, jobs
from resolvers.operators import create_account
from resolvers.postings import import_postings
from resolvers.resumes import resume_text, upload_resume
from resolvers.runs import execute_pipeline, run, run_progress

OCTETS = "application/octet-stream"
BEST_FIRST = JobOrder(by=JobSort.RELEVANCE_SCORE)


@dataclass(frozen=True, slots=True)
class Ranked:
    """`fit` is the JSON of the job's `Fit`: the evidence and arithmetic of its score."""

    title: str
    company: str
    location: str | None
    url: str
    score: float | None
    reasoning: str | None
    fit: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Demonstration:
    """`account` counts what became of every posting; `threshold` is the lowest score that was kept."""

    person: str
    account: dict[str, int]
    threshold: float
    seconds: float
    refused: list[str]
    jobs: list[Ranked]
    letter: str | None
    letter_path: str | None


async def demonstrate(
    settings: Settings, resume: tuple[str, bytes], brought: tuple[str, bytes] | None, top: int, output: Path
) -> Demonstration:
    """`resume` and `brought` are file names with their contents. Raises Failure with a sentence."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=open_console(stderr=True),
    )
    async with open_runtime(settings, works=True, sweeps=True, prepare=migrate) as runtime:
        operator = Scope(Viewer(user_id=OPERATOR_ID, role=Role.ADMIN), runtime.ports)
        return await _Demo(operator, bar, output).run(resume, brought, top)


class _Demo:
    def __init__(self, operator: Scope, bar: Progress, output: Path) -> None:
        self._operator = operator
        self._bar = bar
        self._output = output

    async def run(self, resume: tuple[str, bytes], brought: tuple[str, bytes] | None, top: int) -> Demonstration:
        scope, contact, profile_id = await self._move_in(resume)
        refused = await self._bring(scope, brought)
        with self._bar:
            threshold, ended = await self._search(scope, profile_id)
            rows = (await jobs(scope, PageArgs(first=top), order_by=BEST_FIRST)).nodes
            letter, path = await self._prepare(scope, rows[0]) if rows else (None, None)
        texts = await job_texts(scope, [row.id for row in rows])
        return Demonstration(
            person=contact.name or "you",
            account=_counts((ended.output or {})["account"]),
            threshold=threshold,
            seconds=(ended.duration_ms or 0) / 1000,
            refused=refused,
            jobs=[_ranked(row, text) for row, text in zip(rows, texts, strict=True)],
            letter=letter,
            letter_path=str(path) if path else None,
        )

    async def _move_in(self, resume: tuple[str, bytes]) -> tuple[Scope, Contact, Any]:
        """An account, the résumé and a profile that speaks for it."""
        account = Registration(email="demo@example.com", password=token_urlsafe())
        scope = on_behalf(self._operator, (await create_account(self._operator, account)).id)
        name, content = resume
        try:
            kept = await upload_resume(scope, Upload(name, OCTETS, content), ResumeLabel(name=name[:100]))
        except (UnreadableDocumentError, ValidationError) as unreadable:
            raise Misuse(unreadable.message) from unreadable
        contact = read_contact(await resume_text(scope, kept.id) or "")
        draft = JobProfileDraft(
            name="Demo",
            resume_id=kept.id,
            contact_full_name=contact.name,
            contact_phone=contact.phone,
            contact_email=contact.email,
            contact_location=contact.place,
            contact_website=contact.website,
        )
        profile = await create_job_profile(scope, draft)
        return scope, contact, profile.id

    async def _bring(self, scope: Scope, brought: tuple[str, bytes] | None) -> list[str]:
        """The person's own postings; answers what is wrong with those that cannot be read."""
        if brought is None:
            return []
        name, content = brought
        try:
            report = await import_postings(scope, Upload(name, OCTETS, content))
        except ValidationError as unreadable:
            message = f"{name}: {unreadable.message}"
            raise Misuse(message) from unreadable
        if not report.imported:
            message = f"{name}: expected postings, found none that can be read{_first(report.refused)}"
            raise Misuse(message)
        return [row.sentence for row in report.refused]

    async def _search(self, scope: Scope, profile_id: Any) -> tuple[float, RunRow]:
        """Search; where nothing reaches the usual threshold, once more without one."""
        ended = await self._follow(scope, "Searching", "job_search", {})
        threshold: float = JobProfileDraft().min_score_threshold
        if (ended.output or {})["jobs_saved"]:
            return threshold, ended
        await update_job_profile(scope, profile_id, JobProfileChanges(min_score_threshold=0.0))
        return 0.0, await self._follow(scope, "Searching below the threshold", "job_search", {})

    async def _prepare(self, scope: Scope, best: JobRow) -> tuple[str | None, Path | None]:
        ended = await self._follow(scope, "Writing", "job_prep", {"job_id": str(best.id), "force_cover_letter": True})
        letter = (ended.output or {}).get("cover_letter")
        if letter is None:
            return None, None
        printed = await cover_letter_file(scope, best.id)
        path = (self._output / printed.name).absolute()
        try:
            path.write_bytes(printed.content)
        except OSError as refused:
            message = f"the letter could not be written to {path} ({refused.strerror})"
            raise Failure(message) from refused
        return letter, path

    async def _follow(self, scope: Scope, what: str, pipeline: str, input: dict[str, Any]) -> RunRow:
        """Run a pipeline to its end under a progress bar. Raises what it failed with."""
        task = self._bar.add_task(what, total=None)
        requested = await execute_pipeline(scope, pipeline, input, TriggerType.MANUAL)
        async for event in run_progress(scope, requested.id):
            if event.kind is RunEventKind.STEP:
                self._bar.update(task, description=f"{what}: {(event.step or '').lower()}", total=None, completed=0)
            elif event.kind is RunEventKind.PROGRESS:
                self._bar.update(task, total=event.total, completed=event.done)
        ended = await run(scope, requested.id)
        if ended.status is not RunStatus.SUCCESS:
            raise Failure(ended.error_message or DomainError.default)
        total = (ended.output or {}).get("total_scraped", 1)
        self._bar.update(task, description=f"{what}: done", total=total, completed=total)
        return ended


def _ranked(row: JobRow, texts: JobTexts | None) -> Ranked:
    fit = texts.fit if texts else None
    return Ranked(row.title, row.company, row.location, row.job_url, row.relevance_score, row.reasoning, fit)


def _counts(account: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in account.items() if isinstance(count, int)}


def _first(refused: Sequence[Any]) -> str:
    return f" ({refused[0].sentence})" if refused else ""
