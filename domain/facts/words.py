"""The words by which the parts of a résumé are told apart, in ten languages.

data/resume_words.json holds them; its names of countries are those of the Unicode CLDR, release 47.
"""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import json
import re
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th", "’": "'"})
_NO_WORD = re.compile(r"[^\w+#]+")


@cache
def data() -> dict[str, Any]:
    words: dict[str, Any] = json.loads(resources.files("domain").joinpath("data/resume_words.json").read_text("utf-8"))
    return words


def fold(text: str) -> str:
    """`text` without case and accents, for comparing only: its length may differ."""
    if text.isascii():
        return text.casefold()
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def key(text: str) -> str:
    """The folded words of `text`, one space between them."""
    return " ".join(_NO_WORD.sub(" ", fold(text).replace("_", " ")).split())


@cache
def folded(name: str) -> frozenset[str]:
    """The list `name` of the data as folded words."""
    return frozenset(map(fold, data()[name]))


@cache
def keyed(name: str, inner: str) -> frozenset[str]:
    return frozenset(map(key, data()[name][inner]))


@cache
def headings() -> dict[str, str]:
    """The section that each known heading opens."""
    return {key(heading): section for section, names in data()["headings"].items() for heading in names}


@cache
def heading_ends() -> dict[str, str]:
    return {fold(word): section for section, words in data()["heading_ends"].items() for word in words}


@cache
def titles() -> frozenset[str]:
    """What a résumé calls itself."""
    return frozenset(map(key, data()["titles"]))


@cache
def labels() -> dict[str, frozenset[str]]:
    return {name: keyed("labels", name) for name in data()["labels"]}


@cache
def language_names() -> dict[str, str]:
    """The usual name of each spoken language by its folded names."""
    return {key(name): language for language, names in data()["languages"].items() for name in names}


def alternation(words: list[str]) -> str:
    """A pattern for any of the words, longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
