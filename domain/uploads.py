"""A file that somebody sent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Upload:
    """`filename` and `content_type` are the sender's words and may be wrong."""

    filename: str
    content_type: str
    content: bytes
