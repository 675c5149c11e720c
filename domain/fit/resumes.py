"""A résumé, read once, ready to be compared with any number of postings."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.fit.quotes import quote
from domain.fit.roles import Role, find_roles, suggested_role, topics
from domain.fit.seniority import level_of_title, level_of_years, years_of_practice
from domain.fit.words import frequencies, stem, tf_idf
from domain.phrases import LINE, Found, Tokens, tokenize, words
from domain.skills import catalogue, skills_in

MAX_CHARACTERS = 200_000  # what a document may hold; more is not read
_OPENING = 250  # characters in which people say what they are
_SHORT_LINE = 20  # tokens; a longer line is prose
_MENTIONED = 0.3  # how much of a role a person is who names it otherwise than as a title
_BY_SKILLS = 0.5
_EARLIER = 0.7  # each earlier trade counts this much of the one after it
_OLDEST = 0.4
_REACH = 4  # tokens between "Senior" and the role
_BULLETS = words("- * • · > \u2013 o")
_PRESENT = words("present now date today current ongoing since")


@dataclass(frozen=True, slots=True)
class _Title:
    """A role that stands at a token, in the line of tokens from `begin` to `end`."""

    role: Role
    at: int
    begin: int
    end: int


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
    groups = _groups(skills)
    titles, mentioned = _titles(tokens)
    years = years_of_practice(text)
    return PreparedResume(
        words=tf_idf(counts),
        topics=topics(counts),
        skills=skills,
        groups=groups,
        roles=_roles(titles, mentioned) or _suggested(groups),
        title_words=frozenset(stem(key) for title in titles for key in tokens.keys[title.begin : title.end]) - {""},
        years=years,
        level=_level(tokens, titles, years),
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


def _titles(tokens: Tokens) -> tuple[list[_Title], list[Role]]:
    """The person's own titles in their order, and the roles that are named besides.

    A title opens the résumé, or stands in a short line with a capital or a year. In prose, in the items of a list
    and in the plural people name their colleagues and customers.
    """
    titles: list[_Title] = []
    mentioned: list[Role] = []
    line_ends = [index for index, key in enumerate(tokens.keys) if key == LINE] + [len(tokens)]
    for found in find_roles(tokens):
        at = bisect_left(line_ends, found.first)
        begin, end = (line_ends[at - 1] + 1 if at else 0), line_ends[at]
        title = _Title(found.value, found.first, begin, min(end, begin + _SHORT_LINE))
        plural = tokens.key(found.last - 1).endswith("s")
        opening = tokens.starts[found.first] < _OPENING and not titles
        if not plural and (opening or (end - begin <= _SHORT_LINE and _heads(tokens, found, begin, end))):
            titles.append(title)
        else:
            mentioned.append(found.value)
    return titles, mentioned


def _heads(tokens: Tokens, found: Found[Role], begin: int, end: int) -> bool:
    """Whether a role in a short line is its title: no item of a list, with a capital or a year."""
    if tokens.key(begin) in _BULLETS:
        return False
    dated = any(len(key) == len("2026") and key.isdigit() for key in tokens.keys[begin:end])
    return dated or tokens.written(found.first)[0].isupper()


def _roles(titles: Sequence[_Title], mentioned: Sequence[Role]) -> tuple[tuple[Role, float], ...]:
    """Roles with their weight: the latest titles first, then what is only mentioned."""
    weights: dict[Role, float] = {}
    line, current = -1, 1.0
    for title in titles:
        if title.begin != line and line >= 0 and title.role not in weights:
            current = max(_OLDEST, current * _EARLIER)
        line = title.begin
        weights.setdefault(title.role, current)
    for role in mentioned:
        weights.setdefault(role, _MENTIONED)
    return tuple(weights.items())


def _suggested(groups: Mapping[str, int]) -> tuple[tuple[Role, float], ...]:
    """What somebody may be who names no trade: what most of the skills belong to."""
    for group in sorted(groups, key=lambda group: (-groups[group], group)):
        role = suggested_role(group)
        if role is not None:
            return ((role, _BY_SKILLS),)
    return ()


def _level(tokens: Tokens, titles: Sequence[_Title], years: float | None) -> float | None:
    """What the first title says, or the present employment's, else the years."""
    for title in titles[:2]:
        if title is not titles[0] and _PRESENT.isdisjoint(tokens.keys[title.begin : title.end]):
            continue
        before = level_of_title(tokens.keys[max(title.begin, title.at - _REACH) : title.at])
        after = level_of_title(tokens.keys[title.at : title.end])
        if before is not None:
            return before
        if after is not None and after <= 1:  # "Developer (trainee)"; "Teacher and Phonics Lead" is a teacher
            return after
    return None if years is None else level_of_years(years)
