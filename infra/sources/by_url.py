"""One posting by its address: the API of a known source by id, else the page's JSON-LD, else its readable text."""

import re
from urllib.parse import urlsplit

from domain.errors import ValidationError
from domain.job_urls import canonical_url
from domain.listings import Listing, SourceError, SourceQuery
from infra.egress import EgressError, ForbiddenError
from infra.sources import SourceRegister
from infra.sources.boards import BoardSource
from infra.sources.locating import Located, locate, locate_embedded
from infra.sources.pages import SOURCE, read_posting_page
from infra.sources.reading import address

_OK = 200
_GONE = frozenset({404, 410})
_UNASKED = frozenset({401, 402, 407, 451})
_SIGN_IN = re.compile(
    r"//(?:accounts\.google|login\.microsoftonline|login\.|auth\.|sso\.|[\w-]+\.okta)|"
    r"/(?:log-?in|sign-?in|authwall|uas/login|checkpoint)(?:[/?.]|$)",
    re.IGNORECASE,
)


async def read_url(register: SourceRegister, url: str) -> Listing:
    """Raises ValidationError where the address shows no posting to read, SourceError where it cannot be asked."""
    asked = address(url.strip())
    if asked is None:
        raise ValidationError(f"Expected the http(s) address of a posting, found {url[:200]!r}", {"url": url[:200]})
    if located := locate(asked):
        return await _by_id(register, located, asked)
    final, markup = await _page(register, asked)
    if located := locate(final) or locate_embedded(asked, markup):
        return await _by_id(register, located, asked)
    document = await register.cpu.run(read_posting_page, canonical_url(final), markup)
    return Listing.from_json(document)


async def _by_id(register: SourceRegister, located: Located, url: str) -> Listing:
    """The posting as its source's API has it. A board that answers without it says that it is gone."""
    options = {"board": located.board, "region": located.region}
    source = register.open(located.source, options)
    query = SourceQuery()
    rows = source.read_one(located.id) if isinstance(source, BoardSource) else source.read(query)
    async for row in rows:
        if isinstance(row, Listing) and _is_it(row, located):
            return row
    message = f"{located.source} has no open posting {located.id} of {located.board or 'anybody'} (any more)"
    raise ValidationError(message, {"url": url})


def _is_it(row: Listing, located: Located) -> bool:
    ends = re.compile(rf"/{re.escape(located.id)}(?:[/?#-]|$)", re.IGNORECASE)
    return row.external_id.casefold() == located.id.casefold() or bool(ends.search(row.url))


async def _page(register: SourceRegister, url: str) -> tuple[str, str]:
    """Where the address led, and the page there."""
    host = urlsplit(url).hostname or url
    try:
        response = await register.egress.get(url, headers={"accept": "text/html,application/xhtml+xml"})
    except ForbiddenError as refused:
        message = f"{host} does not let programs read this page: paste the text of the posting instead"
        raise ValidationError(message, {"url": url}) from refused
    except EgressError as failed:
        raise SourceError.of(SOURCE, None, failed.message) from failed
    if response.status in _GONE:
        raise ValidationError(f"There is no such page on {host} ({response.status})", {"url": url})
    if response.status in _UNASKED or _SIGN_IN.search(response.url):
        message = f"{host} asks for a sign-in: paste the text of the posting instead"
        raise ValidationError(message, {"url": url})
    if response.status != _OK:
        raise SourceError.of(SOURCE, None, f"expected status 200 from {host}, found {response.status}")
    kind = response.headers.get("content-type", "text/html").partition(";")[0].strip().lower()
    if kind not in {"text/html", "application/xhtml+xml", "text/plain", ""}:
        raise ValidationError(f"Expected a web page at this address, found {kind}", {"url": url})
    return response.url, response.text()
