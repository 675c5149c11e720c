"""English words as a letter needs them: tokens, stems, a dictionary, verb forms and sentences.

The dictionary is the small American and British lists of SCOWL; see `data/english_words.LICENSE.txt`.
"""

import functools
import gzip
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

_TOKEN = re.compile(r"(?<![^\W_])\d+(?:[.,]\d+)*|[^\W_]+(?:[.'&][^\W_]+)*[+#]*")
_OPENER = re.compile(
    r"(?:I|I've|I'm|I'd|My|The|In|At|We|It|This|That|These|There|Here|Before|After|While|With|As|Your|You|For|On|From|Since"
    r"|Over|Having|Then|One|Another|What|If|A|An|Thank|Also|Again|To|By|During|Under|Both|And|But|So)\b"
)
_SENTENCE_END = re.compile(r"[.!?…]+[\"')\]]*(?=\s+|$)")
_VOWEL_START = re.compile(r"(?!uni(?!nt|m)|us[eua]|eu|one|once|ubiq)[aeiou]|hono|hour|heir", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """`norm` is case-folded, without a possessive; `stem` is `norm` stemmed."""

    text: str
    start: int
    end: int
    norm: str
    stem: str

    @property
    def capital(self) -> bool:
        return any(character.isupper() for character in self.text)

    @property
    def number(self) -> bool:
        return self.text[0].isdigit()


@functools.cache
def words(name: str) -> frozenset[str]:
    """One of the named word lists of `data/letter_words.json`, as stems or forms, as the list says."""
    return frozenset(_lists()[name])


@functools.cache
def _lists() -> dict[str, list[str]]:
    lists: dict[str, Any] = json.loads((files("domain") / "data" / "letter_words.json").read_text("utf-8"))
    return {name: text.split() for name, text in lists.items()}


@functools.cache
def dictionary() -> frozenset[str]:
    packed = (files("domain") / "data" / "english_words.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split("\n"))


@functools.lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@functools.cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def fold(text: str) -> str:
    """NFKC with straight quotes and plain hyphens: the form in which letter and facts are compared."""
    text = unicodedata.normalize("NFKC", text)
    return text.translate({0x2019: "'", 0x2018: "'", 0x201C: '"', 0x201D: '"', 0x2010: "-", 0x2011: "-", 0xA0: " "})


def tokens(text: str) -> list[Token]:
    """Of folded text; offsets are the text's own."""
    found = []
    for match in _TOKEN.finditer(text):
        norm = match[0].casefold()
        norm = re.sub(r"'s$|'$", "", norm)
        bare = norm.replace(".", "") if re.fullmatch(r"(?:\w\.)+\w?", norm) else norm
        found.append(Token(match[0], match.start(), match.end(), bare, stem(bare)))
    return found


def is_english(word: str) -> bool:
    """Whether a dictionary has the word, or the word without a usual ending or prefix. `word` is case-folded."""
    known = dictionary()
    if word in known or word in {"a", "i"} or word in words("extra"):
        return True
    forms = [word[: -len(end)] + put for end, put in _ENDINGS if word.endswith(end) and len(word) > len(end) + 2]
    forms += [
        word[len(start) :] for start in ("un", "re", "non", "pre", "over", "co", "multi") if word.startswith(start)
    ]
    return any(form in known for form in forms if len(form) > 2)  # noqa: PLR2004 - two letters match anything


_ENDINGS = (
    ("s", ""),
    ("es", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ly", ""),
    ("er", ""),
    ("er", "e"),
    ("ies", "y"),
)


def sentences(text: str) -> Iterator[str]:
    """The sentences of one paragraph. A full stop after an abbreviation, an initial or inside a name ends none."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _goes_on(text[start : match.start()], match[0], text[match.end() :].lstrip()):
            continue
        if piece := text[start : match.end()].strip():
            yield piece
        start = match.end()
    if piece := text[start:].strip():
        yield piece


def _goes_on(before: str, mark: str, after: str) -> bool:
    if not after or not mark.startswith("."):
        return after[:1].islower()
    words_before = before.rsplit(None, 1)
    last = words_before[-1].strip("(\"'").casefold() if words_before else ""
    initial = len(last) == 1 and last.isalpha()
    if initial or last in words("abbreviations"):
        return initial or not _OPENER.match(after)
    return after[0].islower()


@functools.cache
def verbs() -> dict[str, str]:
    """Base form to past form of the verbs that résumés open their lines with."""
    irregular = dict(pair.split(":") for pair in _lists()["irregular_verbs"])
    return {base: _regular_past(base) for base in _lists()["regular_verbs"]} | irregular


@functools.cache
def past_forms() -> frozenset[str]:
    return frozenset(verbs().values())


def _regular_past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if re.search(r"[^aeiou]y$", base):
        return base[:-1] + "ied"
    return base + (base[-1] if base in words("doubling_verbs") else "") + "ed"


def article(phrase: str) -> str:
    """`a` or `an` for the phrase, by its first sound."""
    first = re.split(r"[\s/-]", phrase, maxsplit=1)[0]
    if first.isupper() and 1 < len(first) <= 3:  # noqa: PLR2004 - spelled out: an HGV driver, an RN
        return "an" if first[0] in "AEFHILMNORSX" else "a"
    return "an" if _VOWEL_START.match(first) else "a"
