"""Every adapter against a local server that speaks its API, well and badly (tests/boards/payloads.py)."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from domain.employment_types import EmploymentType
from domain.errors import ValidationError
from domain.listings import Listing, RefusedRow, Snapshot, SourceError, SourceKind, SourceQuery
from domain.pay import Pay, Period
from domain.places import Workplace
from domain.provenance import Basis
from infra.egress import Egress, EgressPolicy
from infra.payloads import UnreadablePayloadError
from infra.sources import SourceRegister, off_because, read_page
from infra.sources.adapters import ADAPTERS, adapter, read_row

KEYS = {
    "ADZUNA_APP_ID": "own-id",
    "ADZUNA_APP_KEY": "own-key",
    "USAJOBS_EMAIL": "me@example.com",
    "USAJOBS_KEY": "own-key",
    "THEMUSE_KEY": "own-key",
}
BOARDS = [name for name in ADAPTERS if adapter(name).terms.kind in {SourceKind.ATS, SourceKind.BOARD}]
PAGED = {"arbeitnow": 400, "himalayas": 45, "adzuna": 120, "usajobs": 300, "themuse": 45, "smartrecruiters": 120}
CONDITIONAL = [name for name in BOARDS if name not in {*PAGED, "hackernews"}]
EVIL = [None, "text", "", 7, -1.5, 10**30, True, [], {}, [None], [[]], [{}], {"name": {"x": 1}}, "<b>x</b>\x00"]


SLOW = {name for name in BOARDS if (adapter(name).terms.min_interval or 0) > 1}


@pytest.fixture
def payloads(load_boards):
    return load_boards("payloads")


async def read(boards, name, query=None, interval=0.0, board="north-pier", keeps_its_pause=False, **options):
    """`keeps_its_pause`: with the pause that the source itself asks for, of up to half a minute."""
    policy = EgressPolicy(
        allow=(boards.host,), interval=interval, backoff=0.0, total_timeout=0.8, attempts=2, max_bytes=5_000_000
    )
    async with Egress(policy) as egress:
        register = SourceRegister(
            egress, None, dict.fromkeys(BOARDS, boards.url), KEYS, enabled=("smartrecruiters", "weworkremotely")
        )
        given = {"board": board, **options} if adapter(name).terms.kind is SourceKind.ATS else options
        source = register.open(name, given)
        if not keeps_its_pause:
            source.terms = replace(source.terms, min_interval=None)
        return [found async for found in source.read(query or SourceQuery())]


def one(payloads, source, /, board="north-pier", **changes):
    """What is read of one row with changes."""
    page = read_page(source, board, payloads.document(source, [payloads.row(source, 1, **changes)]))
    return page.rows[0] if page.rows else None


def places(listing):
    return [(place.raw, place.city, place.region, place.country_code) for place in listing.places]


# --- what each one says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOARDS)
async def test_a_board_is_read_whole(boards, payloads, name):
    payloads.serve(boards, name, [payloads.row(name, n) for n in (1, 2, 3)])
    *listings, snapshot = await read(boards, name)
    assert [type(found) for found in listings] == [Listing] * 3, listings
    assert (snapshot.seen, snapshot.listings, snapshot.refused) == (3, 3, 0)
    first = listings[0]
    assert first.source == name
    assert first.title.startswith("Quay Engineer")
    assert first.company.startswith(("North Pier", "Harbour Service"))
    assert first.url.startswith("https://")
    assert "quay number 1 running & tidy" in first.description or name == "usajobs"
    assert first.posted_at.date() == payloads.posted(1).date()
    assert first.posted_basis is Basis.STATED
    assert first.attribution.url == first.url
    assert first.attribution.text == adapter(name).terms.attribution_text
    assert Listing.from_json(first.to_json()) == first
    assert len({found.external_id for found in listings}) == 3


EXPECTED = {
    "ashby": {
        "company": ("North Pier", Basis.INFERRED),
        "places": [("San Francisco", "San Francisco", "CA", "US"), ("Berlin", "Berlin", None, "DE")],
        "workplace": (Workplace.HYBRID, Basis.STATED),
        "pay": Pay(120_000, 150_000, "USD", Period.YEAR, Basis.STATED, "$120K - $150K"),
        "department": "Engineering",
    },
    "workable": {
        "company": ("North Pier", Basis.STATED),
        "places": [("Athens, Attica, Greece", "Athens", "Attica", "GR")],
        "workplace": (None, Basis.UNKNOWN),
        "seniority": "Mid-Senior level",
    },
    "recruitee": {
        "company": ("North Pier", Basis.STATED),
        "places": [("Amsterdam, Noord-Holland, Netherlands", "Amsterdam", "NH", "NL")],
        "workplace": (Workplace.HYBRID, Basis.STATED),
        "pay": Pay(3500, 4200, "EUR", Period.MONTH, Basis.STATED),
    },
    "personio": {
        "company": ("North Pier GmbH", Basis.STATED),
        "places": [("München", "München", None, "DE"), ("Berlin", "Berlin", None, "DE")],
        "workplace": (None, Basis.UNKNOWN),
        "url": "https://north-pier.jobs.personio.de/job/1",
    },
    "teamtailor": {
        "company": ("North Pier AB", Basis.STATED),
        "places": [("Stockholm, Stockholm County, SE", "Stockholm", "Stockholm County", "SE")],
    },
    "remoteok": {
        "workplace": (Workplace.REMOTE, Basis.PARSED),
        "remote_regions": (),
        "pay": None,
        "employment_type": None,
    },
    "remotive": {
        "workplace": (Workplace.REMOTE, Basis.INFERRED),
        "remote_regions": ("US", "CA"),
        "remote_quote": "USA, Canada",
        "places": [],
        "pay": Pay(90_000, 110_000, "USD", Period.YEAR, Basis.PARSED, "USD 90k - 110k per year"),
    },
    "arbeitnow": {"places": [("Hamburg", "Hamburg", None, "DE")], "workplace": (None, Basis.UNKNOWN)},
    "himalayas": {
        "workplace": (Workplace.REMOTE, Basis.INFERRED),
        "remote_regions": ("US", "KR"),
        "pay": Pay(90_000, 110_000, "USD", Period.YEAR, Basis.STATED),
        "seniority": "Mid-level",
        "apply_url": "https://himalayas.app/companies/north-pier/jobs/quay-engineer-1/apply",
    },
    "jobicy": {
        "title": "Quay Engineer 1 \u2013 Harbour",
        "remote_regions": ("EUROPE",),
        "pay": Pay(60_000, 80_000, "EUR", Period.YEAR, Basis.STATED),
    },
    "hackernews": {
        "title": "Quay Engineer",
        "company": ("North Pier 1", Basis.PARSED),
        "url": "https://news.ycombinator.com/item?id=40000001",
        "apply_url": "https://pier1.example/careers",
        "places": [("Berlin, Germany", "Berlin", None, "DE")],
        "workplace": (Workplace.ONSITE, Basis.PARSED),
        "pay": Pay(70_000, 90_000, "EUR", Period.YEAR, Basis.PARSED, "€70k - €90k"),
    },
    "adzuna": {
        "places": [("Leeds, West Yorkshire", None, None, "GB")],
        "pay": Pay(45_000, 55_000, "GBP", Period.YEAR, Basis.STATED),
    },
    "usajobs": {
        "company": ("Harbour Service", Basis.STATED),
        "places": [("Norfolk, Virginia", "Norfolk", "VA", "US")],
        "pay": Pay(80_000, 99_000, "USD", Period.YEAR, Basis.STATED),
        "closes_at": datetime(2026, 12, 24, 23, 59, 59, 997_000, tzinfo=UTC),
        "apply_url": "https://www.usajobs.gov/job/1/apply",
    },
    "themuse": {"places": [("Chicago, IL", "Chicago", "IL", "US")], "employment_type": None},
    "smartrecruiters": {
        "places": [("Kraków, Lesser Poland, Poland", "Kraków", "Lesser Poland", "PL")],
        "workplace": (Workplace.HYBRID, Basis.STATED),
        "url": "https://jobs.smartrecruiters.com/north-pier/1",
    },
    "weworkremotely": {"company": ("North Pier", Basis.STATED), "remote_regions": ()},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_row_says_what_its_board_says(payloads, name):
    listing = one(payloads, name)
    expected = {"employment_type": EmploymentType.FULL_TIME, **EXPECTED[name]}
    read_as = {
        "company": lambda: (listing.company, listing.company_basis),
        "places": lambda: places(listing),
        "workplace": lambda: (listing.workplace, listing.workplace_basis),
    }
    assert {key: read_as.get(key, lambda key=key: getattr(listing, key))() for key in expected} == expected


@pytest.mark.parametrize("name", BOARDS)
def test_a_kept_row_gives_the_same_listing_again(payloads, name):
    listing = one(payloads, name)
    assert read_row(adapter(name), listing.raw, listing.board or "") == listing


# --- quirks ---------------------------------------------------------------------------------------------------------


def test_ashby_keeps_what_asks_not_to_be_shown_to_itself(payloads):
    assert one(payloads, "ashby", isListed=False) is None


@pytest.mark.parametrize(
    ("stated", "location", "expected"),
    [
        ("Remote", "Berlin", Workplace.REMOTE),
        ("OnSite", "Berlin", Workplace.ONSITE),
        (None, "Berlin", None),
        (None, "Remote - US", Workplace.REMOTE),
    ],
)
def test_ashby_is_never_remote_by_its_flag(payloads, stated, location, expected):
    listing = one(payloads, "ashby", workplaceType=stated, isRemote=True, location=location, secondaryLocations=[])
    assert listing.workplace is expected


def component(**changes):
    plain = {
        "compensationType": "Salary",
        "interval": "1 YEAR",
        "currencyCode": "USD",
        "minValue": 1e5,
        "maxValue": 2e5,
    }
    return {**plain, **changes}


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        ([[component()]], (1e5, 2e5, "USD", Period.YEAR)),
        ([[component()], [component(minValue=15e4, maxValue=25e4)]], (1e5, 25e4, "USD", Period.YEAR)),
        ([[component()], [component(currencyCode="EUR")]], None),
        ([[component()], [component(interval="1 HOUR", minValue=50, maxValue=60)]], None),
        ([[component(compensationType="Commission")]], None),
        ([[component(compensationType="EquityPercentage", minValue=None, maxValue=None)]], None),
        ([[component(interval="1 HOUR", minValue=50, maxValue=60)]], (50, 60, "USD", Period.HOUR)),
        ([[component(minValue=None)]], (None, 2e5, "USD", Period.YEAR)),
        ([], None),
    ],
)
def test_ashby_pays_what_its_salary_components_say(payloads, tiers, expected):
    told = {"compensationTiers": [{"components": tier} for tier in tiers], "minValue": 1, "maxValue": 2}
    pay = one(payloads, "ashby", compensation=told).pay
    known = pay if pay and pay.currency else None
    assert (known and (known.min, known.max, known.currency, known.period)) == expected


def test_ashby_pay_that_is_not_to_be_displayed_is_not(payloads):
    assert one(payloads, "ashby", shouldDisplayCompensationOnJobPostings=False).pay is None


def test_the_employer_of_a_board_without_a_slug_is_in_the_address(payloads):
    assert one(payloads, "ashby", board="").company == "North Pier"
    assert one(payloads, "lever", board="").company == "North Pier"
    refused = one(payloads, "personio", board="")
    assert isinstance(refused, RefusedRow)
    assert "subdomain" in refused.reason


def test_workable_false_is_not_onsite_and_true_is_remote(payloads):
    assert one(payloads, "workable", telecommuting=False).workplace is None
    assert one(payloads, "workable", telecommuting=True).workplace is Workplace.REMOTE
    older = one(payloads, "workable", locations=None)
    assert places(older) == [("Athens, Attica, Greece", "Athens", "Attica", "GR")]


def test_recruitee_with_two_working_models_states_none(payloads):
    assert one(payloads, "recruitee", remote=True, hybrid=True).workplace is None
    assert one(payloads, "recruitee", salary=None).pay is None


def test_a_recruitee_posting_may_be_asked_for_alone(payloads):
    page = read_page("recruitee", "x", json.dumps({"offer": payloads.row("recruitee", 5)}).encode())
    assert page.rows[0].external_id == "5"


@pytest.mark.parametrize(
    ("employment", "schedule", "expected"),
    [
        ("permanent", "part-time", EmploymentType.PART_TIME),
        ("intern", "full-time", EmploymentType.INTERNSHIP),
        ("freelance", "full-time", EmploymentType.CONTRACT),
        ("permanent", "full-or-part-time", None),
        (None, None, None),
    ],
)
def test_personio_says_for_how_long_then_how_many_hours(payloads, employment, schedule, expected):
    assert one(payloads, "personio", employmentType=employment, schedule=schedule).employment_type is expected


def test_personio_has_remote_as_an_office(payloads):
    alone = one(payloads, "personio", office="Remote", additionalOffices=[])
    assert (alone.workplace, alone.places) == (Workplace.REMOTE, ())
    assert one(payloads, "personio", office="Remote").workplace is None


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><workzag-jobs><position><id>&c;</id></position></workzag-jobs>'
)
STRANGER = b'<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><workzag-jobs><position><id>&x;</id></position></workzag-jobs>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (BOMB, "entities of its own"),
        (STRANGER, "entities of its own"),
        (b"", "found nothing"),
        (b"<workzag-jobs><position><id>1</id>", "broken at line 1"),
        (b"<html></html>", "found <html>"),
        (b'{"jobs": []}', "broken"),
        (b"<a>" * 5000, "broken"),
    ],
)
@pytest.mark.parametrize("name", ["personio", "weworkremotely"])
def test_xml_that_is_no_feed_is_refused(content, sentence, name):
    with pytest.raises(
        UnreadablePayloadError, match=sentence if name == "personio" or "own" not in sentence else "own"
    ):
        read_page(name, "x", content)


def test_xml_in_another_encoding_is_read(payloads):
    text = payloads.document("personio", [payloads.row("personio", 1, office="Köln")]).decode()
    for encoding in ("iso-8859-1", "utf-8", "utf-16"):
        content = text.replace("UTF-8", encoding).encode(encoding)
        assert read_page("personio", "x", content).rows[0].locations[0] == "Köln"


def test_remote_ok_begins_with_its_terms_and_zero_is_no_salary(payloads):
    page = read_page("remoteok", "", payloads.document("remoteok", [payloads.row("remoteok", 1)]))
    assert (len(page.rows), page.skipped) == (1, 0)
    paid = one(payloads, "remoteok", salary_min=60_000, salary_max=90_000).pay
    assert (paid.min, paid.max, paid.currency, paid.basis) == (60_000, 90_000, "USD", Basis.INFERRED)


@pytest.mark.parametrize(
    ("location", "workplace", "regions"),
    [
        ("Worldwide", Workplace.REMOTE, ()),
        ("Remote - US", Workplace.REMOTE, ("US",)),
        ("Austin, TX", None, None),
        ("\U0001f30f Probably worldwide", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_remote_ok_lists_jobs_that_are_not_remote(payloads, location, workplace, regions):
    listing = one(payloads, "remoteok", location=location)
    assert (listing.workplace, listing.remote_regions) == (workplace, regions)


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("donâ€™t", "don\u2019t"),
        ("ZÃ¼rich", "Zürich"),
        ("cafÃ© â€“ bar", "café \u2013 bar"),
        ("Ð¼Ð¸Ñ€", "мир"),
        ("ð\x9f\x9a\x80 go", "\U0001f680 go"),
        ("CAFÉ» and «ÉTÉ»", "CAFÉ» and «ÉTÉ»"),
        ("plain", "plain"),
        ("Äußerst größer", "Äußerst größer"),
    ],
)
def test_remote_ok_text_that_was_misread_is_put_right(payloads, broken, whole):
    assert one(payloads, "remoteok", position=broken).title == whole


@pytest.mark.parametrize(
    ("where", "regions"),
    [
        ("Worldwide", ()),
        ("USA Only", ("US",)),
        ("Europe", ("EUROPE",)),
        ("Americas, Europe, Israel", ("AMERICAS", "EUROPE", "IL")),
        ("UK or similar timezone", None),
        ("CET +/- 3 hours", None),
        ("Berlin", None),
        ("", None),
    ],
)
def test_remotive_says_where_the_applicant_may_live(payloads, where, regions):
    listing = one(payloads, "remotive", candidate_required_location=where)
    assert (listing.remote_regions, listing.places) == (regions, ())
    assert listing.remote_quote == (where or None)


def test_remotive_dollars_are_those_of_the_one_country(payloads):
    said = {"salary": "$90k - $110k"}
    assert one(payloads, "remotive", candidate_required_location="Canada", **said).pay.currency == "CAD"
    assert one(payloads, "remotive", candidate_required_location="Worldwide", **said).pay == Pay(raw="$90k - $110k")


def test_arbeitnow_text_is_escaped_twice_and_true_is_remote(payloads):
    listing = one(payloads, "arbeitnow", remote=True)
    assert listing.description == payloads.plain(1)
    assert listing.workplace is Workplace.REMOTE


@pytest.mark.parametrize(
    ("restrictions", "regions"),
    [
        ([], ()),
        (None, None),
        (["Germany"], ("DE",)),
        ([{"alpha2": "DE", "name": "Germany", "slug": "germany"}], ("DE",)),
        (["Germany", "Atlantis"], None),
    ],
)
def test_himalayas_with_an_empty_list_is_worldwide(payloads, restrictions, regions):
    assert one(payloads, "himalayas", locationRestrictions=restrictions).remote_regions == regions


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Pier | Backend Engineer | Remote (EU)", ("Pier", "Backend Engineer", (), Workplace.REMOTE, ("EUROPE",))),
        ("Pier | Remote (EU) | Backend Engineer", ("Pier", "Backend Engineer", (), Workplace.REMOTE, ("EUROPE",))),
        ("Pier | NYC | Designer, Engineer | Onsite", ("Pier", "Designer, Engineer", ("NYC",), Workplace.ONSITE, None)),
        ("Pier | Oslo, Norway | REMOTE or ONSITE | SRE", ("Pier", "SRE", ("Oslo, Norway",), None, None)),
        ("Pier (https://pier.example) | SRE | Berlin", ("Pier", "SRE", ("Berlin",), None, None)),
        (
            "Pier | Multiple Positions | US-Remote, Seattle",
            ("Pier", "Multiple Positions", ("US", "Seattle"), None, ("US",)),
        ),
        ("Pier | Data Engineer | Oslo | Hybrid, Visa", ("Pier", "Data Engineer", ("Oslo",), Workplace.HYBRID, None)),
    ],
)
def test_a_hiring_header_is_read_in_any_order(payloads, header, expected):
    listing = one(payloads, "hackernews", text=f"{header}<p>We build quays.")
    found = (listing.company, listing.title, listing.locations, listing.workplace, listing.remote_regions)
    assert found == expected


def test_talk_and_deleted_comments_are_no_vacancies(payloads):
    for text in (None, "", "Is anyone hiring in Oslo?<p>Asking for a friend.", "Great list | thanks"):
        found = one(payloads, "hackernews", text=text)
        assert found is None or isinstance(found, RefusedRow) or found.title != "thanks", text


async def test_the_newest_hiring_thread_is_chosen(boards, payloads):
    payloads.serve(boards, "hackernews", [payloads.row("hackernews", 1)])
    await read(boards, "hackernews")
    assert [asked.path for asked in boards.log] == ["/api/v1/search_by_date", f"/api/v1/items/{payloads.THREAD}"]
    assert boards.log[0].query["tags"] == ["story,author_whoishiring"]


def test_a_predicted_salary_is_an_estimate(payloads):
    assert one(payloads, "adzuna", salary_is_predicted="1").pay.basis is Basis.ESTIMATED
    assert one(payloads, "adzuna", salary_min=12, salary_max=15).pay.currency is None


def test_a_place_of_the_muse_may_be_everywhere(payloads):
    anywhere = one(payloads, "themuse", locations=[{"name": "Flexible / Remote"}])
    assert (anywhere.workplace, anywhere.places) == (Workplace.REMOTE, ())
    either = one(payloads, "themuse", locations=[{"name": "Flexible / Remote"}, {"name": "Chicago, IL"}])
    assert (either.workplace, either.locations) == (None, ("Chicago, IL",))


def test_smartrecruiters_keeps_no_persons_name(payloads):
    assert "creator" not in one(payloads, "smartrecruiters").raw


def test_we_work_remotely_without_a_colon_names_no_employer(payloads):
    assert isinstance(one(payloads, "weworkremotely", title="Quay Engineer"), RefusedRow)


# --- paging, keys, narrowing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "count"), PAGED.items())
async def test_a_paged_board_is_read_to_its_end_at_its_own_addresses(boards, payloads, name, count):
    payloads.serve(boards, name, [payloads.row(name, n) for n in range(1, count + 1)])
    *listings, snapshot = await read(boards, name)
    assert len(listings) == snapshot.listings == count
    assert snapshot.complete == (name == "smartrecruiters")
    assert all(asked.headers["host"] == boards.host or name == "usajobs" for asked in boards.log)
    assert boards.most_at_once == 1


async def test_a_board_that_repeats_its_first_page_ends(boards, payloads):
    rows = [payloads.row("himalayas", n) for n in range(20)]
    boards.routes["/jobs/api"] = boards.Reply(200, payloads.document("himalayas", rows, totalCount=100_000))
    *listings, _ = await read(boards, "himalayas")
    assert (len(listings), len(boards.log)) == (20, 2)


async def test_a_search_that_the_board_ignores_is_held_against_its_answer(boards, payloads):
    rows = [payloads.row("himalayas", 1), payloads.row("himalayas", 2, title="Head of Sales", description="Sell.")]
    payloads.serve(boards, "himalayas", rows)
    listing, snapshot = await read(boards, "himalayas", SourceQuery(terms=("Backend Engineer",)))
    assert boards.log[0].query["q"] == ["Backend Engineer"]
    assert listing.title == "Quay Engineer 1"
    assert (snapshot.seen, snapshot.listings, snapshot.filtered, snapshot.complete) == (2, 1, 1, False)


@pytest.mark.parametrize("name", BOARDS)
async def test_what_is_older_than_asked_for_is_left_out(boards, payloads, name):
    payloads.serve(boards, name, [payloads.row(name, 1), payloads.row(name, 300)])
    *listings, snapshot = await read(boards, name, SourceQuery(since=payloads.posted(24)))
    assert (len(listings), snapshot.filtered, snapshot.complete) == (1, 1, False)


async def test_own_keys_are_sent_and_never_kept(boards, payloads):
    for name in ("adzuna", "usajobs", "themuse"):
        payloads.serve(boards, name, [payloads.row(name, 1)])
        *_, snapshot = await read(boards, name)
        assert "own-key" not in repr(snapshot)
    asked = {asked.path: asked for asked in boards.log}
    assert asked["/v1/api/jobs/us/search/1"].query["app_key"] == ["own-key"]
    assert asked["/api/search"].headers["authorization-key"] == "own-key"
    assert asked["/api/search"].headers["user-agent"] == "me@example.com"
    assert asked["/api/public/jobs"].query["api_key"] == ["own-key"]


def test_sources_are_off_until_they_may_be_read():
    assert "ADZUNA_APP_KEY" in off_because("adzuna", {"ADZUNA_APP_ID": "x"}, ())
    assert off_because("adzuna", KEYS, ()) is None
    assert "robots.txt" in off_because("smartrecruiters", KEYS, ())
    assert off_because("smartrecruiters", {}, ("smartrecruiters",)) is None
    assert [name for name in BOARDS if off_because(name, {}, ())] == [
        "adzuna", "usajobs", "themuse", "smartrecruiters", "weworkremotely",
    ]  # fmt: skip
    with pytest.raises(ValidationError, match="themuse is off: It needs a free key"):
        SourceRegister(None).open("themuse", {})


async def test_a_board_on_the_employers_own_domain_is_asked_there(boards, payloads):
    payloads.serve(boards, "teamtailor", [payloads.row("teamtailor", 1)])
    policy = EgressPolicy(allow=(boards.host,), interval=0.0)
    async with Egress(policy) as egress:
        source = SourceRegister(egress).open("teamtailor", {"url": f"{boards.url}/jobs"})
        listing, _ = [found async for found in source.read(SourceQuery())]
    assert (listing.board, listing.company) == ("127.0.0.1", "North Pier AB")


# --- boards that misbehave --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOARDS)
async def test_an_empty_board_is_an_answer(boards, payloads, name):
    payloads.serve(boards, name, [])
    (snapshot,) = await read(boards, name)
    assert (snapshot.seen, snapshot.unchanged) == (0, False)


@pytest.mark.parametrize("name", CONDITIONAL)
async def test_an_unchanged_board_is_not_read_again(boards, payloads, name):
    payloads.serve(boards, name, [payloads.row(name, 1)])
    *_, first = await read(boards, name)
    (second,) = await read(boards, name, SourceQuery(validators=first.validators))
    assert (second.unchanged, second.validators) == (True, first.validators)
    assert "if-none-match" in boards.log[-1].headers


@pytest.mark.parametrize("name", BOARDS)
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (lambda b, _: b.Reply(404), "no such board"),
        (lambda b, _: b.Reply(403), "refused the request"),
        (lambda b, _: b.Reply(429, headers={"Retry-After": "3600"}), "left alone for 3600 s"),
        (lambda b, _: b.Reply(503), "answered 503"),
        (lambda b, content: b.Reply(200, content[: len(content) // 2]), "broken"),
        (lambda b, content: b.Reply(200, content, cut=30), "failed"),
        (lambda b, content: b.Reply(200, content, delay=5), "in time"),
        (lambda b, _: b.Reply(200, "<html><p>maintenance"), "Expected"),
        (lambda b, _: b.Reply(200, "7"), "Expected"),
    ],
)
async def test_a_board_that_fails_says_why(boards, payloads, name, fault, sentence):
    boards.routes[payloads.FIRST[name]] = fault(boards, payloads.document(name, [payloads.row(name, 1)]))
    with pytest.raises(SourceError, match=sentence) as failed:
        await read(boards, name)
    assert failed.value.message.startswith(name)


@pytest.mark.parametrize("name", BOARDS)
async def test_a_short_retry_after_is_waited_for(boards, payloads, name):
    payloads.serve(boards, name, [payloads.row(name, 1)])
    well = boards.routes[payloads.FIRST[name]]
    turns = iter([boards.Reply(429, headers={"Retry-After": "1"})])
    boards.routes[payloads.FIRST[name]] = lambda asked: next(turns, None) or well(asked)
    *listings, _ = await read(boards, name)
    assert len(listings) == 1
    assert boards.log[1].started - boards.log[0].ended >= 0.99


@pytest.mark.parametrize(
    "name", [name for name in BOARDS if name not in {"personio", "weworkremotely", "smartrecruiters"}]
)
async def test_mis_encoded_names_are_read(boards, payloads, name):
    field = {"adzuna": "title", "hackernews": "text", "jobicy": "jobTitle", "lever": "text", "remoteok": "position"}
    field |= {"themuse": "name"}
    if name == "usajobs":
        return
    title = "Bäcker für Größe M" if name != "hackernews" else "Bäckerei | Engineer für Größe M | Berlin<p>x"
    content = payloads.document(name, [payloads.row(name, 1, **{field.get(name, "title"): title})])
    latin = json.dumps(json.loads(content), ensure_ascii=False).encode("latin-1", "replace")
    listing = read_page(name, "x", latin, "utf-8").rows[0]
    assert "für Größe M" in listing.title


@pytest.mark.parametrize("name", BOARDS)
async def test_no_host_is_hurried(boards, payloads, name):
    payloads.serve(boards, name, [payloads.row(name, n) for n in range(1, PAGED.get(name, 3) + 1)])
    if name == "smartrecruiters":
        payloads.serve(boards, name, [payloads.row(name, n) for n in (1, 2, 3)])
    await read(boards, name, interval=0.05)
    assert boards.most_at_once == 1
    assert all(later.started - earlier.ended >= 0.049 for earlier, later in pairwise(boards.log))


async def test_a_source_that_asks_for_a_longer_pause_has_it(boards, payloads):
    payloads.serve(boards, "personio", [payloads.row("personio", 1)])
    well = boards.routes["/xml"]
    turns = iter([boards.Reply(503)])
    boards.routes["/xml"] = lambda asked: next(turns, None) or well(asked)
    await read(boards, "personio", keeps_its_pause=True)
    assert boards.log[1].started - boards.log[0].ended >= adapter("personio").terms.min_interval * 0.99
    assert {"personio", "workable", "remotive"} == SLOW


# --- hostile ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BOARDS)
def test_no_field_of_any_type_breaks_a_reading(payloads, name):
    for field in payloads.row(name, 1):
        for value in EVIL:
            rows = [payloads.row(name, 1), payloads.row(name, 2, **{field: value}), None, 7, [], {}]
            if name in {"personio", "weworkremotely"}:
                if not isinstance(value, str | int | None) or "\x00" in str(value):
                    continue
                rows = rows[:2]
            page = read_page(name, "x", payloads.document(name, rows))
            assert isinstance(page.rows[0], Listing), (field, value)
            assert len(page.rows) + page.skipped <= len(rows)
            for found in page.rows:
                if isinstance(found, Listing):
                    assert found.title
                    assert found.company
                    assert "<" not in found.title
                    assert found.url.startswith(("http://", "https://"))


@pytest.mark.parametrize("name", BOARDS)
def test_a_row_of_nulls_is_refused_by_name(payloads, name):
    if name in {"personio", "weworkremotely"}:
        rows = [dict.fromkeys(payloads.row(name, 1), "")]
    else:
        rows = [dict.fromkeys(payloads.row(name, 1))]
    page = read_page(name, "x", payloads.document(name, rows))
    assert not any(isinstance(found, Listing) for found in page.rows)
    assert len(page.rows) + page.skipped == 1


@pytest.mark.parametrize("name", BOARDS)
def test_huge_texts_are_bounded(payloads, name):
    field = next(f for f, v in payloads.row(name, 1).items() if v == payloads.body(1)) if name in {
        "ashby", "workable", "recruitee", "teamtailor", "remoteok", "remotive", "himalayas", "themuse", "lever"
    } else None  # fmt: skip
    if field is None:
        return
    listing = one(payloads, name, **{field: "<p>" + "word " * 400_000 + "</p>"})
    assert len(listing.description) <= 100_000


@pytest.mark.parametrize("name", BOARDS)
def test_markup_in_a_title_is_text(payloads, name):
    field = {"jobicy": "jobTitle", "lever": "text", "remoteok": "position", "themuse": "name", "personio": "name"}
    field |= {"smartrecruiters": "name"}
    if name in {"hackernews", "usajobs", "weworkremotely"}:
        return
    title = "<script>alert(1)</script><b>Quay</b>   Engineer\u202e &amp; more\n"
    assert one(payloads, name, **{field.get(name, "title"): title}).title == "Quay Engineer & more"


def test_every_reading_ends_with_a_snapshot_that_adds_up(payloads):
    rows = [payloads.row("ashby", 1), payloads.row("ashby", 2, isListed=False), payloads.row("ashby", 3, title=None)]
    page = read_page("ashby", "x", payloads.document("ashby", rows))
    assert ([type(found) for found in page.rows], page.skipped) == ([Listing, RefusedRow], 1)
    assert Snapshot("ashby", seen=3).seen == 3
