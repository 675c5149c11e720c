"""The words of a posting: a letter may name title and company, and the rest only as the posting's own."""

import re
from collections.abc import Sequence
from functools import cached_property

from domain.claims.modes import speaks_of_posting
from domain.claims.quantities import quantities
from domain.english import fold, tokens, words
from domain.skills import find_skills

_ROLE_WORD = re.compile(r"\s+(?:role|position|post|job|vacancy|opening|opportunity)\b", re.IGNORECASE)
_QUOTES = re.compile(r'"[^"]{12,200}"')


class PostingWords:
    def __init__(self, title: str, company: str | None, description: str) -> None:
        self.title, self.company = fold(title), fold(company or "")
        self._text = fold(f"{title}\n{company or ''}\n{description}")

    @cached_property
    def joined(self) -> str:
        return f" {' '.join(token.norm for token in tokens(self._text))} "

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(token.stem for token in tokens(self._text))

    @cached_property
    def skills(self) -> frozenset[str]:
        return frozenset(mention.skill for mention in find_skills(self._text))

    @cached_property
    def values(self) -> frozenset[float]:
        return frozenset(quantity.value for quantity in quantities(self._text))

    @cached_property
    def company_words(self) -> frozenset[str]:
        return frozenset(token.norm for token in tokens(self.company))

    @cached_property
    def title_words(self) -> list[str]:
        return [token.norm for token in tokens(self.title)]

    def has(self, norms: Sequence[str]) -> bool:
        return f" {' '.join(norms)} " in self.joined

    def without_quotes(self, sentence: str) -> str:
        """The sentence with the posting's own words blanked, where it quotes them as the posting's."""
        if not _QUOTES.search(sentence) or not speaks_of_posting(_QUOTES.sub(" ", sentence)):
            return sentence
        return _QUOTES.sub(lambda quote: " " * len(quote[0]) if self._says(quote[0]) else quote[0], sentence)

    def _says(self, quote: str) -> bool:
        return self.has([token.norm for token in tokens(quote)])

    def named_in(self, sentence: str) -> tuple[tuple[int, int], ...]:
        """Where a sentence names the posting's title: words of it that end in a job or stand before "role"."""
        found = tokens(sentence)
        norms, title, places = [token.norm for token in found], self.title_words, []
        for start in range(len(norms)):
            longest = max((_common(norms[start:], title[begin:]) for begin in range(len(title))), default=0)
            last = start + longest - 1
            if longest and (
                (longest > 1 and norms[last] in words("titles")) or _ROLE_WORD.match(sentence, found[last].end)
            ):
                places.append((found[start].start, found[last].end))
        return tuple(places)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many items two sequences have in common at their heads."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
