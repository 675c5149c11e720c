"""Plain text in the encodings that people save: UTF-8, UTF-16 and Latin-1 (as Windows writes it)."""

import codecs
import re

from infra.extraction.refusal import Limits, Reading, RefusalError
from infra.extraction.sniff import TEXT, WANTED

MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Looked up here because a codec is a module and the child opens no file once it reads.
CODECS = tuple(codecs.lookup(encoding) for encoding in ("cp1252", "latin-1", *(codec for _, codec in MARKS)))
CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
MAX_CONTROLS = 0.01  # of all characters: more is not text, whatever it decodes to


def read_plain(data: bytes, name: str, limits: Limits) -> Reading:
    if len(data) > limits.characters * 4:
        raise RefusalError(
            "too_large",
            f"Expected at most {limits.characters:,} characters, but {name} has {len(data):,} bytes of text",
        )
    text = _decode(data)
    if text is None or "\0" in text or len(CONTROLS.findall(text)) > MAX_CONTROLS * len(text):
        raise RefusalError("unsupported_type", f"{WANTED}, but {name} holds binary data")
    return Reading(text, TEXT)


def _decode(data: bytes) -> str | None:
    """The text, or None for bytes that are no text in any of the encodings."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding)
    if b"\0" in data:
        return _unmarked_utf16(data)
    text = _strict(data, "utf-8")
    # The five bytes that cp1252 leaves undefined are controls in Latin-1.
    return text if text is not None else _strict(data, "cp1252") or data.decode("latin-1")


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _unmarked_utf16(data: bytes) -> str | None:
    """Line ends, spaces and Latin letters have a zero half: on one side only when the text is UTF-16."""
    big, little = data[::2].count(0), data[1::2].count(0)
    if big == little:
        return None
    return _strict(data, "utf-16-be" if big > little else "utf-16-le")
