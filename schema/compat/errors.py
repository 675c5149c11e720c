"""The documented error bodies, as models (contract.md section 1.1)."""

from typing import Any

from pydantic import BaseModel, Field


class ErrorInfo(BaseModel):
    code: str
    message: str
    details: dict[str, Any] | None


class ErrorEnvelope(BaseModel):
    """What the domain refuses. `detail` repeats the message for clients that read nothing else."""

    error: ErrorInfo
    detail: str


class ErrorSentence(BaseModel):
    detail: str


class UploadFault(BaseModel):
    message: str
    supported_types: list[str] = Field(default=[], description="Where the type was refused.")
    size: int = Field(default=0, description="In bytes; where the size was refused.")


class UploadRefused(BaseModel):
    detail: UploadFault | str = Field(description="A sentence where the form itself cannot be read.")


class Fault(BaseModel):
    """One thing that does not fit. `loc` leads to it, `input` is what was found there."""

    type: str
    loc: list[str | int]
    msg: str
    input: Any
    ctx: dict[str, Any] = Field(default={}, description="The constraint's own values, where it has any.")


class InvalidRequest(BaseModel):
    detail: list[Fault]
