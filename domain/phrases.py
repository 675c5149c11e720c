"""Finding thousands of fixed phrases in a text in one pass over its words.

A text becomes `Tokens` once; any number of `PhraseIndex`es, and the rules of `domain.negations`, read them.
Spelling ("organisation", "organization"), case and hyphens ("front-end", "front end") make no difference.
"""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

STOP = "."  # the key of a full stop that ends something; one inside "node.js" has the key DOT
DOT = "·."
LINE = "\n"
_LONGEST_WORD = 60  # characters; what is longer is no word, and shall not fill the cache of keys

# A word with the signs of "C++" and "C#"; a line end, unless the sentence runs on; any other sign.
_TOKEN = re.compile(r"[^\W_]+(?:\+\+|[+#](?![^\W_]))?|\n(?![ \t]{0,4}[a-z])|[^\s\u200b-\u200f\u2060\ufeff]")
_BRITISH = (
    (re.compile(r"is(e|ed|er|ers|es|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"ys(e|ed|er|es|ing)$"), r"yz\1"),
    (re.compile(r"(?<=[a-z]{3})our(s|ed|ing|al|ist|ists)?$"), r"or\1"),
    (re.compile(r"ogue(s)?$"), r"og\1"),
    (re.compile(r"^(program)me(s)?$"), r"\1\2"),
    (re.compile(r"^(cent|fib|met|theat)re(s)?$"), r"\1er\2"),
    (re.compile(r"^(licen|defen|offen)ce(s)?$"), r"\1se\2"),
    (re.compile(r"^(p|orthop|an)ae"), r"\1e"),
    (re.compile(r"^(.*)mould"), r"\1mold"),
    (re.compile(r"(model|label|travel|counsel|cancel|fuel)l(ed|er|ers|ing|or|ors)$"), r"\1\2"),
    (re.compile(r"^(fulfil|enrol|instal)(ment|ments)$"), r"\1l\2"),
    (re.compile(r"^analog$"), r"analogue"),
)
_QUOTES = str.maketrans("’‘ʼ", "'''")  # noqa: RUF001


def words(text: str) -> frozenset[str]:
    """A set of keys, as a rule lists them."""
    return frozenset(text.split(" "))


@functools.lru_cache(maxsize=1 << 16)
def key_of(word: str) -> str:
    """The form in which two spellings of one word are equal."""
    key = word.lower().translate(_QUOTES)
    if len(key) > 4 and key.isascii():  # noqa: PLR2004 - "rise" and "four" stay as they are
        for pattern, replacement in _BRITISH:
            key = pattern.sub(replacement, key)
    return key


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and signs of a text: `keys[i]` was written at `text[starts[i]:ends[i]]`."""

    text: str
    keys: list[str]
    starts: list[int]
    ends: list[int]

    def __len__(self) -> int:
        return len(self.keys)

    def key(self, index: int) -> str:
        """The key at an index, a line end outside of the text."""
        return self.keys[index] if 0 <= index < len(self.keys) else LINE

    def written(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]


def tokenize(text: str) -> Tokens:
    """Split a text into tokens; hyphens inside a word are skipped, so its parts are tokens of their own."""
    matches = [match for match in _TOKEN.finditer(text) if match.group() != "-" or not _hyphen(text, match.start())]
    starts = [match.start() for match in matches]
    ends = [match.end() for match in matches]
    keys = [key_of(match.group()[:_LONGEST_WORD]) for match in matches]
    for index, key in enumerate(keys):
        if key == STOP and text[ends[index] : ends[index] + 1].isalnum():
            keys[index] = DOT
    return Tokens(text, keys, starts, ends)


def _hyphen(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isalnum() and text[at + 1 : at + 2].isalnum()


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A phrase that stands at `tokens[first:last]`."""

    value: T
    first: int
    last: int


class PhraseIndex(Generic[T]):
    """Phrases, found longest first and never overlapping; work is linear in the number of tokens."""

    def __init__(self, phrases: Iterable[tuple[str, T]]) -> None:
        """An earlier phrase wins over a later one with the same keys."""
        entries: dict[tuple[str, ...], T] = {}
        for phrase, value in phrases:
            entries.setdefault(tuple(tokenize(phrase).keys), value)
        self._by_first: dict[str, list[tuple[int, list[str], T]]] = {}
        for keys, value in sorted(entries.items(), key=lambda entry: -len(entry[0])):
            self._by_first.setdefault(keys[0], []).append((len(keys), list(keys), value))

    def find(self, tokens: Tokens) -> list[Found[T]]:
        found: list[Found[T]] = []
        keys, by_first = tokens.keys, self._by_first
        free = 0
        for index in [index for index, key in enumerate(keys) if key in by_first]:
            if index < free:
                continue
            for length, phrase, value in by_first[keys[index]]:
                if length == 1 or keys[index : index + length] == phrase:
                    free = index + length
                    found.append(Found(value, index, free))
                    break
        return found
