"""Every row of REST v1."""

from schema.compat import config, items, job_profiles, jobs, projects, resumes, runs, sessions, stories, users
from schema.compat.rows import Row

ROWS: tuple[Row, ...] = (
    *config.ROWS,
    *users.ROWS,
    *sessions.ROWS,
    *items.ROWS,
    *jobs.ROWS,
    *job_profiles.ROWS,
    *resumes.ROWS,
    *stories.ROWS,
    *projects.ROWS,
    *runs.ROWS,
)
