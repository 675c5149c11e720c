"""The claims check: whoever wrote a letter, nothing stays in it that the person's facts do not support.

Every sentence is searched for claims. A claim without a fact is cut out where the sentence stays grammatical
without it (a list member, a subordinate clause, an adjunct at either end); else the sentence goes. What was
removed is named with its reason. What remains carries the ids of its facts, or is marked connective.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from domain.claims.evidence import Evidence, Ids
from domain.claims.find import find_claims
from domain.claims.model import Claim, ClaimKind
from domain.claims.posting import PostingWords
from domain.claims.repair import repairs
from domain.claims.support import Saying, Support
from domain.english import fold, sentences
from domain.facts import Fact
from domain.letter_text import letter_paragraphs

_MOST_REPAIRS = 4
_LONGEST_SENTENCE = 1_200
_REASONS = {
    ClaimKind.SKILL: "no fact names this skill",
    ClaimKind.NAME: "no fact has this name",
    ClaimKind.EMPLOYER: "no fact names this employer or place of work",
    ClaimKind.ROLE: "no fact says this job was held",
    ClaimKind.CREDENTIAL: "no fact has this degree, certificate or honour",
    ClaimKind.NUMBER: "no fact has this number in this context",
    ClaimKind.DATE: "no fact has this date",
    ClaimKind.SPAN: "no fact gives this duration, and none follows from the dates",
    ClaimKind.FIELD: "no fact shows experience in this",
    ClaimKind.DEED: "no fact says that this was done",
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """It rests on `fact_ids`, or is `connective` and says nothing about the person that could be false."""

    text: str
    fact_ids: tuple[str, ...] = ()
    connective: bool = False
    paragraph: int = 0


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter's body in order, without greeting and closing: the page has its own."""

    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """Paragraphs apart by an empty line."""
        numbers = sorted({sentence.paragraph for sentence in self.sentences})
        return "\n\n".join(" ".join(s.text for s in self.sentences if s.paragraph == n) for n in numbers)


@dataclass(frozen=True, slots=True)
class Removal:
    """What the check took out of a sentence. `left`: what remained of the sentence, None when it was dropped."""

    sentence: str
    claim: str
    kind: ClaimKind
    reason: str
    left: str | None


@dataclass(frozen=True, slots=True)
class CheckedLetter:
    letter: Letter
    removed: tuple[Removal, ...]


def check_claims(
    letter: str | Iterable[Sentence], facts: Sequence[Fact], posting: PostingWords, today: date | None = None
) -> CheckedLetter:
    """The letter without what no fact supports. `today` ends date ranges that still run (default: the UTC date)."""
    checker = _Checker(Support(Evidence(facts, today or datetime.now(UTC).date()), posting))
    kept: list[Sentence] = []
    removed: list[Removal] = []
    for sentence in _sentences(letter):
        left, lost = checker.check(sentence)
        removed += lost
        if left:
            kept.append(left)
    return CheckedLetter(Letter(tuple(kept)), tuple(removed))


def _sentences(letter: str | Iterable[Sentence]) -> Iterator[Sentence]:
    if not isinstance(letter, str):
        yield from letter
        return
    for number, paragraph in enumerate(letter_paragraphs(letter, "")):
        for line in paragraph.split("\n"):
            for text in sentences(line):
                yield Sentence(text, paragraph=number)


@dataclass(frozen=True, slots=True)
class _Checker:
    support: Support

    def check(self, sentence: Sentence) -> tuple[Sentence | None, list[Removal]]:
        if len(sentence.text) > _LONGEST_SENTENCE:
            claim = sentence.text[:80]
            return None, [Removal(sentence.text, claim, ClaimKind.DEED, "the sentence is too long to be checked", None)]
        text, folded = sentence.text, fold(sentence.text)
        lost: list[tuple[Claim, str]] = []
        for _ in range(_MOST_REPAIRS):
            ids, bad = self._judge(folded)
            if not bad:
                known = frozenset(sentence.fact_ids) & self.support.known_ids
                result = _carrying(sentence, text, ids | known)
                return result, [self._removal(sentence, claim, folded) for claim, _ in lost]
            lost.append((bad[0], folded))
            repaired = next((r for r in repairs(folded, bad[0]) if self._better(r, bad)), None)
            if repaired is None:
                break
            text = folded = repaired
        return None, [self._removal(sentence, claim, None) for claim, _ in lost]

    def _better(self, repaired: str, bad: list[Claim]) -> bool:
        return len(self._judge(repaired)[1]) < len(bad)

    def _judge(self, text: str) -> tuple[Ids, list[Claim]]:
        """The facts a folded sentence rests on, and the claims in it that rest on none."""
        posting = self.support.posting
        text = posting.without_quotes(text)
        claims = find_claims(text, posting.company, posting.named_in(text))
        results = [(claim, self.support.of(Saying(claim, text, claims))) for claim in claims]
        bad = [claim for claim, ids in results if ids is None]
        return frozenset().union(*(ids for _, ids in results if ids)), bad

    def _removal(self, sentence: Sentence, claim: Claim, left: str | None) -> Removal:
        return Removal(sentence.text, claim.text, claim.kind, _REASONS[claim.kind], left)


def _carrying(sentence: Sentence, text: str, ids: Ids) -> Sentence:
    return replace(sentence, text=text, fact_ids=tuple(sorted(ids, key=_by_number)), connective=not ids)


def _by_number(fact_id: str) -> tuple[str, int]:
    prefix = fact_id.rstrip("0123456789")
    return prefix, int(fact_id[len(prefix) :] or 0)
