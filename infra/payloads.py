"""Bytes from elsewhere, read carefully: text in whatever encoding it really has, JSON of bounded depth."""

import codecs
import re
from typing import Any

import orjson

from domain.errors import ValidationError

MAX_DEPTH = 64
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_XML_ENCODING = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class UnreadablePayloadError(ValidationError):
    default = "The content cannot be read"


def decode_text(content: bytes, declared: str | None = None) -> str:
    """The text: by its byte order mark, as UTF-8 if it is, else as declared, else as Windows Latin-1.

    Valid UTF-8 wins over what a server declares: text in another encoding is hardly ever valid UTF-8 by
    chance.
    """
    for mark, marked in _MARKS:
        if content.startswith(mark):
            return content.decode(marked, "replace").removeprefix("\ufeff")
    if unmarked := _unmarked_utf16(content):
        return content.decode(unmarked, "replace")
    for encoding in ("utf-8", declared, "cp1252"):
        try:
            return content.decode(encoding or "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("latin-1")


def read_json(content: bytes, declared: str | None = None, max_depth: int = MAX_DEPTH) -> Any:
    """The JSON value. Raises UnreadablePayloadError where it is broken, cut off or nested too deeply."""
    if not content.strip():
        raise UnreadablePayloadError("Expected JSON, found nothing")
    try:
        value = orjson.loads(_as_utf8(content, declared))
    except orjson.JSONDecodeError as error:
        raise UnreadablePayloadError(
            f"Expected JSON, found something broken at line {error.lineno}, column {error.colno}"
        ) from error
    if deeper_than(max_depth, value):
        raise UnreadablePayloadError(f"Expected JSON at most {max_depth} levels deep, found more")
    return value


def _as_utf8(content: bytes, declared: str | None) -> bytes | str:
    is_plain = not content.startswith(tuple(mark for mark, _ in _MARKS)) and not _unmarked_utf16(content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        is_plain = False
    return content if is_plain else decode_text(content, declared)


def _unmarked_utf16(content: bytes) -> str | None:
    """UTF-16 without a mark shows as ASCII with a zero in every other byte."""
    head = content[:64]
    if len(head) < 4 or len(content) % 2:  # noqa: PLR2004 - two characters at least
        return None
    if not any(head[0::2]) and all(head[1::2]):
        return "utf-16-be"
    return "utf-16-le" if all(head[0::2]) and not any(head[1::2]) else None


def deeper_than(limit: int, value: Any) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def read_xml(content: bytes, declared: str | None = None) -> Any:
    """The root element (lxml) of an XML document.

    Raises UnreadablePayloadError where it is broken, cut off or declares entities.
    Nothing is expanded, loaded or looked up, so a document of a thousand nested entities stays as small as it is.
    """
    from lxml import etree  # type: ignore[import-untyped]

    if not content.strip():
        raise UnreadablePayloadError("Expected XML, found nothing")
    stated = _XML_ENCODING.search(content[:200])
    written = decode_text(content, declared or (stated and stated[1].decode("ascii", "replace")) or None)
    plain = _NOT_IN_XML.sub("", _XML_DECLARATION.sub("", written, count=1))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, collect_ids=False
    )
    try:
        root = etree.fromstring(plain.strip().encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise UnreadablePayloadError(f"Expected XML, found something broken at line {line}") from error
    document = root.getroottree().docinfo
    if document.internalDTD is not None and any(True for _ in document.internalDTD.iterentities()):
        raise UnreadablePayloadError("Expected XML without entities of its own, found some")
    return root
