"""Whether a sentence makes the posting's company an employer of the past: "my years at ...", "... hired me"."""

import re

from domain.claims.model import Claim

_X = re.IGNORECASE | re.VERBOSE
_PAST = r"""(?:\b(?:my|previous|former|past|last|during)\s(?:\w+\ ){0,2}(?:time|years|role|tenure|stint|work|jobs?
    |position|experience|career|internship|days|shifts?|team|boss|manager|colleagues|employer|company|firm)\b[^,;.]{0,30}?|\bex-
    |\b(?:worked|served|spent|employed|led|managed|ran|built|interned|joined|left|taught|trained|hired|promoted|started
    |freelanced|consulted|was\ an?|years?|tenure|stint|alum\w*)\b[^,;.]{0,60}?)
    (?:at|for|with|from|by|of|joined|left|ex-|was|is|-)\s*(?:the\ )?"""
_AFTER = r"(?:'s?)?\ (?:\w+\ )?(?:hired|promoted|trained|taught|employed|trusted|asked|gave|made)\ (?:me|us)\b"
_THERE = r"""\b(?:at|with|for|by)\ (?:the\ )?{name}\b,?\ (?:where\ )?i\ (?:have\ |had\ )?
    (?!am\b|would|could|will|hope|want)\w+"""
_WELCOME = re.compile(
    r"""\b(?:appl\w*|consider\w*|like|love|saw|read|noticed|came\ across|drawn|interested|excited|pleased|wrote
    |writing|hope|would|could)\b""",
    _X,
)


def made_an_employer(sentence: str, claim: Claim) -> bool:
    """`claim` names the company."""
    name = re.escape(sentence[claim.start : claim.end])
    if re.search(name + _AFTER, sentence, _X) or re.search(_THERE.replace("{name}", name), sentence, _X):
        return True
    return bool(re.search(_PAST + name + r"\b", sentence, _X)) and not _WELCOME.search(sentence[: claim.start])
