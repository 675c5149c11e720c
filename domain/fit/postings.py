"""A posting as the fit reads it: weighed words, asked skills, the role and the level of its title."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.fit.passages import SECTION_WEIGHTS, Passage, Section, read_passages
from domain.fit.quotes import clip
from domain.fit.roles import Role, find_roles, suggested_role, topics
from domain.fit.seniority import level_of_title, stated_years
from domain.fit.words import frequencies, stem, tf_idf
from domain.negations import negated
from domain.phrases import Tokens, tokenize, words
from domain.skills import Mention, catalogue, skills_in

MAX_TITLE = 500  # characters; more is not read
MAX_DESCRIPTION = 40_000
_ROLE_IN_TEXT = 0.7  # how sure a role is that the title does not name
_ROLE_IN_SUBTITLE = 0.5  # "Writer, Developer Documentation"
_BREAKS = words(", - \u2013 \u2014 ( | :")
_IN_TITLE = SECTION_WEIGHTS[Section.TITLE]
_MOST_YEARS = 20  # more is the age of a firm


@dataclass(frozen=True, slots=True)
class AskedSkill:
    """A skill of a posting. `weight` is what it counts for, by its place in the posting; `quote` the words for it."""

    skill: str
    group: str
    weight: float
    quote: str


@dataclass(frozen=True, slots=True)
class ReadPosting:
    """`words` and `topics` are vectors of length 1; `roles` are (role, how sure, 0 to 1).

    `level` is what the title states, `years` the practice that the text asks for; None where they say nothing.
    """

    words: Mapping[str, float]
    topics: Mapping[str, float]
    skills: tuple[AskedSkill, ...]
    roles: tuple[tuple[Role, float], ...]
    title_words: frozenset[str]
    level: float | None
    years: int | None


def read_posting(title: str, description: str) -> ReadPosting:
    """Read a posting; any two texts give a result."""
    heading, body = tokenize(title[:MAX_TITLE]), tokenize(description[:MAX_DESCRIPTION])
    passages = read_passages(body)
    weights = _weights(body, passages)
    counts = frequencies(heading, [_IN_TITLE] * len(heading))
    for word, count in frequencies(body, weights).items():
        counts[word] = counts.get(word, 0.0) + count
    skills = _asked(heading, body, passages, weights)
    return ReadPosting(
        words=tf_idf(counts),
        topics=topics(counts),
        skills=skills,
        roles=_roles(heading, body, weights, skills),
        title_words=frozenset(stem(key) for key in heading.keys) - {""},
        level=level_of_title(heading.keys),
        years=_asked_years(body, passages),
    )


def _weights(tokens: Tokens, passages: Sequence[Passage]) -> list[float]:
    """What each token counts for, by the part of the posting that it stands in."""
    weights = [0.0] * len(tokens)
    for passage in passages:
        first, last = bisect_left(tokens.starts, passage.start), bisect_left(tokens.starts, passage.end)
        weights[first:last] = [SECTION_WEIGHTS[passage.section]] * (last - first)
    return weights


def _asked(
    heading: Tokens, body: Tokens, passages: Sequence[Passage], weights: Sequence[float]
) -> tuple[AskedSkill, ...]:
    """The skills, each at the place where it weighs most, the weightiest first."""
    best: dict[str, tuple[float, Tokens, Mention]] = {}
    for tokens in (heading, body):
        for mention in skills_in(tokens):
            in_title = tokens is heading
            place = _IN_TITLE if in_title else weights[bisect_left(tokens.starts, mention.start)]
            if not mention.negated and place > best.get(mention.skill, (0.0,))[0]:
                best[mention.skill] = (place, tokens, mention)
    begins = [passage.start for passage in passages]
    asked = []
    for name, (place, tokens, mention) in best.items():
        begin, end = 0, len(tokens.text)
        if tokens is body:
            passage = passages[bisect_right(begins, mention.start) - 1]
            begin, end = passage.start, max(passage.end, mention.end)
        written = clip(tokens.text, begin, end, mention.start, mention.end)
        skill = catalogue()[name]
        asked.append(AskedSkill(name, skill.group, place * skill.weight, written))
    return tuple(sorted(asked, key=lambda skill: (-skill.weight, skill.skill)))


def _roles(
    heading: Tokens, body: Tokens, weights: Sequence[float], skills: Sequence[AskedSkill]
) -> tuple[tuple[Role, float], ...]:
    """The roles that the title names, with how sure they are; else the one that its skills or the text suggest."""
    found = find_roles(heading)
    denied = negated(heading, [(role.first, role.last) for role in found])
    named: dict[Role, float] = {}
    for role in (role for position, role in enumerate(found) if position not in denied):
        apart = named and not _BREAKS.isdisjoint(heading.keys[: role.first])
        named.setdefault(role.value, _ROLE_IN_SUBTITLE if apart else 1.0)
    if named:
        return tuple(named.items())
    in_title = next((suggested_role(skill.group) for skill in skills if skill.quote in heading.text), None)
    in_text = next((role.value for role in find_roles(body) if weights[role.first]), None)
    suggested = in_title or in_text
    return ((suggested, _ROLE_IN_TEXT),) if suggested else ()


def _asked_years(body: Tokens, passages: Sequence[Passage]) -> int | None:
    """The most years of practice that any sentence about the work asks for."""
    about_work = (
        body.text[passage.start : passage.end]
        for passage in passages
        if passage.section in {Section.REQUIRED, Section.DUTIES}
    )
    asked = (years for sentence in about_work if "year" in sentence.lower() for years in stated_years(sentence))
    return max((years for years in asked if years <= _MOST_YEARS), default=None)
