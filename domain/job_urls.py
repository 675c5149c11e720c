"""Addresses of postings: one spelling for each, and the applicant tracking system's own id where it shows."""

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"(?:utm|mtm|pk|hsa|rx|vero|oly)_\w*|gclid|gclsrc|dclid|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|"
    r"li_fat_id|igshid|mc_[ce]id|mkt_tok|_g[al]|_hsenc|_hsmi|hsctatracking|gh_src|lever-(?:source|origin|via)(?:\[\])?|"
    r"ref|referrer|referer|source|src|trk|trackingid|refid|ref_?src|campaign|campaignid",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_SAFE_IN_PATH = "/:@!$&'()*+,;=-._~%"
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")

# An id that is unique within its system, as it stands in the host and path of that system's pages.
_POSTING_PATHS = tuple(
    (system, re.compile(pattern, re.IGNORECASE))
    for system, pattern in (
        ("greenhouse", r"(?:job-boards|boards)(?:\.eu)?\.greenhouse\.io/[^/]+/jobs/(\d+)"),
        ("greenhouse", r"boards-api\.greenhouse\.io/v1/boards/[^/]+/jobs/(\d+)"),
        ("lever", rf"(?:jobs|api)(?:\.eu)?\.lever\.co/(?:v0/postings/)?[^/]+/({_UUID})"),
        ("ashby", rf"jobs\.ashbyhq\.com/[^/]+/({_UUID})"),
        ("workable", r"apply\.workable\.com/(?:[^/]+/)?j/([0-9a-z]{6,})"),
        ("smartrecruiters", r"jobs\.smartrecruiters\.com/[^/]+/(\d+)"),
        ("recruitee", r"([a-z0-9-]+\.recruitee\.com/o/[a-z0-9-]+)"),
        ("personio", r"([a-z0-9-]+\.jobs\.personio\.(?:de|com)/job/\d+)"),
        ("teamtailor", r"([a-z0-9-]+\.teamtailor\.com/jobs/\d+)"),
    )
)
_POSTING_PARAMETERS = (("greenhouse", "gh_jid"), ("ashby", "ashby_jid"))


@lru_cache(maxsize=20_000)
def canonical_url(url: str) -> str:
    """One spelling of an address: what only tracks goes, every id stays. Not an address: itself, trimmed.

    A fragment goes, unless it is a route ("#/jobs/7", "#!jobs/7").
    """
    text = url.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return text
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host:
        return text
    scheme = parts.scheme.lower()
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, _DEFAULT_PORTS[scheme]) else f"{host}:{port}"
    path = _ESCAPE.sub(lambda escape: escape[0].upper(), quote(parts.path, safe=_SAFE_IN_PATH, errors="replace"))
    query = sorted(pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(pair[0]))
    fragment = parts.fragment if parts.fragment.startswith(("/", "!")) else ""
    return urlunsplit((scheme, netloc, path.rstrip("/"), urlencode(query, quote_via=quote, errors="replace"), fragment))


@lru_cache(maxsize=20_000)
def posting_id(url: str | None) -> str | None:
    """The posting in a known system that an address shows or carries ("?gh_jid=7"), as "system:id"."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        place = f"{(parts.hostname or '').lower()}{parts.path}"
    except ValueError:
        return None
    for system, pattern in _POSTING_PATHS:
        if match := pattern.match(place):
            return f"{system}:{match[1].lower()}"
    query = dict(parse_qsl(parts.query))
    for system, name in _POSTING_PARAMETERS:
        if query.get(name):
            return f"{system}:{query[name].lower()}"
    if place.startswith(("boards.greenhouse.io/embed/", "job-boards.greenhouse.io/embed/")) and query.get("token"):
        return f"greenhouse:{query['token']}"
    return None
