"""What reading a person's document (a résumé, a story) gives, and why one may not be readable."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from domain.errors import ValidationError

MAX_BYTES = 10 * 1024 * 1024
MAX_PAGES = 50
MAX_CHARACTERS = 200_000  # fifty full pages are 150,000


@dataclass(frozen=True, slots=True)
class DocumentText:
    """What a document says. `mime_type` is what the bytes are; `pages` is 1 for formats that have none.

    `text` is in Unicode normal form C, its lines end with a line feed, and a tab stands for a wide gap.
    """

    text: str
    mime_type: str
    pages: int


@dataclass(frozen=True, slots=True)
class NamedText:
    """What was read from a stored document; None when nothing could be."""

    id: UUID
    name: str
    text_content: str | None


class UnreadableDocumentError(ValidationError):
    """No text could be taken from the document. `details["reason"]` is stable; the message is for people."""

    reason: ClassVar[str] = "corrupt"

    def __init__(self, message: str | None = None, details: dict[str, object] | None = None) -> None:
        super().__init__(message, {"reason": self.reason, **(details or {})})


class CorruptDocumentError(UnreadableDocumentError):
    default = "The file is damaged"


class EmptyDocumentError(UnreadableDocumentError):
    reason = "empty"
    default = "The file is empty"


class EncryptedDocumentError(UnreadableDocumentError):
    reason = "encrypted"
    default = "The file is protected by a password"


class ScannedDocumentError(UnreadableDocumentError):
    reason = "scanned"
    default = "The file holds pictures of pages and no text"


class DocumentTooLargeError(UnreadableDocumentError):
    reason = "too_large"
    default = "The file is too large"


class UnsupportedDocumentError(UnreadableDocumentError):
    reason = "unsupported_type"
    default = "The file is not a PDF, Word (.docx) or plain text document"


class DocumentTooComplexError(UnreadableDocumentError):
    reason = "too_complex"
    default = "The file asks for more work than a document of this kind should"


UNREADABLE: dict[str, type[UnreadableDocumentError]] = {
    error.reason: error
    for error in (
        CorruptDocumentError,
        EmptyDocumentError,
        EncryptedDocumentError,
        ScannedDocumentError,
        DocumentTooLargeError,
        UnsupportedDocumentError,
        DocumentTooComplexError,
    )
}
