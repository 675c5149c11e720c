import asyncio
import html
import json
import pickle
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context

import pytest

from domain.employment_types import EmploymentType
from domain.errors import ValidationError
from domain.listings import Listing, RefusedRow, Snapshot, SourceError, SourceKind, SourceQuery
from domain.pay import Pay, Period
from domain.places import Workplace
from domain.provenance import Basis
from infra.egress import Egress, EgressPolicy
from infra.payloads import UnreadablePayloadError
from infra.sources import SourceRegister, read_page
from infra.sources.markup import plain_text
from infra.sources.reading import moment

UUID = "5ac21346-8e0c-4494-8e7a-3eb92ff77902"


def greenhouse_job(id=127817, **changes):
    content = "<p>Keep ferries &amp; quays running.</p><h3>You bring</h3><ul><li>Go</li><li>SQL</li></ul>"
    return {
        "id": id,
        "internal_job_id": 144381,
        "title": "Backend Engineer",
        "updated_at": "2026-11-20T09:00:00-05:00",
        "first_published": "2026-10-01T12:30:00-04:00",
        "requisition_id": "50",
        "location": {"name": "Berlin, Germany"},
        "absolute_url": f"https://boards.greenhouse.io/ferrylight/jobs/{id}",
        "language": "en",
        "company_name": "Ferrylight",
        "metadata": None,
        "content": html.escape(content),
        "departments": [{"id": 1, "name": "Platform", "parent_id": None, "child_ids": []}],
        "offices": [{"id": 2, "name": "HQ", "location": "Hamburg, Germany", "parent_id": None, "child_ids": []}],
        **changes,
    }


def lever_posting(id=UUID, **changes):
    return {
        "id": id,
        "text": "Quay Planner",
        "categories": {
            "location": "Rotterdam",
            "commitment": "Full-time",
            "team": "Operations",
            "department": "Harbour",
            "allLocations": ["Rotterdam", "Oslo, Norway"],
        },
        "country": "NL",
        "description": "<div>Plan who lies where.</div>",
        "descriptionPlain": "Plan who lies where.\n",
        "lists": [{"text": "You bring", "content": "<li>A calm head</li><li>Spreadsheets &amp; more</li>"}],
        "additional": "<div>We answer within a week.</div>",
        "hostedUrl": f"https://jobs.lever.co/ferrylight/{id}",
        "applyUrl": f"https://jobs.lever.co/ferrylight/{id}/apply",
        "workplaceType": "hybrid",
        "salaryRange": {"currency": "EUR", "interval": "per-month-salary", "min": 3500, "max": 4200},
        "createdAt": 1_790_000_000_000,
        **changes,
    }


async def read(boards, name="greenhouse", query=None, cpu=None, **options):
    policy = EgressPolicy(
        allow=(boards.host,), interval=0.0, backoff=0.0, total_timeout=0.8, attempts=2, max_bytes=2_000_000
    )
    async with Egress(policy) as egress:
        register = SourceRegister(egress, cpu, {"greenhouse": boards.url, "lever": boards.url})
        if name in {"greenhouse", "lever"}:
            options = {"board": "ferrylight", **options}
        return [row async for row in register.open(name, options).read(query or SourceQuery())]


def one(name, row, board="ferrylight"):
    content = json.dumps({"jobs": [row]} if name == "greenhouse" else [row]).encode()
    return read_page(name, board, content).rows[0]


# --- Greenhouse -----------------------------------------------------------------------------------------------------


async def test_a_greenhouse_board_is_read(boards):
    boards.greenhouse("ferrylight", [greenhouse_job()])
    listing, snapshot = await read(boards)
    assert snapshot.validators.keys() == {f"{boards.url}/v1/boards/ferrylight/jobs?content=true"}
    assert (snapshot.seen, snapshot.listings, snapshot.complete, snapshot.unchanged) == (1, 1, True, False)
    assert boards.log[0].query == {"content": ["true"]}
    assert (listing.source, listing.board, listing.external_id, listing.requisition_id) == (
        "greenhouse",
        "ferrylight",
        "127817",
        "50",
    )
    assert (listing.title, listing.company, listing.department, listing.language) == (
        "Backend Engineer",
        "Ferrylight",
        "Platform",
        "en",
    )
    assert listing.url == "https://boards.greenhouse.io/ferrylight/jobs/127817"
    assert listing.description == "Keep ferries & quays running.\n\nYou bring\n- Go\n- SQL"
    assert [(place.city, place.country_code) for place in listing.places] == [("Berlin", "DE")]
    assert (listing.workplace, listing.workplace_basis) == (None, Basis.UNKNOWN)
    assert listing.posted_at == datetime(2026, 10, 1, 16, 30, tzinfo=UTC)
    assert listing.updated_at == datetime(2026, 11, 20, 14, tzinfo=UTC)
    assert listing.raw == greenhouse_job()
    assert not listing.sample


def test_an_edit_is_not_a_posting_date():
    listing = one("greenhouse", greenhouse_job(first_published=None))
    assert (listing.posted_at, listing.posted_basis) == (None, Basis.UNKNOWN)
    assert listing.updated_at is not None


def test_a_prospect_post_is_no_vacancy():
    page = read_page(
        "greenhouse", "b", json.dumps({"jobs": [greenhouse_job(internal_job_id=None), greenhouse_job(2)]}).encode()
    )
    assert ([row.external_id for row in page.rows], page.skipped) == (["2"], 1)


@pytest.mark.parametrize(
    ("location", "cities", "workplace"),
    [
        ("Berlin, Germany; Hamburg", ["Berlin", "Hamburg"], None),
        ("Hybrid", ["Hamburg"], Workplace.HYBRID),
        ("Remote", ["Hamburg"], Workplace.REMOTE),
        ("Berlin (Hybrid)", ["Berlin"], Workplace.HYBRID),
        ("", ["Hamburg"], None),
        (None, ["Hamburg"], None),
    ],
)
def test_a_greenhouse_location_may_hold_several_places_or_none(location, cities, workplace):
    listing = one("greenhouse", greenhouse_job(location={"name": location}))
    assert [place.city for place in listing.places] == cities
    assert listing.workplace is workplace


def test_remote_regions_keep_the_offices_out():
    listing = one("greenhouse", greenhouse_job(location={"name": "Remote - Europe"}))
    assert (listing.places, listing.remote_regions, listing.remote_basis) == ((), ("EUROPE",), Basis.PARSED)


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_content_is_read_however_often_it_was_escaped(rounds):
    content = "<p>Go &amp; SQL</p>"
    for _ in range(rounds):
        content = html.escape(content)
    assert one("greenhouse", greenhouse_job(content=content)).description == "Go & SQL"


def test_a_pay_range_in_cents_is_stated():
    ranges = [
        {"min_cents": 9_000_000, "max_cents": 12_000_000, "currency_type": "USD", "title": "Base salary", "blurb": ""}
    ]
    assert one("greenhouse", greenhouse_job(pay_input_ranges=ranges)).pay == Pay(
        90_000, 120_000, "USD", Period.YEAR, Basis.STATED, "Base salary"
    )
    hourly = [{**ranges[0], "min_cents": 2_500, "max_cents": 3_000, "title": "Hourly rate"}]
    assert one("greenhouse", greenhouse_job(pay_input_ranges=hourly)).pay.period is Period.HOUR
    assert one("greenhouse", greenhouse_job(pay_input_ranges=ranges * 2)).pay is None


def test_pay_in_the_text_is_read_with_the_country_of_the_place():
    job = greenhouse_job(
        content="<p>The salary range is $90,000 - $110,000 per year.</p>", location={"name": "Toronto, Canada"}
    )
    assert one("greenhouse", job).pay.currency == "CAD"
    assert one("greenhouse", {**job, "location": {"name": "Berlin"}}).pay is None


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"title": None}, "title"),
        ({"title": "x" * 501}, "title"),
        ({"id": None}, "id"),
        ({"absolute_url": "javascript:alert(1)"}, "absolute_url"),
        ({"absolute_url": "/jobs/1"}, "absolute_url"),
    ],
)
def test_a_row_that_lacks_what_a_listing_needs_is_named(changes, column):
    refused = one("greenhouse", greenhouse_job(**changes))
    assert isinstance(refused, RefusedRow)
    assert (refused.row, refused.column) == (1, column)


@pytest.mark.parametrize(
    "field",
    [
        "location",
        "departments",
        "offices",
        "content",
        "metadata",
        "pay_input_ranges",
        "company_name",
        "language",
        "updated_at",
        "application_deadline",
    ],
)
@pytest.mark.parametrize(
    "value", [None, "text", 7, -1.5, True, [], {}, [None], [[]], [{}], {"name": None}, {"name": {"x": 1}}]
)
def test_a_field_of_another_type_is_absent_and_breaks_nothing(field, value):
    assert isinstance(one("greenhouse", greenhouse_job(**{field: value})), Listing)


# --- Lever ----------------------------------------------------------------------------------------------------------


async def test_a_lever_board_is_read(boards):
    boards.lever("ferrylight", [lever_posting()])
    listing, snapshot = await read(boards, "lever")
    assert snapshot.listings == 1
    assert boards.log[0].query == {"mode": ["json"]}
    assert (listing.external_id, listing.title, listing.company) == (UUID, "Quay Planner", "Ferrylight")
    assert listing.company_basis is Basis.INFERRED
    assert listing.description == (
        "Plan who lies where.\n\nYou bring\n- A calm head\n- Spreadsheets & more\nWe answer within a week."
    )
    assert listing.locations == ("Rotterdam", "Oslo, Norway")
    assert (listing.workplace, listing.workplace_basis) == (Workplace.HYBRID, Basis.STATED)
    assert listing.pay == Pay(3500, 4200, "EUR", Period.MONTH, Basis.STATED)
    assert (listing.employment_type, listing.department) == (EmploymentType.FULL_TIME, "Harbour")
    assert listing.posted_at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert (listing.url, listing.apply_url) == (
        f"https://jobs.lever.co/ferrylight/{UUID}",
        f"https://jobs.lever.co/ferrylight/{UUID}/apply",
    )


def test_a_lever_place_without_a_country_has_that_of_the_posting():
    categories = {"location": "Kleinkleckersdorf"}
    assert one("lever", lever_posting(categories=categories, country="DE")).places[0].country_code == "DE"
    assert one("lever", lever_posting(categories=categories, country=None)).places[0].country_code is None


@pytest.mark.parametrize(
    ("stated", "location", "expected", "basis"),
    [
        ("remote", "Rotterdam", Workplace.REMOTE, Basis.STATED),
        ("on-site", "Remote", Workplace.ONSITE, Basis.STATED),
        ("unspecified", "Remote - US", Workplace.REMOTE, Basis.PARSED),
        ("unspecified", "Rotterdam", None, Basis.UNKNOWN),
        (None, "Rotterdam", None, Basis.UNKNOWN),
    ],
)
def test_a_stated_working_model_wins_and_unspecified_states_none(stated, location, expected, basis):
    listing = one("lever", lever_posting(workplaceType=stated, categories={"location": location}))
    assert (listing.workplace, listing.workplace_basis) == (expected, basis)


def test_lever_pay_by_the_hour_once_or_in_words():
    by_hour = {"currency": "USD", "interval": "per-hour-wage", "min": 30, "max": 40}
    assert one("lever", lever_posting(salaryRange=by_hour)).pay.period is Period.HOUR
    once = one("lever", lever_posting(salaryRange={**by_hour, "interval": "one-time"})).pay
    assert (once.min, once.basis) == (None, Basis.UNKNOWN)
    words = lever_posting(salaryRange=None, salaryDescriptionPlain="€50,000 - €60,000 per year")
    assert one("lever", words).pay.max == 60_000


def test_an_older_lever_answer_has_opening_and_body_apart():
    row = lever_posting(
        description=None, opening="<p>Hello.</p>", descriptionBody="<p>Body.</p>", lists=None, additional=None
    )
    assert one("lever", row).description == "Hello.\n\nBody."


def test_a_lever_error_is_no_board():
    with pytest.raises(UnreadablePayloadError, match="Expected a list, found an object"):
        read_page("lever", "x", b'{"ok":false,"error":"Document not found"}')


async def test_the_european_host_is_another_host():
    async with Egress() as egress:
        register = SourceRegister(egress)
        assert register.open("lever", {"board": "x", "region": "eu"})._base_url == "https://api.eu.lever.co"
        with pytest.raises(ValidationError, match="region of greenhouse"):
            register.open("greenhouse", {"board": "x", "region": "eu"})


@pytest.mark.parametrize(
    "field",
    [
        "categories",
        "country",
        "lists",
        "description",
        "additional",
        "salaryRange",
        "workplaceType",
        "createdAt",
        "applyUrl",
    ],
)
@pytest.mark.parametrize("value", [None, "text", 7, 10**30, True, [], {}, [None], [[]], [{}], {"text": {}}])
def test_a_lever_field_of_another_type_breaks_nothing(field, value):
    assert isinstance(one("lever", lever_posting(**{field: value})), Listing)


# --- boards that misbehave --------------------------------------------------------------------------------------------


async def test_a_board_that_has_not_changed_is_not_read_again(boards):
    boards.greenhouse("ferrylight", [greenhouse_job()])
    *_, first = await read(boards)
    (second,) = await read(boards, query=SourceQuery(validators=first.validators))
    assert (second.unchanged, second.complete, second.seen) == (True, True, 0)
    assert second.validators == first.validators
    boards.greenhouse("ferrylight", [greenhouse_job(title="Moved")])
    listing, third = await read(boards, query=SourceQuery(validators=second.validators))
    assert listing.title == "Moved"
    assert third.validators != first.validators


async def test_an_empty_board_is_a_complete_answer(boards):
    boards.greenhouse("ferrylight", [])
    boards.lever("ferrylight", [])
    for name in ("greenhouse", "lever"):
        (snapshot,) = await read(boards, name)
        assert (snapshot.seen, snapshot.complete) == (0, True)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (lambda b: b.Reply(404, {"status": 404}), "there is no such board"),
        (lambda b: b.Reply(410), "there is no such board"),
        (lambda b: b.Reply(401), "found 401"),
        (lambda b: b.Reply(403), "refused the request"),
        (lambda b: b.Reply(429, headers={"Retry-After": "3600"}), "left alone for 3600 s"),
        (lambda b: b.Reply(500), "answered 500"),
        (lambda b: b.Reply(200, b'{"jobs": [{"id": 1, "title": "Ba'), "something broken"),
        (lambda b: b.Reply(200, b""), "found nothing"),
        (lambda b: b.Reply(200, "<html>maintenance</html>"), "something broken"),
        (lambda b: b.Reply(200, {"jobs": {"id": 1}}), 'an object with a list "jobs"'),
        (lambda b: b.Reply(200, "null"), "found null"),
        (lambda b: b.Reply(200, "[" * 2000 + "]" * 2000), "broken"),
        (lambda b: b.Reply(200, '{"jobs": ' + "[" * 100 + "]" * 100 + "}"), "levels deep"),
        (lambda b: b.Reply(200, b"x" * 900, cut=10), "failed"),
        (lambda b: b.Reply(200, "x", delay=5), "in time"),
        (lambda b: b.zipped(b"[" * 30_000_000), "more than 2,000,000 bytes"),
        (lambda b: b.Reply(302, headers={"Location": "https://127.0.0.1:1/"}), "not one of"),
        (lambda b: b.Reply(302, headers={"Location": "https://169.254.169.254/"}), "not a public address"),
    ],
)
async def test_a_board_that_fails_says_why_in_a_sentence(boards, fault, sentence):
    boards.routes["/v1/boards/ferrylight/jobs"] = fault(boards)
    with pytest.raises(SourceError) as failed:
        await read(boards)
    assert sentence in failed.value.message
    assert failed.value.message.startswith("greenhouse (ferrylight): ")
    assert failed.value.details["board"] == "ferrylight"


async def test_a_board_that_recovers_is_read(boards):
    jobs = {"jobs": [greenhouse_job()]}
    boards.routes["/v1/boards/ferrylight/jobs"] = [boards.Reply(503), boards.Reply(200, jobs)]
    assert len(await read(boards)) == 2


async def test_one_bad_row_ends_nothing(boards):
    boards.greenhouse(
        "ferrylight",
        [
            greenhouse_job(1),
            None,
            greenhouse_job(2, title=""),
            greenhouse_job(3, internal_job_id=None),
            greenhouse_job(4),
        ],
    )
    *rows, snapshot = await read(boards)
    assert [(type(row).__name__, getattr(row, "row", None)) for row in rows] == [
        ("Listing", None),
        ("RefusedRow", 2),
        ("RefusedRow", 3),
        ("Listing", None),
    ]
    assert (snapshot.seen, snapshot.listings, snapshot.refused, snapshot.skipped) == (5, 2, 2, 1)


async def test_a_repeated_row_is_one_listing(boards):
    boards.greenhouse("ferrylight", [greenhouse_job(1), greenhouse_job(1)])
    assert [type(row) for row in await read(boards)] == [Listing, Snapshot]


async def test_a_limited_reading_is_not_complete(boards):
    boards.greenhouse("ferrylight", [greenhouse_job(number) for number in range(1, 6)])
    *rows, snapshot = await read(boards, query=SourceQuery(limit=2))
    assert (len(rows), snapshot.complete, snapshot.listings) == (2, False, 2)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
async def test_a_wrong_charset_does_not_break_names(boards, encoding):
    content = json.dumps({"jobs": [greenhouse_job(title="Bäcker für Größe M")]}, ensure_ascii=False).encode(encoding)
    boards.document("/v1/boards/ferrylight/jobs", content, "application/json; charset=iso-8859-1")
    listing, _ = await read(boards)
    assert listing.title == "Bäcker für Größe M"


async def test_a_board_name_cannot_leave_its_place_in_the_address(boards):
    with pytest.raises(SourceError):
        await read(boards, board="../../admin?x=#")
    assert boards.log[0].path == "/v1/boards/../../admin?x=#/jobs"  # as one escaped part: the server unquotes it
    with pytest.raises(ValidationError, match="Expected the board"):
        await read(boards, board="  ")


def test_an_unknown_source_is_named_with_the_known_ones():
    with pytest.raises(ValidationError, match=r"greenhouse.*found 'monster'"):
        SourceRegister(None).open("monster", {})


def test_every_source_states_its_terms():
    register = SourceRegister(None)
    for name in register.names():
        terms = register.terms(name)
        assert terms.summary
        assert terms.kind in SourceKind
        assert terms.default_enabled or terms.kind is SourceKind.IMPORT or terms.off_because
        if terms.kind is SourceKind.ATS:
            assert terms.terms_url
            assert terms.read_on
            assert terms.attribution_text
            assert not terms.redistribute_allowed


class Pool:
    """Work in another process, as the server does it."""

    def __init__(self, executor):
        self.executor = executor

    async def run(self, work, /, *args, **kwargs):
        return await asyncio.wrap_future(self.executor.submit(work, *args, **kwargs))


async def test_parsing_can_leave_the_process(boards):
    boards.greenhouse("ferrylight", [greenhouse_job()])
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        listing, _ = await read(boards, cpu=Pool(executor))
    assert listing == one("greenhouse", greenhouse_job())
    boards.routes["/v1/boards/ferrylight/jobs"] = boards.Reply(200, "x")


# --- bundled ----------------------------------------------------------------------------------------------------------


async def test_the_sample_board_is_read_whole_and_marked(boards):
    *listings, snapshot = await read(boards, "sample")
    assert snapshot.refused == snapshot.skipped == 0
    assert len({listing.external_id for listing in listings}) == snapshot.listings >= 100
    assert all(listing.sample and listing.description and listing.url for listing in listings)
    assert boards.log == []


async def test_the_mock_makes_one_listing_per_role_and_place(boards):
    query = SourceQuery(terms=("C", "C++"), places=("Berlin", "Remote"))
    *listings, _ = await read(boards, "mock", query)
    assert [(one.title, one.locations, one.company) for one in listings] == [
        ("Senior C", ("Berlin",), "Tech Company 1"),
        ("Senior C", (), "Tech Company 2"),
        ("Senior C++", ("Berlin",), "Tech Company 3"),
        ("Senior C++", (), "Tech Company 4"),
    ]
    assert {one.pay.raw for one in listings} == {"$120,000 - $180,000"}
    assert len({one.url for one in listings}) == 4
    assert all(one.url.startswith("https://example.com/") and not one.sample for one in listings)
    assert (await read(boards, "mock", query))[:-1] == listings
    assert [one.title for one in (await read(boards, "mock"))[:-1]] == ["Senior Software Engineer"]


# --- files ------------------------------------------------------------------------------------------------------------


CSV = "title,company,url,location,description\nBaker,Oven & Co,https://oven.example/1,Graz,Bake bread.\n"


@pytest.mark.parametrize(
    "content",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.replace(",", ";").encode(),
        CSV.replace(",", "\t").encode("latin-1"),
        CSV.replace(",", "|").encode(),
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("\n", "\r").encode(),
        CSV.replace("title,company,url", "Job Title,Company_Name,job-url").encode(),
        b"\n\n" + CSV.encode() + b"\n,,,,\n\n",
    ],
)
async def test_a_csv_file_is_read_whatever_wrote_it(boards, content):
    listing, snapshot = await read(boards, "import_csv", content=content)
    assert (listing.title, listing.company, listing.url, listing.locations) == (
        "Baker",
        "Oven & Co",
        "https://oven.example/1",
        ("Graz",),
    )
    assert listing.description == "Bake bread."
    assert (snapshot.seen, snapshot.complete) == (1, True)


def csv_row(header, cells):
    return read_page(
        "import_csv",
        "",
        f"title,company,url,description,{header}\nBaker,Oven,https://oven.example/1,Bake.,{cells}\n".encode(),
    ).rows[0]


def test_a_csv_row_may_say_more():
    row = csv_row(
        "id,city,state,country,is_remote,min_amount,max_amount,currency,interval,job_type,date_posted,deadline,job_url_direct,team",
        "77,Columbus,OH,US,True,50,60,USD,hourly,full-time,2026-11-02,2026-12-24,https://oven.example/apply,Bread",
    )
    assert (row.external_id, row.apply_url, row.department) == ("77", "https://oven.example/apply", "Bread")
    assert [(place.city, place.region, place.country_code) for place in row.places] == [("Columbus", "OH", "US")]
    assert (row.workplace, row.workplace_basis) == (Workplace.REMOTE, Basis.STATED)
    assert row.pay == Pay(50, 60, "USD", Period.HOUR, Basis.STATED)
    assert row.employment_type is EmploymentType.FULL_TIME
    assert (row.posted_at, row.closes_at) == (datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC))


def test_false_is_not_onsite():
    assert csv_row("is_remote", "False").workplace is None
    assert csv_row("workplace", "On-site").workplace is Workplace.ONSITE


def test_a_csv_cell_may_hold_lines_and_html():
    content = 'title;company;url;description\nBaker;Oven;https://oven.example/1;"<p>Bake ""bread""</p>\n<ul><li>early</li></ul>"\n'
    assert read_page("import_csv", "", content.encode()).rows[0].description == 'Bake "bread"\n- early'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            CSV.replace("company", "boss"),
            "Expected a column 'company' in the header (row 1), found 'title', 'boss', 'url', 'location', 'description'",
        ),
        (CSV.replace("company,url", "a,b"), "Expected columns 'company' and 'url'"),
        (
            CSV.replace("location", "employer"),
            "Expected one column for 'company' in the header (row 1), found 'company' and 'employer'",
        ),
        ("", "found an empty file"),
        ("\n  \n", "found an empty file"),
        ("just some words", "Expected columns 'title' and 'company' and 'url' and 'description'"),
        ("\x00\x01\x02", "Expected columns"),
        (CSV + "x" * 10_485_760, "Expected at most 10 MB"),
        (CSV + "a,b,https://c.example/1,d,e\n" * 50_001, "Expected at most 50,000 rows"),
        (CSV + '"' + "x" * 200_000, "something broken in line"),
    ],
)
async def test_a_csv_file_is_refused_as_a_whole_in_a_sentence(boards, content, sentence):
    with pytest.raises(ValidationError) as refused:
        await read(boards, "import_csv", content=content.encode())
    assert sentence in refused.value.message


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("Baker,,https://oven.example/1,Graz,x", "company", "is missing or empty"),
        ("Baker,Oven,oven.example/1,Graz,x", "url", "expected an http(s) address, found 'oven.example/1'"),
        ("Baker,Oven,javascript:alert(1),Graz,x", "url", "expected an http(s) address"),
        ("Baker,Oven,https://oven.example/1,Graz", "description", "expected 5 columns, found 4"),
        ("Baker,Oven,https://oven.example/1,Graz,x,y", None, "expected 5 columns, found 6"),
        (f"{'B' * 501},Oven,https://oven.example/1,Graz,x", "title", "expected at most 500 characters, found 501"),
    ],
)
def test_a_bad_csv_row_is_named_by_row_and_column(line, column, reason):
    good = "Baker,Oven,https://oven.example/2,Graz,x"
    page = read_page("import_csv", "", f"title,company,url,location,description\n{good}\n\n{line}\n{good}3\n".encode())
    listing, refused, last = page.rows
    assert isinstance(listing, Listing)
    assert isinstance(last, Listing)
    assert (refused.row, refused.column) == (4, column)
    assert reason in refused.reason


@pytest.mark.parametrize("value", ["03/04/2026", "yesterday", "2026-13-45", "0"])
def test_a_date_that_is_a_guess_is_refused(value):
    refused = csv_row("posted", value)
    assert (refused.column, refused.row) == ("posted", 2)
    assert "expected a date such as" in refused.reason


POSTING = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Baker",
    "description": "&lt;p&gt;Bake &amp;amp; sell.&lt;/p&gt;",
    "datePosted": "2026-11-02",
    "validThrough": "2026-12-24T23:59:00+01:00",
    "employmentType": ["PART_TIME"],
    "hiringOrganization": {"@type": "Organization", "name": "Oven"},
    "jobLocation": {
        "@type": "Place",
        "address": {
            "@type": "PostalAddress",
            "addressLocality": "Graz",
            "addressCountry": {"@type": "Country", "name": "Austria"},
        },
    },
    "baseSalary": {
        "@type": "MonetaryAmount",
        "currency": "EUR",
        "value": {"@type": "QuantitativeValue", "minValue": 2400, "maxValue": 2800, "unitText": "MONTH"},
    },
    "identifier": {"@type": "PropertyValue", "name": "Oven", "value": "B-7"},
    "url": "https://oven.example/jobs/7",
}
PAGE = {"@type": "WebPage", "name": "Jobs"}


@pytest.mark.parametrize(
    "document",
    [
        POSTING,
        [POSTING],
        {"@graph": [PAGE, POSTING]},
        [{"@graph": [PAGE]}, POSTING],
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "position": 1, "item": POSTING}]},
        {"jobs": [POSTING]},
        {**POSTING, "@type": ["Thing", "JobPosting"]},
    ],
)
async def test_a_json_file_of_job_postings_is_read_in_every_shape(boards, document):
    listing, snapshot = await read(boards, "import_json", content=json.dumps(document).encode())
    assert (listing.external_id, listing.title, listing.company, listing.url) == (
        "B-7",
        "Baker",
        "Oven",
        "https://oven.example/jobs/7",
    )
    assert listing.description == "Bake & sell."
    assert [(place.city, place.country_code) for place in listing.places] == [("Graz", "AT")]
    assert listing.pay == Pay(2400, 2800, "EUR", Period.MONTH, Basis.STATED)
    assert listing.employment_type is EmploymentType.PART_TIME
    assert (listing.posted_at, listing.closes_at) == (
        datetime(2026, 11, 2, tzinfo=UTC),
        datetime(2026, 12, 24, 22, 59, tzinfo=UTC),
    )
    assert snapshot.listings == 1


async def test_json_lines_name_the_bad_line(boards):
    lines = f"{json.dumps(POSTING)}\n\n{{broken\n{json.dumps({**POSTING, 'identifier': 'B-8'})}\n"
    first, refused, last, _ = await read(boards, "import_json", content=lines.encode())
    assert (first.external_id, refused.row, last.external_id) == ("B-7", 3, "B-8")
    assert "expected JSON" in refused.reason


async def test_flat_json_rows_are_read_like_columns(boards):
    flat = {
        "job_title": "Baker",
        "company": "Oven",
        "job_url": "https://oven.example/1",
        "description": "x",
        "location": "Graz",
        "is_remote": True,
    }
    listing, refused, _ = await read(
        boards, "import_json", content=json.dumps([flat, {"title": "x", "url": "y"}]).encode()
    )
    assert (listing.title, listing.workplace) == ("Baker", Workplace.REMOTE)
    assert (refused.row, refused.column, refused.reason) == (2, "company", "is missing")


def posting(**changes):
    return read_page("import_json", "", json.dumps({**POSTING, **changes}).encode()).rows[0]


@pytest.mark.parametrize(
    ("salary", "expected"),
    [
        ({"currency": "EUR", "value": {"value": 30_000, "unitText": "YEAR"}}, (30_000, 30_000, Period.YEAR)),
        ({"currency": "EUR", "value": 30_000, "unitText": "YEAR"}, (30_000, 30_000, Period.YEAR)),
        ({"currency": "EUR", "minValue": 1, "maxValue": 2, "value": {"unitText": "HOUR"}}, (1, 2, Period.HOUR)),
        ({"value": "€30,000", "unitText": "YEAR"}, (30_000, 30_000, Period.YEAR)),
        ("€30,000 - €40,000 per year", (30_000, 40_000, Period.YEAR)),
        ({"currency": "EUR", "value": {"minValue": 0, "maxValue": 0, "unitText": "YEAR"}}, None),
        (None, None),
        ([], None),
    ],
)
def test_a_base_salary_comes_in_many_forms(salary, expected):
    pay = posting(baseSalary=salary).pay
    assert expected == (pay and (pay.min, pay.max, pay.period))


@pytest.mark.parametrize(
    ("required", "regions"),
    [
        ([{"@type": "Country", "name": "Germany"}, {"@type": "Country", "name": "AT"}], ("DE", "AT")),
        ({"@type": "Country", "name": "Anywhere"}, ()),
        ({"@type": "AdministrativeArea", "name": "California"}, ("US-CA",)),
        ([{"name": "Germany"}, {"name": "Middle-earth"}], None),
        (None, None),
    ],
)
def test_remote_work_has_the_regions_that_it_states(required, regions):
    listing = posting(jobLocationType="TELECOMMUTE", applicantLocationRequirements=required)
    assert (listing.workplace, listing.remote_regions) == (Workplace.REMOTE, regions)
    assert posting(applicantLocationRequirements=required).remote_regions is None


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"title": ""}, "title"),
        ({"hiringOrganization": {}}, "hiringOrganization"),
        ({"url": None}, "url"),
        ({"datePosted": "soon"}, "datePosted"),
        ({"validThrough": "Friday"}, "validThrough"),
    ],
)
def test_a_bad_job_posting_is_named_by_its_property(changes, column):
    assert posting(**changes).column == column


def test_postings_without_an_id_have_a_stable_one():
    first, second = posting(identifier=None), posting(identifier=None, description="Reworded.")
    assert first.external_id == second.external_id
    assert posting(identifier=None, title="Cook").external_id != first.external_id


@pytest.mark.parametrize(
    "field", [*POSTING, "applicantLocationRequirements", "responsibilities", "jobLocationType", "directApply"]
)
@pytest.mark.parametrize(
    "value",
    [
        None,
        "text",
        7,
        True,
        [],
        {},
        [None],
        [[]],
        [{}],
        {"name": {"name": 1}},
        {"value": {"value": {}}},
        {"address": [None, 7, "x"]},
    ],
)
def test_a_property_of_another_type_never_breaks_the_reading(field, value):
    page = read_page("import_json", "", json.dumps([{**POSTING, field: value}]).encode())
    assert len(page.rows) + page.skipped == 1
    pickle.dumps(page)


@pytest.mark.parametrize("content", [b"", b"null", b"7", b'"text"', b"{", b"<html>", b"\xff\xfe\x00", b"[" * 100_000])
async def test_a_file_that_is_no_json_of_postings_is_refused(boards, content):
    with pytest.raises(ValidationError, match=r"Expected (JSON|JobPosting)"):
        await read(boards, "import_json", content=content)


async def test_a_file_may_be_behind_an_address(boards):
    boards.document("/jobs.csv", CSV.encode("latin-1"), "text/csv; charset=latin-1")
    listing, _ = await read(boards, "import_csv", url=f"{boards.url}/jobs.csv")
    assert listing.title == "Baker"
    with pytest.raises(SourceError, match="found 404"):
        await read(boards, "import_csv", url=f"{boards.url}/gone.csv")
    boards.routes["/boss.csv"] = boards.Reply(200, "title,boss\na,b\n")
    with pytest.raises(SourceError, match="import_csv: Expected columns 'company'"):
        await read(boards, "import_csv", url=f"{boards.url}/boss.csv")
    with pytest.raises(SourceError, match="not a public address"):
        await read(boards, "import_json", url="https://169.254.169.254/latest")
    with pytest.raises(ValidationError, match="Expected a file or an address"):
        await read(boards, "import_json")


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("", ""),
        (None, ""),
        ("plain\n\n\n\ntext  here", "plain\n\ntext here"),
        ("x &lt; y &amp; z &lt;3", "x < y & z <3"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ("<div>a</div><div>b</div>tail", "a\nb\ntail"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul>\n <li>a <b>bold</b> one</li>\n <li><p>b</p></li></ul>", "- a bold one\n- b"),
        ("<h2>You</h2><ul><li>a</li></ul><h2>We</h2><p>b</p>", "You\n- a\n\nWe\n\nb"),
        ("<table><tr><th>a<td>b</tr><tr><td>c<td>d</tr></table>", "a b\nc d"),
        ('<p>see <a href="https://x.example">our page</a></p>', "see our page"),
        ("<script>alert(1)</script><style>p{}</style><p>ok</p><!-- no -->", "ok"),
        ('<img src="http://169.254.169.254/" onerror="x">ok<iframe src="//x"></iframe>', "ok"),
        ("<p>use &lt;div&gt; well</p>", "use <div> well"),
        ("<p>a\u200bb\x00c\u202ed\u00a0e</p>", "abcd e"),
        ("&amp;lt;p&amp;gt;x&amp;lt;/p&amp;gt;", "x"),
    ],
)
def test_markup_becomes_readable_text(markup, expected):
    assert plain_text(markup) == expected


@pytest.mark.parametrize(
    "contact",
    [
        "jane.doe@acme.example.com",
        "mailto:jane+jobs@acme.co.uk",
        "+49 30 1234567",
        "+1 (415) 555-0100",
        "(415) 555-0100",
        "415-555-0100",
        "Tel: 030 1234567",
        "phone 0171/1234567",
    ],
)
def test_a_recruiters_contact_is_not_kept(contact):
    text = plain_text(f"<p>Ask {contact} today.</p>")
    assert text.startswith("Ask ")
    assert text.endswith("today.")
    assert not any(part in text for part in ("@", "555", "1234567"))


@pytest.mark.parametrize(
    "fact",
    [
        "10,000,000 users",
        "2020-2024",
        "$120,000 - $180,000",
        "ISO 27001",
        "24/7",
        "call 3 times",
        "Python 3.12",
        "react@18",
    ],
)
def test_numbers_that_are_no_phone_stay(fact):
    assert plain_text(f"<p>{fact}</p>") == fact


@pytest.mark.parametrize(
    "piece", ["<div>", "<b>x", "<ul><li>", "<", "&amp;", "a@", "+1 ", "<!--", "<a href='", "1-", "<table>"]
)
def test_a_hostile_text_is_read_quickly(piece):
    started = time.perf_counter()
    plain_text(piece * 200_000)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_790_000_000, datetime.fromtimestamp(1_790_000_000, UTC)),
        (1_790_000_000_000, datetime.fromtimestamp(1_790_000_000, UTC)),
        ("1790000000", datetime.fromtimestamp(1_790_000_000, UTC)),
        ("2026-11-02", datetime(2026, 11, 2, tzinfo=UTC)),
        ("2026-11-02T10:00:00Z", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("2026-11-02 10:00:00 UTC", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("2026-11-02T10:00:00.123+02:00", datetime(2026, 11, 2, 8, 0, 0, 123_000, tzinfo=UTC)),
        ("Mon, 02 Nov 2026 10:00:00 GMT", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        *(
            (value, None)
            for value in (
                None,
                "",
                0,
                -1,
                True,
                "soon",
                "3 days ago",
                "11/02/2026",
                "2026-02-30",
                1e300,
                float("nan"),
                "9999-01-01",
                [],
                "0001-01-01",
            )
        ),
    ],
)
def test_a_moment_is_read_when_it_is_one(value, expected):
    assert moment(value) == expected
