"""What the embedded engine understands. The requests are documented in docs/agents.md, with examples."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

LENGTH_AT_MOST = 4_000
STATUSES = ("new", "prepped", "reviewed", "applied", "rejected", "interviewing")
_MOVES = {"reject": "rejected", "apply": "applied", "review": "reviewed", "interview": "interviewing"}
_TONES = {
    "professional": "professional", "formal": "professional", "conversational": "conversational",
    "warm": "conversational", "warmer": "conversational", "friendly": "conversational", "casual": "conversational",
    "enthusiastic": "enthusiastic", "excited": "enthusiastic",
}  # fmt: skip
_REF = r"(?:#|no\.? ?|number )?(\d{1,3})"
_ONE = rf"(?:(?:job|role|the)? ?{_REF}|(?:the |my )?(.{{2,60}}?)(?: one| job| role)?)"


@dataclass(frozen=True, slots=True)
class Intent:
    """What is wanted. `refs` name jobs: a number of the list that was shown, or words of a title or company."""

    kind: str
    refs: tuple[str, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)


Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Intent]]


def parse(text: str) -> Intent:
    """The intent of a message; kind `unknown` for what no rule fits."""
    plain = " ".join(text[: LENGTH_AT_MOST + 1].split()).rstrip(" .!?")
    if len(text) > LENGTH_AT_MOST:
        return Intent("unknown")
    command = _command(plain)
    if command is not None:
        return command
    for pattern, make in _RULES:
        found = pattern.fullmatch(plain)
        if found is not None:
            return make(found)
    return Intent("unknown")


def _command(plain: str) -> Intent | None:
    if not plain.startswith("/"):
        return None
    name, _, rest = plain[1:].partition(" ")
    spelled = _COMMANDS.get(name.lower())
    return parse(spelled.format(rest).strip()) if spelled is not None else Intent("unknown")


_COMMANDS = {
    "help": "help", "search": "search {}", "jobs": "show {} jobs", "show": "show {}", "compare": "compare {}",
    "prep": "prep {}", "letter": "letter for {}", "move": "move {}", "note": "note {}", "delete": "delete {}",
    "stats": "stats", "profiles": "profiles", "resume": "resume", "pipelines": "pipelines", "run": "run {}",
    "status": "status {}", "time": "time",
}  # fmt: skip


def _filters(words: str) -> dict[str, Any]:
    """Scores, statuses and days out of the words of a request for a list."""
    text = words.lower()
    found: dict[str, Any] = {}
    if above := re.search(r"(?:above|over|from|at least|better than|>=?) ?(\d+(?:\.\d+)?)", text):
        found |= {"min_score": min(float(above[1]), 10.0), "sort_by": "relevance_score"}
    if below := re.search(r"(?:below|under|less than|<=?) ?(\d+(?:\.\d+)?)", text):
        found["max_score"] = min(float(below[1]), 10.0)
    statuses = [status for status in STATUSES if re.search(rf"\b{status}\b", text)]
    if statuses:
        found["status"] = statuses
    if re.search(r"\b(best|top|fit|fits|suit|suits|match|matches)\b", text):
        found |= {"sort_by": "relevance_score"}
        found.setdefault("min_score", 0.0)
    for day in ("today", "yesterday"):
        if day in text:
            found["day"] = day
    if company := re.search(r"\b(?:at|from|with) ([a-z][\w&.' -]{1,40})$", text):
        found["search"] = company[1]
    return found


def _list(match: re.Match[str]) -> Intent:
    return Intent("list", arguments=_filters(match[0]))


def _ref(match: re.Match[str], first: int = 1) -> str:
    return (match[first] or match[first + 1] or "").strip()


def _about(kind: str, last: int = 3) -> Callable[[re.Match[str]], Intent]:
    """An intent about one job, with the tone that the words name."""

    def make(match: re.Match[str]) -> Intent:
        words = (match[last] or "").lower() if match.re.groups >= last else ""
        tone = next((tone for word, tone in _TONES.items() if re.search(rf"\b{word}\b", words)), None)
        return Intent(kind, (_ref(match),), {"tone": tone} if tone else {})

    return make


def _move(match: re.Match[str]) -> Intent:
    return Intent("move", (_ref(match),), {"status": match[3].lower()})


def _short_move(match: re.Match[str]) -> Intent:
    return Intent("move", (_ref(match, 2),), {"status": _MOVES[match[1].lower()]})


def _note(match: re.Match[str]) -> Intent:
    return Intent("note", (_ref(match),), {"notes": match[3]})


def _run(match: re.Match[str]) -> Intent:
    given: Any = {}
    if match[2]:
        try:
            given = orjson.loads(match[2])
        except orjson.JSONDecodeError:
            return Intent("bad_input", arguments={"text": match[2]})
    return Intent("run", arguments={"pipeline_name": match[1].lower(), "input_data": given})


def _compare(match: re.Match[str]) -> Intent:
    refs = re.split(r" ?(?:,| and | with | to | vs\.? |&) ?| (?=#?\d)", match[1])
    return Intent("compare", tuple(ref.strip().removeprefix("#").removeprefix("job ") for ref in refs if ref.strip()))


def _constant(kind: str) -> Callable[[re.Match[str]], Intent]:
    return lambda _: Intent(kind)


def _rule(pattern: str, make: Callable[[re.Match[str]], Intent]) -> Rule:
    return re.compile(pattern, re.IGNORECASE), make


_STATUS = "|".join(STATUSES)
_RULES: tuple[Rule, ...] = (
    _rule(r"help|what can you do|commands", _constant("help")),
    _rule(r"hi|hello|hey|good (?:morning|evening|day)|who are you|what are you", _constant("hello")),
    _rule(r"(?:show |my )?stat(?:s|istics)|how (?:am i doing|is my search going)", _constant("stats")),
    _rule(r"time|date|what time is it|what day is it", _constant("clock")),
    _rule(r"(?:show |list |my )*profiles?", _constant("profiles")),
    _rule(r"(?:show |my |what (?:does|is in) my )*(?:resume|résumé|cv)(?: facts| say)?|facts", _constant("resume")),
    _rule(r"(?:show |list )*pipelines|what can i run", _constant("pipelines")),
    _rule(
        r"(?:search|look) (?:for )?new jobs|find me jobs|search now",
        lambda _: Intent("run", arguments={"pipeline_name": "job_search", "input_data": {}}),
    ),
    _rule(r"run ([\w-]+)(?: (\{.*\}))?", _run),
    _rule(r"(?:run )?status(?: of)?(?: run)?(?: ([0-9a-f-]{36}))?", lambda m: Intent("run_status", (m[1] or "",))),
    _rule(r"compare (?:jobs? )?(.+)", _compare),
    _rule(rf"(?:prep|prepare) {_ONE} ({'|'.join(_TONES)})", _about("prep")),
    _rule(rf"(?:prep|prepare)(?: for)? {_ONE}(?: (?:in|with) (?:an? )?(.*?)(?: tone| style)?)?", _about("prep")),
    _rule(rf"(?:draft |write )?(?:a )?(?:cover )?letter (?:for |to )?{_ONE} ({'|'.join(_TONES)})", _about("letter")),
    _rule(
        rf"(?:draft |write )?(?:me )?(?:a )?(?:cover )?letter (?:for |to )?{_ONE}"
        r"(?: (?:in|with) (?:an? )?(.*?)(?: tone| style)?)?",
        _about("letter"),
    ),
    _rule(rf"(?:move|mark|set) {_ONE}(?: to| as)? ({_STATUS})", _move),
    _rule(rf"({'|'.join(_MOVES)})(?: to)? {_ONE}", _short_move),
    _rule(rf"note (?:on |for |about )?{_ONE} ?: ?(.+)", _note),
    _rule(rf"note {_ONE} (.+)", _note),
    _rule(rf"(?:delete|remove) {_ONE}", _about("delete")),
    _rule(
        rf"(?:show|open|tell me about|what about|details of) (?:job |the )?#?{_REF}", lambda m: Intent("show", (m[1],))
    ),
    _rule(
        r"(?:search|find|look)(?: for)? (.+?)(?: jobs| roles)?", lambda m: Intent("search", arguments={"words": m[1]})
    ),
    _rule(r"(?:show|list|which|what|give me)?.*\b(?:jobs|roles|postings|positions)\b.*", _list),
    _rule(r"(?:show|list)(?: me)?(?: the)?(?: best| top| all)?", _list),
    _rule(rf"(?:show|open|tell me about) {_ONE}", _about("show")),
)
