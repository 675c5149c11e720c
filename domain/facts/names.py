"""Which words of a résumé are the person's name."""

# ruff: noqa: RUF001 - dashes, quotes and letters as people type them

import re
from functools import cache

from domain.facts.likeness import role_score
from domain.facts.lines import Line, Section, is_title
from domain.facts.model import Span
from domain.facts.where import find_place
from domain.facts.words import data, fold, folded, headings, key, labels, titles

HIGHEST_LINES = 40
LONGEST = 60
_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("å"): "aa", ord("ø"): "oe"}
_WORD = re.compile(
    r"[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*\.?(?:['’`\u2018\u2010-][^\W\d_]+\.?)*|[\"“”'‘’(][^\W\d_][\w .-]*[\"“”'‘’)]"
)
_EAST_ASIAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff·・]{2,8}")
_HONORIFIC = re.compile(
    r"(?:(?:dr|prof|mr|mrs|ms|mx|miss|sir|dame|herr|frau|ing|dipl|mag|rev|eng|sr|sra|dott|dott\.ssa)\b\.?(?:-ing\.?)?\s*)+",
    re.IGNORECASE,
)
_PREFIX = re.compile(
    r"(?P<title>resume|résumé|curriculum vitae|cv|c\.v\.|lebenslauf|curriculum|"
    r"currículum(?: vitae)?|currículo|hoja de vida|vita)\s*(?:of|for|von|de|di|van|–|—|-|:|\|)?\s+(?=\S)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(
    r"\s*(?:[-–—|:]\s*|\()?(?:resume|résumé|curriculum vitae|cv|lebenslauf|page \d+.*)\)?\s*$", re.IGNORECASE
)
_CUT = re.compile(
    r"\t|\s{2,}|\s+[|•·▪●◦‖/]+\s+|\s+[-–—~]+\s+|\s*[|•●]\s*|\s*//\s*|\s*:\s+|(?:(?<=\w{5})|(?<=\d{3}))[.;]\s+(?=[^\W\d_]{4})"
)


def find_name(lines: list[Line], email: str | None, links: list[str]) -> Span | None:
    """The likeliest name: set at the top, labelled as one, or spelled like the e-mail address."""
    labelled = _labelled(lines)
    if labelled is not None:
        return labelled
    hints = _hints(email, links)
    best: tuple[float, Span] | None = None
    for index, line in enumerate(lines):
        in_front = index < HIGHEST_LINES and line.section in {Section.TOP, Section.CONTACT, Section.SUMMARY}
        following = lines[index + 1].text if index + 1 < len(lines) else ""
        for position, piece in enumerate(pieces(line)):
            name = _as_name(piece)
            if name is None or (line.is_heading and key(name.text) in headings()):
                continue
            hint = _hinted(name, hints)
            if not (in_front or hint or role_score(following) > 0):
                continue
            score = _shape(name) + hint - min(index, 30) * 0.25 - position * 0.3 - 1.5 * line.marked
            score += 1.0 * in_front - (0 if line.section is Section.TOP else 0.5)
            if best is None or score > best[0]:
                best = score, name
    return best[1] if best and best[0] > 0 else None


def pieces(line: Line) -> list[Span]:
    """The parts of a line that bars, dots, dashes or wide gaps keep apart."""
    found, start = [], 0
    for cut in [*_CUT.finditer(line.text), None]:
        end = cut.start() if cut else len(line.text)
        if line.text[start:end].strip():
            found.append(span_of(line, start, end))
        start = cut.end() if cut else end
    return found


def span_of(line: Line, start: int, end: int) -> Span:
    """Part of a line without the blanks around it."""
    text = line.text[start:end]
    start += len(text) - len(text.lstrip())
    end -= len(text) - len(text.rstrip())
    return Span(line.text[start:end], line.start + start, line.start + end)


def _cut_span(span: Span, start: int, end: int) -> Span:
    return Span(span.text[start:end], span.start + start, span.start + end)


def _labelled(lines: list[Line]) -> Span | None:
    parts: dict[str, Span] = {}
    for index, line in enumerate(lines[:HIGHEST_LINES]):
        label, colon, value = line.text.partition(":")
        kind = next((kind for kind in ("name", "first", "last") if key(label) in labels()[kind]), None)
        if not kind or kind in parts:
            continue
        if not colon and "\t" in line.text:
            continue
        source = span_of(line, len(label) + 1, len(line.text)) if value.strip() else None
        if source is None and index + 1 < len(lines):
            source = span_of(lines[index + 1], 0, len(lines[index + 1].text))
        name = _as_name(_first_piece(source)) if source else None
        if name and kind == "name":
            return name
        if name or (source and len(source.text.split()) == 1):
            parts[kind] = name or source  # type: ignore[assignment]
    return parts.get("first") if "last" not in parts else parts.get("last")


def _first_piece(span: Span) -> Span:
    cut = _CUT.search(span.text)
    return _cut_span(span, 0, cut.start()) if cut else span


def _as_name(span: Span) -> Span | None:
    """The name in a piece of a line, without titles of the document and letters behind the name."""
    start, end = 0, len(span.text)
    if (prefix := _PREFIX.match(span.text)) and prefix.end() < end:
        start = prefix.end()
    if (suffix := _SUFFIX.search(span.text, start)) and suffix.start() > start:
        end = suffix.start()
    start, end = _without_letters(span.text, start, end)
    text = span.text[start:end]
    if not text or len(text) > LONGEST or not _is_name(text):
        return None
    return _cut_span(span, start, end)


def _without_letters(text: str, start: int, end: int) -> tuple[int, int]:
    """Cuts degrees and pronouns behind a name: "Siobhan O'Connor, RN, BSN"; keeps "Hartmann, Jonas"."""
    while True:
        comma = text.rfind(",", start, end)
        tail = text[max(comma + 1, start) : end].strip() if comma >= 0 else ""
        if comma > start and (key(tail) in _letters() or not tail):
            end = comma
            continue
        bracket = re.search(r"\s*\((?:she|he|they)\b[^)]*\)$", text[start:end], re.IGNORECASE)
        if bracket:
            end = start + bracket.start()
            continue
        words = text[start:end].split()
        if len(words) > 2 and words[-1].isupper() and key(words[-1]) in _letters() and not text[start:end].isupper():  # noqa: PLR2004
            end = start + text[start:end].rstrip().rfind(words[-1])
            end = len(text[:end].rstrip())
            continue
        return start, end


@cache
def _letters() -> frozenset[str]:
    return frozenset(map(key, data()["postnominals"]))


def _is_name(text: str) -> bool:
    bare = text[honorific.end() :] if (honorific := _HONORIFIC.match(text)) else text
    bare = bare.strip()
    if _EAST_ASIAN.fullmatch(bare.split("(")[0].strip().replace(" ", "")):
        return key(bare) not in headings() and key(bare) not in titles() and not _has_no_name(bare)
    parts = [part.strip() for part in bare.split(",")]
    if len(parts) > 2 or not bare:  # noqa: PLR2004
        return False
    words = [word for part in parts for word in _words(part)]
    if not 2 <= len(words) <= 6 or "".join(words) != re.sub(r"[\s,]", "", bare):  # noqa: PLR2004
        return False
    if not all(word[0].isupper() or word[0] in "\"“‘'(" or fold(word) in folded("particles") for word in words):
        return False
    return not _has_no_name(bare)


def _words(text: str) -> list[str]:
    return [found[0].replace(" ", "") for found in _WORD.finditer(text)]


def _has_no_name(text: str) -> bool:
    """Words that stand in headings, titles, positions and firms, not in names."""
    if is_title(text) or key(text) in headings():
        return True
    words = [word for word in key(text).split() if word not in folded("surnames")]
    if not words:
        return False
    taken = folded("roles") | folded("role_modifiers") | folded("organisations")
    common = sum(word in taken for word in words)
    is_position = _is_first(text, "role_modifiers") and common > 0
    return (
        is_position
        or common >= max(1, len(words) - 1)
        or (common > 0 and words[-1] in folded("roles") | folded("organisations"))
    )


def _is_first(text: str, name: str) -> bool:
    return key(text).split()[0] in folded(name)


def _shape(name: Span) -> float:
    """How name-like the words are by themselves."""
    score = 3.0 if 2 <= len(_split(name.text)) <= 4 or _EAST_ASIAN.match(name.text) else 1.5  # noqa: PLR2004
    place = find_place(name)
    if place is not None and "," in name.text:
        return score - 6
    return score - 3 if place is not None and place[0].text == name.text else score


def _hinted(name: Span, hints: list[str]) -> float:
    """6 when the e-mail or profile address spells the name, 2 when it spells a part, else 0."""
    words = _split(name.text)
    forms = [{word, word.replace("ae", "a"), *_umlauts(name.text)} for word in words]
    joined = "".join(words)
    for hint in hints:
        met = sum(any(len(form) > 2 and form in hint for form in group) for group in forms)  # noqa: PLR2004
        if met >= min(2, len(words)) or (len(hint) > 3 and hint in joined):  # noqa: PLR2004
            return 6.0
        if met or _initials_match(words, hint):
            return 2.0
    return 0.0


def _split(text: str) -> list[str]:
    return [word for word in re.split(r"[^\w]+", fold(text)) if word]


def _umlauts(name: str) -> list[str]:
    spelled = name.casefold().translate(_UMLAUTS)
    return [fold(word) for word in re.split(r"[^\w]+", spelled) if word]


def _initials_match(words: list[str], hint: str) -> bool:
    return len(words) > 1 and hint.startswith(words[0][0]) and words[-1][:4] in hint


def _hints(email: str | None, links: list[str]) -> list[str]:
    """Folded letters of the e-mail address and of profile addresses, in which a name may be spelled."""
    found = [email.partition("@")[0]] if email else []
    found += [link.rstrip("/").rpartition("/")[2] for link in links]
    found += [re.sub(r"^(?:https?://)?(?:www\.)?", "", link).partition(".")[0] for link in links if link.count("/") < 4]  # noqa: PLR2004
    return [re.sub(r"[\W\d_]", "", fold(hint)) for hint in found if hint]
