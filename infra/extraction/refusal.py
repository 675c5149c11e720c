"""How the child says no, and the limits that it keeps."""

from dataclasses import dataclass


class RefusalError(Exception):
    """`reason` is one of `domain.documents.UNREADABLE`; `message` is one sentence for a person."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message


@dataclass(frozen=True, slots=True)
class Limits:
    cpu_seconds: int
    memory_bytes: int
    pages: int
    characters: int


@dataclass(frozen=True, slots=True)
class Reading:
    text: str
    mime_type: str
    pages: int = 1
