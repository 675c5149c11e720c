import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.dedupe import Opening, body_agreement, company_key, group_openings, listing_key, same_opening, title_key
from domain.employment_types import EmploymentType
from domain.job_urls import canonical_url, posting_id
from domain.listings import Listing
from domain.pay import Pay, Period
from domain.places import Place, Workplace

BODY = (
    "The platform group keeps the booking system of eleven ferry lines running. You will own the service that holds "
    "seats while a passenger pays, write Go and SQL every day, and be on call one week in six. We look for somebody who "
    "has run a busy service in production, who reads query plans with pleasure and explains a design in a page. You "
    "work with four other engineers and a product manager, close to the people at the quays."
)
BERLIN = Place("Berlin, Germany", "Berlin", None, "DE")


def listing(source="lever", external_id="1", **changes):
    facts = {
        "title": "Senior Backend Engineer",
        "company": "Ferrylight GmbH",
        "url": f"https://jobs.example.com/{source}/{external_id}",
        "places": (BERLIN,),
        "description": BODY,
    }
    return Listing(source=source, external_id=external_id, **{**facts, **changes})


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Jobs.Example.com:443/a/", "https://jobs.example.com/a"),
        ("HTTP://example.com:80", "http://example.com"),
        ("https://example.com.:8443/a", "https://example.com:8443/a"),
        ("https://example.com/a?utm_source=x&utm_campaign=y&gclid=1&fbclid=2", "https://example.com/a"),
        ("https://example.com/a?gh_jid=42&gh_src=abc", "https://example.com/a?gh_jid=42"),
        ("https://example.com/a?ashby_jid=42&ref=hn", "https://example.com/a?ashby_jid=42"),
        ("https://example.com/a?jobId=7&source=LinkedIn", "https://example.com/a?jobId=7"),
        ("https://example.com/a?id=7&lever-source=x&lever-source%5B%5D=y", "https://example.com/a?id=7"),
        ("https://example.com/a?b=2&a=1", "https://example.com/a?a=1&b=2"),
        ("https://example.com/a?empty=", "https://example.com/a?empty="),
        ("https://example.com/a#apply", "https://example.com/a"),
        ("https://example.com/#/jobs/7", "https://example.com#/jobs/7"),
        ("https://example.com/J%c3%b6b/A%2FB", "https://example.com/J%C3%B6b/A%2FB"),
        ("https://example.com/Jöb", "https://example.com/J%C3%B6b"),
        ("https://[2606:4700::1111]:443/", "https://[2606:4700::1111]"),
        ("  https://example.com/a  ", "https://example.com/a"),
        ("mailto:jobs@example.com", "mailto:jobs@example.com"),
        ("https://[broken", "https://[broken"),
        ("https://example.com:port/", "https://example.com:port/"),
        ("", ""),
    ],
)
def test_an_address_has_one_spelling_and_keeps_its_ids(url, expected):
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


@given(st.text(max_size=200))
def test_no_address_breaks_the_spelling(text):
    for url in (text, f"https://example.com/{text}", f"https://{text}"):
        assert canonical_url(canonical_url(url)) == canonical_url(url)
        posting_id(url)


UUID = "5AC21346-8E0C-4494-8E7A-3EB92FF77902"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://boards.greenhouse.io/acme/jobs/127817", "greenhouse:127817"),
        ("https://job-boards.eu.greenhouse.io/acme/jobs/127817?gh_src=x", "greenhouse:127817"),
        ("https://boards.greenhouse.io/embed/job_app?for=acme&token=127817", "greenhouse:127817"),
        ("https://acme.com/careers?gh_jid=127817", "greenhouse:127817"),
        (f"https://jobs.lever.co/acme/{UUID}/apply", f"lever:{UUID.lower()}"),
        (f"https://jobs.eu.lever.co/acme/{UUID}", f"lever:{UUID.lower()}"),
        (f"https://jobs.ashbyhq.com/acme/{UUID}/application", f"ashby:{UUID.lower()}"),
        (f"https://acme.com/jobs?ashby_jid={UUID}", f"ashby:{UUID.lower()}"),
        ("https://apply.workable.com/acme/j/ABCDEF1234/", "workable:abcdef1234"),
        ("https://acme.recruitee.com/o/baker", "recruitee:acme.recruitee.com/o/baker"),
        ("https://acme.jobs.personio.de/job/99?language=en", "personio:acme.jobs.personio.de/job/99"),
        ("https://acme.teamtailor.com/jobs/7-baker", "teamtailor:acme.teamtailor.com/jobs/7"),
        ("https://boards.greenhouse.io/acme", None),
        ("https://evil.com/boards.greenhouse.io/acme/jobs/127817", None),
        ("https://boards.greenhouse.io.evil.com/acme/jobs/127817", None),
        ("", None),
        (None, None),
    ],
)
def test_the_system_behind_an_address_is_known_by_its_posting(url, expected):
    assert posting_id(url) == expected


# --- keys -----------------------------------------------------------------------------------------------------------


def test_a_listing_key_tells_any_two_postings_apart():
    same = listing_key(listing(board="a"))
    assert listing_key(listing(board="a", title="Other")) == same
    others = [listing(board="b"), listing(board=None), listing("ashby", board="a"), listing(external_id="2", board="a")]
    assert len({listing_key(other) for other in others} | {same}) == 5
    assert listing_key(listing("a", "c", board="b:")) != listing_key(listing("a", ":c", board="b"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME Robotics, Inc.", "Acme Robotics"),
        ("Società Ítalia S.p.A.", "societa italia"),
        ("Müller & Söhne GmbH", "Muller and Sohne"),
        ("Acme Ltd.", "ACME Limited"),
        ("acme-robotics", "Acme Robotics"),
    ],
)
def test_a_company_is_the_same_with_and_without_its_legal_form(one, other):
    assert company_key(one) == company_key(other) != ""


def test_a_company_of_legal_words_only_keeps_its_name():
    assert company_key("Limited") == "limited"
    assert company_key("日本 KK") == "日本"
    assert company_key("!!!") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sr. Engineer", "Senior Engineer"),
        ("Engineer (m/w/d)", "Engineer"),
        ("Baker (all genders)", "Baker"),
        ("R&D  Engineer", "r&d engineer"),
        ("Entwickler (w/m/x)", "Entwickler"),
    ],
)
def test_a_title_is_the_same_however_it_is_spelled(one, other):
    assert title_key(one) == title_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Engineer", "Senior Engineer"),
        ("Engineer I", "Engineer II"),
        ("C Developer", "C++ Developer"),
        ("C# Developer", "C Developer"),
        ("Nurse, nights", "Nurse, days"),
        ("Engineer", "Engineering Manager"),
    ],
)
def test_level_and_qualifier_are_part_of_a_title(one, other):
    assert title_key(one) != title_key(other)


# --- openings -------------------------------------------------------------------------------------------------------


def test_the_same_posting_read_twice_is_one_opening():
    assert same_opening(listing(), listing(title="Renamed")) == "the same posting of lever"


def test_the_posting_behind_both_links_is_one_opening():
    on_board = listing(
        "remoteok", "9", apply_url="https://acme.com/careers?gh_jid=127", title="Backend Engineer", description=""
    )
    on_ats = listing("greenhouse", "127", url="https://boards.greenhouse.io/acme/jobs/127")
    assert same_opening(on_board, on_ats) == "the same posting behind both links (greenhouse:127)"


def test_company_title_place_and_text_together_are_one_opening():
    other = listing(
        "remotive", "x", company="Ferrylight", title="Sr Backend Engineer (m/w/d)", description=BODY.upper()
    )
    assert same_opening(listing(), other) == "the same company, title and place, and texts that agree to 100%"


def test_a_text_with_a_footer_is_still_the_same():
    other = listing("remotive", "x", description=BODY + " Apply through the board.")
    assert "agree to" in same_opening(listing(), other)


def test_the_same_posting_address_is_one_opening_whatever_the_text():
    one = listing(url="https://ferrylight.example/jobs/40118?utm_source=a", description="")
    other = listing("remotive", "x", url="https://ferrylight.example/jobs/40118", description="Short.")
    assert "and address" in same_opening(one, other)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Backend Engineer"},
        {"title": "Senior Backend Engineer, Payments"},
        {"title": ""},
        {"company": "Ferrylight Norge AS"},
        {"company": ""},
        {"places": ()},
        {"places": (Place("Hamburg", "Hamburg", None, "DE"),)},
        {"places": (BERLIN, Place("Hamburg", "Hamburg", None, "DE"))},
        {"description": ""},
        {"description": "Short."},
        {"description": BODY.replace("booking", "freight")},
        {"description": BODY.replace("eleven ferry lines", "11 ferry lines")},
        {"description": BODY + " Requisition 4711."},
        {"description": BODY + " " + BODY.replace("seats", "berths").replace("passenger", "driver")},
        {"requisition_id": "R-2"},
        {"employment_type": EmploymentType.PART_TIME},
        {"workplace": Workplace.REMOTE},
        {"pay": Pay(70_000, 80_000, "EUR", Period.YEAR)},
        {"apply_url": "https://boards.greenhouse.io/acme/jobs/2"},
    ],
)
def test_any_difference_says_no(changes):
    stated = listing(
        requisition_id="R-1",
        employment_type=EmploymentType.FULL_TIME,
        workplace=Workplace.HYBRID,
        pay=Pay(80_000, 90_000, "EUR", Period.YEAR),
        apply_url="https://boards.greenhouse.io/acme/jobs/1",
    )
    same = {"requisition_id": "R-1", "apply_url": None}
    other = listing("remotive", "x", **{**same, **changes})
    assert same_opening(stated, listing("remotive", "x", **same)) is not None
    assert same_opening(stated, other) is None
    assert same_opening(other, stated) is None


def test_two_ids_of_one_board_are_two_openings_though_all_else_agrees():
    assert same_opening(listing(board="acme"), listing(external_id="2", board="acme")) is None


def test_a_careers_page_that_all_postings_share_joins_nothing():
    one, other = (
        listing(source, "1", url="https://ferrylight.example/careers", description="") for source in ("a", "b")
    )
    assert same_opening(one, other) is None


def test_two_absent_values_are_not_equal():
    one, other = (listing(source, "1", places=(), description="", title="", company="") for source in ("a", "b"))
    assert same_opening(one, other) is None


def test_agreement_is_of_runs_of_words():
    assert body_agreement(BODY, BODY) == 1
    words = BODY.split()
    random.Random(7).shuffle(words)
    assert body_agreement(BODY, " ".join(words)) < 0.2
    assert body_agreement("", "") == 0


# --- groups ---------------------------------------------------------------------------------------------------------


def test_listings_are_grouped_in_order_with_a_reason_each():
    listings = [
        listing("a", "1"),
        listing("b", "1", title="Baker"),
        listing("c", "1"),
        listing("a", "1"),
        listing("d", "1", places=()),
    ]
    groups = group_openings(listings)
    assert [group.members for group in groups] == [(0, 2, 3), (1,), (4,)]
    assert groups[0].reasons[1] == "the same posting of a"
    assert groups[1] == Opening((1,))
    assert group_openings([]) == []


def test_no_chain_of_likenesses_joins_what_differs():
    first = listing("a", "1", requisition_id="R-1")
    bridge = listing("b", "1")
    last = listing("c", "1", requisition_id="R-2")
    assert same_opening(first, bridge)
    assert same_opening(bridge, last)
    assert [group.members for group in group_openings([first, bridge, last])] == [(0, 1), (2,)]


def test_ten_thousand_listings_are_grouped_in_seconds():
    words = [f"word{number}" for number in range(500)]

    def made(number, source):
        body = " ".join(random.Random(number).choices(words, k=80))
        return listing(
            source, str(number), title=f"Engineer {number % 700}", company=f"Acme {number % 300}", description=body
        )

    listings = [made(number, source) for source in ("a", "b") for number in range(5_000)]
    started = time.perf_counter()
    groups = group_openings(listings)
    assert time.perf_counter() - started < 15
    assert len(groups) == 5_000
    assert all(group.members == (group.members[0], group.members[0] + 5_000) for group in groups)


def test_thousands_that_differ_in_nothing_but_the_text_stay_fast():
    alike = [listing(source, str(n), description=f"{BODY} Team w{n}.") for source in ("a", "b") for n in range(1_500)]
    started = time.perf_counter()
    groups = group_openings([replace(one, raw={}) for one in alike])
    assert time.perf_counter() - started < 15
    assert len(groups) == 1_500


def test_what_was_split_by_hand_never_comes_together_again() -> None:
    one = listing(external_id="1", url="https://a.example.com/jobs/100200", description=BODY)
    alike = [replace(one, source=source, external_id=source) for source in ("a", "b", "c")]
    assert [group.members for group in group_openings(alike)] == [(0, 1, 2)]
    assert [group.members for group in group_openings(alike, [(2, 0)])] == [(0, 1), (2,)]
    assert [group.members for group in group_openings(alike, [(0, 1), (1, 2)])] == [(0, 2), (1,)]
