"""Which posting of which source an address shows, without asking anybody."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@dataclass(frozen=True, slots=True)
class Located:
    """`id` is the posting's as the source's listings carry it, or ends its address; `region` is an adapter's."""

    source: str
    board: str
    id: str
    region: str = ""


_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (source, re.compile(pattern, re.IGNORECASE))
    for source, pattern in (
        ("greenhouse", r"(?:job-boards|boards)(?:\.eu)?\.greenhouse\.io/(?P<board>[^/]+)/jobs/(?P<id>\d+)"),
        ("greenhouse", r"boards-api\.greenhouse\.io/v1/boards/(?P<board>[^/]+)/jobs/(?P<id>\d+)"),
        ("lever", rf"(?:jobs|api)(?:\.(?P<region>eu))?\.lever\.co/(?:v0/postings/)?(?P<board>[^/]+)/(?P<id>{_UUID})"),
        ("ashby", rf"jobs\.ashbyhq\.com/(?P<board>[^/]+)/(?P<id>{_UUID})"),
        ("workable", r"apply\.workable\.com/(?P<board>[^/]{2,})/j/(?P<id>[0-9a-z]{6,})"),
        ("recruitee", r"(?P<board>[a-z0-9-]+)\.recruitee\.com/o/(?P<id>[a-z0-9-]+)"),
        ("personio", r"(?P<board>[a-z0-9-]+)\.jobs\.personio\.(?:de|(?P<region>com))/job/(?P<id>\d+)"),
        ("teamtailor", r"(?P<board>[a-z0-9-]+(?:\.[a-z]{2})?)\.teamtailor\.com/jobs/(?P<id>\d+)"),
    )
)
_GREENHOUSE_BOARD = re.compile(
    r"greenhouse\.io/(?:embed/)?(?:job_board(?:/js)?|job_app)?\?(?:[\w=]*&(?:amp;)?)*for=([\w-]+)|"
    r"boards-api\.greenhouse\.io/v1/boards/([\w-]+)/",
    re.IGNORECASE,
)
_GREENHOUSE_FORM = re.compile(r"greenhouse\.io/embed/job_app\?[^\"'\s]*\btoken=(\d+)", re.IGNORECASE)
_ASHBY_BOARD = re.compile(r"jobs\.ashbyhq\.com/([^/\"'\s]+)/embed", re.IGNORECASE)


def locate(url: str) -> Located | None:
    parts = urlsplit(url)
    place = f"{(parts.hostname or '').lower()}{parts.path}"
    query = parse_qs(parts.query)
    for source, pattern in _PATTERNS:
        if match := pattern.match(place):
            found = match.groupdict()
            return Located(source, unquote(found["board"]), found["id"], (found.get("region") or "").lower())
    if re.match(r"(?:job-boards|boards)(?:\.eu)?\.greenhouse\.io/embed/job_app", place) and query.get("for"):
        return Located("greenhouse", query["for"][0], query["token"][0]) if query.get("token") else None
    if place == "news.ycombinator.com/item" and query.get("id", [""])[0].isdigit():
        return Located("hackernews", "", query["id"][0])
    return None


def locate_embedded(url: str, markup: str) -> Located | None:
    """The posting of a board that an employer's own page embeds: the address has its id, the page names the board."""
    query = parse_qs(urlsplit(url).query)
    boards: tuple[tuple[str, str, re.Pattern[str]], ...] = (
        ("greenhouse", "gh_jid", _GREENHOUSE_BOARD),
        ("ashby", "ashby_jid", _ASHBY_BOARD),
    )
    for source, parameter, pattern in boards:
        named = {next(filter(None, match.groups())) for match in pattern.finditer(markup)}
        id = query.get(parameter, [""])[0] or (_form(markup) if source == "greenhouse" else "")
        if len(named) == 1 and re.fullmatch(rf"\d+|{_UUID}", id, re.IGNORECASE):
            return Located(source, unquote(named.pop()), id)
    return None


def _form(markup: str) -> str:
    tokens = set(_GREENHOUSE_FORM.findall(markup))
    return tokens.pop() if len(tokens) == 1 else ""
