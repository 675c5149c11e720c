"""Agents in GraphQL: their areas, their tools, and what they may do without asking."""

import strawberry
from strawberry.scalars import JSON

from domain.agents.tools import Effect
from resolvers import agents as resolve
from schema.doors import field
from schema.inputs import enum_of

enum_of(Effect, "What a tool does: reads, changes what can be changed back, or what can't.")


@strawberry.type(description="What an agent is for.")
class Area:
    name: str
    description: str


@strawberry.type(description="What an agent can do.")
class AgentTool:
    name: str
    description: str
    effect: Effect
    may_skip_confirmation: bool = strawberry.field(description="Whether you may let it run without asking you.")
    parameters: JSON = strawberry.field(description="JSON Schema of its arguments.")


@strawberry.type(description="What the agent of an area does without asking you first.")
class AgentPreferences:
    area: str
    unconfirmed_tools: list[str]


@strawberry.type
class AgentQueries:
    areas = field(resolve.areas, list[Area])
    agent_tools = field(resolve.agent_tools, list[AgentTool])
    agent_preferences = field(resolve.agent_preferences, AgentPreferences)


@strawberry.type
class AgentMutations:
    set_agent_preferences = field(resolve.set_agent_preferences, AgentPreferences)
