"""One posting out of a web page: its schema.org JSON-LD, else its readable text."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from domain.errors import ValidationError
from domain.job_urls import canonical_url
from domain.listings import Listing
from domain.pay import find_pay
from domain.provenance import Basis
from infra.payloads import MAX_DEPTH, deeper_than
from infra.sources.job_posting import content_id, is_job_posting, read_job_posting
from infra.sources.markup import MAX_MARKUP, nests_without_end, one_line, plain_text
from infra.sources.reading import MAX_COMPANY, MAX_TITLE, RowError, address, mapping, moment, text

SOURCE = "url"
_MAX_NODES = 5_000
_LEAST_TEXT = 200
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_FRAMES = ("nav", "header", "footer", "aside", "form", "script", "style", "noscript", "template", "iframe", "svg")
_BOT_WALL = re.compile(
    r"just a moment|attention required|access denied|are you a robot|verify you are (?:a )?human|captcha|"
    r"checking your browser|pardon our interruption|request blocked",
    re.IGNORECASE,
)
_TITLE_TAIL = re.compile(r"\s+[|\u2013\u2014-]\s+[^|\u2013\u2014-]+$")
_PASTE = "paste the text of the posting instead"


def read_posting_page(url: str, markup: str) -> dict[str, Any]:
    """The listing (as JSON) that a page shows. Raises ValidationError saying why it shows none."""
    if nests_without_end(markup[: 4 * MAX_MARKUP]):
        raise ValidationError(f"Expected a web page, found one that nests without end on {_host(url)}")
    tree = LexborHTMLParser(markup[: 4 * MAX_MARKUP])
    title = _page_title(tree)
    postings = _distinct(_postings(tree))
    if len(postings) > 1:
        postings = [row for row in postings if _is_of(row, url, title)]
        if len(postings) != 1:
            raise ValidationError("Expected the page of one posting, found several: open one and use its address")
    found = _stated(postings[0], url, tree) if postings else None
    return (found or _readable(url, title, tree)).to_json()


def _stated(row: Mapping[str, Any], url: str, tree: LexborHTMLParser) -> Listing | None:
    """The listing of a JobPosting. What is not there is the page's own: its address, its site's name."""
    company = row.get("hiringOrganization") or {"name": _site_name(tree, url)}
    dates = {name: row.get(name) if moment(row.get(name)) else None for name in ("datePosted", "validThrough")}
    try:
        found = read_job_posting({**row, **dates, "url": url, "hiringOrganization": company}, SOURCE)
    except RowError:
        return None
    return replace(
        found,
        external_id=_id(url),
        requisition_id=found.external_id if row.get("identifier") else None,
        company_basis=Basis.STATED if row.get("hiringOrganization") else Basis.INFERRED,
        apply_url=found.apply_url or address(row.get("url")),
        raw=dict(row),
    )


def _readable(url: str, title: str | None, tree: LexborHTMLParser) -> Listing:
    has_password = tree.css_first("input[type=password]") is not None
    tree.strip_tags(list(_FRAMES))
    body = next((node for name in ("main", "article", "[role=main]", "body") if (node := tree.css_first(name))), None)
    description = plain_text(body.html if body else "")
    if _BOT_WALL.search(title or "") or (len(description) < 4 * _LEAST_TEXT and _BOT_WALL.search(description)):
        raise ValidationError(f"{_host(url)} shows a check for robots in place of the posting: {_PASTE}")
    if len(description) < _LEAST_TEXT:
        what = "asks for a sign-in" if has_password else "shows no text without a browser"
        raise ValidationError(f"{_host(url)} {what}: {_PASTE}")
    if not title:
        raise ValidationError(f"Expected a page with a title, found none on {_host(url)}: {_PASTE}")
    return Listing(
        source=SOURCE,
        external_id=_id(url),
        title=title[:MAX_TITLE],
        company=(_site_name(tree, url))[:MAX_COMPANY],
        company_basis=Basis.INFERRED,
        url=url,
        description=description,
        pay=find_pay(description),
        raw={"title": title, "text": description},
    )


def _postings(tree: LexborHTMLParser) -> Iterator[Mapping[str, Any]]:
    for script in tree.css('script[type="application/ld+json"]'):
        yield from _within(_tolerant_json(script.text()))


def _tolerant_json(written: str) -> Any:
    """JSON as pages have it: in comments, with raw line ends in texts, with a comma too many. None when hopeless."""
    bare = re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$", "", written).strip().rstrip(";")
    for attempt in (bare, _TRAILING_COMMA.sub(r"\1", bare)):
        try:
            value = json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
        return None if deeper_than(MAX_DEPTH, value) else value
    return None


def _within(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every JobPosting inside, whatever holds it (a list, a @graph, a page's mainEntity)."""
    waiting = [value]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if is_job_posting(node):
            yield node
        elif isinstance(node, dict | list):
            waiting += list(node.values() if isinstance(node, dict) else node)[::-1]


def _distinct(postings: Iterator[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    by_name = {
        (text(row.get("title")), str(row.get("identifier")), str(row.get("jobLocation"))): row for row in postings
    }
    return list(by_name.values())


def _is_of(row: Mapping[str, Any], url: str, title: str | None) -> bool:
    own = address(row.get("url"))
    name = text(row.get("title"))
    return canonical_url(own) == canonical_url(url) if own else bool(name and title and name in title)


def _page_title(tree: LexborHTMLParser) -> str | None:
    heading = tree.css_first("h1")
    named = _meta(tree, "og:title") or (one_line(heading.text()) if heading else None)
    if named:
        return named
    page = tree.css_first("title")
    return _TITLE_TAIL.sub("", one_line(page.text())) if page else None


def _site_name(tree: LexborHTMLParser, url: str) -> str:
    return _meta(tree, "og:site_name") or _host(url).removeprefix("www.")


def _meta(tree: LexborHTMLParser, name: str) -> str | None:
    found = tree.css_first(f'meta[property="{name}"]') or tree.css_first(f'meta[name="{name}"]')
    return text(mapping(dict(found.attributes)).get("content")) if found else None


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _id(url: str) -> str:
    return content_id(canonical_url(url))
