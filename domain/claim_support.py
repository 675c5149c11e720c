"""Whether a claim is supported: by the person's facts, or, where it only speaks of the posting, by the posting."""

import re
from collections.abc import Sequence
from functools import cached_property

from domain.claims import Claim, ClaimKind, Mode, segments
from domain.english import Token, fold, stem, tokens, words
from domain.evidence import NONE, Evidence, Ids
from domain.quantities import Measure, Quantity, quantities
from domain.skills import find_skills

_SUFFIXES = frozenset(
    [
        "inc",
        "incorporated",
        "ltd",
        "limited",
        "llc",
        "llp",
        "plc",
        "gmbh",
        "ag",
        "sa",
        "sas",
        "srl",
        "bv",
        "b.v",
        "nv",
        "ab",
        "oy",
        "as",
        "corp",
        "corporation",
        "co",
        "company",
        "group",
    ]
)
_FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "in",
        "on",
        "at",
        "by",
        "for",
        "to",
        "from",
        "with",
        "and",
        "or",
        "but",
        "my",
        "our",
        "his",
        "her",
        "their",
        "its",
        "your",
        "i",
        "we",
        "you",
        "it",
        "that",
        "this",
        "these",
        "those",
        "than",
        "as",
        "into",
        "over",
        "under",
        "more",
        "less",
        "about",
        "around",
        "nearly",
        "almost",
        "per",
        "each",
        "every",
        "which",
        "who",
        "where",
        "when",
        "while",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "have",
        "has",
        "had",
        "up",
        "down",
        "out",
        "off",
        "only",
        "just",
        "some",
        "other",
        "also",
        "after",
        "before",
        "during",
        "since",
        "while",
        "until",
        "because",
        "so",
        "if",
        "then",
    ]
)
_ROLE_WORD = re.compile(r"\s+(?:role|position|post|job|vacancy|opening|opportunity)\b|\s+at\b", re.IGNORECASE)
_WINDOW = 5
_DEED_WORDS = 3
_DEED_PART = 0.4


class PostingWords:
    """The words of a posting: title and company may be named in a letter, the rest only as the posting's."""

    def __init__(self, title: str, company: str | None, description: str) -> None:
        self.title, self.company = fold(title), fold(company or "")
        self._text = fold(f"{title}\n{company or ''}\n{description}")

    @cached_property
    def joined(self) -> str:
        return f" {' '.join(token.norm for token in tokens(self._text))} "

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(token.stem for token in tokens(self._text))

    @cached_property
    def skills(self) -> frozenset[str]:
        return frozenset(mention.skill for mention in find_skills(self._text))

    @cached_property
    def values(self) -> frozenset[float]:
        return frozenset(quantity.value for quantity in quantities(self._text))

    @cached_property
    def company_words(self) -> frozenset[str]:
        return frozenset(token.norm for token in tokens(self.company))

    @cached_property
    def title_words(self) -> list[str]:
        return [token.norm for token in tokens(self.title)]

    def has(self, norms: Sequence[str]) -> bool:
        return f" {' '.join(norms)} " in self.joined

    def named_in(self, sentence: str) -> tuple[tuple[int, int], ...]:
        """Where a sentence names the posting's title (two words of it or more, or one before "role") or company."""
        found = tokens(sentence)
        norms = [token.norm for token in found]
        title, places = self.title_words, []
        for start in range(len(norms)):
            longest = 0
            for begin in range(len(title)):
                length = _common(norms[start:], title[begin:])
                longest = max(longest, length)
            if longest and (longest > 1 or _ROLE_WORD.match(sentence, found[start + longest - 1].end)):
                places.append((found[start].start, found[start + longest - 1].end))
        return tuple(places)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


class Support:
    """Asks the evidence about claims. `of` answers ids, an empty set for what needs none, or None: unsupported."""

    def __init__(self, evidence: Evidence, posting: PostingWords) -> None:
        self._evidence, self.posting = evidence, posting

    @property
    def known_ids(self) -> Ids:
        return self._evidence.ids

    def of(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        judge = {
            ClaimKind.SKILL: self._skill,
            ClaimKind.NAME: self._name,
            ClaimKind.EMPLOYER: self._employer,
            ClaimKind.ROLE: self._role,
            ClaimKind.CREDENTIAL: self._credential,
            ClaimKind.NUMBER: self._number,
            ClaimKind.DATE: self._date,
            ClaimKind.SPAN: self._span,
            ClaimKind.FIELD: self._field,
            ClaimKind.DEED: self._deed,
        }[claim.kind]
        return judge(claim, sentence, claims)

    def _skill(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        ids = self._evidence.skill(claim.words[0]) or self._evidence.phrase(_norms(claim.text))
        if ids:
            return ids
        return NONE if claim.mode is Mode.POSTING and claim.words[0] in self.posting.skills else None

    def _name(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        if _covered(claim, claims, ClaimKind.SKILL):
            return NONE
        norms = claim.words
        ids = self._phrase(norms)
        if ids:
            return ids
        if self.posting.company_words and set(norms) <= self.posting.company_words | _SUFFIXES:
            return None if _past_at(sentence, claim) else NONE
        if claim.mode is Mode.POSTING:
            return (
                NONE if self.posting.has(norms) or all(stem(n) in self.posting.stems for n in norms) else None
            )
        return None

    def _phrase(self, norms: Sequence[str]) -> Ids:
        bare = tuple(norm for norm in norms if norm not in _SUFFIXES)
        one = self._evidence.stem(stem(norms[0])) if len(norms) == 1 else NONE
        return (
            self._evidence.phrase(norms)
            or one
            or self._evidence.pieces(norms)
            or (self._evidence.phrase(bare) if bare and bare != tuple(norms) else NONE)
        )

    def _employer(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        content = [
            stem(word) for word in claim.words if stem(word) not in words("letter") and word not in _FUNCTION
        ]
        if not content or _covered(claim, claims, ClaimKind.SKILL):
            return NONE
        ids = self._evidence.together(content)
        if ids or (set(claim.words) <= self.posting.company_words and not _past_at(sentence, claim)):
            return ids
        return None

    def _role(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        stems = [stem(word) for word in claim.words if word not in _FUNCTION]
        return self._evidence.phrase(claim.words) or self._evidence.together(stems) or None

    def _credential(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        return self._evidence.credential(claim.words[0]) or None

    def _field(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        if _covered(claim, claims, ClaimKind.SKILL):
            return NONE
        found: set[str] = set()
        for word in claim.words:
            one = stem(word)
            if one in words("letter") or word in _FUNCTION or word[0].isdigit():
                continue
            ids = self._evidence.stem(one) or self._skill_over(word, claims)
            if not ids:
                return None
            found |= ids
        return frozenset(found)

    def _skill_over(self, word: str, claims: Sequence[Claim]) -> Ids:
        """Facts of a skill that the word is part of: `k8s` rests on Kubernetes."""
        over = [c for c in claims if c.kind is ClaimKind.SKILL and word in _norms(c.text)]
        return frozenset().union(*(self._evidence.skill(claim.words[0]) for claim in over))

    def _number(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        value = float(claim.words[0])
        quantity = Quantity(value, Measure(claim.words[1]), claim.start, claim.end)
        unit, context = _surroundings(sentence, claim)
        if quantity.measure in {Measure.PERCENT, Measure.MONEY}:
            unit = []
        ids = self._evidence.quantity(quantity, unit, context)
        if ids:
            return ids
        return NONE if claim.mode is Mode.POSTING and value in self.posting.values else None

    def _span(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        value = float(claim.words[0])
        _, context = _surroundings(sentence, claim)
        said = self._evidence.quantity(Quantity(value, Measure.SPAN, claim.start, claim.end), [], context)
        ids = said or self._evidence.length(value, claim.hedge)
        if ids:
            return ids
        return NONE if claim.mode is Mode.POSTING and value in self.posting.values else None

    def _date(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        year = int(float(claim.words[0]))
        if claim.words[1].isdigit():
            ids = self._evidence.month(year, int(claim.words[1]))
        elif claim.hedge == "since":
            ids = self._evidence.since(year) or self._in_range(year, sentence)
        else:
            ids = self._in_range(year, sentence)
        if ids:
            return ids
        return NONE if claim.mode is Mode.POSTING and year in self.posting.values else None

    def _in_range(self, year: int, sentence: str) -> Ids:
        """The year's facts; a year that begins or ends a range rests on a stated range only."""
        for match in _RANGE.finditer(sentence):
            first, last = int(match[1]), int(match[2])
            if year in {first, last}:
                return self._evidence.range(first, last)
        return self._evidence.year(year)

    def _deed(self, claim: Claim, sentence: str, claims: Sequence[Claim]) -> Ids | None:
        """A deed told without name or number: most of its own words must be the facts' words."""
        found = [token for token in tokens(sentence) if not token.number and token.norm not in _FUNCTION]
        own = (
            {token.stem for token in found}
            - words("letter")
            - {stem(word) for word in self.posting.title_words}
        )
        own -= {stem(word) for word in self.posting.company_words}
        strange = {one for one in own if not self._evidence.stem(one)}
        if len(strange) >= _DEED_WORDS and len(strange) > _DEED_PART * len(own):
            return None
        ids, part = self._evidence.best_line(own)
        return ids if part >= _DEED_PART else NONE


_RANGE = re.compile(
    r"\b((?:19|20)\d\d)\s*(?:-|–|—|to|until|till|through|and)\s*((?:19|20)\d\d)\b", re.IGNORECASE
)  # noqa: RUF001
_PAST = (
    r"(?:(?:my|previous|former|past|last|during|ex-)\b[^,;.]{0,40}?|\b(?:worked|served|spent|employed|led|managed|ran|built|interned"
    r"|joined|left|taught|trained|hired|promoted|started|freelanced|consulted|was an?|years?|time|tenure|stint|alum\w*)\b[^,;.]{0,60}?)"
)
_WELCOME = re.compile(
    r"\b(?:saw|read|noticed|came across|applied|applying|drawn|interested|excited|pleased|wrote|writing|hope|would|could)\b",
    re.IGNORECASE,
)


def _past_at(sentence: str, claim: Claim) -> bool:
    """Whether the sentence makes the posting's company a past or present employer."""
    name = re.escape(sentence[claim.start : claim.end])
    if re.search(
        rf"{name}(?:'s?)? (?:\w+ )?(?:hired|promoted|trained|taught|employed|trusted|asked|gave|made) (?:me|us)\b",
        sentence,
        re.IGNORECASE,
    ):
        return True
    if re.search(
        rf"\b(?:at|with|for|by) (?:the )?{name}\b,? (?:where )?i (?:have |had )?(?!am\b|would|could|will|hope|want)\w+",
        sentence,
        re.IGNORECASE,
    ):
        return True
    link = r"(?:at|for|with|from|by|of|joined|left|ex-|was|is|-)\s*(?:the )?"
    past = re.search(rf"{_PAST}{link}{name}\b", sentence, re.IGNORECASE)
    return bool(past) and not _WELCOME.search(sentence[: claim.start])


def _covered(claim: Claim, claims: Sequence[Claim], kind: ClaimKind) -> bool:
    """Whether claims of the kind, which are judged by themselves, cover every word of this one."""
    spans = [(c.start, c.end) for c in claims if c.kind is kind]
    return all(
        any(start <= claim.start + token.start and claim.start + token.end <= end for start, end in spans)
        for token in tokens(claim.text)
    )


def _norms(text: str) -> list[str]:
    return [token.norm for token in tokens(text)]


def _surroundings(sentence: str, claim: Claim) -> tuple[list[str], set[str]]:
    """Stems of the content words right after a number (or before its "of"), and of those around it."""
    bounds = next((s for s in segments(sentence, "") if s.start <= claim.start < s.end), None)
    low, high = (bounds.start, bounds.end) if bounds else (0, len(sentence))
    around = [token for token in tokens(sentence) if low <= token.start < high]
    before = [token for token in around if token.end <= claim.start]
    after = [token for token in around if token.start >= claim.end]
    unit = _noun_after(after)
    if not unit and len(before) > 1 and before[-1].norm == "of":
        unit = [before[-2].stem]
    near = [*before[-_WINDOW:], *after[:_WINDOW]]
    context = {t.stem for t in near if not t.number and t.norm not in _FUNCTION} - words("letter")
    return unit, context


def _noun_after(after: Sequence[Token]) -> list[str]:
    unit = []
    for token in after[:3]:
        if token.norm in _FUNCTION:
            break
        unit.append(token.stem)
    return unit
