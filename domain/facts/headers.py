"""Which words of a position's heading are the role, which the employer."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from dataclasses import dataclass, field

from domain.facts.dates import DateRange, date_ranges
from domain.facts.likeness import LIKELY, firm_score, is_legal, legal_forms, role_score
from domain.facts.lines import Line
from domain.facts.model import Span
from domain.facts.where import country_of, is_city_shaped, is_known_place, is_place
from domain.facts.words import key, labels

_STRONG = re.compile(
    r"\t|\s{2,}|\s*[|•●▪‖]\s*|\s+[·◦/~]{1,2}\s+|\s+[\u2010-\u2015-]+\s+|\s*[—―]\s*|:\s+|\s+[\u2010-\u2015-]$|^[\u2010-\u2015-]\s+"
)
_SENTENCE = re.compile(r"(?<=[\w.)])\.\s+(?=[^\W\d_])")
_AT = re.compile(r"(?<=\w)\s+(?:at|bei|chez|bij|hos|@)\s+(?=\S)|\s*@\s*(?=[^\W\d_])", re.IGNORECASE)
_BRACKET = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_TYPE = re.compile(
    r"\(?(?:full|part)[ -]?time\)?|contract(?:or)?|permanent|temporary|temp|fixed[- ]term|seasonal|"
    r"vollzeit|teilzeit|befristet|cdi|cdd|alternance|tiempo completo|media jornada|\d+ months?|"
    r"\(?\d+ (?:yrs?|years?)(?: \d+ (?:mos?|months?))?\)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:\[\d+\]|\d{1,2}(?:\.\d{1,2})+\.?|\d{1,2}[.)])\s+")
_ASIDE = re.compile(
    r"earlier|before that|previously|formerly|also|then|currently|clients?|near .*|various|and|und|et|y|e",
    re.IGNORECASE,
)
_LEGAL_TAIL = re.compile(r"[\w&.'’)-]+$")


@dataclass(slots=True)
class Piece:
    """A part of a heading between its separators; scores say how much it sounds like a role or a firm."""

    span: Span
    whole: Span
    group: int
    role: float = 0.0
    firm: float = 0.0
    label: str | None = None


@dataclass(slots=True)
class Header:
    """What the heading lines of a position give."""

    employer: Span | None = None
    role: Span | None = None
    dates: DateRange | None = None
    place: bool = False
    order: str | None = None
    is_sure: bool = False
    pieces: list[Piece] = field(default_factory=list)


def read_header(lines: list[Line], order: str | None, *, has_place: bool = False) -> Header:
    """`order` is "role" or "employer": which one this résumé names first when the words alone don't tell.

    `has_place`: the position before named a place, so an unknown last word is one rather than an employer.
    """
    header, doubtful = Header(), list[Span]()
    for number, line in enumerate(lines):
        for span, label in _segments(line, header):
            if is_known_place(span.text) or _is_aside(span.text.strip(" .()")):
                header.place = header.place or is_place(span.text)
                continue
            if is_place(span.text):
                doubtful.append(span)
                continue
            header.pieces += _commas(span, label, len(header.pieces) + 100 * number, header)
    _rate(header.pieces)
    if has_place and not header.place:
        _drop_last_place(header, lines)
    _choose(header, order)
    if header.employer is None and doubtful:  # "Acme, Germany"
        header.pieces += _commas(doubtful[0], None, -1, header)
        _rate(header.pieces)
        _choose(header, order)
    return header


def _segments(line: Line, header: Header) -> list[tuple[Span, str | None]]:
    """The line cut at its strong separators, without its dates."""
    text = line.text
    for dates in date_ranges(text):
        if header.dates is None or (dates.whole and not header.dates.whole):
            header.dates = dates
        text = text[: dates.start] + "\t" + " " * (dates.end - dates.start - 1) + text[dates.end :]
    cuts = [*_STRONG.finditer(text), *_AT.finditer(text)]
    if len(_SENTENCE.findall(text)) >= 1 and not re.search(r"[|\t]", line.text):
        cuts += [cut for cut in _SENTENCE.finditer(text) if not _is_abbreviation(text[: cut.start() + 1])]
    number = _NUMBERED.match(text)
    found, start, label = [], number.end() if number else 0, None
    for cut_start, cut_end in [*sorted(cut.span() for cut in cuts), (len(text), len(text))]:
        if cut_start < start:
            start = max(start, cut_end)
            continue
        span = _trimmed(line, start, cut_end if cut_start == len(text) else cut_start)
        start = cut_end
        if span is None:
            continue
        kind = _label(span.text)
        if kind and line.text[span.end - line.start : span.end - line.start + 1] in ":：\t":
            label = kind
            continue
        found.append((span, label))
        label = None
    return found


def _is_abbreviation(before: str) -> bool:
    """Whether the full stop at the end belongs to the word ("S.p.A.", "Inc.", "St.")."""
    word = _LEGAL_TAIL.search(before)
    bare = key(word[0].replace(".", "")) if word else ""
    return len(bare) <= 2 or bare in legal_forms() or bare in {"dr", "prof", "mrs", "dept", "univ", "jr", "sr"}  # noqa: PLR2004


def _is_aside(text: str) -> bool:
    return bool(_TYPE.fullmatch(text) or _ASIDE.fullmatch(text))


def _label(text: str) -> str | None:
    return next((kind for kind in ("employer", "role", "dates", "place") if key(text) in labels()[kind]), None)


def _trimmed(line: Line, start: int, end: int) -> Span | None:
    text = line.text[start:end]
    left = len(text) - len(text.lstrip(" \t,;:.|()[]–—-·•/\u200b>#*"))
    kept = text[left:].rstrip(" \t,;:|–—-·•/*")
    if kept.endswith((")", "]")) and kept.count("(") + kept.count("[") == 0:
        kept = kept.rstrip(")] ")
    if kept.count("(") > kept.count(")"):
        kept = kept[: kept.rfind("(")].rstrip(" ,")
    if kept.endswith(".") and not _is_abbreviation(kept):
        kept = kept[:-1]
    at = line.start + start + left
    return Span(kept, at, at + len(kept)) if any(map(str.isalpha, kept)) else None


def _commas(span: Span, label: str | None, group: int, header: Header) -> list[Piece]:
    """The parts of a segment between commas; places at its end are left out, legal forms stay with the firm."""
    brackets = [found.span() for found in _BRACKET.finditer(span.text)]
    cuts = [
        found.span()
        for found in re.finditer(r"\s*,\s+", span.text)
        if not any(start <= found.start() < end for start, end in brackets)
    ]
    parts, start = [], 0
    for cut_start, cut_end in [*cuts, (len(span.text), 0)]:
        text = span.text[start:cut_start]
        if text.strip():
            parts.append(Span(text, span.start + start, span.start + cut_start))
        start = cut_end
    joined: list[Span] = []
    for part in parts:
        if joined and key(_BRACKET.sub("", part.text).replace(".", "")) in legal_forms():
            joined[-1] = _join(span, joined[-1], part)
        else:
            joined.append(part)
    while len(joined) > 2 and is_place(", ".join(part.text for part in joined[-2:])):  # noqa: PLR2004
        joined, header.place = joined[:-2], True
    while len(joined) > 1 and (is_place(joined[-1].text) or country_of(joined[-1].text)):
        joined, header.place = joined[:-1], True
    return [Piece(part, span, group, label=label) for part in joined if not _is_aside(part.text)]


def _join(whole: Span, first: Span, last: Span) -> Span:
    return Span(whole.text[first.start - whole.start : last.end - whole.start], first.start, last.end)


def _rate(pieces: list[Piece]) -> None:
    for piece in pieces:
        piece.role, piece.firm = role_score(piece.span.text), firm_score(piece.span.text)
        if piece.label == "role":
            piece.role += 10
        elif piece.label == "employer":
            piece.firm += 10


def _choose(header: Header, order: str | None) -> None:
    """Gives every group of pieces to the role or to the employer."""
    groups: dict[int, list[Piece]] = {}
    for piece in header.pieces:
        groups.setdefault(piece.group, []).append(piece)
    best_role = max(header.pieces, key=lambda piece: piece.role - piece.firm, default=None)
    best_firm = max(header.pieces, key=lambda piece: piece.firm - piece.role, default=None)
    if best_role is None or best_firm is None:
        return
    if len(header.pieces) == 1:
        _give_only(header, header.pieces[0])
        return
    role = best_role if best_role.role > best_role.firm else None
    if role is None and best_firm.firm <= best_firm.role:
        role = header.pieces[0] if order == "role" else header.pieces[-1] if order == "employer" else None
        role = role or (header.pieces[1] if len(groups) > 1 else header.pieces[0])
    elif role is None:
        role = next((piece for piece in header.pieces if piece.group != best_firm.group), None)
    others = [piece for piece in header.pieces if piece is not role]
    header.role = _whole_role(role, groups, header.pieces) if role else None
    header.employer = _employer(others, role, groups)
    firm = [piece for piece in others if header.employer and piece.span.start >= header.employer.start]
    header.is_sure = role is not None and bool(firm) and (firm[0].group != role.group or firm[0].firm >= LIKELY)
    if header.role and header.employer:
        header.order = "role" if header.role.start < header.employer.start else "employer"


def _drop_last_place(header: Header, lines: list[Line]) -> None:
    """Leaves out an unknown town: behind "Role, Employer", or alone beside the dates."""
    last = header.pieces[-1:]
    before = [piece for piece in header.pieces[:-1] if last and piece.group != last[0].group]
    is_unknown = bool(last) and last[0].role == last[0].firm == 0 and is_city_shaped(last[0].span.text)
    dated = next((line for line in lines if date_ranges(line.text)), None)
    beside = [piece for piece in header.pieces if dated and dated.start <= piece.span.start < dated.end]
    if is_unknown and (beside == last or (len(before) > 1 and any(piece.role for piece in before))):
        header.pieces.pop()


def _give_only(header: Header, piece: Piece) -> None:
    if piece.role > piece.firm:
        header.role = piece.span
    else:
        header.employer = _without_bracket(piece.span)


def _whole_role(role: Piece, groups: dict[int, list[Piece]], pieces: list[Piece]) -> Span:
    """A role with its commas ("Vice President, Engineering") where another group names the employer."""
    group = groups[role.group]
    has_other = any(piece.group != role.group and piece.firm >= piece.role for piece in pieces)
    if has_other and all(piece.firm <= LIKELY for piece in group):
        return _covering(group)
    return role.span


def _covering(group: list[Piece]) -> Span:
    return _join(group[0].whole, group[0].span, group[-1].span)


def _employer(others: list[Piece], role: Piece | None, groups: dict[int, list[Piece]]) -> Span | None:
    """The likeliest firm among the other pieces, with what belongs to its name behind a comma."""
    elsewhere = [piece for piece in others if role is None or piece.group != role.group]
    strongest = max((piece.firm for piece in others), default=0.0)
    candidates = elsewhere if any(piece.firm >= max(piece.role, strongest - 3) for piece in elsewhere) else others
    candidates = [piece for piece in candidates if piece.role <= max(piece.firm, 2.0)] or candidates
    if not candidates:
        return None
    best = max(candidates, key=lambda piece: piece.firm - piece.role)
    group = [piece for piece in groups[best.group] if piece is not role]
    index = group.index(best)
    first = index
    while first > 0 and (
        group[first - 1].firm > group[first - 1].role or (not group[first - 1].role and not is_legal(best.span.text))
    ):
        first -= 1
    last = index
    while last + 1 < len(group) and group[last + 1].firm > 0 and group[last + 1].role < group[last + 1].firm:
        last += 1
    return _without_bracket(_covering(group[first : last + 1]))


def _without_bracket(span: Span) -> Span:
    kept = re.sub(r"\s*[(\[][^()\[\]]*[)\]]?\s*$", "", span.text) or span.text
    return Span(kept, span.start, span.start + len(kept))
