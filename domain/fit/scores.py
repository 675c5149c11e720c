"""The score: a few measures of likeness, weighed and put through a fixed logistic curve.

`Fit.arithmetic` holds every number, so that the score can be worked out again by hand:

    coverage = (skills_matched + RELATED * skills_related + PRIOR * PRIOR_WEIGHT) / (skills_asked + PRIOR_WEIGHT)
    logit    = bias + the sum over the measures of weight.<measure> * <measure>
    score    = round(10 / (1 + exp(-logit)), 1), but 0 where the résumé or the posting has no words at all
"""

import math
from dataclasses import dataclass

from domain.fit.postings import ReadPosting, read_posting
from domain.fit.resumes import PreparedResume
from domain.fit.roles import nearness
from domain.fit.seniority import gap, level_of_years
from domain.fit.words import cosine, rarity

SCORER_VERSION = "1"

BIAS = -3.4
WEIGHTS = {
    "likeness": 1.7,  # square root of the cosine of the words
    "coverage": 2.6,  # share of the asked skills that the résumé shows
    "role": 2.6,  # nearness of the trades, 0 to 1
    "title": 0.8,  # share of the title's words found in the résumé's titles
    "topic": 0.8,  # cosine of the families of work whose language the texts speak
    "seniority": -0.9,  # levels apart, as far as the trade is the same
}
RELATED = 0.3  # what a skill counts for when the résumé shows only others of its group
RELATED_ENOUGH = 3  # with so many others of its group it counts RELATED in full
PRIOR = 0.25  # coverage of a posting that names no skill
PRIOR_WEIGHT = 2.0
_UNRELATED_GROUPS = frozenset({"Languages", "General strengths"})


@dataclass(frozen=True, slots=True)
class SkillEvidence:
    """A skill that a posting asks for, in the posting's words, and the résumé's words that show it, if any do."""

    skill: str
    posting_quote: str
    resume_quote: str | None


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a posting fits: 0 to 10 with one decimal, what it rests on, and the arithmetic (see the module)."""

    score: float
    matched: tuple[SkillEvidence, ...]
    missing: tuple[SkillEvidence, ...]
    arithmetic: dict[str, float]


def rate(resume: PreparedResume, title: str, description: str) -> Fit:
    """Rate one posting for one résumé. The result depends on these texts alone; any texts give one."""
    posting = read_posting(title, description)
    evidence = [SkillEvidence(asked.skill, asked.quote, resume.skills.get(asked.skill)) for asked in posting.skills]
    arithmetic = _measures(resume, posting)
    logit = BIAS + math.fsum(weight * arithmetic[measure] for measure, weight in WEIGHTS.items())
    score = round(10 / (1 + math.exp(-logit)), 1) if resume.words and posting.words else 0.0
    return Fit(
        score=score,
        matched=tuple(item for item in evidence if item.resume_quote is not None),
        missing=tuple(item for item in evidence if item.resume_quote is None),
        arithmetic=arithmetic
        | {f"weight.{measure}": weight for measure, weight in WEIGHTS.items()}
        | {"bias": BIAS, "logit": logit, "score": score},
    )


def _measures(resume: PreparedResume, posting: ReadPosting) -> dict[str, float]:
    """The measures by name, and the numbers that they are made of."""
    likeness = cosine(resume.words, posting.words)
    role = max(
        (nearness(mine, asked) * weight * sure for mine, weight in resume.roles for asked, sure in posting.roles),
        default=0.0,
    )
    levels = _levels_apart(resume, posting)
    return {
        "cosine": likeness,
        "likeness": math.sqrt(likeness),
        **_coverage(resume, posting),
        "role": role,
        "title": _shared_title(resume, posting),
        "topic": cosine(resume.topics, posting.topics),
        "levels_apart": levels,
        "seniority": levels * role,
    }


def _levels_apart(resume: PreparedResume, posting: ReadPosting) -> float:
    """A title asks for a level; failing that, a number of years asks for at least the level they usually give."""
    if posting.level is not None or posting.years is None:
        return gap(posting.level, resume.level, at_least=False)
    return gap(level_of_years(posting.years), resume.level, at_least=True)


def _coverage(resume: PreparedResume, posting: ReadPosting) -> dict[str, float]:
    asked = math.fsum(skill.weight for skill in posting.skills)
    matched = math.fsum(skill.weight for skill in posting.skills if skill.skill in resume.skills)
    related = math.fsum(
        skill.weight * min(1.0, resume.groups.get(skill.group, 0) / RELATED_ENOUGH)
        for skill in posting.skills
        if skill.skill not in resume.skills and skill.group not in _UNRELATED_GROUPS
    )
    coverage = (matched + RELATED * related + PRIOR * PRIOR_WEIGHT) / (asked + PRIOR_WEIGHT)
    return {"skills_asked": asked, "skills_matched": matched, "skills_related": related, "coverage": coverage}


def _shared_title(resume: PreparedResume, posting: ReadPosting) -> float:
    asked = math.fsum(rarity(word) for word in posting.title_words)
    shared = math.fsum(rarity(word) for word in posting.title_words & resume.title_words)
    return shared / asked if asked else 0.0
