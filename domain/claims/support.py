"""Whether a claim is supported: by the person's facts, or, where it only speaks of the posting, by the posting."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from domain.claims.evidence import NONE, Evidence, Ids
from domain.claims.model import Claim, ClaimKind, Mode
from domain.claims.modes import segments
from domain.claims.past import made_an_employer
from domain.claims.posting import PostingWords
from domain.claims.quantities import Measure, Quantity
from domain.english import Token, stem, tokens, words

_WINDOW = 5
_UNIT_REACH, _UNIT_WORDS = 6, 3
_DEED_WORDS = 3
_DEED_PART = 0.4
_COUNTED = {ClaimKind.NUMBER, ClaimKind.DATE, ClaimKind.SPAN}
_TELLING_SUM = 1000  # money from here on is told by its amount alone
_SPECIFIC = {ClaimKind.SKILL, ClaimKind.NAME, ClaimKind.NUMBER}  # judged by themselves
_RANGE = re.compile(
    r"\b((?:19|20)\d\d)\s*(?:-|\u2013|\u2014|to|until|till|through|and)\s*((?:19|20)\d\d)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Saying:
    """A claim in its sentence, beside the sentence's other claims."""

    claim: Claim
    sentence: str
    claims: Sequence[Claim]


class Support:
    """Asks the evidence about claims. `of` answers ids, an empty set for what needs none, or None: unsupported."""

    def __init__(self, evidence: Evidence, posting: PostingWords) -> None:
        self._evidence, self.posting = evidence, posting

    @property
    def known_ids(self) -> Ids:
        return self._evidence.ids

    def of(self, said: Saying) -> Ids | None:
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
        }[said.claim.kind]
        of_posting = said.claim.mode is Mode.POSTING and said.claim.kind in _COUNTED
        if of_posting and float(said.claim.words[0]) in self.posting.values:
            return NONE
        return judge(said)

    def _skill(self, said: Saying) -> Ids | None:
        ids = self._evidence.skill(said.claim.words[0]) or self._evidence.phrase(_norms(said.claim.text))
        if ids:
            return ids
        if self._in_company(said):
            return NONE
        return NONE if said.claim.mode is Mode.POSTING and said.claim.words[0] in self.posting.skills else None

    def _in_company(self, said: Saying) -> bool:
        """Whether the skill is only a word of the company's name ("Freight Systems")."""
        name = self.posting.company.casefold()
        starts = [match.start() for match in re.finditer(re.escape(name), said.sentence.casefold())] if name else []
        return any(start <= said.claim.start and said.claim.end <= start + len(name) for start in starts)

    def _name(self, said: Saying) -> Ids | None:
        if _covered(said.claim, said.claims, ClaimKind.SKILL):
            return NONE
        norms = said.claim.words
        ids = self._phrase(norms)
        if ids:
            return ids
        if self.posting.company_words and set(norms) <= self.posting.company_words | words("company_suffixes"):
            return None if made_an_employer(said.sentence, said.claim) else NONE
        if said.claim.mode is Mode.POSTING and (
            self.posting.has(norms) or self.posting.stems.issuperset(map(stem, norms))
        ):
            return NONE
        return self._beside_skills(said.claim, said.claims)

    def _phrase(self, norms: Sequence[str]) -> Ids:
        bare = tuple(norm for norm in norms if norm not in words("company_suffixes"))
        one = self._evidence.stem(stem(norms[0])) if len(norms) == 1 else NONE
        whole = self._evidence.phrase(norms) or one or self._evidence.pieces(norms)
        return whole or (self._evidence.phrase(bare) if bare and bare != tuple(norms) else NONE)

    def _beside_skills(self, claim: Claim, claims: Sequence[Claim]) -> Ids | None:
        """A name of which skills are a part ("TB Postgres"): the rest must be grounded too."""
        skills = [(c.start - claim.start, c.end - claim.start) for c in claims if c.kind is ClaimKind.SKILL]
        found = tokens(claim.text)
        rest = [t for t in found if not any(start <= t.start and t.end <= end for start, end in skills)]
        if len(rest) == len(found):
            return None
        ids = [self._evidence.stem(token.stem) for token in rest]
        return frozenset().union(*ids) if all(ids) else None

    def _employer(self, said: Saying) -> Ids | None:
        content = {stem(w) for w in said.claim.words if w not in words("function")} - words("letter")
        if not content or _covered(said.claim, said.claims, ClaimKind.SKILL):
            return NONE
        if ids := self._evidence.together(content):
            return ids
        company = {stem(word) for word in self.posting.company_words} | words("company_suffixes")
        return NONE if content <= company and not made_an_employer(said.sentence, said.claim) else None

    def _role(self, said: Saying) -> Ids | None:
        stems = [stem(word) for word in said.claim.words if word not in words("function")]
        return self._evidence.phrase(said.claim.words) or self._evidence.together(stems) or None

    def _credential(self, said: Saying) -> Ids | None:
        if _covered(said.claim, said.claims, ClaimKind.SKILL):
            return NONE
        return self._evidence.credential(said.claim.words[0]) or None

    def _field(self, said: Saying) -> Ids | None:
        if _covered(said.claim, said.claims, ClaimKind.SKILL):
            return NONE
        found: set[str] = set()
        for word in said.claim.words:
            one = stem(word)
            if one in words("letter") or word in words("function") or word[0].isdigit():
                continue
            ids = self._evidence.stem(one) or self._skill_over(word, said.claims)
            if not ids:
                return None
            found |= ids
        return frozenset(found)

    def _skill_over(self, word: str, claims: Sequence[Claim]) -> Ids:
        """Facts of a skill that the word is part of: `k8s` rests on Kubernetes."""
        over = [c for c in claims if c.kind is ClaimKind.SKILL and word in _norms(c.text)]
        return frozenset().union(*(self._evidence.skill(claim.words[0]) for claim in over))

    def _number(self, said: Saying) -> Ids | None:
        value = float(said.claim.words[0])
        quantity = Quantity(value, Measure(said.claim.words[1]), said.claim.start, said.claim.end)
        unit, context = _surroundings(said.sentence, said.claim)
        if quantity.measure in {Measure.PERCENT, Measure.MONEY}:
            unit = []
        if quantity.measure is Measure.MONEY and value >= _TELLING_SUM:
            context = set()
        ids = self._evidence.quantity(quantity, unit, context) or self._numbered(said.sentence, said.claim)
        return ids or None

    def _numbered(self, sentence: str, claim: Claim) -> Ids:
        """A number that is part of a name: "Year 5", "Class 2"."""
        before = [token for token in tokens(sentence) if token.end <= claim.start]
        named = bool(before) and before[-1].capital and sentence[before[-1].end : claim.start] == " "
        return self._evidence.phrase([before[-1].norm, *_norms(claim.text)]) if named else NONE

    def _span(self, said: Saying) -> Ids | None:
        value = float(said.claim.words[0])
        _, context = _surroundings(said.sentence, said.claim)
        stated = self._evidence.quantity(Quantity(value, Measure.SPAN, said.claim.start, said.claim.end), [], context)
        ids = stated or self._evidence.length(value, said.claim.hedge)
        return ids or None

    def _date(self, said: Saying) -> Ids | None:
        year = int(float(said.claim.words[0]))
        if said.claim.words[1].isdigit():
            ids = self._evidence.month(year, int(said.claim.words[1]))
        elif said.claim.hedge == "since":
            ids = self._evidence.since(year) or self._range(year, said.sentence)
        else:
            ids = self._in_range(year, said.sentence)
        return ids or None

    def _in_range(self, year: int, sentence: str) -> Ids:
        """The year's facts; a year that begins or ends a range rests on a stated range only."""
        ranges = [match for match in _RANGE.finditer(sentence) if str(year) in match.groups()]
        return self._range(year, sentence) if ranges else self._evidence.year(year)

    def _range(self, year: int, sentence: str) -> Ids:
        for match in _RANGE.finditer(sentence):
            if str(year) in match.groups():
                return self._evidence.range(int(match[1]), int(match[2]))
        return NONE

    def _deed(self, said: Saying) -> Ids | None:
        """A deed told without name or number: most of its own words must be the facts' words."""
        skills = [
            (c.start - said.claim.start, c.end - said.claim.start) for c in said.claims if c.kind is ClaimKind.SKILL
        ]
        own = {
            token.stem
            for token in tokens(said.claim.text)
            if not token.number
            and token.norm not in words("function")
            and not any(start <= token.start and token.end <= end for start, end in skills)
        }
        own -= words("letter") | {stem(word) for word in (*self.posting.title_words, *self.posting.company_words)}
        strange = {one for one in own if not self._evidence.stem(one)}
        alone = not any(c.kind in _SPECIFIC and c.mode is Mode.PERSON for c in said.claims)
        wholly = alone and len(strange) > 1 and strange == own
        if wholly or (len(strange) >= _DEED_WORDS and len(strange) > _DEED_PART * len(own)):
            return None
        ids, part = self._evidence.best_line(own)
        return ids if part >= _DEED_PART else NONE


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
    plain = words("function") | words("small_numbers")
    context = {t.stem for t in near if not t.number and t.norm not in plain} - words("letter")
    return unit, context


def _noun_after(after: Sequence[Token]) -> list[str]:
    """Stems of up to three words of what is counted; a range ("five to six patients") is passed over."""
    unit: list[str] = []
    for token in after[:_UNIT_REACH]:
        if not unit and (
            token.number or token.norm in words("small_numbers") or token.norm in {"to", "or", "of", "the"}
        ):
            continue
        if token.norm in words("function") or len(unit) == _UNIT_WORDS:
            break
        unit.append(token.stem)
    return unit
