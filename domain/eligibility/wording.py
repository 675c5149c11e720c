"""Turns of phrase that several topics share: what is only preferred, what is denied."""

import re

from domain.eligibility.model import Sentence
from domain.fit.passages import Section

_PREFERRED = re.compile(
    r"\b(?:(?:is|are|be|as|considered|would be|'s) (?:a |an |highly |strongly )?(?:big |huge |strong |real |definite )?"
    r"(?:plus|advantage|bonus|asset|advantageous|beneficial|desirable|preferred|welcome|ideal|nice)"
    r"|preferred|preferably|desirable|desired|ideally|nice[- ]to[- ]have|a plus|a bonus|an asset|an advantage"
    r"|von vorteil|wünschenswert)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|never|cannot|can'?t|unable|without|don'?t|doesn'?t|won'?t|isn'?t|aren'?t|neither|nor"
    r"|unfortunately)\b",
    re.IGNORECASE,
)
_NOT_NEEDED = re.compile(
    r"(?:\bnot|n'?t) (?:strictly |formally |be )?(?:required|needed|necessary|essential|mandatory|demanded"
    r"|expected|a must|need\b|require\b)"
    r"|\bno\b[^.;]{0,50}\b(?:required|needed|necessary|needs?)\b|\bno need\b",
    re.IGNORECASE,
)


_DEMANDED = re.compile(
    r"\brequir|\bmust\b|\bneed(?:ed|s)?\b|\bexpect|\bessential\b|\bmandatory\b|\bminimum\b|\bat least\b|\bcandidates?\b"
    r"|\bapplicants?\b|\b(?:you|who)(?:'ve| have| has| hold| bring| speak| are| already)\b|\bsuccessful\b",
    re.IGNORECASE,
)


def is_demanded(sentence: Sentence) -> bool:
    """Whether its place or its words say that it is a condition, not a duty or a story."""
    if sentence.section is Section.REQUIRED:
        return True
    in_the_way = sentence.section in {Section.BENEFITS, Section.COMPANY}
    return not in_the_way and bool(_DEMANDED.search(sentence.text.replace("\u2019", "'")))


def is_preferred(sentence: Sentence) -> bool:
    """Whether it names something welcome that nobody is excluded for."""
    return sentence.section is Section.PREFERRED or bool(_PREFERRED.search(sentence.text))


def is_denied(text: str) -> bool:
    return bool(_DENIED.search(text.replace("\u2019", "'")))


def is_not_needed(text: str) -> bool:
    """As in "a degree is not required" and "no German needed"."""
    return bool(_NOT_NEEDED.search(text.replace("\u2019", "'")))
