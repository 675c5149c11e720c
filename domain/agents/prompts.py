"""What a model is told before a conversation."""

from datetime import datetime

from domain.agents.areas import Area
from domain.agents.fencing import RULE

MANNERS = (
    "Answer in the person's language, briefly, in Markdown without images and HTML. Use the tools for facts; never "
    "make up jobs, scores or results. A tool that changes something answers with a proposal: say what it would change "
    "and that the person has to confirm it; never claim that it is done before a result says so."
)


def instructions(area: Area, now: datetime) -> str:
    return "\n\n".join((area.instructions, MANNERS, RULE, f"It is {now:%A, %Y-%m-%d %H:%M} UTC."))
