"""A person who has searched: with a résumé, a profile, jobs and dropped postings."""

from pathlib import Path

import pytest

from domain.job_profiles import JobProfileDraft
from domain.resumes import ResumeLabel
from domain.runs import RunRow
from domain.scopes import Scope
from domain.uploads import Upload
from resolvers.job_profiles import create_job_profile
from resolvers.resumes import upload_resume
from resolvers.runs import execute_pipeline, run, run_progress

RESUME = Path(__file__).parents[1] / "data" / "resumes" / "backend_python.txt"


@pytest.fixture
async def searched(ada: Scope) -> RunRow:
    file = Upload("cv.txt", "text/plain", RESUME.read_bytes())
    resume = await upload_resume(ada, file, ResumeLabel(name="CV"))
    await create_job_profile(ada, JobProfileDraft(resume_id=resume.id))
    requested = await execute_pipeline(ada, "job_search", {})
    async for _ in run_progress(ada, requested.id):
        pass
    return await run(ada, requested.id)
