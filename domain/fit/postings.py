"""A posting as the fit reads it: weighed words, asked skills, the role and the level of its title."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.fit.passages import SECTION_WEIGHTS, Passage, Section, read_passages
from domain.fit.quotes import quote
from domain.fit.roles import Role, find_roles, topics
from domain.fit.seniority import level_of_title, level_of_years, stated_years
from domain.fit.words import frequencies, stem, tf_idf
from domain.negations import negated
from domain.phrases import Tokens, tokenize
from domain.skills import catalogue, skills_in

MAX_TITLE = 500  # characters; more is not read
MAX_DESCRIPTION = 40_000
_ROLE_IN_TEXT = 0.7  # how sure a role is that only the description names
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
    """`words` and `topics` are vectors of length 1; `roles` are (role, certainty 0 to 1); `level` may be unknown."""

    words: Mapping[str, float]
    topics: Mapping[str, float]
    skills: tuple[AskedSkill, ...]
    roles: tuple[tuple[Role, float], ...]
    title_words: frozenset[str]
    level: float | None


def read_posting(title: str, description: str) -> ReadPosting:
    """Read a posting; any two texts give a result."""
    heading, body = tokenize(title[:MAX_TITLE]), tokenize(description[:MAX_DESCRIPTION])
    passages = read_passages(body.text)
    weights = _weights(body, passages)
    counts = frequencies(heading, [SECTION_WEIGHTS[Section.TITLE]] * len(heading))
    for word, count in frequencies(body, weights).items():
        counts[word] = counts.get(word, 0.0) + count
    return ReadPosting(
        words=tf_idf(counts),
        topics=topics(counts),
        skills=_asked(heading, body, passages),
        roles=_roles(heading, body, weights),
        title_words=frozenset(stem(key) for key in heading.keys) - {""},
        level=_level(heading, body, passages),
    )


def _weights(tokens: Tokens, passages: Sequence[Passage]) -> list[float]:
    """What each token counts for; headings, which belong to no passage, count nothing."""
    starts = [passage.start for passage in passages]
    weights: list[float] = []
    for start in tokens.starts:
        at = bisect_right(starts, start) - 1
        inside = at >= 0 and start < passages[at].end
        weights.append(SECTION_WEIGHTS[passages[at].section] if inside else 0.0)
    return weights


def _asked(heading: Tokens, body: Tokens, passages: Sequence[Passage]) -> tuple[AskedSkill, ...]:
    """The skills, each at the place where it weighs most, the weightiest first."""
    asked: dict[str, AskedSkill] = {}
    body_weights = {passage.start: SECTION_WEIGHTS[passage.section] for passage in passages}
    starts = list(body_weights)
    for tokens in (heading, body):
        for mention in skills_in(tokens):
            if tokens is heading:
                weight = SECTION_WEIGHTS[Section.TITLE]
            else:
                at = bisect_right(starts, mention.start) - 1
                inside = at >= 0 and mention.start < passages[at].end
                weight = body_weights[starts[at]] if inside else 0.0
            skill = catalogue()[mention.skill]
            weight *= skill.weight
            known = asked.get(skill.name)
            if mention.negated or not weight or (known is not None and known.weight >= weight):
                continue
            asked[skill.name] = AskedSkill(
                skill.name, skill.group, weight, quote(tokens.text, mention.start, mention.end)
            )
    return tuple(sorted(asked.values(), key=lambda skill: (-skill.weight, skill.skill)))


def _roles(heading: Tokens, body: Tokens, weights: Sequence[float]) -> tuple[tuple[Role, float], ...]:
    """The roles that the title names, or, when it names none, the first that the description names."""
    for tokens, certainty in ((heading, 1.0), (body, _ROLE_IN_TEXT)):
        found = find_roles(tokens)
        denied = negated(tokens, [(role.first, role.last) for role in found])
        named = dict.fromkeys(
            role.value
            for position, role in enumerate(found)
            if position not in denied and (tokens is heading or weights[role.first])
        )
        if named:
            return tuple((role, certainty) for role in list(named)[: None if tokens is heading else 1])
    return ()


def _level(heading: Tokens, body: Tokens, passages: Sequence[Passage]) -> float | None:
    stated = level_of_title(heading.keys)
    if stated is not None:
        return stated
    asked = [
        years
        for passage in passages
        if passage.section in {Section.REQUIRED, Section.DUTIES}
        for years in stated_years(body.text[passage.start : passage.end])
        if years <= _MOST_YEARS
    ]
    return level_of_years(max(asked)) if asked else None
