"""Files that a command is given: what they hold, or one sentence and exit status 2."""

import asyncio
from pathlib import Path

from domain.documents import MAX_BYTES, DocumentText, UnreadableDocumentError
from infra.cli.failures import Misuse
from infra.documents import DocumentReader


def read_bytes(path: Path) -> bytes:
    """At most one byte more than any document may have, so that whoever reads it can say that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as missing:
        message = f"Expected a file to read, found {path} ({missing.strerror})"
        raise Misuse(message) from missing


def read_document(path: Path) -> DocumentText:
    """The text of a PDF, Word or plain text file."""
    data = read_bytes(path)
    try:
        return asyncio.run(DocumentReader().read(data, path.name))
    except UnreadableDocumentError as unreadable:
        raise Misuse(unreadable.message) from unreadable
