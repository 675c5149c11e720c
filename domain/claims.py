"""The claims that a sentence of a letter makes about the person who signs it.

Whatever could be checked is a claim: skills, names (any capitalised or unknown word), employers, job titles,
credentials, numbers, dates, durations, fields of experience, and whole statements of deeds. Each claim has a mode:
what the sentence says of the person must rest on the person's facts; what it says of the posting ("your need for
Kubernetes"), or wishes or denies ("I have yet to use Kubernetes"), may rest on the posting as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.english import Token, is_english, tokens, words
from domain.evidence import credential_class
from domain.quantities import Measure, is_loose, month_years, quantities
from domain.skills import find_skills


class ClaimKind(StrEnum):
    SKILL = "skill"
    NAME = "name"
    EMPLOYER = "employer"
    ROLE = "role"
    CREDENTIAL = "credential"
    NUMBER = "number"
    DATE = "date"
    SPAN = "duration"
    FIELD = "field"
    DEED = "deed"


class Mode(StrEnum):
    PERSON = "person"
    POSTING = "posting"


@dataclass(frozen=True, slots=True)
class Claim:
    """`start`, `end`: where the sentence says it. `words`: case-folded words, or the canonical skill alone."""

    kind: ClaimKind
    mode: Mode
    text: str
    start: int
    end: int
    words: tuple[str, ...]
    hedge: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    start: int
    end: int
    mode: Mode


_PERSON = re.compile(
    r"\b(i|i'm|i've|i'd|i'll|me|my|mine|myself|we|we've|our|us|candidate|applicant|he|she|his|her)\b",
    re.IGNORECASE,
)
_POSTING = re.compile(
    r"\b(you|you're|you've|you'd|your|yours|posting|advert|advertisement|listing|vacancy|job description"
    r"|(?:the|this|that) (?:role|position|job|opening|post))\b", re.IGNORECASE
)  # fmt: skip
_CUT = re.compile(
    r"[,;:()—–]|\s-\s|\s(?:and|but|while|whereas|yet|though|although|because|so|since)(?=\s+(?:i|i've|i'm|my|you|your|we)\b)",  # noqa: RUF001
    re.IGNORECASE,
)
_AFFIRMED = re.compile(
    r"\b(which|that|it|this|these|those|both|them|all|exactly|precisely|so|as)\b(?:\s+\w+){0,3}?\s*\b(?:i|my|me|mine)\b"
    r"|\b(?:i|me)\b[^,;:.]{0,40}\b(?:it|both|them|those|these|exactly that|all of|too|(?:do|have|meet|match|tick|fulfil\w*)(?=\s*[,;.]|$))\b"
    r"|\b(?:gain|get|hire|find|have|see) (?:in me|someone with|a |an )|\bmatch(?:es|ed)?\b.{0,30}\bmy\b|\bmy\b.{0,40}\bmatch",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:yet to|haven't|have not|hasn't|has not|did not|didn't|do not|don't|never (?:used|worked|touched|run|written)"
    r"|no (?:\w+ ){0,2}(?:experience|background|exposure|training|knowledge)|new to|lack(?:ing)?|a gap"
    r"|(?:learn(?:ing)?|pick(?:ing)? up|grow(?:ing)? into|study(?:ing)?) |would need to|would have to|not (?:yet )?(?:used|worked)"
    r"|missing from|does not show|absent|nothing about)\b", re.IGNORECASE
)  # fmt: skip
_NOT_ONLY = re.compile(
    r"\bnot (?:only|just|merely)\b|\bno (?:stranger|newcomer)\b|\bnever stopped\b", re.IGNORECASE
)
_WISHED = re.compile(
    r"\b(?:would (?:like|love|enjoy|welcome|be)|want to|hope to|hoping to|eager|keen|look(?:ing)? forward|drawn to|drew me|caught my"
    r"|interest(?:ed|s)? (?:in|me)|curious|admire|appeal\w*|appreciate|struck|stood out|read (?:about|that|your)|notic(?:e|ed)"
    r"|appl(?:y|ying|ied|ication)|writ(?:e|ing) (?:to|about)|i (?:could|would|will|can)\b|i'd|i'll|excite[ds]?|exciting)\b", re.IGNORECASE
)  # fmt: skip
_HELD = re.compile(
    r"\b(?:my (?!eye|attention|interest|application|letter|mind|thanks|curiosity|hope)|have|had|has|bring|bringing|know|knew|used|using|ran|run|built|led|managed|experience[ds]?|expert\w*|skilled"
    r"|proficien\w*|worked|working|certified|fluent|hold|holding|years|since|trained|mastered|grew|wrote|offer)\b", re.IGNORECASE
)  # fmt: skip


def segments(sentence: str, company: str) -> list[Segment]:
    """The sentence cut at commas and clauses, each with whom it speaks of; a cut without a sign goes on as before."""
    cuts = [0, *(match.start() for match in _CUT.finditer(sentence)), len(sentence)]
    parts, mode = [], Mode.PERSON
    affirmed = _AFFIRMED.search(sentence)
    for start, end in zip(cuts, cuts[1:], strict=False):
        text = sentence[start:end]
        if not text.strip():
            continue
        mode = _mode(text, company, mode)
        parts.append(Segment(start, end, Mode.PERSON if affirmed and _PERSON.search(sentence) else mode))
    return parts


def _mode(text: str, company: str, before: Mode) -> Mode:
    """A denial or wish may name what the posting names; else a first person makes it the person's."""
    if _DENIED.search(text) and not _NOT_ONLY.search(text):
        return Mode.POSTING
    person, posting = (
        _PERSON.search(text),
        _POSTING.search(text) or (company and company.casefold() in text.casefold()),
    )
    if person and (_WISHED.search(text) or posting) and not _HELD.search(text):
        return Mode.POSTING
    if person:
        return Mode.PERSON
    return Mode.POSTING if posting and not _HELD.search(text) else before


def find_claims(sentence: str, company: str, exempt: tuple[tuple[int, int], ...] = ()) -> list[Claim]:
    """Every claim of a folded sentence, in reading order. `exempt`: where it only names the posting's title."""
    parts = segments(sentence, company)
    found = tokens(sentence)
    claims = [
        *_skills(sentence, parts),
        *_names(sentence, found, parts),
        *_numbers(sentence, found, parts),
        *_credentials(found, parts),
        *_frames(sentence, found, parts),
    ]
    free = [
        c for c in claims if c.kind in _UNEXEMPT or not any(s <= c.start and c.end <= e for s, e in exempt)
    ]
    return sorted(free, key=lambda claim: (claim.start, claim.end))


_UNEXEMPT = {ClaimKind.ROLE, ClaimKind.EMPLOYER, ClaimKind.NUMBER, ClaimKind.DATE, ClaimKind.SPAN}


def _mode_at(parts: list[Segment], at: int) -> Mode:
    return next((part.mode for part in parts if part.start <= at < part.end), Mode.PERSON)


def _skills(sentence: str, parts: list[Segment]) -> Iterator[Claim]:
    for mention in find_skills(sentence):
        mode = Mode.POSTING if mention.negated else _mode_at(parts, mention.start)
        text = sentence[mention.start : mention.end]
        yield Claim(ClaimKind.SKILL, mode, text, mention.start, mention.end, (mention.skill,))


_JOINERS = {"of", "the", "for", "de", "la", "von", "van", "der", "den", "du", "al", "da", "di", "y", "und"}
_CAPITAL_HABITS = frozenset(
    [
        "i",
        "i'm",
        "i've",
        "i'd",
        "i'll",
        "cv",
        "ok",
        "hiring",
        "manager",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)


def _names(sentence: str, found: list[Token], parts: list[Segment]) -> Iterator[Claim]:
    """Capitalised words that follow each other, and single words that no dictionary has."""
    group: list[Token] = []
    for index, token in enumerate([*found, None]):
        if token and group and _continues(sentence, group[-1], token, found[index + 1 : index + 2]):
            group.append(token)
            continue
        if group and (claim := _name(sentence, group, parts, first=group[0] is found[0])):
            yield claim
        group = [token] if token and _is_name(token) else []


def _is_name(token: Token) -> bool:
    if token.number or token.norm in _CAPITAL_HABITS:
        return False
    return token.capital or (len(token.norm) > 1 and not is_english(token.norm) and "'" not in token.norm)


def _continues(sentence: str, last: Token, token: Token, after: list[Token]) -> bool:
    gap = sentence[last.end : token.start]
    if gap.strip(" &-/.") or sentence[last.end : last.end + 1] == "'" or last.text.endswith("'s"):
        return False
    if token.norm in _JOINERS:
        return bool(after) and after[0].capital and last.capital
    return (
        token.capital or not is_english(token.norm) or (token.number and " " in gap)
    ) and token.norm not in _CAPITAL_HABITS


def _name(sentence: str, group: list[Token], parts: list[Segment], *, first: bool) -> Claim | None:
    """The group as a claim; at the head of a sentence a capital proves nothing, so plain words there are let go."""
    months = {name for name in words("months")}
    if (
        first
        and group[0].text[1:].islower()
        and (group[0].stem in words("letter") or len(group) == 1)
        and is_english(group[0].norm)
    ):
        if len(group) == 1 and not re.match(
            r"'s\b|\s+(?:\w+ly )?\w+(?:ed|t|ve|de)? (?:me|us)\b", sentence[group[0].end :]
        ):
            return None
        group = group[1:] if len(group) > 1 else group
        if group[0].stem in words("letter"):
            return None
    while group and group[-1].norm in _JOINERS:
        group = group[:-1]
    group = [token for token in group if token.norm not in months or len(group) > 2]  # noqa: PLR2004 - "May Day Ltd"
    if all(token.number for token in group):
        return None
    start, end = group[0].start, group[-1].end
    norms = tuple(token.norm for token in group)
    return Claim(ClaimKind.NAME, _mode_at(parts, start), sentence[start:end], start, end, norms)


_HEDGE = re.compile(
    r"\b(?:(over|more than|at least|upwards of|in excess of)|(nearly|almost|close to|under|some|about|around))\s+$",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\b(?:since|as of|from)\s+(?:\w+ )?$", re.IGNORECASE)
_GROWTH = frozenset(("doubled", "tripled", "quadrupled", "halved"))


def _numbers(sentence: str, found: list[Token], parts: list[Segment]) -> Iterator[Claim]:
    dated = month_years(sentence)
    for year, month, start, end in dated:
        yield Claim(
            ClaimKind.DATE, _mode_at(parts, start), sentence[start:end], start, end, (str(year), str(month))
        )
    for quantity in quantities(sentence):
        if any(start <= quantity.start < end for *_, start, end in dated):
            continue
        if re.match(r"(st|nd|rd|th)\b", sentence[quantity.end :]):
            continue
        text, before = sentence[quantity.start : quantity.end], sentence[: quantity.start]
        match = _HEDGE.search(before)
        hedge = ("over" if match[1] else "under") if match else ""
        kind = {Measure.YEAR: ClaimKind.DATE, Measure.SPAN: ClaimKind.SPAN}.get(
            quantity.measure, ClaimKind.NUMBER
        )
        if kind is ClaimKind.DATE and _SINCE.search(before):
            hedge = "since"
        mode = _mode_at(parts, quantity.start)
        if not is_loose(text) or kind is ClaimKind.NUMBER:
            yield Claim(
                kind, mode, text, quantity.start, quantity.end, (str(quantity.value), quantity.measure), hedge
            )


def _credentials(found: list[Token], parts: list[Segment]) -> Iterator[Claim]:
    for token in found:
        if credential_class(token.norm) and _mode_at(parts, token.start) is Mode.PERSON:
            if (
                token.norm in {"found", "ma", "ms", "ba", "bs", "language", "languages", "publish", "native"}
                and not token.capital
            ):
                continue
            yield Claim(ClaimKind.CREDENTIAL, Mode.PERSON, token.text, token.start, token.end, (token.norm,))


_EMPLOYER_FRAME = re.compile(
    r"\b(?:(?:work|employ|serv|intern|consult|contract|freelanc|train|volunteer|teach|taught|spent|hir|recruit|headhunt|promot|trust)\w*"
    r"|career|jobs?|roles?|stints?|tenure|time|years?|months?|spells?|positions?|placement|internship|apprenticeship|decades?|days)"
    r"\s+(?:\w+\s+){0,2}?(?:at|for|with|by|from)\s+|\b(?:joined|joining|left|leaving|ex-|formerly (?:of|at|with)"
    r"|alum(?:na|nus|ni)? of|(?:former|previous|last|past|old|current|first) (?:employer|company|firm|workplace),?(?: was| is)?)\s*|\bat\s+", re.IGNORECASE
)  # fmt: skip
_FIELD_FRAME = re.compile(
    r"\b(?:experienced?|expertise|proficien\w+|skill(?:ed|s)?|fluen\w+|knowledge(?:able)?|familiar\w*|background|train(?:ed|ing)|versed"
    r"|experts?|speciali[sz]\w+|certified|qualified|hands-on|grounding|command|mastery|competent|adept|career|grounded|schooled)"
    r"\s+(?:\w+ly\s+)?(?:of|in|with|at|on|using|as|about)\s+|\b(?:speak|speaking|programming in|coding in|bilingual in)\s+|\bi (?:also |really |already )?know\s+"
    r"|\bmy\s+(?=(?:[\w-]+\s+){1,4}(?:experience|skills?|background|expertise|knowledge|career|training|know-how|certification)\b)", re.IGNORECASE
)  # fmt: skip
_ROLE_FRAME = re.compile(
    r"\b(?:as|was|am|i'm|been|be|being|became|become|promoted to|(?:role|position|title|post|job|work|career|life|years?) (?:of|as)|appointed"
    r"|named|made|acting|former|ex-|from|to)\s*(?:\b(?:an?|the|their|its|your)\b)?\s+", re.IGNORECASE
)  # fmt: skip
_STOP = frozenset(
    [
        "where",
        "when",
        "while",
        "which",
        "who",
        "that",
        "whose",
        "and",
        "or",
        "but",
        "as",
        "in",
        "on",
        "to",
        "for",
        "i",
        "i've",
        "we",
        "you",
        "from",
        "since",
        "during",
        "with",
        "before",
        "after",
        "by",
        "into",
        "over",
        "under",
        "until",
        "till",
        "was",
        "were",
        "is",
        "are",
        "has",
        "have",
        "had",
        "at",
        "because",
        "so",
        "if",
        "than",
        "then",
        "of's",
        "through",
        "across",
        "per",
        "between",
        "within",
        "without",
        "my",
        "me",
        "our",
        "your",
        "of",
        "how",
        "what",
        "about",
    ]
)
_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "his",
        "her",
        "its",
        "their",
        "this",
        "these",
        "those",
        "some",
        "several",
        "many",
        "various",
        "both",
        "all",
        "other",
    ]
)
_DEED = re.compile(
    r"\bi(?:'ve| have| also| then| once| later| first)*\s+(?:(?:\w+ly)\s+)?(?:[a-z]+ed|led|ran|built|wrote|taught|won|drove|grew|kept|cut|brought|made"
    r"|held|set|took|found|spent|sold|oversaw|began|rose|gave|put|got|sat|flew|shot|bought|fought)\b", re.IGNORECASE
)  # fmt: skip


def _frames(sentence: str, found: list[Token], parts: list[Segment]) -> Iterator[Claim]:
    for frame, kind in (
        (_EMPLOYER_FRAME, ClaimKind.EMPLOYER),
        (_FIELD_FRAME, ClaimKind.FIELD),
        (_ROLE_FRAME, ClaimKind.ROLE),
    ):
        for match in frame.finditer(sentence):
            if _mode_at(parts, match.start()) is Mode.PERSON:
                yield from _framed(sentence, found, match.end(), kind)
    for part in parts:
        if part.mode is Mode.PERSON and _DEED.search(sentence, part.start, part.end):
            yield Claim(
                ClaimKind.DEED, Mode.PERSON, sentence[part.start : part.end], part.start, part.end, ()
            )
            break


def _framed(sentence: str, found: list[Token], start: int, kind: ClaimKind) -> Iterator[Claim]:
    """The noun phrase after a frame; a list of fields is one claim per member."""
    phrase: list[Token] = []
    joined = kind is ClaimKind.FIELD
    for token in [t for t in found if t.start >= start]:
        gap = sentence[phrase[-1].end if phrase else start : token.start]
        ends = re.search(r"[.;:()!?\"]", gap) or (not joined and "," in gap) or len(phrase) > 7  # noqa: PLR2004
        comma = joined and phrase and ("," in gap or token.norm in {"and", "or"})
        if ends or (
            token.norm in _STOP and not comma and not (kind is ClaimKind.ROLE and token.norm in {"of", "for"})
        ):
            break
        if comma:
            yield from _noun_claim(sentence, phrase, kind)
            phrase = []
            if token.norm in {"and", "or"}:
                start = token.end
                continue
        phrase.append(token)
        start = token.end
    yield from _noun_claim(sentence, phrase, kind)


def _noun_claim(sentence: str, phrase: list[Token], kind: ClaimKind) -> Iterator[Claim]:
    while phrase and phrase[0].norm in _SMALL:
        phrase = phrase[1:]
    titles = words("titles")
    if kind is ClaimKind.ROLE:
        heads = [i for i, t in enumerate(phrase) if t.norm in titles or t.norm.rstrip("s") in titles]
        tail = phrase[heads[-1] + 1 : heads[-1] + 4] if heads else []
        phrase = (
            phrase[: heads[-1] + 1] + (tail if tail and tail[0].norm in {"of", "for"} else [])
            if heads
            else []
        )
    if not phrase or all(token.stem in words("letter") or token.number for token in phrase):
        return
    start, end = phrase[0].start, phrase[-1].end
    yield Claim(kind, Mode.PERSON, sentence[start:end], start, end, tuple(token.norm for token in phrase))
