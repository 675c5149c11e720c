"""A posting's HTML as plain text: headings, paragraphs and "- " items on lines of their own, nothing loaded."""

import html
import re
import unicodedata

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_MARKUP = 400_000
MAX_TEXT = 100_000
_MAX_DEPTH = 64
_MAX_UNESCAPES = 3
_MAX_OPEN = 256
_OPENING_OR_CLOSING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_CLOSED_BY_THE_NEXT = frozenset(
    {"p", "li", "br", "hr", "img", "input", "td", "th", "tr", "dt", "dd", "option", "meta", "link", "col", "wbr"}
)
_TAG = re.compile(r"<[a-zA-Z/!]")
_DROPPED = ["script", "style", "noscript", "template", "head", "iframe", "object", "svg", "form", "button"]
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt", "fieldset", "figure",
        "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre",
        "section", "summary", "table", "tr", "ul",
    }
)  # fmt: skip
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "blockquote", "table"})
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_EMAIL = re.compile(r"(?:mailto:)?[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}", re.IGNORECASE)
_PHONE = re.compile(
    r"(?<![\w+])(?:"
    r"\+\d{1,3}[\d \t().\u2010-\u2013/-]{6,20}\d"
    r"|\(\d{3}\) ?\d{3}[-. ]\d{4}|\d{3}[-.]\d{3}[-.]\d{4}"
    r"|(?:tel(?:ephone|efon)?|phone|mobile|cell|fax|call|whatsapp|handy)\b\.?:? *\(?\d[\d \t().\u2010-\u2013/-]{5,20}\d"
    r")(?!\w)",
    re.IGNORECASE,
)
_MANY_DIGITS = re.compile(r"(?:\d\D{0,3}){7}")
_ORPHAN_LABEL = re.compile(r"\b(?:e-?mail|tel(?:ephone|efon)?|phone|mobile|fax)\.?:\s*(?=[,;|]|$)", re.IGNORECASE)


def plain_text(markup: str | None) -> str:
    """The readable text of HTML that may be escaped up to three times over, without anybody's e-mail and phone."""
    source = unescaped((markup or "")[:MAX_MARKUP])
    if _TAG.search(source):
        source = _rendered(source)
    return without_contacts(_tidied(source))[:MAX_TEXT].rstrip()


def one_line(text: str) -> str:
    """Escapes, tags, control characters and runs of space removed: for titles, names and places."""
    source = unescaped(text[:10_000])
    if _TAG.search(source):
        source = _rendered(source)
    return " ".join(_tidied(source).split())


def unescaped(markup: str) -> str:
    """Entities resolved until the markup shows its tags, or nothing changes. Escapes between tags are the parser's."""
    for _ in range(_MAX_UNESCAPES):
        if "&" not in markup or _TAG.search(markup):
            break
        markup = html.unescape(markup)
    return markup


def without_contacts(text: str) -> str:
    """The text without e-mail addresses and phone numbers: a recruiter's, which nobody asked us to keep."""
    return "\n".join(map(_line_without_contacts, text.split("\n")))


def _line_without_contacts(line: str) -> str:
    kept = _EMAIL.sub("", line) if "@" in line else line
    if _MANY_DIGITS.search(kept):
        kept = _PHONE.sub("", kept)
    return line if kept == line else _ORPHAN_LABEL.sub("", kept)


def nests_without_end(markup: str) -> bool:
    """Far deeper than any posting: HTML parsers take quadratic time for such a thing."""
    open_tags: dict[str, int] = {}
    for match in _OPENING_OR_CLOSING.finditer(markup):
        name = match[2].lower()
        if name in _CLOSED_BY_THE_NEXT:
            continue
        open_tags[name] = max(0, open_tags.get(name, 0) + (-1 if match[1] else 1))
        if open_tags[name] > _MAX_OPEN:
            return True
    return False


def _rendered(markup: str) -> str:
    if nests_without_end(markup):
        return html.unescape(re.sub(r"<[^<>]*>", "\n", markup))
    tree = LexborHTMLParser(markup)
    tree.strip_tags(_DROPPED)
    pieces: list[str] = []
    block_before = item_before = 0
    if tree.root is None:
        return ""
    for node in tree.root.traverse(include_text=True):
        if node.tag == "br":
            pieces.append("\n")
        elif node.tag in {"td", "th"}:
            pieces.append(" ")
        elif node.is_text_node:
            text = (node.text_content or "").replace("\n", " ")
            if not text.strip() and (node.prev is None or node.prev.tag in _BLOCKS):
                continue
            block, item = _homes(node)
            if block is not None and block.mem_id != block_before:
                pieces.append("\n\n" if block.tag in _SPACED and not item else "\n")
                block_before = block.mem_id
            if item is not None and item.mem_id != item_before:
                pieces.append("- ")
                item_before = item.mem_id
            pieces.append(text)
    return "".join(pieces)


def _homes(node: LexborNode) -> tuple[LexborNode | None, LexborNode | None]:
    """The nearest block and list item around a text. The climb is bounded: tags can be nested without end."""
    block: LexborNode | None = None
    parent = node.parent
    for _ in range(_MAX_DEPTH):
        if parent is None:
            break
        if block is None and parent.tag in _BLOCKS:
            block = parent
        if parent.tag == "li":
            return block, parent
        if parent.tag in {"ul", "ol", "table"}:
            break
        parent = parent.parent
    return block, None


def _tidied(text: str) -> str:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n"))
    lines = [" ".join(line.split()) for line in text.split("\n")]
    lines = ["" if line == "-" else line for line in lines]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
