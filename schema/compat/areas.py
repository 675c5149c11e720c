"""Areas and their agents in REST (contract.md section 9)."""

from typing import Any
from uuid import UUID

from pydantic import Field

from domain.agents.areas import Area
from domain.inputs import Input
from domain.turns import MESSAGE_AT_MOST, HistoryEntry, MessageToSend
from resolvers import agents
from resolvers import conversations as resolve
from schema.compat.rows import NOT_FOUND, ErrorShape, Row, Sent
from schema.compat.wire import Wire


class AreaAnswer(Wire):
    area: str
    description: str


class AreaList(Wire):
    areas: list[AreaAnswer]


class ChatBody(Input):
    message: str = Field(min_length=1, max_length=MESSAGE_AT_MOST)
    history: list[HistoryEntry] = Field(default=[], max_length=200)
    conversation_id: UUID | None = None


class ChatAnswer(Wire):
    response: str
    conversation_id: str


def _listed(found: list[Area], _sent: Sent) -> dict[str, Any]:
    return {"areas": [{"area": area.name, "description": area.description} for area in found]}


def _asked(sent: Sent) -> dict[str, Any]:
    area = sent.path["area"]
    message = MessageToSend(text=sent.body.message, conversation_id=sent.body.conversation_id, area=area[:50])
    return {"area": area, "message": message, "history": sent.body.history}


def _answered(found: resolve.Reply, _sent: Sent) -> dict[str, Any]:
    return {"response": found.response, "conversation_id": str(found.conversation_id)}


ROWS = (
    Row("GET", "/agent/areas", agents.areas, AreaList, shape=_listed, also=("/areas",), tag="agent"),
    Row(
        "POST", "/agent/areas/{area}/chat", resolve.ask_area, ChatAnswer,
        body=ChatBody, arguments=_asked, shape=_answered, errors={**NOT_FOUND, 503: ErrorShape.ENVELOPE},
        also=("/areas/{area}/chat",), waits=True, tag="agent",
    ),
)  # fmt: skip
