"""Are two listings one opening? Precision first: a wrong merge costs more than a missed one.

Of pairs that share company, title and place, most are different openings (measured by others on real boards),
so those three are only where the question begins: the body must agree as well, and any difference in level,
qualifier, requisition or id says no. Two absent values are never equal.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.job_urls import canonical_url, posting_id
from domain.listings import Listing

MIN_BODY_WORDS = 40
BODY_AGREEMENT = 0.92
PAIRWISE_LIMIT = 60
_SHINGLE = 4
_PAY_TOLERANCE = 0.01

# fmt: off
_LEGAL_FORMS = frozenset((
    "inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "plc", "corp", "corporation", "co",
    "company", "gmbh", "ggmbh", "ag", "kg", "kgaa", "ohg", "se", "ug", "mbh", "ev", "sa", "sas", "sarl",
    "sasu", "srl", "spa", "bv", "nv", "oy", "oyj", "ab", "as", "asa", "aps",
    "dac", "pty", "pte", "pvt", "private", "kk", "sro", "doo", "spzoo", "lda", "sl", "slu",
))
# fmt: on
_TITLE_WORDS = {
    "sr": "senior",
    "snr": "senior",
    "jr": "junior",
    "jnr": "junior",
    "mgr": "manager",
    "eng": "engineer",
    "dev": "developer",
    "and": "&",
}
_GENDER_MARK = re.compile(
    r"[(\[]?\b(?:[mwfdxhvi](?:\s?[/|*]\s?[mwfdxhvi]){1,3}|all genders?|gn)\b[)\]]?", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:[+#]+|(?:\.[^\W_]+)+)?|&")
_ID_IN_ADDRESS = re.compile(r"/.*\d{4}|/.*[0-9a-f]{8}-[0-9a-f]{4}-", re.IGNORECASE)
_HAS_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Opening:
    """Listings that are one opening, by position. `reasons[i]` says why `members[i + 1]` joined."""

    members: tuple[int, ...]
    reasons: tuple[str, ...] = ()


def listing_key(listing: Listing) -> str:
    """The identity a source itself gives: stable between readings, different for any two of its postings."""
    return ":".join(part.replace("%", "%25").replace(":", "%3A") for part in _identity(listing))


@lru_cache(maxsize=20_000)
def company_key(name: str) -> str:
    """A company's name without case, accents, punctuation and legal form ("ACME, Inc." = "Acme")."""
    words = re.sub(r"[.'\u2019]", "", _plain(name)).replace("&", " and ")
    kept = re.findall(r"[^\W_]+", words)
    while len(kept) > 1 and kept[-1] in _LEGAL_FORMS:
        kept.pop()
    return " ".join(kept)


@lru_cache(maxsize=20_000)
def title_key(title: str) -> str:
    """A title's words in order, spelled one way; gender marks ("m/w/d") say nothing about the opening."""
    return " ".join(_TITLE_WORDS.get(word, word) for word in _WORD.findall(_GENDER_MARK.sub(" ", _plain(title))))


def same_opening(a: Listing, b: Listing) -> str | None:
    """Why the two are one opening, in a sentence, or None when that is not certain."""
    if listing_key(a) == listing_key(b):
        return f"the same posting of {a.source}"
    ids_differ = (a.source, a.board) == (b.source, b.board)
    if not ids_differ and (shared := _posting_ids(a) & _posting_ids(b)):
        return f"the same posting behind both links ({min(shared)})"
    if ids_differ or not _nothing_differs(a, b):
        return None
    if shared := _own_addresses(a) & _own_addresses(b):
        return f"the same company, title, place and address ({min(shared)})"
    agreement = body_agreement(a.description, b.description)
    known = f"the same company, title and place, and texts that agree to {agreement:.0%}"
    return known if agreement >= BODY_AGREEMENT else None


def body_agreement(a: str, b: str) -> float:
    """The shared part of both texts' runs of four words, 0..1.

    0 where that says little: a text is short, their numbers differ, or each has words that the other lacks
    (one team's name in place of another's). One text may have more words than the other, as a board's footer
    does.
    """
    first, second = _body(a), _body(b) if a != b else _body(a)
    if first is None or second is None or first.numbers != second.numbers:
        return 0.0
    if first.words - second.words and second.words - first.words:
        return 0.0
    return len(first.shingles & second.shingles) / len(first.shingles | second.shingles)


def group_openings(listings: Sequence[Listing], apart: Collection[tuple[int, int]] = ()) -> list[Opening]:
    """Every listing once, those of one opening together, in the order of their first member.

    A listing joins only where it agrees with every member, so that no chain of likenesses joins what differs. Pairs
    of positions in `apart` never come together.
    """
    strangers: dict[int, set[int]] = defaultdict(set)
    for one, other in apart:
        strangers[one].add(other)
        strangers[other].add(one)
    openings: list[list[int]] = []
    reasons: list[list[str]] = []
    by_block: dict[object, list[int]] = defaultdict(list)
    for position, listing in enumerate(listings):
        blocks = list(_blocks(listing))
        home, reason = _find_home(listing, blocks, by_block, openings, listings, strangers[position])
        if home is None:
            home = len(openings)
            openings.append([])
            reasons.append([])
        else:
            reasons[home].append(reason)
        openings[home].append(position)
        for block in blocks:
            if home not in by_block[block][-PAIRWISE_LIMIT:]:
                by_block[block].append(home)
    return [Opening(tuple(members), tuple(why)) for members, why in zip(openings, reasons, strict=True)]


def _find_home(
    listing: Listing,
    blocks: list[object],
    by_block: dict[object, list[int]],
    openings: list[list[int]],
    listings: Sequence[Listing],
    strangers: set[int],
) -> tuple[int | None, str]:
    candidates = dict.fromkeys(home for block in blocks for home in by_block.get(block, ())[-PAIRWISE_LIMIT:])
    for home in candidates:
        if not strangers.isdisjoint(openings[home]):
            continue
        why = [same_opening(listings[member], listing) for member in openings[home]]
        if all(why):
            return home, str(why[0])
    return None, ""


def _blocks(listing: Listing) -> Iterable[object]:
    """What two listings of one opening share at least once; only those within a block are compared."""
    yield "key", listing_key(listing)
    for posting in _posting_ids(listing):
        yield "posting", posting
    title = company_key(listing.company), title_key(listing.title)
    if all(title) and (places := _place_keys(listing)):
        yield "text", title, places, hash(_plain(listing.description))
        yield "title", title, places


def _identity(listing: Listing) -> tuple[str, str, str]:
    return listing.source, listing.board or "", listing.external_id


def _nothing_differs(a: Listing, b: Listing) -> bool:
    """Company, title and places are given and equal, and what else both give does not contradict."""
    company, title, places = company_key(a.company), title_key(a.title), _place_keys(a)
    return (
        bool(company and title and places)
        and company == company_key(b.company)
        and title == title_key(b.title)
        and places == _place_keys(b)
        and not _differ(_posting_ids(a), _posting_ids(b))
        and not _differ(a.requisition_id, b.requisition_id)
        and not _differ(a.employment_type, b.employment_type)
        and not _differ(a.workplace, b.workplace)
        and not _pay_differs(a, b)
    )


def _differ(first: object, second: object) -> bool:
    """Both are given and they are not the same."""
    return bool(first) and bool(second) and first != second


def _pay_differs(a: Listing, b: Listing) -> bool:
    if not (a.pay and b.pay and a.pay.currency and a.pay.currency == b.pay.currency):
        return False
    pairs = ((a.pay.annual_min, b.pay.annual_min), (a.pay.annual_max, b.pay.annual_max))
    return any(x and y and abs(x - y) > _PAY_TOLERANCE * max(x, y) for x, y in pairs)


def _posting_ids(listing: Listing) -> frozenset[str]:
    return frozenset(found for url in (listing.url, listing.apply_url) if (found := posting_id(url)))


def _own_addresses(listing: Listing) -> frozenset[str]:
    """Addresses that carry an id; a careers page that all of an employer's postings share carries none."""
    addresses = (canonical_url(url) for url in (listing.url, listing.apply_url) if url)
    return frozenset(address for address in addresses if _ID_IN_ADDRESS.search(address.partition("://")[2]))


def _place_keys(listing: Listing) -> frozenset[str]:
    """Read places by what they are, others by their words."""
    return frozenset(
        "|".join((place.country_code, place.region or "", _plain(place.city or "")))
        if place.country_code
        else _plain(place.raw)
        for place in listing.places
    )


@dataclass(frozen=True, slots=True)
class _Body:
    shingles: frozenset[int]
    words: frozenset[str]
    numbers: frozenset[str]


@lru_cache(maxsize=2_000)
def _body(text: str) -> _Body | None:
    words = _WORD.findall(_plain(text))
    if len(words) < MIN_BODY_WORDS:
        return None
    shingles = frozenset(hash(tuple(words[start : start + _SHINGLE])) for start in range(len(words) - _SHINGLE + 1))
    return _Body(shingles, frozenset(words), frozenset(word for word in words if _HAS_DIGIT.search(word)))


def _plain(text: str) -> str:
    if text.isascii():
        return " ".join(text.casefold().split())
    bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())
