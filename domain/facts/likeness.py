"""How much a few words sound like a position or like an employer."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from functools import cache

from domain.facts.words import data, fold, folded, key

LIKELY = 4.0  # a known word that is the head of its piece
_SELF = re.compile(
    r"freelanc\w*|self[- ]employed|independent|selbst(?:st)?ändig\w*|indépendant\w*|autónom\w*|freiberuf\w*|zzp\w*",
    re.IGNORECASE,
)
_HEAD_ENDS = re.compile(
    r"\s(?:of|for|in|at|and|to|with|on|de|du|des|del|della|delle|di|da|do|für|im|der|van|voor|bij|pour|en|en|para|i|y|et|und"
    r"|then|later|within)\s|[(/\[+&]|\s[\u2010-\u2015-]\s|,",
    re.IGNORECASE,
)


def role_score(text: str) -> float:
    return _score(text, folded("roles"), leads=True) + (1.0 if _first(text) in folded("role_modifiers") else 0.0)


def firm_score(text: str) -> float:
    words = [key(word.replace(".", "")) for word in re.split(r"[\s,]+", text)]
    legal = any(word in legal_forms() for word in words[1:])
    return 5.0 * legal + _score(text, folded("organisations")) + 2.5 * bool(_SELF.match(text))


def _first(text: str) -> str:
    return (key(text).split() or [""])[0]


def _score(text: str, known: frozenset[str], *, leads: bool = False) -> float:
    """2 for a known word, 2 more where it is the head: the last word in English and German, else the first."""
    bare = re.sub(r"\(.*?\)", " ", text)
    words = [fold(word) for word in re.findall(r"[^\W\d_][\w'’.-]*|[\u3400-\u9fff]+", bare)]
    words = [part for word in words for part in (word.strip(".-'"), *re.split(r"[-/:*]", word))]
    if any("\u3400" <= letter <= "\u9fff" for letter in bare):
        return 4.0 if any(name in bare for name in known if name and "\u3400" <= name[0] <= "\u9fff") else 0.0
    hits = [word for word in words if _is_known(word, known)]
    if not hits:
        return 0.0
    head = _HEAD_ENDS.split(bare.strip(), maxsplit=1)[0]
    heads = [fold(word).strip(".") for word in re.findall(r"[^\W\d_][\w'’.-]*", head)]
    while len(heads) > 1 and heads[-1] in {"i", "ii", "iii", "iv", "v", "w", "m", "d", "f"}:
        heads.pop()
    opening = re.findall(r"[^\W\d_][\w'’-]*", bare)[:2]
    # Romance languages put the head first, and go on in small letters: "Capo officina", "Directrice générale".
    is_romance = leads and len(opening) > 1 and fold(opening[0]) in known and opening[1][0].islower()
    is_head = is_romance or (
        bool(heads) and (_is_known(heads[-1], known) or _is_known(heads[-1].split("-")[-1], known))
    )
    return 2.0 + 2.0 * is_head + (1.0 if heads and heads[0] in known else 0.0)


def _is_known(word: str, known: frozenset[str]) -> bool:
    if word in known:
        return True
    # German writes compounds in one word: Softwareentwickler, Kreiskrankenhaus.
    return len(word) > 8 and any(word.endswith(end) for end in _compound_ends() & known)  # noqa: PLR2004


@cache
def _compound_ends() -> frozenset[str]:
    ends = (
        "entwickler entwicklerin ingenieur ingenieurin leiter leiterin berater beraterin mitarbeiter mitarbeiterin "
        "techniker technikerin pfleger pflegerin schwester lehrer lehrerin verkaufer verkauferin kaufmann kauffrau "
        "fahrer fahrerin wissenschaftler wissenschaftlerin assistent assistentin helfer helferin manager managerin "
        "krankenhaus klinik schule gymnasium hochschule werke verlag bank kasse verwaltung gesellschaft praxis"
    )
    return frozenset(ends.split())


@cache
def legal_forms() -> frozenset[str]:
    return frozenset(key(form.replace(".", "")) for form in data()["legal_forms"])


def is_legal(text: str) -> bool:
    """Whether the name carries a legal form: "Acme GmbH"."""
    return any(key(word.replace(".", "")) in legal_forms() for word in text.split()[1:])


def is_independent(text: str) -> bool:
    return bool(_SELF.search(text))
