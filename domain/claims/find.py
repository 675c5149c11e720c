"""Every claim of a sentence: skills, names, numbers and dates, credentials, and what `frames` knows."""

import re
from collections.abc import Iterator

from domain.claims.evidence import credential_class
from domain.claims.frames import framed_claims
from domain.claims.model import Claim, ClaimKind, Mode, Segment
from domain.claims.modes import mode_at, segments
from domain.claims.quantities import Measure, is_loose, month_years, quantities
from domain.english import Token, is_english, tokens, words
from domain.skills import catalogue, find_skills

_UNEXEMPT = {ClaimKind.ROLE, ClaimKind.EMPLOYER, ClaimKind.NUMBER, ClaimKind.DATE, ClaimKind.SPAN}
_HEDGE = re.compile(
    r"\b(?:(over|more than|at least|upwards of|in excess of)|(nearly|almost|close to|under|some|about|around))\s+$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|as of|from)\s+(?:\w+ )?$", re.IGNORECASE)
_IS_SUBJECT = re.compile(r"\s+(?:is|was|has|comes|came|feels|became|remains|and)\b|,", re.IGNORECASE)
_ACTS_ON_ME = re.compile(r"'s\b|\s+(?:\w+ly )?\w+(?:ed|t|ve|de)? (?:me|us)\b", re.IGNORECASE)


def find_claims(sentence: str, company: str, exempt: tuple[tuple[int, int], ...] = ()) -> list[Claim]:
    """The claims of a folded sentence, in reading order. `exempt`: where it only names the posting's title."""
    parts = segments(sentence, company)
    found = tokens(sentence)
    claims = [
        *_skills(sentence, parts),
        *_names(sentence, found, parts),
        *_numbers(sentence, parts),
        *_credentials(found, parts),
        *framed_claims(sentence, found, parts),
    ]
    kept = [c for c in claims if c.kind in _UNEXEMPT or not any(s <= c.start and c.end <= e for s, e in exempt)]
    return sorted(kept, key=lambda claim: (claim.kind is ClaimKind.DEED, claim.start, claim.end))


def _skills(sentence: str, parts: list[Segment]) -> Iterator[Claim]:
    for mention in find_skills(sentence):
        mode = Mode.POSTING if mention.negated else mode_at(parts, mention.start)
        text = sentence[mention.start : mention.end]
        yield Claim(ClaimKind.SKILL, mode, text, mention.start, mention.end, (mention.skill,))


def _names(sentence: str, found: list[Token], parts: list[Segment]) -> Iterator[Claim]:
    """Capitalised words that follow each other, and words that no dictionary has."""
    group: list[Token] = []
    for index, token in enumerate(found):
        if group and _continues(sentence, group[-1], token, found[index + 1 : index + 2]):
            group.append(token)
            continue
        yield from _name(sentence, group, parts, first=group[:1] == found[:1])
        group = [token] if _is_name(token) else []
    yield from _name(sentence, group, parts, first=group[:1] == found[:1])


def _is_name(token: Token) -> bool:
    if token.number or token.norm in words("plain_capitals"):
        return False
    return token.capital or (not is_english(token.norm) and "'" not in token.norm)


def _continues(sentence: str, last: Token, token: Token, after: list[Token]) -> bool:
    gap = sentence[last.end : token.start]
    if gap.strip(" &-/.") or last.text.endswith("'s") or sentence[last.end : last.end + 1] == "'":
        return False
    if token.norm in words("joiners"):
        return bool(after) and after[0].capital and last.capital
    return _is_name(token) or (token.number and " " in gap)


def _name(sentence: str, group: list[Token], parts: list[Segment], *, first: bool) -> Iterator[Claim]:
    """The group as a claim; at the head of a sentence a capital proves nothing, so plain words there are let go."""
    if group and first and group[0].text[1:].islower() and is_english(group[0].norm):
        if len(group) == 1 and not _names_something(sentence, group[0]):
            return
        if group[0].stem in words("letter"):
            group = group[1:]
    while group and group[0].norm in words("joiners"):
        group = group[1:]
    while group and group[-1].norm in words("joiners"):
        group = group[:-1]
    months = words("months")
    group = [token for token in group if token.norm not in months or len(group) > 2]  # noqa: PLR2004 - "May Day Ltd"
    if all(token.number for token in group):
        return
    start, end = group[0].start, group[-1].end
    norms = tuple(token.norm for token in group)
    yield Claim(ClaimKind.NAME, mode_at(parts, start), sentence[start:end], start, end, norms)


def _names_something(sentence: str, head: Token) -> bool:
    """A plain word at the head that does something to the person ("Oracle hired me"), or is a skill ("Rust is...")."""
    rest = sentence[head.end :]
    return bool(_ACTS_ON_ME.match(rest)) or (head.text in catalogue() and bool(_IS_SUBJECT.match(rest)))


def _numbers(sentence: str, parts: list[Segment]) -> Iterator[Claim]:
    dated = month_years(sentence)
    for year, month, start, end in dated:
        yield Claim(ClaimKind.DATE, mode_at(parts, start), sentence[start:end], start, end, (str(year), str(month)))
    for quantity in quantities(sentence):
        in_date = any(start <= quantity.start < end for *_, start, end in dated)
        if in_date or re.match(r"(st|nd|rd|th)\b", sentence[quantity.end :]):
            continue
        kind = {Measure.YEAR: ClaimKind.DATE, Measure.SPAN: ClaimKind.SPAN}.get(quantity.measure, ClaimKind.NUMBER)
        text, before = sentence[quantity.start : quantity.end], sentence[: quantity.start]
        hedged = _HEDGE.search(before)
        hedge = ("over" if hedged[1] else "under") if hedged else ""
        if kind is ClaimKind.DATE and _SINCE.search(before):
            hedge = "since"
        mode, said = mode_at(parts, quantity.start), (str(quantity.value), quantity.measure.value)
        if not is_loose(text) or kind is ClaimKind.NUMBER:
            yield Claim(kind, mode, text, quantity.start, quantity.end, said, hedge)


def _credentials(found: list[Token], parts: list[Segment]) -> Iterator[Claim]:
    for token in found:
        known = credential_class(token.norm) and (token.capital or token.norm not in words("weak_credentials"))
        if known and mode_at(parts, token.start) is Mode.PERSON:
            yield Claim(ClaimKind.CREDENTIAL, Mode.PERSON, token.text, token.start, token.end, (token.norm,))
