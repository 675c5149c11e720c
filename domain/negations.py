"""Which of the things that a text names it says are absent or not wanted: "no Java", "PHP is not needed".

A negation reaches to the end of its clause, no further, and runs through a list ("no Java, Kotlin or Scala").
"""

from collections.abc import Sequence

from domain.phrases import LINE, STOP, Tokens, words

_REACH = 12  # tokens between a negation and what it denies, or between two things that it denies
_LONGEST_SCOPE = 60  # tokens

_CLAUSE_ENDS = words(
    f"{STOP} {LINE} ; : ! ? \u2014 \u2013 - • · | but however although though yet whereas while "
    "because unless until without just only we you our"
)
_NEGATORS = words("no not never without neither nor cannot dont doesnt isnt arent wont except excluding")
_ENDS_SCOPE = _CLAUSE_ENDS | _NEGATORS
_TWO_WORD_NEGATORS = frozenset({("rather", "than"), ("instead", "of"), ("away", "from"), ("nothing", "like")})
_NEEDLESS = words("unnecessary unneeded")
_TRIGGERS = _NEGATORS | _NEEDLESS | {"t"} | {first for first, _ in _TWO_WORD_NEGATORS}
_CONTRACTED = words("don doesn didn isn aren wasn weren won wouldn haven hasn hadn can couldn shouldn needn mustn ain")
# "not only Python", "no limit to your Python", "not afraid of Python": what follows is affirmed.
_AFFIRMED_BY = words(
    "only just merely simply solely exclusively limited limit limits limitation limitations "
    "shortage stranger strangers doubt doubts matter problem wonder secret afraid scared shy "
    "hesitate miss stop forget wait mind fewer less later two question enough optional"
)
_AFFIRMING_PAIRS = frozenset({("to", "mention"), ("more", "than"), ("the", "only"), ("be", "limited")})
_UNWANTED = words(
    "required needed necessary essential mandatory compulsory expected used relevant important "
    "wanted involved obligatory require need prerequisite requirement"
)
_FILLERS = words("strictly really even currently actually at all a an always usually be absolute")
_DENIES_WITHOUT = words("not never cannot hardly")
_JOINERS = words(", / & | and or nor +")
_CONJUNCTIONS = words("/ & and or nor +")

Span = tuple[int, int]


def negated(tokens: Tokens, mentions: Sequence[Span]) -> frozenset[int]:
    """The positions, in `mentions`, of those that are denied.

    `mentions` are ascending, disjoint (first, last) token ranges.
    """
    if not mentions:
        return frozenset()
    clauses = _Clauses(tokens, mentions)
    denied: set[int] = set()
    for index in [index for index, key in enumerate(tokens.keys) if key in _TRIGGERS]:
        key = tokens.keys[index]
        if key in _NEEDLESS:
            denied |= clauses.before(index)
        elif key in _NEGATORS or key == "t" or (key, tokens.key(index + 1)) in _TWO_WORD_NEGATORS:
            denied |= clauses.denied_at(index)
    return frozenset(denied)


class _Clauses:
    def __init__(self, tokens: Tokens, mentions: Sequence[Span]) -> None:
        self.tokens = tokens
        self.mentions = mentions
        self.at_start = {first: position for position, (first, _) in enumerate(mentions)}
        self.at_end = {last - 1: position for position, (_, last) in enumerate(mentions)}

    def denied_at(self, index: int) -> set[int]:
        """What the negator at a token denies: what follows, or what went before ("Java is not required")."""
        key = self.tokens.key
        if key(index) == "t" and not (key(index - 1) == "'" and key(index - 2) in _CONTRACTED):
            return set()
        begin = index + (2 if (key(index), key(index + 1)) in _TWO_WORD_NEGATORS else 1)
        if key(begin) in _AFFIRMED_BY or (key(begin), key(begin + 1)) in _AFFIRMING_PAIRS:
            return set()
        if key(index) == "without" and self._denied_before(index):
            return set()
        after = self._unwanted_after(begin)
        if after or self._ends_clause(begin):
            return self.before(index) or (self.after(after) if after else set())
        return self.after(begin, leaving=begin > index + 1)

    def _denied_before(self, index: int) -> bool:
        """Whether "without" itself is denied: "not without Java", "can't work without Java"."""
        for back in range(index - 1, max(-1, index - 6), -1):
            key = self.tokens.key(back)
            if key in _CLAUSE_ENDS or key == ",":
                return False
            if key in {"not", "never", "cannot", "hardly"} or (key == "t" and self.tokens.key(back - 1) == "'"):
                return True
        return False

    def _unwanted_after(self, index: int) -> int:
        """The token after "(strictly) required" and its like, 0 when they do not stand here."""
        while self.tokens.key(index) in _FILLERS:
            index += 1
        key = self.tokens.key(index)
        if key == "must" or key in _UNWANTED or (key == "part" and self.tokens.key(index + 1) == "of"):
            return index + 2 if self.tokens.key(index + 1) == ":" else index + 1
        if key == "longer" and self.tokens.key(index + 1) in _UNWANTED:
            return index + 2
        return 0

    def _ends_clause(self, index: int) -> bool:
        return self.tokens.key(index) in _CLAUSE_ENDS or self.tokens.key(index) == ","

    def before(self, index: int) -> set[int]:
        """The nearest mention before a token in its clause, and the "A, B and" that lead to it."""
        for back in range(index - 1, max(-1, index - 1 - _REACH), -1):
            if back in self.at_end:
                return self._list_ending_with(self.at_end[back])
            if self.tokens.key(back) in _CLAUSE_ENDS or self.tokens.key(back) == ",":
                break
        return set()

    def _list_ending_with(self, position: int) -> set[int]:
        found = {position}
        conjunction = False  # "strong Python, Java not required" has none: the comma parts two clauses
        while position:
            gap = self.tokens.keys[self.mentions[position - 1][1] : self.mentions[position][0]]
            conjunction = conjunction or not _CONJUNCTIONS.isdisjoint(gap)
            if not conjunction or not gap or not _JOINERS.issuperset(gap):
                break
            position -= 1
            found.add(position)
        return found

    def after(self, index: int, *, leaving: bool = False) -> set[int]:
        """The mentions from a token to the end of the clause; a comma ends it unless a list runs on.

        With `leaving` ("away from Angular to Svelte") it ends at "to".
        """
        found: set[int] = set()
        end, limit = index + _REACH, min(index + _LONGEST_SCOPE, len(self.tokens))
        while index < min(end, limit):
            key = self.tokens.key(index)
            if index in self.at_start:
                found.add(self.at_start[index])
                index = self.mentions[self.at_start[index]][1]
                end = index + _REACH
            elif key == ",":
                return found | self._list_running_on(index)
            elif key in _ENDS_SCOPE or (leaving and key == "to") or self._new_clause(index):
                return found
            else:
                index += 1
        return found

    def _new_clause(self, index: int) -> bool:
        """An "and" that no mention follows: "no Java and you will write Python"."""
        return self.tokens.key(index) in {"and", "&"} and index + 1 not in self.at_start

    def _list_running_on(self, comma: int) -> set[int]:
        """What ", B or C" adds; nothing when a verb makes it a clause of its own (", Python is a must")."""
        found: set[int] = set()
        alternative = False
        index = comma
        while self.tokens.key(index) in _JOINERS:
            while self.tokens.key(index) in _JOINERS:
                alternative = alternative or self.tokens.key(index) in {"or", "nor"}
                index += 1
            if index not in self.at_start:
                break
            found.add(self.at_start[index])
            index = self.mentions[self.at_start[index]][1]
        complete = alternative or self.tokens.key(index) in _CLAUSE_ENDS or self.tokens.key(index) == ")"
        return found if complete else set()
