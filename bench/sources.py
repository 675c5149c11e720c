"""Postings a second through the whole search: fetch from a local server, normalise, merge, rate, store.

`python -m bench.sources [COUNT] [--verbose]`: COUNT postings (10,000) of 13 sources, then the same search again.
Waiting for the server is no work: the same questions are asked once more with nothing behind them, and that time is
taken off. The pauses that real hosts are given are left out.
"""

import asyncio
import importlib.util
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

from domain.job_profiles import JobProfileDraft, SourceChoice
from domain.listings import Source
from domain.resumes import ResumeLabel
from domain.scopes import Scope
from domain.uploads import Upload
from domain.users import Registration, UserService
from domain.viewers import Viewer
from infra.egress import Egress, EgressPolicy
from infra.migrate import migrate
from infra.runtime import open_runtime
from infra.settings import read_settings
from infra.sources import SourceRegister
from resolvers.job_profiles import create_job_profile
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, run, run_progress

ROOT = Path(__file__).parents[1]
SOURCES = (
    "greenhouse", "lever", "ashby", "workable", "recruitee", "personio", "teamtailor",
    "remoteok", "remotive", "arbeitnow", "himalayas", "jobicy", "hackernews",
)  # fmt: skip
PAGED_AT_MOST = {"himalayas": 200, "hackernews": 500}
WORDS = ("Python", "PostgreSQL", "Kubernetes", "Go", "TypeScript", "Terraform", "Kafka", "React", "AWS", "Rust")
DUTIES = (
    "You design and run the services that plan the berths of {place}.",
    "You review the work of others, write down why, and keep the alarms quiet.",
    "You move a ledger of {number} entries to a new store without losing one.",
    "You measure first and change afterwards, and you tell what you found.",
)


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bench_boards_{name}", ROOT / "tests" / "boards" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def text_of(number: int) -> str:
    """Some two hundred words that differ from posting to posting, as real ones do."""
    skills = [WORDS[(number * step + step) % len(WORDS)] for step in (1, 3, 7)]
    duties = [duty.format(place=f"quay {number}", number=number * 37) for duty in DUTIES]
    needs = "".join(f"<li>{3 + number % 5} years of {skill}</li>" for skill in skills)
    paragraphs = "".join(f"<p>{' '.join(duties[turn:] + duties[:turn])}</p>" for turn in range(4))
    return f"{paragraphs}<h3>You bring</h3><ul>{needs}</ul><p>Reference {number}.</p>"


def rows_of(payloads: Any, counts: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    number = 0
    rows: dict[str, list[dict[str, Any]]] = {}
    for source, count in counts.items():
        rows[source] = []
        for _ in range(count):
            number += 1
            plain = payloads.body(number)
            row = payloads.row(source, number)
            rows[source].append(_with_text(row, plain, text_of(number)))
    return rows


def _with_text(value: Any, before: str, after: str) -> Any:
    if isinstance(value, dict):
        return {name: _with_text(inner, before, after) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_text(inner, before, after) for inner in value]
    return value.replace(before, after) if isinstance(value, str) else value


def counts_of(total: int) -> dict[str, int]:
    """The paged ones bounded, as their pages are; the rest shared by the others."""
    counts = {source: min(PAGED_AT_MOST[source], total // len(SOURCES)) for source in PAGED_AT_MOST}
    others = [source for source in SOURCES if source not in counts]
    share, rest = divmod(total - sum(counts.values()), len(others))
    return {**counts, **{source: share + (number < rest) for number, source in enumerate(others)}}


class Unhurried(SourceRegister):
    """Sources without the pauses that real hosts are given: the local server is nobody's."""

    def open(self, name: str, options: Mapping[str, Any]) -> Source:
        source = super().open(name, options)
        source.terms = replace(source.terms, min_interval=None, reading_pause=None, max_per_day=None)
        return source


async def search(scope: Scope) -> tuple[float, dict[str, Any]]:
    started = time.perf_counter()
    requested = await execute_pipeline(scope, "job_search", {})
    async for event in run_progress(scope, requested.id):
        if "--verbose" in sys.argv and event.message:
            print(f"{time.perf_counter() - started:7.2f} s  {event.message}")
    seconds = time.perf_counter() - started
    ended = await run(scope, requested.id)
    assert ended.output is not None, ended
    return seconds, ended.output["account"]


async def ask_again(server: Any, egress: Egress, asked: list[Any]) -> float:
    """Seconds to ask the same questions and throw the answers away: what is waiting for the server."""
    started = time.perf_counter()
    for one in asked:
        query = urlencode({name: values[0] for name, values in one.query.items()})
        await egress.get(f"{server.url}{one.path}{'?' if query else ''}{query}")
    return time.perf_counter() - started


async def measure(total: int, folder: str) -> None:
    payloads, counts = load("payloads"), counts_of(total)
    async with load("server").BoardServer() as server:
        for source, rows in rows_of(payloads, counts).items():
            payloads.serve(server, source, rows)
        settings = read_settings({"DATA_DIR": folder})
        policy = EgressPolicy(interval=0.0, allow=(server.host,), max_bytes=200 * 1024 * 1024)
        opened = open_runtime(settings, works=True, sweeps=True, prepare=migrate)
        async with opened as runtime, Egress(policy) as egress:
            addresses = dict.fromkeys(SOURCES, server.url)
            sources: Any = runtime.ports.sources
            sources._register = Unhurried(egress, runtime.ports.cpu, addresses)  # noqa: SLF001 - no pauses for ourselves
            scope = await sign_up(Scope(Viewer(), runtime.ports), payloads.BOARD)
            for name in ("first", "second"):
                server.log.clear()
                seconds, account = await search(scope)
                waited = await ask_again(server, egress, list(server.log)) if name == "first" else 0.0
                told = {key: account[key] for key in ("seen", "new", "known", "duplicate", "below", "failed")}
                print(f"{name}: {seconds:.1f} s, of which {waited:.1f} s asking; {told}")
                print(f"  {account['seen'] / (seconds - waited):,.0f} postings/s")


async def sign_up(stranger: Scope, board: str) -> Scope:
    hashed = await stranger.ports.passwords.hash("a long enough password")
    async with stranger.write(UserService) as users:
        user = await users.register(Registration(email="bench@example.com", password="a long enough password"), hashed)
    scope = Scope(Viewer(user_id=user.id), stranger.ports)
    content = (ROOT / "tests" / "data" / "resumes" / "backend_python.txt").read_bytes()
    resume = await upload_resume(scope, Upload("cv.txt", "text/plain", content), ResumeLabel(name="cv"))
    choices = [SourceChoice(source=source, board=board) for source in SOURCES]
    await create_job_profile(
        scope, JobProfileDraft(resume_id=resume.id, sources=choices, target_roles=["Quay Engineer"])
    )
    return scope


if __name__ == "__main__":
    wanted = next((int(argument) for argument in sys.argv[1:] if argument.isdigit()), 10_000)
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(measure(wanted, home))
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    here, pool = (one.ru_utime + one.ru_stime for one in spent)
    print(f"CPU of both: {here:.1f} s in this process, the local boards included, {pool:.1f} s in the pool")
