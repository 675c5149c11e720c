"""Words as the fit counts them: stems, weighed by how rare they are in postings and in English."""

import functools
import gzip
import json
import math
from collections.abc import Iterable, Mapping
from importlib.resources import files
from types import MappingProxyType

import snowballstemmer

from domain.phrases import Tokens, key_of


@functools.lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of a word, whatever its spelling; empty for what holds no letter or only one."""
    key = key_of(word)
    if len(key) < 2 or not any(character.isalpha() for character in key):  # noqa: PLR2004
        return ""
    stemmed: str = _stemmer().stemWord(key[:40])
    return stemmed


@functools.cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@functools.cache
def _background() -> tuple[Mapping[str, float], float]:
    """Inverse document frequencies by stem, and that of a word never seen; see `bench/fit/background.py`."""
    packed = (files("domain") / "data" / "idf.json.gz").read_bytes()
    data = json.loads(gzip.decompress(packed))
    return MappingProxyType(data["idf"]), float(data["unknown"])


def rarity(stemmed: str) -> float:
    """ln(1 / share of the documents that hold the word); 0 for stop words and for no word at all."""
    idf, unknown = _background()
    return idf.get(stemmed, unknown) if stemmed else 0.0


def frequencies(tokens: Tokens, weights: Iterable[float]) -> dict[str, float]:
    """How often each stem occurs, every token counted with its weight."""
    counts: dict[str, float] = {}
    for key, weight in zip(tokens.keys, weights, strict=True):
        if weight:
            stemmed = stem(key)
            counts[stemmed] = counts.get(stemmed, 0.0) + weight
    counts.pop("", None)
    return counts


def tf_idf(counts: Mapping[str, float]) -> dict[str, float]:
    """The vector of length 1 with the direction ln(1 + frequency) times rarity; empty when no word counts."""
    raw = {word: math.log1p(count) * rarity(word) for word, count in counts.items()}
    length = math.sqrt(math.fsum(value * value for value in raw.values()))
    return {word: value / length for word, value in raw.items() if value} if length else {}


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """0 to 1; `fsum` makes it independent of the order in which the words came."""
    if len(left) > len(right):
        left, right = right, left
    return min(1.0, math.fsum(value * right[word] for word, value in left.items() if word in right))
