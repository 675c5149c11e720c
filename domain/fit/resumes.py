"""A résumé, read once, ready to be compared with any number of postings."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.fit.quotes import quote
from domain.fit.roles import Role, find_roles, topics
from domain.fit.seniority import level_of_title, level_of_years, years_of_practice
from domain.fit.words import frequencies, stem, tf_idf
from domain.phrases import LINE, Found, Tokens, tokenize
from domain.skills import catalogue, skills_in

MAX_CHARACTERS = 200_000  # what a document may hold; more is not read
_OPENING = 250  # characters in which people say what they are
_SHORT_LINE = 14  # tokens; a longer line is prose, in which other people's roles are named too
_PROSE = 0.4
_EARLIER = 0.9  # each employment further back counts this much of the one after it
_OLDEST = 0.5


@dataclass(frozen=True, slots=True)
class PreparedResume:
    """What of a résumé is compared. `skills` holds, for each skill, the résumé's words that it rests on.

    `words` and `topics` are vectors of length 1. `roles` are (role, how much the person is that today, 0 to 1).
    `title_words` are the stems of the lines that name a role. `years` of practice and the `level` that follows from
    the titles or the years are None where the résumé tells nothing.
    """

    words: Mapping[str, float]
    topics: Mapping[str, float]
    skills: Mapping[str, str]
    groups: Mapping[str, int]
    roles: tuple[tuple[Role, float], ...]
    title_words: frozenset[str]
    years: float | None
    level: float | None


def prepare_resume(text: str) -> PreparedResume:
    """Read a résumé's text; any text gives a result, an empty one a résumé that fits nothing."""
    text = text[:MAX_CHARACTERS]
    tokens = tokenize(text)
    counts = frequencies(tokens, [1.0] * len(tokens))
    skills = _skills(tokens)
    lines = _lines(tokens)
    named = [(found, *_line_of(found, lines)) for found in find_roles(tokens)]
    years = years_of_practice(text)
    return PreparedResume(
        words=tf_idf(counts),
        topics=topics(counts),
        skills=skills,
        groups=_groups(skills),
        roles=_roles(tokens, named),
        title_words=frozenset(
            stem(key) for _, first, last in named if last - first <= _SHORT_LINE for key in tokens.keys[first:last]
        )
        - {""},
        years=years,
        level=_level(tokens, named, years),
    )


def _skills(tokens: Tokens) -> dict[str, str]:
    """The skills named, then those they imply (who knows Django knows Python), with the words for both."""
    named: dict[str, str] = {}
    implied: dict[str, str] = {}
    for mention in skills_in(tokens):
        if mention.negated or mention.skill in named:
            continue
        named[mention.skill] = quote(tokens.text, mention.start, mention.end)
        for broader in catalogue()[mention.skill].implies:
            implied.setdefault(broader, named[mention.skill])
    return implied | named


def _groups(skills: Mapping[str, str]) -> dict[str, int]:
    """How many skills of each group the résumé has."""
    groups: dict[str, int] = {}
    for skill in skills:
        group = catalogue()[skill].group
        groups[group] = groups.get(group, 0) + 1
    return groups


def _lines(tokens: Tokens) -> list[tuple[int, int]]:
    """The token ranges of the lines."""
    ends = [index for index, key in enumerate(tokens.keys) if key == LINE] + [len(tokens)]
    begins = [0, *(end + 1 for end in ends[:-1])]
    return list(zip(begins, ends, strict=True))


def _line_of(found: Found[Role], lines: list[tuple[int, int]]) -> tuple[int, int]:
    low, high = 0, len(lines)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if lines[middle][0] <= found.first else (low, middle)
    return lines[low]


def _roles(tokens: Tokens, named: list[tuple[Found[Role], int, int]]) -> tuple[tuple[Role, float], ...]:
    """Roles with their weight: what opens the résumé or heads a line, the latest first; less for those in prose."""
    weights: dict[Role, float] = {}
    line, current = -1, 1.0
    for found, first, last in named:
        if tokens.starts[found.first] < _OPENING:
            weight = 1.0
        elif last - first <= _SHORT_LINE:
            if first != line:
                line, current = first, current if line < 0 else max(_OLDEST, current * _EARLIER)
            weight = current
        else:
            weight = _PROSE
        weights[found.value] = max(weight, weights.get(found.value, 0.0))
    return tuple(weights.items())


def _level(tokens: Tokens, named: list[tuple[Found[Role], int, int]], years: float | None) -> float | None:
    """What the latest title says, else the years."""
    for found, first, last in named[:3]:
        around = tokens.keys[max(first, found.first - 3) : min(last, found.last + 3)]
        stated = level_of_title(around)
        if stated is not None:
            return stated
    return None if years is None else level_of_years(years)
