"""What a file is, by its bytes. A name or a declared type is a claim, not a fact."""

import re
from pathlib import PurePath

from infra.extraction.refusal import RefusalError

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "text/plain"

WANTED = "Expected a PDF, Word (.docx) or plain text document"

# Signatures as each format's specification gives them, longest first where one begins another.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a BMP image"),
    (b"{\\rtf", "a Rich Text (.rtf) document"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an XZ archive"),
    (b"\x7fELF", "a program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"MZ", "a Windows program"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"ID3", "an audio file"),
    (b"OggS", "an audio file"),
)
AMBIGUOUS = frozenset({b"BM", b"MZ", b"BZh", b"ID3"})  # also the first letters of a name: binary content decides
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BINARY_NAME = re.compile(
    r"\.(pdf|doc[xm]?|dot|rtf|odt|pages|xlsx?|pptx?|epub|png|jpe?g|gif|tiff?|bmp|webp|heic|zip|gz|7z|rar|exe)",
    re.IGNORECASE,
)
MARKUP = (b"<!doctype html", b"<html", b"<script", b"<head", b"<body", b"<svg", b"<?xml")


def sniff(data: bytes, name: str) -> str:
    """The document's media type, or a refusal that names what was found instead."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return WORD
    if data.startswith(OLE):
        _refuse_ole(data, name)
    found = _signature(data) or _markup(data)
    if found is None and b"%PDF-" in data[:1024] and not data[:1024].split(b"%PDF-")[0].strip(b"\xef\xbb\xbf\r\n\t \0"):
        return PDF
    if found is None and b"%PDF-" in data[:1024]:
        found = "a file with something else in front of its PDF header"
    if found is not None:
        raise RefusalError("unsupported_type", f"{WANTED}, but {name} is {found}")
    suffix = PurePath(name).suffix
    if BINARY_NAME.fullmatch(suffix):
        raise RefusalError("unsupported_type", f"{WANTED}, but {name} does not begin like a {suffix} file")
    return TEXT


def _refuse_ole(data: bytes, name: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RefusalError(
            "encrypted", f"Expected a document that opens without a password, but {name} is protected by one"
        )
    found = "a legacy Office file"
    if "WordDocument".encode("utf-16-le") in data:
        found = "a legacy Word (.doc) document: save it as .docx or PDF"
    raise RefusalError("unsupported_type", f"{WANTED}, but {name} is {found}")


def _signature(data: bytes) -> str | None:
    head = data[:4096]
    for signature, found in SIGNATURES:
        if head.startswith(signature) and (signature not in AMBIGUOUS or b"\0" in head):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP image"
    if head[4:8] == b"ftyp":
        return "an image or film (HEIC, MP4)"
    return None


def _markup(data: bytes) -> str | None:
    head = data[:512].lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    return "an HTML or XML page" if head.startswith(MARKUP) else None
