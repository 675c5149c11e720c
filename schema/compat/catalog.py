"""Every row of REST v1."""

from schema.compat import (
    areas,
    config,
    conversations,
    health,
    items,
    job_profiles,
    jobs,
    oauth,
    projects,
    resumes,
    runs,
    sessions,
    stories,
    users,
    webhooks,
)
from schema.compat.rows import Described, Row

DESCRIBED: tuple[Described, ...] = (*health.DESCRIBED, *oauth.DESCRIBED)
ROWS: tuple[Row, ...] = (
    *config.ROWS,
    *users.ROWS,
    *sessions.ROWS,
    *items.ROWS,
    *webhooks.ROWS,
    *jobs.ROWS,
    *job_profiles.ROWS,
    *resumes.ROWS,
    *stories.ROWS,
    *projects.ROWS,
    *runs.ROWS,
    *conversations.ROWS,
    *areas.ROWS,
)
