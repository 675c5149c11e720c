"""What follows from what happened."""

from domain.events import Event, RunRequested, TurnRequested
from workers.reactions import Reaction
from workers.runs import EXECUTE_RUN
from workers.turns import EXECUTE_TURN
from workers.webhooks import DELIVER_TO_WEBHOOK

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    RunRequested: (EXECUTE_RUN,),
    TurnRequested: (EXECUTE_TURN,),
}

DECLARED: tuple[Reaction, ...] = (EXECUTE_RUN, EXECUTE_TURN, DELIVER_TO_WEBHOOK)
"""Everything that can be rung for."""

__all__ = ["DECLARED", "REACTIONS", "Reaction"]
