"""job_prep: a cover letter that claims only what the person's facts say, prep notes, and the PDF."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, Field

from domain.cover_letters import store_letter
from domain.errors import DomainError
from domain.inputs import Input
from domain.job_service import JobService, Letter
from domain.letters import LetterMaterial, Tone
from domain.pipelines.engine import Pipeline, StepWork
from domain.pipelines.profile_choice import choose_profile
from domain.posting_lives import PostingState
from domain.preparing import Prepared, prepare
from domain.rechecking import recheck
from domain.users import UserService


class JobPrepInput(Input):
    job_id: UUID = Field(description="The job to prepare for.", json_schema_extra={"format": "x-job-select"})
    profile_id: UUID | None = Field(
        default=None,
        description="The profile to speak for; the default one when left out.",
        json_schema_extra={"format": "x-profile-select"},
    )
    tone: Tone = Field(default=Tone.PROFESSIONAL, description="How the letter sounds.")
    force_cover_letter: bool = Field(default=False, description="Write a letter also where none is asked for.")
    generate_screening_answers: bool = Field(default=True, description="Draft answers to screening questions.")
    auto_analyze: bool = Field(default=True, description="Read the application form first if nobody has.")


class JobPrepOutput(BaseModel):
    """`cover_letter` is null when the form wants none; `removed` names claims that no fact supported."""

    job_id: UUID
    job_title: str
    company: str
    cover_letter: str | None
    prep_notes: str
    profile_used: str
    included_story: bool
    included_projects: int
    skipped_cover_letter: bool
    screening_answers: dict[str, str]


@dataclass
class PrepState:
    job_id: UUID
    profile_id: UUID | None
    tone: Tone
    force_cover_letter: bool
    profile_used: str = ""
    job_title: str = ""
    company: str = ""
    wants_letter: bool = True
    cover_letter: str | None = None
    prep_notes: str = ""
    file_path: str | None = None
    included_story: bool = False
    included_projects: int = 0


async def choose(work: StepWork, state: PrepState) -> None:
    """Choosing the profile."""
    profile = (await choose_profile(work, state.profile_id)).profile
    async with work.read(JobService) as jobs:
        job = await jobs.get(state.job_id)
    state.profile_id, state.profile_used = profile.id, profile.name
    state.job_title, state.company = job.title, job.company
    state.wants_letter = state.force_cover_letter or job.requires_cover_letter is not False


async def check(work: StepWork, state: PrepState) -> None:
    """Asking whether it is still open."""
    posting = await recheck(work, state.job_id)
    work.metadata["posting_state"] = posting.value
    if posting is PostingState.CLOSED:
        await work.say(1, 1, "the posting is closed; the letter is written all the same")


async def write(work: StepWork, state: PrepState) -> None:
    """Writing the letter and the notes."""
    chosen = await choose_profile(work, state.profile_id)
    async with work.read(JobService) as jobs:
        texts = (await jobs.texts([state.job_id]))[state.job_id]
    material = LetterMaterial(
        resume=chosen.resume_text,
        title=state.job_title,
        company=state.company,
        description=texts.description,
        story=chosen.story,
        projects=chosen.projects,
    )
    state.included_story, state.included_projects = chosen.story is not None, len(chosen.projects)
    made: Prepared = await work.ports.cpu.run(prepare, material, state.tone)
    state.prep_notes = made.notes
    state.cover_letter = made.letter if state.wants_letter else None
    work.metadata["letter_facts"] = made.sentences


async def print_pdf(work: StepWork, state: PrepState) -> None:
    """Printing the PDF."""
    if state.cover_letter is None:
        return
    chosen = await choose_profile(work, state.profile_id)
    async with work.read(UserService) as users:
        user = await users.get_by_id(work.viewer.id)
    try:
        state.file_path = await store_letter(work.ports, user, chosen.profile, state.company, state.cover_letter)
    except DomainError as failed:
        work.metadata["pdf_error"] = failed.message


async def keep(work: StepWork, state: PrepState) -> None:
    """Keeping the result with the job."""
    letter = None if state.cover_letter is None else Letter(state.cover_letter, state.file_path)
    async with work.write(JobService) as jobs:
        await jobs.prepare(state.job_id, letter, state.prep_notes)


def _output(state: PrepState) -> JobPrepOutput:
    return JobPrepOutput(
        job_id=state.job_id,
        job_title=state.job_title,
        company=state.company,
        cover_letter=state.cover_letter,
        prep_notes=state.prep_notes,
        profile_used=state.profile_used,
        included_story=state.included_story,
        included_projects=state.included_projects,
        skipped_cover_letter=state.cover_letter is None,
        screening_answers={},
    )


JOB_PREP = Pipeline(
    name="job_prep",
    summary="Writes a cover letter from your own facts, notes for the interview, and the PDF.",
    area="jobs",
    tags=("jobs", "ai", "writing"),
    input=JobPrepInput,
    output=JobPrepOutput,
    state=PrepState,
    begin=lambda given: PrepState(given.job_id, given.profile_id, given.tone, given.force_cover_letter),
    steps=(choose, check, write, print_pdf, keep),
    finish=_output,
)
