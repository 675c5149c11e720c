"""Ways to cut one claim out of a sentence and leave it grammatical, the smallest cut first."""

import re
from collections.abc import Iterator
from itertools import pairwise

from domain.claims.model import Claim

_OPENERS = re.compile(
    r"""(?:which|where|who|whose|including|such\ as|like|with|and|having|after|before|during|while|when|plus
    |as\ well\ as|along\ with|together\ with|most\ recently|alongside|for|at|since|as|among\ them|notably|then|first
    |later|from|in|through|thanks\ to|\w+ing|\w+ed)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_ADJUNCTS = re.compile(
    r"""(?:at|after|during|in|as|with|since|having|for|over|while|when|before|from|through|between|by|under|thanks\ to
    |following|\w+ing|\w+ed)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_CLAUSE = re.compile(r"[,;:]\s|\s[-\u2013\u2014]+\s|,?\s(?:and|but)\s(?=(?:i|my|at|in|with|as)\b)", re.IGNORECASE)
_MAIN = re.compile(r"\s*(?:i|i've|i'm|i'd|my|we|our)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|we|my|you|your|it|this|that|is|are|was|were|has|have|had|would|will|can)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS = 3
_ITEM_WORDS = 5


def repairs(sentence: str, claim: Claim) -> Iterator[str]:
    """Sentences without the claim, best first."""
    for cut in (_bracket, _list_member, _inner_clause, _last_clause, _first_clause):
        shorter = cut(sentence, claim.start, claim.end)
        if shorter is not None and _stands(shorter := _tidy(shorter)):
            yield shorter


def _stands(sentence: str) -> bool:
    return len(sentence.split()) >= _FEWEST_WORDS and bool(_VERB.search(sentence))


def _tidy(sentence: str) -> str:
    sentence = re.sub(r"\s+([,.;:!?])", r"\1", re.sub(r"\s{2,}", " ", sentence)).strip(" ,;:-–—")  # noqa: RUF001
    sentence = re.sub(r",+([.!?])", r"\1", sentence)
    if sentence and sentence[-1] not in ".!?":
        sentence += "."
    return sentence[:1].upper() + sentence[1:]


def _bracket(sentence: str, start: int, end: int) -> str | None:
    for match in re.finditer(r"\s*\([^()]*\)", sentence):
        if match.start() <= start and end <= match.end():
            return sentence[: match.start()] + sentence[match.end() :]
    return None


def _list_member(sentence: str, start: int, end: int) -> str | None:
    """Takes one item out of "A, B and C", "A, B, and C" or "A and B"."""
    left = max(
        (m.end() for m in re.finditer(r",\s+(?:and|or)\s+|,\s+|\s(?:and|or)\s+", sentence[:start])),
        default=None,
    )
    right = re.search(r",\s+(?:and|or)\s+|,\s+|\s(?:and|or)\s+|[.;:!?](?=\s|$)", sentence[end:])
    if right is None:
        return None
    stop = end + right.start()
    head = sentence[:left] if left is not None else ""
    item = sentence[left or 0 : stop]
    if left is not None and _short(item):
        if re.search(r"\s(?:and|or)\s+$|,\s+(?:and|or)\s+$", head):
            return _without_last(head, sentence[stop:])
        if re.match(r",?\s+(?:and|or)\s", sentence[stop:]) and _short(_previous(head)):
            return re.sub(r",\s+$", "", head) + sentence[stop:]
        if sentence[stop] == "," and _short(_previous(head)):
            return re.sub(r",\s+$", "", head) + sentence[stop:]
    if right[0].strip(" ,") in {"and", "or"} or right[0].startswith(","):
        return _without_first(sentence, start, end + right.end())
    return None


def _short(item: str) -> bool:
    return 0 < len(item.split()) <= _ITEM_WORDS and not re.search(
        r"\b(?:i|my|we|which|where|who)\b", item, re.IGNORECASE
    )


def _previous(head: str) -> str:
    return re.split(
        r",\s+|\s(?:of|in|with|using|for|to|by|like|know|use|used|speak|bring|are|is|include|including|on|at|are)\s",
        head.rstrip(", "),
    )[-1]


def _without_last(head: str, tail: str) -> str:
    """The list ends in the item before: the last comma of the list becomes its "and"."""
    head = re.sub(r",?\s+(?:and|or)\s+$", "", head)
    comma = head.rfind(", ")
    if comma >= 0 and _short(head[comma + 2 :]) and _short(_previous(head[:comma])):
        head = head[:comma] + " and " + head[comma + 2 :]
    return head + tail


def _without_first(sentence: str, start: int, after: int) -> str | None:
    """The first item of a list: it begins where the claim does, right after a word that introduces lists."""
    rest = sentence[after:]
    more = re.match(r"([^,.;:]{1,60}?)(?:,|\s(?:and|or)\s|[.;:!?](?:\s|$)|$)", rest)
    introduced = re.search(
        r"\b(?:of|in|with|using|for|by|like|as|including|know|used|use|to)\s+$", sentence[:start], re.IGNORECASE
    )
    return sentence[:start] + rest if introduced and more and _short(more[1]) else None


def _clauses(sentence: str) -> list[tuple[int, int]]:
    cuts = [0, *(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]
    return list(pairwise(cuts))


def _inner_clause(sentence: str, start: int, end: int) -> str | None:
    for low, high in _clauses(sentence)[1:-1]:
        if low <= start and end <= high and _OPENERS.match(sentence[low:high].lstrip(" ,;:-–—")):  # noqa: RUF001
            return sentence[:low] + sentence[high:]
    return None


def _last_clause(sentence: str, start: int, _end: int) -> str | None:
    """Everything from the clause of the claim to the end, when the claim is not in the first clause."""
    for low, high in _clauses(sentence)[1:]:
        if low <= start < high and (sentence[low] in ";:" or _OPENERS.match(sentence[low:].lstrip(" ,;:-–—"))):  # noqa: RUF001
            return sentence[:low]
    return None


def _first_clause(sentence: str, start: int, end: int) -> str | None:
    low, high = _clauses(sentence)[0]
    rest = sentence[high:].lstrip(" ,;:-–—")  # noqa: RUF001
    if start >= low and end <= high and _ADJUNCTS.match(sentence) and _MAIN.match(rest):
        return rest
    return None
