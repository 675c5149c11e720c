"""A model's text made fit for storing and for Markdown: no images, no HTML, nothing a database refuses.

A shown image is a request to whoever the text names, so that a posting could make the answer carry what the person
said to a server of its own. `![…]` becomes a link, and a tag loses its bracket, also inside code: a fence that only
seems to be open must not let one through. It works on pieces, so it holds back what may be half of a mark.
"""

import re

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE = re.compile(r"!+(?=\[)")
_PAIRED = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_HELD = re.compile("(?:<!*|!+|[\ud800-\udbff])\\Z")


class Speech:
    """`add` answers what can be said by now, `rest` what was held back when nothing more comes."""

    def __init__(self) -> None:
        self._held = ""

    def add(self, text: str) -> str:
        whole = self._held + text
        found = _HELD.search(whole)
        self._held = found[0] if found else ""
        return harmless(whole[: len(whole) - len(self._held)])

    def rest(self) -> str:
        held, self._held = self._held, ""
        return harmless(held)


def harmless(text: str) -> str:
    paired = _PAIRED.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    clean = _LONE.sub("\ufffd", paired).replace("\x00", "\ufffd")
    return _IMAGE.sub("", _TAG.sub("&lt;", clean))
