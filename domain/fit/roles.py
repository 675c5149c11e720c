"""What people are by trade: roles with their other names, and how near one role is to another.

The list is `domain/data/roles.json`: roles in families, families in sectors, and the pairs of roles between which
people move more, or less, easily than their families say. A family also has words that are typical of its texts.
"""

import functools
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from domain.fit.words import stem
from domain.phrases import Found, PhraseIndex, Tokens

_SAME_FAMILY = 0.35
_SAME_SECTOR = 0.12


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    family: str
    sector: str


def find_roles(tokens: Tokens) -> list[Found[Role]]:
    """The roles that a text names, in order."""
    return _index().find(tokens)


def suggested_role(skill_group: str) -> Role | None:
    """The role of somebody whose title names only a skill of that group ("Scala Engineer")."""
    name = _data()["by_skill_group"].get(skill_group)
    return next((role for role, _ in _roles() if role.name == name), None) if name else None


def nearness(left: Role, right: Role) -> float:
    """1 for the same role, 0 for roles that have nothing in common."""
    if left.name == right.name:
        return 1.0
    listed = _near().get((left.name, right.name))
    if listed is not None:
        return listed
    if left.family == right.family:
        return _SAME_FAMILY
    return _SAME_SECTOR if left.sector == right.sector else 0.0


def topics(counts: Mapping[str, float]) -> dict[str, float]:
    """How much a text speaks the language of each family: a vector of length 1 over families."""
    raw: dict[str, float] = {}
    typical = _typical()
    for word, count in counts.items():
        for family, share in typical.get(word, ()):
            raw[family] = raw.get(family, 0.0) + share * math.log1p(count)
    length = math.sqrt(math.fsum(value * value for value in raw.values()))
    return {family: raw[family] / length for family in sorted(raw)} if length else {}


@functools.cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((files("domain") / "data" / "roles.json").read_text("utf-8"))
    return data


@functools.cache
def _index() -> PhraseIndex[Role]:
    return PhraseIndex((name, role) for role, names in _roles() for name in _numbers(names))


def _roles() -> Iterable[tuple[Role, list[str]]]:
    for sector in _data()["sectors"]:
        for family in sector["families"]:
            for name, others in family["roles"].items():
                yield Role(name, family["family"], sector["sector"]), [name, *others]


def _numbers(names: list[str]) -> list[str]:
    """The names, then their plurals."""
    return names + [name + "s" for name in names if name[-1].isalpha() and not name.endswith("s")]


@functools.cache
def _near() -> dict[tuple[str, str], float]:
    pairs: dict[tuple[str, str], float] = {}
    for left, right, value in _data()["near"]:
        pairs[left, right] = pairs[right, left] = value
    return pairs


@functools.cache
def _typical() -> dict[str, tuple[tuple[str, float], ...]]:
    """The families for which a stem is typical; one that many families share counts less for each."""
    families: dict[str, list[str]] = {}
    for sector in _data()["sectors"]:
        for family in sector["families"]:
            for stemmed in sorted({stem(word) for word in family["words"].split()}):
                families.setdefault(stemmed, []).append(family["family"])
    return {word: tuple((name, 1 / len(names)) for name in names) for word, names in families.items()}
