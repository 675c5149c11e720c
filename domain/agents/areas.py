"""Areas: what an agent is for. A conversation without an area has the general agent."""

from dataclasses import dataclass

from domain.errors import NotFoundError

GENERAL = "general"


@dataclass(frozen=True, slots=True)
class Area:
    """`instructions` are told to the model; `pipeline_tag` names the pipelines it may see, None for all."""

    name: str
    description: str
    instructions: str
    pipeline_tag: str | None = None


GENERAL_AREA = Area(
    GENERAL,
    "Answers questions about this server and runs its pipelines.",
    "You help a person use their own automations: say what can be run, run it, read what came of it.",
)
AREAS: dict[str, Area] = {
    "jobs": Area(
        "jobs",
        "Finds, compares and prepares jobs: your kept jobs, your profiles, searches and cover letters.",
        "You help a person with their job hunt: their kept jobs, profiles, résumé facts, searches and letters. "
        "Scores run from 0 to 10 and rest on evidence; name it when you recommend. Never invent a fact about the "
        "person: what they did is in their résumé facts, or you ask.",
        pipeline_tag="jobs",
    ),
}


def area_of(name: str | None) -> Area:
    """The area of that name, the general one for None."""
    return GENERAL_AREA if name is None else find_area(name)


def find_area(name: str) -> Area:
    area = AREAS.get(name)
    if area is None:
        message = f"Area '{name}' not found"
        raise NotFoundError(message, {"known": sorted(AREAS)})
    return area
