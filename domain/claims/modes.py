"""Of whom each part of a sentence speaks: of the person who signs, or of the posting ("your need for Kubernetes").

A denial ("I have yet to use Kubernetes") or a wish ("I would love to work with Kubernetes") claims nothing, so it
counts as speaking of the posting. A part that affirms ("which I have used for years") makes claims of the whole.
"""

import re
from itertools import pairwise

from domain.claims.model import Mode, Segment

_X = re.IGNORECASE | re.VERBOSE
_PERSON = re.compile(
    r"\b(?:i|i'm|i've|i'd|i'll|me|my|mine|myself|we|we've|our|us|candidate|applicant|he|she|his|her)\b", _X
)
_POSTING = re.compile(
    r"""\b(?:you|you're|you've|you'd|your|yours|posting|advert|advertisement|listing|vacancy|job\ description
    |(?:the|this|that)\ (?:role|position|job|opening|post))\b""",
    _X,
)
_CUT = re.compile(
    r"""[,;:()\u2013\u2014]|\s-\s
    |\s(?:and|but|while|whereas|yet|though|although|because|so|since)(?=\s+(?:i|i've|i'm|my|you|your|we)\b)""",
    _X,
)
_AFFIRMED = re.compile(
    r"""\b(?:which|that)\b(?:\s+\w+){0,2}?\s*\b(?:i|my|me|mine)\b|\b(?:so|as)\s+(?:do|have|am|did)\s+i\b
    |\bas\s+i\s+(?:do|have|did)\b
    |\b(?:this|these|those|both|all)\s+i\s+(?:have|had|do|did|bring|offer|know|hold|used?)\b
    |\b(?:i|me)\b[^,;:.]{0,40}\b(?:it|both|them|those|these|exactly\ that|all\ of|too
        |(?:do|have|meet|match|tick|fulfil\w*)(?=\s*[,;.]|$))\b
    |\b(?:gain|get|hire|find|have|see)\ (?:in\ me|someone\ with|an?\ )
    |\bmatch(?:es|ed)?\b.{0,30}\bmy\b|\bmy\b.{0,40}\bmatch""",
    _X,
)
_DENIED = re.compile(
    r"""\b(?:yet\ to|new\ to|lack(?:ing)?|not\ (?:yet\ )?(?:used|worked)|never\ (?:used|worked|touched|run|written|held)
    |(?:have|has|had|do|does|did)(?:n't|\ not)(?:\ yet)?\ (?:\w+ly\ )?(?:use|used|work|worked|have|had|know|run|ran
        |written|touched|list|show|appear|held|done|tried|seen|claim|bring|speak|name|cover)
    |no\ (?:\w+\ ){0,2}(?:experience|background|exposure|training|knowledge)
    |learn(?:ing)?(?=\ (?:it|more|about|to|how|\w+\ (?:from|on|with|here|properly)))
    |pick(?:ing)?\ up|grow(?:ing)?\ into|would\ (?:need|have)\ to|isn't\ on|is\ not\ on|not\ on\ my|missing\ from
    |starting\ fresh)\b""",
    _X,
)
_NOT_ONLY = re.compile(
    r"""\b(?:not|n't)\ (?:only|just|merely|simply)\b|\bno\ (?:stranger|newcomer|lack|shortage)\b|\bwithout\b
    |\bnever\ (?:stopped|failed)\b""",
    _X,
)
_WISHED = re.compile(
    r"""\b(?:would\ (?:like|love|enjoy|welcome|be)|want\ to|hope\ to|hoping\ to|eager|keen|look(?:ing)?\ forward
    |drawn\ to|drew\ me|caught\ my|interest(?:ed|s)?\ (?:in|me)|curious|admire|appeal\w*|appreciate|struck|stood\ out
    |i\ read|happily|gladly|notic(?:e|ed)|appl(?:y|ying|ied|ication)|writ(?:e|ing)\ (?:to|about)
    |i\ (?:could|would|will|can)\b|i'd|i'll|excite[ds]?|exciting)\b""",
    _X,
)
_HELD = re.compile(
    r"""\b(?:my\ (?!next|future)(?:[\w-]+\ ){0,2}(?:experience|expertise|background|skills?|knowledge|work
        |career|record|years|time|jobs?|roles?|training|strengths?|tools?|stack|use|practice|projects?|degree|certificates?|specialty|craft)
    |have|had|has|i've|bring|bringing|i\ (?:also\ )?know|knew|used|using|ran|run|built|led|managed
    |experience[ds]?|expert\w*|skilled|proficien\w*|worked|working|certified|fluent|hold|holding|years|since|trained|mastered|grew|wrote|offer)\b""",
    _X,
)
DEED = re.compile(
    r"""\bi(?:'ve|\ have|\ also|\ then|\ once|\ later|\ first)*\s+(?:\w+ly\s+)?
    (?!(?:noticed|liked|enjoyed|admired|loved|wanted|hoped|looked|applied|learned|learnt|appreciated)\b)
    (?:[a-z]+ed|led|ran|built|wrote|taught|won|drove|grew|kept|cut|brought|made|held|set|spent|sold|oversaw|began|rose|gave
    |put|flew|shot|bought|fought|took\ (?:over|on|part))\b
    |\bi(?:'ve|\ have)\ (?:\w+ly\ )?(?!been|had|read|seen|heard|found|got|to|no|never|yet|an?\b|the\b|my\b)
    \w+[nt]\b""",
    _X,
)


def segments(sentence: str, company: str) -> list[Segment]:
    """The sentence cut at commas and clauses; a part without a sign of its own goes on as the part before it."""
    cuts = [0, *(match.start() for match in _CUT.finditer(sentence)), len(sentence)]
    claims_all = _AFFIRMED.search(sentence) and not denies(sentence) and _PERSON.search(sentence)
    parts, mode = [], Mode.PERSON
    for start, end in pairwise(cuts):
        if sentence[start:end].strip():
            mode = _mode(sentence[start:end], company, mode)
            parts.append(Segment(start, end, Mode.PERSON if claims_all else mode))
    return parts


def mode_at(parts: list[Segment], at: int) -> Mode:
    return next((part.mode for part in parts if part.start <= at < part.end), Mode.PERSON)


def denies(text: str) -> bool:
    return bool(_DENIED.search(text)) and not _NOT_ONLY.search(text)


def speaks_of_posting(text: str) -> bool:
    """Whether a text names the posting or its people, and says of the person nothing that they have or did."""
    return bool(_POSTING.search(text)) and not _holds(text)


def _holds(text: str) -> bool:
    return bool(_HELD.search(text) or DEED.search(text))


def _mode(text: str, company: str, before: Mode) -> Mode:
    if denies(text):
        return Mode.POSTING
    person = _PERSON.search(text)
    posting = _POSTING.search(text) or (company and company.casefold() in text.casefold())
    if _holds(text):
        return Mode.PERSON if person else before
    if person:
        return Mode.POSTING if posting or _WISHED.search(text) else Mode.PERSON
    return Mode.POSTING if posting else before
