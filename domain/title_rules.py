"""Rules about the words of a title: "data engineer" is these words in a row, "engineer*" a word with any ending.

Case, hyphens, accents of quotes and British or American spelling make no difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.phrases import tokenize


@dataclass(frozen=True, slots=True)
class TitleRule:
    """Words in a row, each (key, whether any ending may follow)."""

    words: tuple[tuple[str, bool], ...]

    def is_in(self, keys: Sequence[str]) -> bool:
        """Whether the rule's words stand in a row among a title's keys."""
        return any(self._stands_at(keys, start) for start in range(len(keys) - len(self.words) + 1))

    def _stands_at(self, keys: Sequence[str], start: int) -> bool:
        return all(
            keys[start + offset].startswith(word) if open_end else keys[start + offset] == word
            for offset, (word, open_end) in enumerate(self.words)
        )


@lru_cache(maxsize=4096)
def read_rule(text: str) -> TitleRule:
    """Raises ValueError for a text without a word."""
    tokens = tokenize(text)
    words: list[tuple[str, bool]] = []
    for index, key in enumerate(tokens.keys):
        if key != "*":
            words.append((key, False))
        elif words and tokens.starts[index] == tokens.ends[index - 1]:
            words[-1] = (words[-1][0], True)
    if not any(character.isalnum() for word, _ in words for character in word):
        message = f"expected words to look for in a title, found {text!r}"
        raise ValueError(message)
    return TitleRule(tuple(words))
