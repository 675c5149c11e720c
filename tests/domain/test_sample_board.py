from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

Posting = dict[str, Any]

EMPLOYMENT_TYPES = {
    "FULL_TIME",
    "PART_TIME",
    "CONTRACTOR",
    "TEMPORARY",
    "INTERN",
    "VOLUNTEER",
    "PER_DIEM",
    "OTHER",
}
PAY_UNITS = {"HOUR", "DAY", "WEEK", "MONTH", "YEAR"}
REQUIRED = ("title", "description", "datePosted", "employmentType", "hiringOrganization", "url")
HTML_TAGS = {"p", "ul", "li", "h3"}


@cache
def postings() -> list[Posting]:
    text = files("domain").joinpath("data/sample_board.json").read_text(encoding="utf-8")
    board: list[Posting] = json.loads(text)
    return board


def identifier(posting: Posting) -> str:
    return str(posting["identifier"]["value"])


def as_list(value: object) -> list[Any]:
    """schema.org lets one value stand where a list of them may."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def words(posting: Posting) -> list[str]:
    return re.sub(r"<[^>]+>", " ", posting["description"]).casefold().split()


def shingles(posting: Posting) -> set[tuple[str, ...]]:
    found = words(posting)
    return set(zip(found, found[1:], found[2:], strict=False))


def addresses(value: object) -> list[str]:
    """Every web address found anywhere in a posting, its text included."""
    if isinstance(value, dict):
        return [a for inner in value.values() for a in addresses(inner)]
    if isinstance(value, list):
        return [a for inner in value for a in addresses(inner)]
    return re.findall(r"https?://[^\s\"'<>)]+", value) if isinstance(value, str) else []


def test_the_board_has_two_hundred_postings() -> None:
    assert len(postings()) == 200


@pytest.mark.parametrize("field", ["identifier", "url", "description"])
def test_no_two_postings_share(field: str) -> None:
    values = [json.dumps(posting[field], sort_keys=True) for posting in postings()]
    assert len(set(values)) == len(values)


def test_no_company_advertises_one_title_twice() -> None:
    openings = [(p["hiringOrganization"]["name"], p["title"]) for p in postings()]
    assert len(set(openings)) == len(openings)


def test_every_posting_is_a_job_posting_with_the_required_fields() -> None:
    for posting in postings():
        name = identifier(posting)
        assert posting["@type"] == "JobPosting", name
        assert re.fullmatch(r"sample-\d{3}", name)
        assert posting["identifier"]["@type"] == "PropertyValue", name
        assert all(posting[field] for field in REQUIRED), name
        assert set(as_list(posting["employmentType"])) <= EMPLOYMENT_TYPES, name
        assert posting["hiringOrganization"]["name"].strip(), name


def test_every_posting_says_where_the_work_is() -> None:
    for posting in postings():
        remote = posting.get("jobLocationType") == "TELECOMMUTE"
        places = as_list(posting.get("jobLocation"))
        assert remote or places, identifier(posting)
        assert remote == ("applicantLocationRequirements" in posting), identifier(posting)
        for place in places:
            assert place["address"]["addressLocality"], identifier(posting)
            assert re.fullmatch(r"[A-Z]{2}", place["address"]["addressCountry"])


def test_dates_are_in_autumn_2026_and_no_posting_ends_before_it_begins() -> None:
    for posting in postings():
        posted = date.fromisoformat(posting["datePosted"])
        assert date(2026, 9, 1) <= posted <= date(2026, 11, 30), identifier(posting)
        if "validThrough" in posting:
            assert date.fromisoformat(posting["validThrough"]) > posted, identifier(posting)


def test_pay_has_a_currency_a_unit_and_an_order() -> None:
    for posting in postings():
        if "baseSalary" not in posting:
            continue
        pay = posting["baseSalary"]
        assert re.fullmatch(r"[A-Z]{3}", pay["currency"]), identifier(posting)
        assert pay["value"]["unitText"] in PAY_UNITS, identifier(posting)
        low = pay["value"].get("minValue", pay["value"].get("value"))
        high = pay["value"].get("maxValue", low)
        assert 0 < low <= high <= 4 * low, identifier(posting)


def test_every_address_belongs_to_an_example_host() -> None:
    for posting in postings():
        for address in addresses(posting):
            host = urlsplit(address).hostname or ""
            assert re.fullmatch(r"([a-z0-9-]+\.)?example\.(com|org)", host), address


def test_descriptions_are_as_long_as_real_ones_and_hold_only_plain_html() -> None:
    for posting in postings():
        assert 90 <= len(words(posting)) <= 260, identifier(posting)
        tags = set(re.findall(r"</?([a-z0-9]+)[^>]*>", posting["description"]))
        assert tags <= HTML_TAGS, identifier(posting)


def test_no_two_descriptions_are_near_duplicates() -> None:
    marked = [(identifier(posting), shingles(posting)) for posting in postings()]
    for (one, left), (other, right) in combinations(marked, 2):
        shared = len(left & right)
        assert shared < 0.2 * (len(left) + len(right) - shared), (one, other)


def test_the_board_is_varied() -> None:
    board = postings()
    cities = {p["address"]["addressLocality"] for b in board for p in as_list(b.get("jobLocation"))}
    assert len(cities) >= 40
    assert len({p["hiringOrganization"]["name"] for p in board}) >= 50
    assert len({t for p in board for t in as_list(p["employmentType"])}) >= 6
    assert 100 <= sum("baseSalary" in p for p in board) <= 140
    assert sum("validThrough" in p for p in board) >= 10
    assert sum("jobLocationType" in p for p in board) >= 30
    assert 60 <= sum("<li>" in p["description"] for p in board) <= 140
    assert len({p["datePosted"] for p in board}) >= 40
