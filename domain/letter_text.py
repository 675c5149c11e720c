"""A letter's text without its frame: what stands between greeting and closing, as clean paragraphs."""

import re
import unicodedata

_GREETING = re.compile(
    r"(dear|hello|hi|hey|greetings|good (morning|afternoon|evening)|to whom it may concern)(?![\w-])"
    r"(\b(mr|ms|mrs|mx|dr|prof)\.|[^.!?,:\n]){0,60}[,:!]?",
    re.IGNORECASE,
)
_GREETING_PREFIX = re.compile(r"\A(dear|hello|hi)\s+[^,.:;!?\n]{1,40}[,:]\s+(?=\S)", re.IGNORECASE)
_CLOSING = re.compile(
    r"((yours|very)?\s*(sincerely|faithfully|truly|respectfully)( yours)?|yours"
    r"|((with )?((my|many|best|kind|kindest|warm|warmest) )*(regards|wishes|gratitude|appreciation|thanks))"
    r"|best|cheers|thanks|thank you|respectfully submitted|cordially)\s*[,.!]?",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"[\[<{(]?\s*(your|my|full|candidate'?s?|applicant'?s?)\s*(full )?name\s*[\]>})]?", re.IGNORECASE
)


def letter_paragraphs(body: str, name: str) -> list[str]:
    """The letter's own paragraphs: greeting, closing and lone-name lines are dropped, for the page has its own."""
    blocks = re.split(r"\n[ \t]*\n", clean(body))
    paragraphs = []
    for block in blocks:
        lines = [line.strip() for line in block.split("\n")]
        kept = [line for line in lines if line and not _is_frame(line, name)]
        if kept:
            paragraphs.append("\n".join(kept))
    return [_GREETING_PREFIX.sub("", paragraph) if n == 0 else paragraph for n, paragraph in enumerate(paragraphs)]


def _is_frame(line: str, name: str) -> bool:
    bare = line.strip(" *_,.-–—")  # noqa: RUF001 - dashes before a signature
    if _GREETING.fullmatch(line) or _CLOSING.fullmatch(line) or _PLACEHOLDER.fullmatch(bare):
        return True
    if bare.casefold() == name.strip().casefold():
        return True
    start = _CLOSING.match(line)
    return start is not None and line[start.end() :].strip(" ,").casefold() == name.strip().casefold() != ""


def clean(text: str) -> str:
    """NFC text with line feeds only; control and format characters that draw nothing are dropped."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    "))
    joiners = "\u200c\u200d"
    return "".join(c for c in text if c == "\n" or c in joiners or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
