"""What a person's facts support: an index of phrases, skills, numbers and dates, asked by the claims check.

Durations may be derived. The stated rule: "N years" rests on the facts when a fact says so, when one stated date
range is N years long, or when all ranges of work together are, rounded down or to the nearest year; "almost N"
rounds up, and "over N" may be less than two years short of such a length.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from domain.claims.quantities import Measure, Quantity, month_years, quantities, spans, years
from domain.english import fold, tokens, words
from domain.facts import Fact, FactKind
from domain.skills import catalogue, find_skills

Ids = frozenset[str]
NONE: Ids = frozenset()
_SMALL_KINDS = frozenset({FactKind.EMAIL, FactKind.PHONE, FactKind.LINK, FactKind.NUMBER, FactKind.DATE})
_NEAR = 160  # characters between a date range and the education it belongs to


@dataclass(frozen=True, slots=True)
class _Line:
    """One fact, folded: its words in order with a space at each end, its stems, its numbers."""

    fact: Fact
    text: str
    joined: str
    stems: frozenset[str]
    quantities: tuple[Quantity, ...]


class Evidence:
    """Built once per letter. Every method answers with the ids of supporting facts, empty when there are none."""

    def __init__(self, facts: Iterable[Fact], today: date) -> None:
        self._lines = [_line(fact) for fact in facts]
        self._stems: dict[str, set[str]] = {}
        self._skills: dict[str, set[str]] = {}
        for line in self._lines:
            for one in line.stems:
                self._stems.setdefault(one, set()).add(line.fact.id)
            for name in _shown_skills(line.fact.text):
                self._skills.setdefault(name, set()).add(line.fact.id)
        self._spans = self._stated_spans(today)
        work = [span for span, schooling in self._spans if not schooling]
        self._lengths = sorted({end - begin for (begin, end), _ in self._spans} | {_union(work)})
        self._running = [begin for (begin, end), _ in self._spans if end >= today.year]

    def _stated_spans(self, today: date) -> list[tuple[tuple[float, float], bool]]:
        """Every date range of the facts, and whether it stands nearer to an education than to work."""
        found = []
        for line in self._lines:
            if line.fact.kind in {FactKind.PHONE, FactKind.LINK, FactKind.EMAIL}:
                continue
            schooling = line.fact.kind is FactKind.EDUCATION or self._beside_education(line.fact)
            found += [(span, schooling) for span in spans(line.text, today)]
        return found

    def _beside_education(self, fact: Fact) -> bool:
        anchors = [
            (max(0, other.fact.start - fact.end, fact.start - other.fact.end), other.fact.kind)
            for other in self._lines
            if other.fact.kind in {FactKind.EDUCATION, FactKind.EMPLOYER, FactKind.ROLE}
            and other.fact.id[0] == fact.id[0]
        ]
        distance, kind = min(anchors, default=(0, FactKind.EMPLOYER))
        return kind is FactKind.EDUCATION and distance < _NEAR

    @property
    def ids(self) -> Ids:
        return frozenset(line.fact.id for line in self._lines)

    def skill(self, name: str) -> Ids:
        return frozenset(self._skills.get(name, ()))

    def stem(self, one: str) -> Ids:
        return frozenset(self._stems.get(one, ()))

    def phrase(self, norms: Sequence[str]) -> Ids:
        """Facts that hold the words one after another."""
        wanted = f" {' '.join(norms)} "
        return frozenset(line.fact.id for line in self._lines if wanted in line.joined)

    def together(self, stems: Iterable[str]) -> Ids:
        """Facts that hold all the stems, in any order."""
        wanted = set(stems)
        return frozenset(line.fact.id for line in self._lines if wanted and wanted <= line.stems)

    def pieces(self, norms: Sequence[str]) -> Ids:
        """The phrase as whole facts, one after another ("Python Django"): all of it, or nothing."""
        whole = {line.joined.strip(): line.fact.id for line in self._lines}
        found, index = set(), 0
        while index < len(norms):
            ends = [end for end in range(len(norms), index, -1) if " ".join(norms[index:end]) in whole]
            if not ends:
                return NONE
            found.add(whole[" ".join(norms[index : ends[0]])])
            index = ends[0]
        return frozenset(found)

    def credential(self, word: str) -> Ids:
        """Facts with a word of the same class: `doctorate` rests on a PhD."""
        return frozenset().union(*(self.phrase([other]) for other in credential_class(word)))

    def quantity(self, wanted: Quantity, unit: Sequence[str], context: set[str]) -> Ids:
        """Facts with the same number of the same measure, beside the same unit word and at least one more word.

        `unit`: stems of the content words right after the number; `context`: stems of those around it.
        """
        found = set()
        for line in self._lines:
            if line.fact.kind in _SMALL_KINDS and (unit or context):
                continue
            same = any(_same(wanted, quantity) for quantity in line.quantities)
            if same and (not unit or set(unit) & line.stems) and (not context or context & line.stems):
                found.add(line.fact.id)
        return frozenset(found)

    def year(self, year: int) -> Ids:
        return frozenset(line.fact.id for line in self._lines if any(year == found for found, *_ in years(line.text)))

    def month(self, year: int, month: int) -> Ids:
        return frozenset(
            line.fact.id for line in self._lines if any((year, month) == found[:2] for found in month_years(line.text))
        )

    def since(self, year: int) -> Ids:
        """Facts that begin in the year: a range that still runs, or a line that says "since" or "from" it."""
        said = frozenset().union(
            *(self.phrase([word, str(year)]) for word in ("since", "from", "started", "joined", "seit", "in"))
        )
        return said | (self.year(year) if any(int(begin) == year for begin in self._running) else NONE)

    def range(self, first: int, last: int) -> Ids:
        """Facts of one stated date range between the two years."""
        stated = any(int(b) == first and (int(e) == last or round(e - 1 / 24) == last) for (b, e), _ in self._spans)
        return self.year(first) & self.year(last) or (self.year(first) | self.year(last) if stated else NONE)

    def length(self, value: float, hedge: str) -> Ids:
        """Facts from which a duration of so many years follows. `hedge`: `over`, `under` or empty."""
        for length in self._lengths:
            near = {-int(-length // 1)} if hedge == "under" else {int(length), round(length)}
            exact = value in near and length > 1 / 12
            over = hedge == "over" and value <= length < value + 2
            if exact or over:
                return self._dated()
        return NONE

    def _dated(self) -> Ids:
        return frozenset(
            line.fact.id for line in self._lines if years(line.text) and line.fact.kind is FactKind.DATE
        ) or (frozenset(line.fact.id for line in self._lines if years(line.text)))

    def best_line(self, stems: set[str]) -> tuple[Ids, float]:
        """The fact that covers most of the stems, and the part of them it covers."""
        if not stems:
            return NONE, 0.0
        best = max(self._lines, key=lambda line: len(stems & line.stems), default=None)
        return (frozenset({best.fact.id}), len(stems & best.stems) / len(stems)) if best else (NONE, 0.0)


def _shown_skills(text: str) -> set[str]:
    """Skills that a text names, and those that they imply (PostgreSQL: SQL)."""
    named = {mention.skill for mention in find_skills(text) if not mention.negated}
    return named | {implied for name in named if name in catalogue() for implied in catalogue()[name].implies}


def credential_class(word: str) -> tuple[str, ...]:
    """The words that say as much as `word` does ("doctorate": PhD, DPhil...); empty when it names no credential."""
    groups = sorted((tuple(group.split(",")) for group in words("credentials")), key=lambda group: group[0] != word)
    return next((group for group in groups if word in group), ())


def _line(fact: Fact) -> _Line:
    text = fold(fact.text)
    found = tokens(text)
    joined = f" {' '.join(token.norm for token in found)} "
    return _Line(fact, text, joined, frozenset(token.stem for token in found), tuple(quantities(text)))


def _same(one: Quantity, other: Quantity) -> bool:
    if abs(one.value - other.value) > 0.005 * max(1.0, abs(other.value) * 0.01):
        return False
    counts = {Measure.COUNT, Measure.YEAR}
    return one.measure is other.measure or {one.measure, other.measure} <= counts


def _union(ranges: list[tuple[float, float]]) -> float:
    """Years covered by the ranges together; overlaps count once."""
    total, reached = 0.0, 0.0
    for begin, end in sorted(ranges):
        total += max(0.0, end - max(begin, reached))
        reached = max(reached, end)
    return total
