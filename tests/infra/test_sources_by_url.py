"""One posting by its address or its pasted text, against a local server."""

import json

import pytest

from domain.errors import ValidationError
from domain.listings import SourceError
from domain.pay import Period
from domain.places import Workplace
from domain.provenance import Basis
from infra.egress import Egress, EgressPolicy
from infra.sources import SourceRegister
from infra.sources.by_url import read_url
from infra.sources.locating import Located, locate, locate_embedded
from infra.sources.pasted import read_pasted

ID = "5ac21346-8e0c-4494-8e7a-000000000007"
TEXT = "You keep a quay running and tidy. " * 12
POSTING = {
    "@context": "https://schema.org/",
    "@type": "JobPosting",
    "title": "Quay Engineer",
    "description": "&lt;p&gt;You keep a quay running &amp;amp; tidy.&lt;/p&gt;",
    "datePosted": "2026-11-02",
    "hiringOrganization": {"@type": "Organization", "name": "North Pier"},
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Oslo", "addressCountry": "NO"}},
    "baseSalary": {"currency": "NOK", "value": {"minValue": 700_000, "maxValue": 800_000, "unitText": "YEAR"}},
}


async def add(boards, path="/jobs/7", page=None, **server):
    if page is not None:
        boards.document(path, page.encode(), "text/html; charset=utf-8")
    policy = EgressPolicy(allow=(boards.host,), interval=0.0, backoff=0.0, attempts=1)
    names = ("greenhouse", "lever", "ashby", "workable", "recruitee", "personio", "teamtailor", "hackernews")
    async with Egress(policy) as egress:
        register = SourceRegister(egress, None, dict.fromkeys(names, boards.url))
        return await read_url(register, server.get("url") or f"{boards.url}{path}")


def html(*blocks, head="", body="<h1>Careers</h1>"):
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return f"<!doctype html><html><head><title>Jobs</title>{head}{scripts}</head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("url", "located"),
    [
        ("https://job-boards.greenhouse.io/pier/jobs/7?gh_src=x", Located("greenhouse", "pier", "7")),
        ("https://job-boards.eu.greenhouse.io/pier/jobs/7", Located("greenhouse", "pier", "7")),
        ("https://boards.greenhouse.io/embed/job_app?for=pier&token=7", Located("greenhouse", "pier", "7")),
        (f"https://jobs.lever.co/pier/{ID}/apply", Located("lever", "pier", ID)),
        (f"https://jobs.eu.lever.co/pier/{ID}", Located("lever", "pier", ID, "eu")),
        (f"https://jobs.ashbyhq.com/North%20Pier/{ID}/application", Located("ashby", "North Pier", ID)),
        ("https://apply.workable.com/pier/j/AB000007/", Located("workable", "pier", "AB000007")),
        ("https://pier.recruitee.com/o/quay-engineer/c/new", Located("recruitee", "pier", "quay-engineer")),
        ("https://pier.jobs.personio.com/job/7?language=en", Located("personio", "pier", "7", "com")),
        ("https://pier.na.teamtailor.com/jobs/7-quay", Located("teamtailor", "pier.na", "7")),
        ("https://news.ycombinator.com/item?id=7", Located("hackernews", "", "7")),
        ("https://pier.example/jobs/7", None),
        ("https://jobs.lever.co/pier", None),
        ("https://evil.example/jobs.lever.co/pier/" + ID, None),
    ],
)
def test_an_address_says_whose_posting_it_shows(url, located):
    assert locate(url) == located


def test_an_embedded_board_is_named_by_the_page():
    page = '<script src="https://boards.greenhouse.io/embed/job_board/js?for=pier"></script>'
    assert locate_embedded("https://pier.example/jobs?gh_jid=7", page) == Located("greenhouse", "pier", "7")
    frame = '<iframe src="https://job-boards.eu.greenhouse.io/embed/job_app?for=pier&amp;token=9">'
    assert locate_embedded("https://pier.example/jobs/x", frame) == Located("greenhouse", "pier", "9")
    ashby = f'<script src="https://jobs.ashbyhq.com/pier/embed?version=2"></script>'  # noqa: F541
    assert locate_embedded(f"https://pier.example/?ashby_jid={ID}", ashby) == Located("ashby", "pier", ID)
    assert locate_embedded("https://pier.example/jobs?gh_jid=7", "<p>nothing</p>") is None
    assert locate_embedded("https://pier.example/jobs?gh_jid=../x", page) is None


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("greenhouse", "https://boards.greenhouse.io/north-pier/jobs/7"),
        ("lever", f"https://jobs.lever.co/north-pier/{ID}"),
        ("ashby", f"https://jobs.ashbyhq.com/north-pier/{ID}"),
        ("workable", "https://apply.workable.com/north-pier/j/AB000007"),
        ("recruitee", "https://north-pier.recruitee.com/o/quay-engineer-7"),
        ("personio", "https://north-pier.jobs.personio.de/job/7"),
        ("teamtailor", "https://north-pier.teamtailor.com/jobs/7-quay-engineer"),
        ("hackernews", "https://news.ycombinator.com/item?id=40000007"),
    ],
)
async def test_a_known_address_is_asked_for_at_its_api(boards, load_boards, name, url):
    payloads = load_boards("payloads")
    row = payloads.row(name, 7)
    payloads.serve(boards, name, [payloads.row(name, 6), row])
    boards.json("/v1/boards/north-pier/jobs/7", row)
    boards.json(f"/v0/postings/north-pier/{ID}", row)
    boards.json("/api/offers/quay-engineer-7", {"offer": row})
    boards.json("/api/v1/items/40000007", {**row, "type": "comment"})
    listing = await add(boards, url=url)
    assert listing.source == name
    assert "7" in listing.external_id
    assert "running" in listing.description


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://boards.greenhouse.io/north-pier/jobs/7", "it has no open posting 7"),
        (f"https://jobs.ashbyhq.com/north-pier/{ID}", "has no open posting"),
    ],
)
async def test_a_posting_that_its_board_no_longer_has_is_gone(boards, load_boards, url, sentence):
    load_boards("payloads").serve(boards, "ashby", [])
    with pytest.raises((ValidationError, SourceError), match=sentence):
        await add(boards, url=url)


async def test_a_page_with_an_embedded_board_leads_to_the_boards_api(boards, load_boards):
    boards.json("/v1/boards/north-pier/jobs/7", load_boards("payloads").row("greenhouse", 7))
    page = html(
        body='<div id="grnhse_app"></div><script src="https://boards.greenhouse.io/embed/job_board/js?for=north-pier">'
    )
    boards.document("/careers", page.encode(), "text/html")
    listing = await add(boards, url=f"{boards.url}/careers?gh_jid=7")
    assert (listing.source, listing.board, listing.external_id) == ("greenhouse", "north-pier", "7")


@pytest.mark.parametrize(
    "block",
    [
        json.dumps(POSTING),
        json.dumps([{"@type": "WebSite"}, POSTING]),
        json.dumps({"@graph": [{"@type": "Organization", "name": "x"}, POSTING]}),
        json.dumps({"@type": "WebPage", "mainEntity": POSTING}),
        json.dumps({**POSTING, "@type": ["https://schema.org/JobPosting"]}),
        "<!-- " + json.dumps(POSTING) + " -->",
        json.dumps(POSTING)[:-1] + ",}",
        json.dumps(POSTING).replace("&lt;p&gt;", "&lt;p&gt;\n\t"),
        json.dumps(POSTING) + ";",
        json.dumps({**POSTING, "datePosted": "soon", "validThrough": "never"}),
    ],
)
async def test_a_page_is_read_by_its_data_however_it_is_written(boards, block):
    listing = await add(boards, page=html("{broken", block))
    assert (listing.source, listing.title, listing.company) == ("url", "Quay Engineer", "North Pier")
    assert listing.description.split() == ["You", "keep", "a", "quay", "running", "&", "tidy."]
    assert (listing.places[0].city, listing.places[0].country_code) == ("Oslo", "NO")
    assert (listing.pay.min, listing.pay.currency, listing.pay.period) == (700_000, "NOK", Period.YEAR)
    assert listing.url == f"{boards.url}/jobs/7"


async def test_the_same_data_twice_is_one_posting_and_two_need_a_choice(boards):
    assert (await add(boards, page=html(json.dumps(POSTING), json.dumps(POSTING)))).title == "Quay Engineer"
    other = {**POSTING, "title": "Cook"}
    with pytest.raises(ValidationError, match="found several"):
        await add(boards, "/list", html(json.dumps(POSTING), json.dumps(other)))
    own = {**other, "url": f"{boards.url}/jobs/8?utm_source=x"}
    assert (await add(boards, "/jobs/8", html(json.dumps(POSTING), json.dumps(own)))).title == "Cook"


async def test_a_page_without_data_is_read_as_text(boards):
    head = '<meta property="og:site_name" content="North Pier">'
    body = f"<nav>Home</nav><main><h1>Quay Engineer</h1><p>{TEXT}</p></main><footer>Imprint</footer>"
    listing = await add(boards, page=html(head=head, body=body))
    assert (listing.title, listing.company, listing.company_basis) == ("Quay Engineer", "North Pier", Basis.INFERRED)
    assert listing.description.endswith("running and tidy.")
    assert "Imprint" not in listing.description
    again = await add(boards, page=html(head=head, body=body))
    assert again.external_id == listing.external_id


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (html(body='<form><input type="password"></form>'), "asks for a sign-in"),
        (html(body="<div id=root></div>"), "shows no text without a browser"),
        ("<title>Just a moment...</title><p>Checking your browser</p>", "a check for robots"),
        ("", "shows no text"),
        ("<div>" * 100_000, "nests without end"),
    ],
)
async def test_a_page_that_shows_no_posting_says_so(boards, page, sentence):
    with pytest.raises(ValidationError, match=sentence):
        await add(boards, page=page)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        ({"status": 404}, "no such page"),
        ({"status": 401}, "asks for a sign-in"),
        ({"status": 403}, "does not let programs read"),
        ({"status": 302, "headers": {"Location": "/login?next=/jobs/7"}}, "asks for a sign-in"),
        ({"status": 302, "headers": {"Location": "https://169.254.169.254/latest"}}, "not a public address"),
        ({"status": 500}, "answered 500"),
        ({"headers": {"Content-Type": "application/pdf"}}, "found application/pdf"),
    ],
)
async def test_a_page_that_cannot_be_had_says_why(boards, reply, sentence):
    boards.routes["/jobs/7"] = boards.Reply(**{"body": html(), **reply})
    boards.routes["/login"] = boards.Reply(200, html(), {"Content-Type": "text/html"})
    with pytest.raises((ValidationError, SourceError), match=sentence):
        await add(boards)


@pytest.mark.parametrize("url", ["", "jobs.example/7", "javascript:alert(1)", "file:///etc/passwd", "ftp://x.example/"])
async def test_what_is_no_web_address_is_refused(boards, url):
    with pytest.raises(ValidationError, match="Expected the http"):
        await add(boards, url=url or " ")
    assert boards.log == []


def test_a_pasted_text_is_read_by_its_labels_and_first_line():
    said = f"Quay Engineer at North Pier\nLocation: Oslo, Norway (Hybrid)\n\n{TEXT}\nSalary: €60,000 - €70,000 per year"
    listing = read_pasted(said, None, None, None)
    assert (listing.title, listing.company, listing.workplace) == ("Quay Engineer", "North Pier", Workplace.HYBRID)
    assert listing.places[0].country_code == "NO"
    assert (listing.pay.min, listing.pay.currency) == (60_000, "EUR")
    assert listing.url.startswith("urn:pasted:")
    assert read_pasted(said, "Other", None, "https://x.example/1").title == "Other"
    labelled = read_pasted(f"Company: Pier\nJob title: Cook\n{TEXT}", None, None, None)
    assert (labelled.title, labelled.company) == ("Cook", "Pier")


@pytest.mark.parametrize(
    ("said", "missing"), [(f"Quay Engineer\n{TEXT}", "company"), ("short", "text"), (TEXT, "title")]
)
def test_a_pasted_text_that_hides_its_employer_is_asked_about(said, missing):
    with pytest.raises(ValidationError, match=missing):
        read_pasted(said, None, None, None)
