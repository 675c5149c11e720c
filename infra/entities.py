"""Every mapped noun, imported once so that the metadata is whole."""

import domain.agents.preferences
import domain.conversations
import domain.deliveries
import domain.identities
import domain.items
import domain.job_profiles
import domain.jobs
import domain.merging
import domain.messages
import domain.outbox
import domain.postings
import domain.projects
import domain.proposals
import domain.ratings
import domain.readings
import domain.resumes
import domain.runs
import domain.sessions
import domain.sightings
import domain.spending
import domain.stories
import domain.turns
import domain.users
import domain.webhooks  # noqa: F401
from domain.entities import Base

METADATA = Base.metadata
