"""Holding a board to what it was asked: most ignore a search they do not know, and answer with everything.

Lenient on purpose: whatever a search could have meant stays, and the rating decides. A listing that says
nothing about a question passes it.
"""

import re
from functools import lru_cache

from domain.listings import Listing, SourceQuery
from domain.places import Place, Workplace, read_location

_WORD = re.compile(r"[^\W_]+[+#]*")
_SAYS_LITTLE = frozenset(
    (
        "a",
        "and",
        "at",
        "for",
        "head",
        "in",
        "intern",
        "jr",
        "junior",
        "lead",
        "of",
        "or",
        "senior",
        "sr",
        "staff",
        "the",
    )
)


def is_recent(listing: Listing, query: SourceQuery) -> bool:
    return query.since is None or listing.posted_at is None or listing.posted_at >= query.since


def is_wanted(listing: Listing, query: SourceQuery) -> bool:
    """Whether the listing is one of those that the question's terms and places ask for."""
    return _names_a_term(listing, query.terms) and _is_in_a_place(listing, query.places)


def _names_a_term(listing: Listing, terms: tuple[str, ...]) -> bool:
    """A telling word of a term in the title, or the whole term in the text."""
    if not terms:
        return True
    title = _words(listing.title)
    text = listing.description.casefold()
    return any(title & _words(term) or term.casefold() in text for term in terms)


def _is_in_a_place(listing: Listing, wanted: tuple[str, ...]) -> bool:
    """A remote listing passes; so does one whose places, or the wanted ones, cannot be told."""
    if not wanted or listing.workplace is Workplace.REMOTE or not listing.places:
        return True
    said = [read_location(place) for place in wanted]
    if any(where.workplace is not None or not where.places for where in said):
        return True
    return any(_may_be(place, other) for where in said for other in where.places for place in listing.places)


def _may_be(place: Place, wanted: Place) -> bool:
    if place.country_code is None or wanted.country_code is None:
        return True
    pairs = ((place.country_code, wanted.country_code), (place.region, wanted.region), (place.city, wanted.city))
    return all(here is None or there is None or here.casefold() == there.casefold() for here, there in pairs)


@lru_cache(maxsize=1_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.casefold()) if word not in _SAYS_LITTLE)
