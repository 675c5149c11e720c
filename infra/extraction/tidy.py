"""Text as people see it: no invisible characters, no typesetter's leftovers."""

import re
import unicodedata

LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
# Zero width, bidirectional controls, soft hyphen, variation selectors, tags: nothing that a reader would see.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
    # Joiners shape letters in Arabic and Indic scripts; anywhere else they only hide things.
    "|(?<![\u0600-\u08ff\u0900-\u0dff\u1000-\u109f])[\u200c\u200d]"
)
LINE_ENDS = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# Control characters, and private use areas: icon fonts put their glyphs there.
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\ue000-\uf8ff\ufffc-\uffff\U000f0000-\U0010fffd]")
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Fonts share a glyph between a radical and the ideograph that looks like it, and some PDF writers name the radical.
KANGXI = re.compile("[\u2f00-\u2fd5]")
HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
BROKEN_WORD = re.compile(r"(?<![^\W\d_]-)\b([^\W\d_]{2,})-\n[ \t]*([^\W\d_]{2,})")
# First halves that keep their hyphen when a line happens to end there.
COMPOUND = re.compile(
    "back|best|client|co|cloud|cost|cross|customer|data|day|decision|eco|end|event|ex|fast|feature|five|four|front|"
    "full|hands|high|home|in|key|large|life|long|low|machine|mid|mission|multi|near|non|on|one|open|part|peer|"
    "point|post|pre|problem|product|real|self|semi|short|single|six|small|state|sub|ten|test|third|three|time|top|"
    "two|user|vice|web|well|wide|work|world|year",
    re.IGNORECASE,
)


def tidy(text: str) -> str:
    """`text` in normal form C with line feeds, visible characters only, and whole words."""
    text = LINE_ENDS.sub("\n", text)
    text = INVISIBLE.sub("", text)
    text = SPACES.sub(" ", NO_TEXT.sub(" ", text))
    text = unicodedata.normalize("NFC", text.translate(LIGATURES).translate(HYPHENS))
    text = KANGXI.sub(lambda radical: unicodedata.normalize("NFKC", radical[0]), text)
    text = BROKEN_WORD.sub(lambda broken: _whole(broken, text), text)
    text = re.sub(r"[ \t]+\n", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _whole(broken: re.Match[str], text: str) -> str:
    """The word that a line end cut in two; in doubt as it was."""
    head, tail = broken.groups()
    if not tail.islower():
        return broken[0] if tail[0].islower() else f"{head}-{tail}"
    if COMPOUND.fullmatch(head) or f"{head}-{tail}" in text:
        return f"{head}-{tail}"
    return head + tail
