"""The smallest pipeline: answers what it was told."""

from dataclasses import dataclass

from pydantic import BaseModel, Field

from domain.inputs import Input
from domain.pipelines.engine import Pipeline, StepWork


class EchoInput(Input):
    message: str = Field(max_length=10_000, description="What to say back.")
    uppercase: bool = Field(default=False, description="Say it in capitals.")


class EchoOutput(BaseModel):
    echo: str
    length: int
    source: str


@dataclass
class EchoState:
    message: str
    uppercase: bool
    echo: str = ""


async def answer(work: StepWork, state: EchoState) -> None:
    """Answering."""
    state.echo = state.message.upper() if state.uppercase else state.message
    await work.say(1, 1, "answered")


ECHO = Pipeline(
    name="echo",
    summary="Answers the message it was given; to see that runs work.",
    tags=("utility", "testing"),
    input=EchoInput,
    output=EchoOutput,
    state=EchoState,
    begin=lambda input: EchoState(input.message, input.uppercase),
    steps=(answer,),
    finish=lambda state: EchoOutput(echo=state.echo, length=len(state.echo), source="echo"),
)
