"""Claims known by their frame: "worked for ...", "experience with ...", "as a ...", "I built ..."."""

import re
from collections.abc import Iterator, Sequence

from domain.claims.model import Claim, ClaimKind, Mode, Segment
from domain.claims.modes import DEED, mode_at
from domain.english import Token, words

_X = re.IGNORECASE | re.VERBOSE
_EMPLOYER = re.compile(
    r"""\b(?:(?:work|employ|serv|intern|consult|contract|freelanc|train|volunteer|teach|taught|spent|hir|recruit|headhunt
        |promot|trust)\w*|career|jobs?|roles?|stints?|tenure|time|years?|months?|spells?|positions?|placement|internship
        |apprenticeship|decades?|days)\s+(?:\w+\s+){0,2}?(?:at|for|with|by|from)\s+
    |\b(?:joined|joining|left|leaving|ex-|formerly\ (?:of|at|with)|alum(?:na|nus|ni)?\ of
        |(?:former|previous|last|past|old|current|first)\ (?:employer|company|firm|workplace),?(?:\ was|\ is)?)\s*
    |\bat\s+""",
    _X,
)
_FIELD = re.compile(
    r"""\b(?:experienced?|expertise|proficien\w+|skill(?:ed|s)?|fluen\w+|knowledge(?:able)?|familiar\w*|background
        |train(?:ed|ing)|versed|experts?|speciali[sz]\w+|certified|qualified|hands-on|grounding|command|mastery|competent
        |adept|career|grounded|schooled)\s+(?:\w+ly\s+)?(?:of|in|with|at|on|using|as|about)\s+
    |\b(?:speak|speaking|programming\ in|coding\ in|bilingual\ in)\s+|\bi\ (?:also\ |really\ |already\ )?know\s+
    |\bmy\s+(?=(?:[\w-]+\s+){1,4}(?:experience|skills?|background|expertise|knowledge|career|training|know-how
        |certification)\b)""",
    _X,
)
_ROLE = re.compile(
    r"""\b(?:as|was|am|i'm|been|be|being|became|become|appointed|named|made|acting|former|ex-|from
        |(?:promoted|rose|risen|advanced|moved\ up|step(?:ped)?\ up|grew)\ (?:in)?to
        |(?:role|position|title|post|job|work|career|life|years?)\ (?:of|as)
        )\s*(?:\b(?:an?|the|their|its|your)\b)?\s+""",
    _X,
)
_FRAMES = ((_EMPLOYER, ClaimKind.EMPLOYER), (_FIELD, ClaimKind.FIELD), (_ROLE, ClaimKind.ROLE))
_LONGEST = 7


def framed_claims(sentence: str, found: Sequence[Token], parts: list[Segment]) -> Iterator[Claim]:
    """Noun phrases after a frame, and the first part that tells a deed, as far as they are said of the person."""
    for frame, kind in _FRAMES:
        for match in frame.finditer(sentence):
            if mode_at(parts, match.start()) is Mode.PERSON:
                for phrase in _phrases(sentence, found, match.end(), kind):
                    yield from _claim(sentence, phrase, kind)
    deed = next((p for p in parts if p.mode is Mode.PERSON and DEED.search(sentence[p.start : p.end])), None)
    if deed:
        end = next((p.start for p in parts if p.start > deed.start and p.mode is Mode.POSTING), len(sentence))
        yield Claim(ClaimKind.DEED, Mode.PERSON, sentence[deed.start : end], deed.start, end, ())


def _phrases(sentence: str, found: Sequence[Token], start: int, kind: ClaimKind) -> Iterator[list[Token]]:
    """The noun phrase after a frame; a list of fields gives one phrase per member."""
    phrase: list[Token] = []
    for token in (token for token in found if token.start >= start):
        gap = sentence[start : token.start]
        listed = kind is ClaimKind.FIELD and bool(phrase) and ("," in gap or token.norm in {"and", "or"})
        of_role = kind is ClaimKind.ROLE and token.norm in {"of", "for"}
        if re.search(r"[.;:()!?\"]", gap) or ("," in gap and not listed) or len(phrase) > _LONGEST:
            break
        if token.norm in words("stops") and not listed and not of_role:
            break
        if listed:
            yield phrase
            phrase = []
        if token.norm not in {"and", "or"}:
            phrase.append(token)
        start = token.end
    yield phrase


def _claim(sentence: str, phrase: list[Token], kind: ClaimKind) -> Iterator[Claim]:
    while phrase and phrase[0].norm in words("determiners"):
        phrase = phrase[1:]
    if kind is ClaimKind.ROLE:
        phrase = _title(phrase)
    if not phrase or all(token.stem in words("letter") or token.number for token in phrase):
        return
    start, end = phrase[0].start, phrase[-1].end
    yield Claim(kind, Mode.PERSON, sentence[start:end], start, end, tuple(token.norm for token in phrase))


def _title(phrase: list[Token]) -> list[Token]:
    """The phrase up to its last job word ("lead nurse"), and a following "of ..."; empty when it has none."""
    titles = words("titles")
    heads = [index for index, token in enumerate(phrase) if {token.norm, token.norm.rstrip("s")} & titles]
    if not heads:
        return []
    tail = phrase[heads[-1] + 1 : heads[-1] + 4]
    begin = max((n + 1 for n, token in enumerate(phrase[: heads[-1]]) if token.norm in words("determiners")), default=0)
    return phrase[begin : heads[-1] + 1] + (tail if tail and tail[0].norm in {"of", "for"} else [])
