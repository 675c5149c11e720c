"""The whole GraphQL schema, put together from its nouns."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from schema.agents import AgentMutations, AgentQueries
from schema.conversations import ConversationMutations, ConversationQueries, ConversationSubscriptions
from schema.items import ItemMutations, ItemQueries
from schema.job_profiles import JobProfileMutations, JobProfileQueries
from schema.jobs import JobMutations, JobQueries, JobSubscriptions
from schema.nodes import NodeQueries
from schema.projects import ProjectMutations, ProjectQueries
from schema.resumes import ResumeMutations, ResumeQueries
from schema.runs import RunMutations, RunQueries, RunSubscriptions
from schema.scores import ScoreQueries
from schema.stories import StoryMutations, StoryQueries
from schema.users import UserMutations, UserQueries
from schema.webhooks import WebhookMutations, WebhookQueries

Query = merge_types(
    "Query",
    (
        NodeQueries,
        UserQueries,
        ItemQueries,
        ResumeQueries,
        StoryQueries,
        ProjectQueries,
        JobProfileQueries,
        JobQueries,
        ScoreQueries,
        RunQueries,
        ConversationQueries,
        AgentQueries,
        WebhookQueries,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        UserMutations,
        ItemMutations,
        ResumeMutations,
        StoryMutations,
        ProjectMutations,
        JobProfileMutations,
        JobMutations,
        RunMutations,
        ConversationMutations,
        AgentMutations,
        WebhookMutations,
    ),
)
Subscription = merge_types("Subscription", (RunSubscriptions, JobSubscriptions, ConversationSubscriptions))


def build_schema() -> strawberry.Schema:
    return strawberry.Schema(Query, Mutation, Subscription, config=StrawberryConfig(auto_camel_case=True))
