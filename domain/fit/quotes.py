"""The words of a text that a finding rests on, short enough to be shown."""

import re

LONGEST = 200  # characters
_REACH = 400  # characters looked at on each side
_BEGIN = re.compile(r"[.!?;][ \t]+(?=[^\W\d_a-z])|\n")
_END = re.compile(r"[.!?;](?=\s)|\n")
_MARGIN = " \t\r\n\f\v-*\u2022\u00b7|"


def quote(text: str, start: int, end: int) -> str:
    """The sentence or line around `text[start:end]`: a part of the text as it stands, at most LONGEST long."""
    floor, ceiling = max(0, start - _REACH), min(len(text), end + _REACH)
    begin = max((match.end() + floor for match in _BEGIN.finditer(text[floor:start])), default=floor)
    stop = _END.search(text, end, ceiling)
    finish = ceiling if stop is None else stop.start() + (stop.group() != "\n")
    return clip(text, begin, finish, start, end)


def clip(text: str, begin: int, finish: int, start: int, end: int) -> str:
    """`text[begin:finish]` without its margins, or LONGEST characters of it around `text[start:end]`."""
    if finish - begin > LONGEST:
        begin, finish = _window(text, begin, finish, start, end)
    while begin < start and text[begin] in _MARGIN:
        begin += 1
    while finish > end and text[finish - 1] in _MARGIN:
        finish -= 1
    return text[begin:finish]


def _window(text: str, begin: int, finish: int, start: int, end: int) -> tuple[int, int]:
    """LONGEST characters around the mention, cut between words."""
    if end - start >= LONGEST:
        return start, start + LONGEST
    spare = LONGEST - (end - start)
    left = max(begin, start - spare // 2)
    right = min(finish, left + LONGEST)
    left = max(begin, right - LONGEST)
    if left > begin:
        space = text.find(" ", left, start)
        left = space + 1 if space >= 0 else left
    if right < finish:
        space = text.rfind(" ", end, right)
        right = space if space >= 0 else right
    return left, right
