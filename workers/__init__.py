"""What follows from what happened."""

from domain.events import Event, RunRequested
from workers.reactions import Reaction
from workers.runs import EXECUTE_RUN

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    RunRequested: (EXECUTE_RUN,),
}

__all__ = ["REACTIONS", "Reaction"]
