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

# A word with the signs of "C++" and "C#"; a line end, unless the sentence runs on; a hyphen that joins no words; any
# other sign that can be seen.
_TOKEN = re.compile(
    r"[^\W_]+(?:\+\+|[+#](?![^\W_]))?|\n(?![ \t]{0,4}[a-z])"
    r"|(?<![^\W_])-|-(?![^\W_])|[^\s\-\u200b-\u200f\u2060\ufeff]"
)
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
    matches = list(_TOKEN.finditer(text))
    written = [match.group() for match in matches]
    if max(map(len, written), default=0) > _LONGEST_WORD:
        written = [word[:_LONGEST_WORD] for word in written]
    ends = [match.end() for match in matches]
    keys = list(map(key_of, written))
    for index in [index for index, key in enumerate(keys) if key == STOP]:
        if text[ends[index] : ends[index] + 1].isalnum():
            keys[index] = DOT
    return Tokens(text, keys, [match.start() for match in matches], ends)


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
        self._alone: dict[str, T] = {}
        self._longer: dict[str, dict[str, list[tuple[int, list[str], T]]]] = {}
        for keys, value in sorted(entries.items(), key=lambda entry: -len(entry[0])):
            if len(keys) == 1:
                self._alone[keys[0]] = value
            else:
                self._longer.setdefault(keys[0], {}).setdefault(keys[1], []).append((len(keys), list(keys), value))
        self._firsts = frozenset(self._alone) | frozenset(self._longer)

    def find(self, tokens: Tokens) -> list[Found[T]]:
        found: list[Found[T]] = []
        firsts, free = self._firsts, 0
        for index in [index for index, key in enumerate(tokens.keys) if key in firsts]:
            if index >= free:
                match = self._at(tokens.keys, index)
                if match is not None:
                    found.append(match)
                    free = match.last
        return found

    def _at(self, keys: list[str], index: int) -> Found[T] | None:
        """The longest phrase that begins at an index."""
        first = keys[index]
        if first in self._longer and index + 1 < len(keys):
            for length, phrase, value in self._longer[first].get(keys[index + 1], ()):
                if keys[index : index + length] == phrase:
                    return Found(value, index, index + length)
        return Found(self._alone[first], index, index + 1) if first in self._alone else None
