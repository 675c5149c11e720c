"""What each board answers: rows of the shapes that their documentation shows, and a server that speaks all of them.

`row(source, number)` is a posting, `document(source, rows)` an answer, `serve(server, source, rows)` the API.
Employers, texts and addresses are invented. Loaded by path, since tests are no package.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

BOARD = "north-pier"
_START = datetime(2026, 11, 1, 9, tzinfo=UTC)
_BODY = "<p>You keep quay number {n} running &amp; tidy.</p><h3>You bring</h3><ul><li>Go</li><li>SQL</li></ul>"
_PLAIN = "You keep quay number {n} running & tidy.\n\nYou bring\n- Go\n- SQL"


def uuid_of(n: int) -> str:
    return f"5ac21346-8e0c-4494-8e7a-{n:012d}"


def posted(n: int) -> datetime:
    return _START - timedelta(hours=n % 400)


def body(n: int) -> str:
    return _BODY.format(n=n)


def plain(n: int) -> str:
    return _PLAIN.format(n=n)


def _ashby(n: int) -> dict[str, Any]:
    url = f"https://jobs.ashbyhq.com/{BOARD}/{uuid_of(n)}"
    salary = {"compensationType": "Salary", "interval": "1 YEAR", "currencyCode": "USD"}
    equity = {"compensationType": "EquityPercentage", "interval": "NONE", "currencyCode": None}
    parts = [{**salary, "minValue": 120_000, "maxValue": 150_000}, {**equity, "minValue": None, "maxValue": None}]
    return {
        "id": uuid_of(n),
        "title": f"Quay Engineer {n}",
        "department": "Engineering",
        "team": "Quays",
        "employmentType": "FullTime",
        "location": "San Francisco",
        "secondaryLocations": [{"location": "Berlin", "address": {"addressCountry": "Germany"}}],
        "address": {
            "postalAddress": {
                "addressLocality": "San Francisco",
                "addressRegion": "California",
                "addressCountry": "United States",
            }
        },
        "isRemote": True,
        "workplaceType": "Hybrid",
        "publishedAt": posted(n).isoformat(),
        "isListed": True,
        "jobUrl": url,
        "applyUrl": f"{url}/application",
        "descriptionHtml": body(n),
        "descriptionPlain": plain(n),
        "shouldDisplayCompensationOnJobPostings": True,
        "compensation": {
            "compensationTierSummary": "$120K – $150K • Offers Equity",
            "scrapeableCompensationSalarySummary": "$120K - $150K",
            "compensationTiers": [{"id": "1", "title": "One", "components": parts}],
            "summaryComponents": parts,
        },
    }


def _workable(n: int) -> dict[str, Any]:
    code = f"AB{n:06d}"
    return {
        "title": f"Quay Engineer {n}",
        "shortcode": code,
        "code": f"Q-{n}",
        "employment_type": "Full-time",
        "telecommuting": False,
        "department": "Engineering",
        "url": f"https://apply.workable.com/j/{code}",
        "shortlink": f"https://apply.workable.com/j/{code}",
        "application_url": f"https://apply.workable.com/j/{code}/apply",
        "published_on": posted(n).date().isoformat(),
        "created_at": posted(n).date().isoformat(),
        "country": "Greece",
        "city": "Athens",
        "state": "Attica",
        "industry": "Shipping",
        "function": "Engineering",
        "experience": "Mid-Senior level",
        "education": "",
        "locations": [
            {"country": "Greece", "countryCode": "GR", "city": "Athens", "region": "Attica", "hidden": False},
            {"country": "Italy", "countryCode": "IT", "city": "Rome", "region": "Lazio", "hidden": True},
        ],
        "description": body(n),
    }


def _recruitee(n: int) -> dict[str, Any]:
    page = f"https://{BOARD}.recruitee.com/o/quay-engineer-{n}"
    return {
        "id": n,
        "slug": f"quay-engineer-{n}",
        "title": f"Quay Engineer {n}",
        "company_name": "North Pier",
        "department": "Engineering",
        "description": body(n),
        "requirements": "<p>Patience.</p>",
        "salary": {"min": "3500", "max": "4200", "period": "month", "currency": "EUR"},
        "remote": False,
        "hybrid": True,
        "on_site": False,
        "location": "Amsterdam, Noord-Holland, Netherlands",
        "city": "Amsterdam",
        "country": "Netherlands",
        "country_code": "NL",
        "state_code": "NH",
        "published_at": posted(n).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "created_at": "2026-01-01 08:00:00 UTC",
        "updated_at": posted(n).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "close_at": None,
        "careers_url": page,
        "careers_apply_url": f"{page}/c/new",
        "employment_type_code": "fulltime_permanent",
        "experience_code": "mid_level",
    }


def _personio(n: int) -> dict[str, Any]:
    return {
        "id": str(n),
        "subcompany": "North Pier GmbH",
        "office": "München",
        "additionalOffices": ["Berlin"],
        "department": "Engineering",
        "recruitingCategory": "Tech",
        "name": f"Quay Engineer & Planner {n}",
        "jobDescriptions": [{"name": "Your tasks", "value": body(n)}],
        "employmentType": "permanent",
        "seniority": "experienced",
        "schedule": "full-time",
        "yearsOfExperience": "2-5",
        "createdAt": posted(n).isoformat(),
    }


def _teamtailor(n: int) -> dict[str, Any]:
    url = f"https://{BOARD}.teamtailor.com/jobs/{n}-quay-engineer"
    return {
        "id": str(n),
        "title": f"Quay Engineer {n}",
        "url": url,
        "date_published": posted(n).isoformat(),
        "content_html": body(n),
        "_jobposting": {
            "@context": "https://schema.org",
            "@type": "JobPosting",
            "title": f"Quay Engineer {n}",
            "description": body(n),
            "datePosted": posted(n).date().isoformat(),
            "employmentType": "FULL_TIME",
            "hiringOrganization": {"@type": "Organization", "name": "North Pier AB"},
            "jobLocation": [
                {
                    "@type": "Place",
                    "address": {
                        "@type": "PostalAddress",
                        "addressLocality": "Stockholm",
                        "addressRegion": "Stockholm County",
                        "addressCountry": "SE",
                    },
                }
            ],
        },
    }


def _remoteok(n: int) -> dict[str, Any]:
    url = f"https://remoteok.com/remote-jobs/remote-quay-engineer-north-pier-{n}"
    return {
        "slug": f"remote-quay-engineer-north-pier-{n}",
        "id": str(n),
        "epoch": int(posted(n).timestamp()),
        "date": posted(n).isoformat(),
        "company": "North Pier",
        "company_logo": "",
        "position": f"Quay Engineer {n}",
        "tags": ["golang", "sql"],
        "description": body(n),
        "location": "Worldwide",
        "apply_url": url,
        "salary_min": 0,
        "salary_max": 0,
        "url": url,
    }


def _remotive(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "url": f"https://remotive.com/remote-jobs/software-dev/quay-engineer-{n}",
        "title": f"Quay Engineer {n}",
        "company_name": "North Pier",
        "category": "Software Development",
        "tags": ["go"],
        "job_type": "full_time",
        "publication_date": posted(n).strftime("%Y-%m-%dT%H:%M:%S"),
        "candidate_required_location": "USA, Canada",
        "salary": "USD 90k - 110k per year",
        "description": body(n),
    }


def _arbeitnow(n: int) -> dict[str, Any]:
    return {
        "slug": f"quay-engineer-{n}",
        "company_name": "North Pier GmbH",
        "title": f"Quay Engineer {n}",
        "description": escape(escape(body(n))),
        "remote": False,
        "url": f"https://www.arbeitnow.com/jobs/companies/north-pier/quay-engineer-{n}",
        "tags": ["Engineering"],
        "job_types": ["full-time"],
        "location": "Hamburg",
        "created_at": int(posted(n).timestamp()),
    }


def _himalayas(n: int) -> dict[str, Any]:
    page = f"https://himalayas.app/companies/north-pier/jobs/quay-engineer-{n}"
    return {
        "title": f"Quay Engineer {n}",
        "excerpt": "You keep a quay running.",
        "companyName": "North Pier",
        "companySlug": "north-pier",
        "employmentType": "Full Time",
        "minSalary": 90_000,
        "maxSalary": 110_000,
        "currency": "USD",
        "salaryPeriod": "annual",
        "seniority": ["Mid-level"],
        "locationRestrictions": ["United States", "Korea, Republic of"],
        "timezoneRestrictions": [-5, -6],
        "categories": ["Engineering"],
        "description": body(n),
        "pubDate": int(posted(n).timestamp()),
        "expiryDate": int((posted(n) + timedelta(days=60)).timestamp()),
        "applicationLink": f"{page}/apply",
        "guid": page,
    }


def _jobicy(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "url": f"https://jobicy.com/jobs/{n}-quay-engineer",
        "jobSlug": f"{n}-quay-engineer",
        "jobTitle": f"Quay Engineer {n} &#8211; Harbour",
        "companyName": "North Pier",
        "jobIndustry": ["Software Engineering"],
        "jobType": ["full-time"],
        "jobGeo": "Europe",
        "jobLevel": "Midweight",
        "jobExcerpt": "You keep a quay running.",
        "jobDescription": body(n),
        "pubDate": posted(n).strftime("%Y-%m-%d %H:%M:%S"),
        "salaryMin": 60_000,
        "salaryMax": 80_000,
        "salaryCurrency": "EUR",
        "salaryPeriod": "yearly",
    }


def _hackernews(n: int) -> dict[str, Any]:
    link = (
        f'<a href="https:&#x2F;&#x2F;pier{n}.example&#x2F;careers" rel="nofollow">https:&#x2F;&#x2F;pier{n}.example</a>'
    )
    head = f"North Pier {n} (YC S21) | Quay Engineer | Berlin, Germany | ONSITE | Full-time | €70k - €90k | {link}"
    return {
        "id": 40_000_000 + n,
        "author": "somebody",
        "text": f"{head}<p>You keep quay number {n} running &amp; tidy.<p>You bring Go &amp; SQL.",
        "created_at": posted(n).isoformat().replace("+00:00", ".000Z"),
        "children": [],
    }


def _adzuna(n: int) -> dict[str, Any]:
    return {
        "id": str(n),
        "title": f"Quay Engineer {n}",
        "description": plain(n)[:500],
        "company": {"display_name": "North Pier Ltd"},
        "location": {"display_name": "Leeds, West Yorkshire", "area": ["UK", "Yorkshire", "Leeds"]},
        "salary_min": 45_000,
        "salary_max": 55_000,
        "salary_is_predicted": "0",
        "contract_type": "permanent",
        "contract_time": "full_time",
        "category": {"label": "IT Jobs", "tag": "it-jobs"},
        "created": posted(n).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "redirect_url": f"https://www.adzuna.co.uk/jobs/land/ad/{n}",
    }


def _usajobs(n: int) -> dict[str, Any]:
    return {
        "MatchedObjectId": str(n),
        "MatchedObjectDescriptor": {
            "PositionID": f"NP-{n}",
            "PositionTitle": f"Quay Engineer {n}",
            "PositionURI": f"https://www.usajobs.gov/job/{n}",
            "ApplyURI": [f"https://www.usajobs.gov/job/{n}/apply"],
            "PositionLocation": [
                {"LocationName": "Norfolk, Virginia", "CountryCode": "United States", "CityName": "Norfolk, Virginia"}
            ],
            "OrganizationName": "Harbour Service",
            "DepartmentName": "Department of Quays",
            "PositionSchedule": [{"Name": "Full-time", "Code": "1"}],
            "PositionRemuneration": [{"MinimumRange": "80000.0", "MaximumRange": "99000.0", "RateIntervalCode": "PA"}],
            "PublicationStartDate": posted(n).strftime("%Y-%m-%dT%H:%M:%S.0000"),
            "ApplicationCloseDate": "2026-12-24T23:59:59.9970",
            "QualificationSummary": "Go and SQL.",
            "UserArea": {"Details": {"JobSummary": f"You keep quay number {n} running.", "RemoteIndicator": False}},
        },
    }


def _themuse(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "name": f"Quay Engineer {n}",
        "contents": body(n),
        "type": "external",
        "publication_date": posted(n).isoformat().replace("+00:00", "Z"),
        "short_name": f"quay-engineer-{n}",
        "locations": [{"name": "Chicago, IL"}],
        "categories": [{"name": "Software Engineering"}],
        "levels": [{"name": "Mid Level", "short_name": "mid"}],
        "tags": [],
        "refs": {"landing_page": f"https://www.themuse.com/jobs/northpier/quay-engineer-{n}"},
        "company": {"id": 1, "short_name": "northpier", "name": "North Pier"},
    }


def _smartrecruiters(n: int) -> dict[str, Any]:
    return {
        "id": str(n),
        "uuid": uuid_of(n),
        "name": f"Quay Engineer {n}",
        "refNumber": f"REF{n}",
        "releasedDate": posted(n).isoformat().replace("+00:00", "Z"),
        "location": {
            "city": "Kraków",
            "region": "Lesser Poland",
            "country": "pl",
            "remote": False,
            "hybrid": True,
            "fullLocation": "Kraków, Lesser Poland, Poland",
        },
        "company": {"identifier": BOARD, "name": "North Pier"},
        "department": {"id": "1", "label": "Engineering"},
        "typeOfEmployment": {"id": "permanent", "label": "Full-time"},
        "experienceLevel": {"id": "mid", "label": "Mid-Senior Level"},
        "creator": {"name": "A Person"},
        "jobAd": {"sections": {"jobDescription": {"title": "Job Description", "text": body(n)}}},
    }


def _weworkremotely(n: int) -> dict[str, Any]:
    return {
        "title": f"North Pier: Quay Engineer {n}",
        "region": "Anywhere in the World",
        "category": "Programming",
        "type": "Full-Time",
        "description": body(n),
        "pubDate": posted(n).strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "guid": f"https://weworkremotely.com/remote-jobs/north-pier-{n}",
        "link": f"https://weworkremotely.com/remote-jobs/north-pier-{n}",
    }


def _greenhouse(n: int) -> dict[str, Any]:
    return {
        "id": n,
        "internal_job_id": n,
        "title": f"Quay Engineer {n}",
        "updated_at": posted(n).isoformat(),
        "first_published": posted(n).isoformat(),
        "requisition_id": str(n),
        "location": {"name": "Berlin, Germany"},
        "absolute_url": f"https://boards.greenhouse.io/{BOARD}/jobs/{n}",
        "company_name": "North Pier",
        "content": escape(body(n)),
        "departments": [{"id": 1, "name": "Engineering"}],
        "offices": [],
    }


def _lever(n: int) -> dict[str, Any]:
    return {
        "id": uuid_of(n),
        "text": f"Quay Engineer {n}",
        "categories": {"location": "Rotterdam", "commitment": "Full-time", "team": "Quays"},
        "country": "NL",
        "description": body(n),
        "hostedUrl": f"https://jobs.lever.co/{BOARD}/{uuid_of(n)}",
        "applyUrl": f"https://jobs.lever.co/{BOARD}/{uuid_of(n)}/apply",
        "workplaceType": "unspecified",
        "createdAt": int(posted(n).timestamp() * 1000),
    }


ROWS = {
    "greenhouse": _greenhouse,
    "lever": _lever,
    "ashby": _ashby,
    "workable": _workable,
    "recruitee": _recruitee,
    "personio": _personio,
    "teamtailor": _teamtailor,
    "remoteok": _remoteok,
    "remotive": _remotive,
    "arbeitnow": _arbeitnow,
    "himalayas": _himalayas,
    "jobicy": _jobicy,
    "hackernews": _hackernews,
    "adzuna": _adzuna,
    "usajobs": _usajobs,
    "themuse": _themuse,
    "smartrecruiters": _smartrecruiters,
    "weworkremotely": _weworkremotely,
}
WHOLE = {
    "greenhouse": f"/v1/boards/{BOARD}/jobs",
    "lever": f"/v0/postings/{BOARD}",
    "ashby": f"/posting-api/job-board/{BOARD}",
    "workable": f"/api/v1/widget/accounts/{BOARD}",
    "recruitee": "/api/offers/",
    "personio": "/xml",
    "teamtailor": "/jobs.json",
    "remoteok": "/api",
    "remotive": "/api/remote-jobs",
    "jobicy": "/api/v2/remote-jobs",
    "weworkremotely": "/remote-jobs.rss",
}
FIRST = {
    **WHOLE,
    "arbeitnow": "/api/job-board-api",
    "himalayas": "/jobs/api",
    "hackernews": "/api/v1/search_by_date",
    "adzuna": "/v1/api/jobs/us/search/1",
    "usajobs": "/api/search",
    "themuse": "/api/public/jobs",
    "smartrecruiters": f"/v1/companies/{BOARD}/postings",
}
LEGAL = {"last_updated": 1, "legal": "API Terms of Service: please link back"}
THREAD = 41_000_001


def row(source: str, n: int = 1, /, **changes: Any) -> dict[str, Any]:
    return {**ROWS[source](n), **changes}


def document(source: str, rows: list[Any], **rest: Any) -> bytes:
    """An answer with these rows; `rest` is what it says beside them."""
    if source == "personio":
        return personio_xml(rows)
    if source == "weworkremotely":
        return rss(rows)
    found: Any = {
        "lever": rows,
        "remoteok": [LEGAL, *rows],
        "workable": {"name": "North Pier", "description": "", "jobs": rows},
        "recruitee": {"offers": rows},
        "teamtailor": {"version": "https://jsonfeed.org/version/1.1", "title": "North Pier AB", "items": rows},
        "remotive": {"0-legal-notice": "Link back", "job-count": len(rows), "jobs": rows},
        "arbeitnow": {"data": rows, "links": {"next": None}, "meta": {}},
        "himalayas": {"offset": 0, "limit": 20, "totalCount": len(rows), "jobs": rows},
        "hackernews": {"id": THREAD, "type": "story", "title": "Ask HN: Who is hiring?", "children": rows},
        "adzuna": {"count": len(rows), "results": rows},
        "usajobs": {"SearchResult": {"SearchResultItems": rows, "UserArea": {"NumberOfPages": "1"}}},
        "themuse": {"page": 1, "page_count": 1, "results": rows},
        "smartrecruiters": {"limit": 100, "offset": 0, "totalFound": len(rows), "content": rows},
    }.get(source, {"jobs": rows})
    return json.dumps({**found, **rest} if isinstance(found, dict) else found).encode()


def personio_xml(rows: list[Any]) -> bytes:
    positions = []
    for held in rows:
        fields = []
        for name, value in (held or {}).items():
            if name in {"additionalOffices", "jobDescriptions"} and not isinstance(value, list):
                continue
            if name == "additionalOffices":
                fields.append(f"<{name}>{''.join(f'<office>{escape(str(o))}</office>' for o in value or [])}</{name}>")
            elif name == "jobDescriptions":
                sections = (
                    f"<jobDescription><name>{escape(str(s['name']))}</name><value><![CDATA[{s['value']}]]></value></jobDescription>"
                    for s in value or []
                )
                fields.append(f"<{name}>{''.join(sections)}</{name}>")
            elif value is not None:
                fields.append(f"<{name}>{escape(str(value))}</{name}>")
        positions.append(f"<position>{''.join(fields)}</position>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<workzag-jobs>{"".join(positions)}</workzag-jobs>'.encode()


def rss(rows: list[Any]) -> bytes:
    items = ("".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in (held or {}).items()) for held in rows)
    written = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{written}</channel></rss>'.encode()


def serve(server: Any, source: str, rows: list[dict[str, Any]]) -> None:
    """Install the source's API: whole boards with an ETag, paged ones page by page."""
    kind = "application/xml" if source in {"personio", "weworkremotely"} else "application/json; charset=utf-8"
    if source in WHOLE:
        server.document(WHOLE[source], document(source, rows), kind)
    elif source == "hackernews":
        others = ("Ask HN: Freelancer? Seeking freelancer?", "Ask HN: Who wants to be hired? (November 2026)")
        hits = [{"objectID": str(THREAD + i), "title": t, "created_at": "2026-11-02"} for i, t in enumerate(others, 1)]
        hits.append(
            {"objectID": str(THREAD), "title": "Ask HN: Who is hiring? (November 2026)", "created_at": "2026-11-02"}
        )
        hits.append({"objectID": "7", "title": "Ask HN: Who is hiring? (October 2026)", "created_at": "2026-10-01"})
        server.json("/api/v1/search_by_date", {"hits": hits})
        server.document(f"/api/v1/items/{THREAD}", document(source, rows), kind)
    elif source == "smartrecruiters":
        listed = [{name: value for name, value in held.items() if name != "jobAd"} for held in rows]
        _paged(server, FIRST[source], listed, 100, "offset", source)
        for held in rows:
            server.json(f"{FIRST[source]}/{held['id']}", held)
    elif source == "adzuna":
        for page in range(1, len(rows) // 50 + 2):
            part = rows[(page - 1) * 50 : page * 50]
            server.document(f"/v1/api/jobs/us/search/{page}", document(source, part, count=len(rows)), kind)
    elif source == "himalayas":
        _paged(server, "/jobs/api", rows, 20, "offset", source)
        _paged(server, "/jobs/api/search", rows, 20, "page", source)
    else:
        sizes = {"arbeitnow": 175, "usajobs": 250, "themuse": 20}
        _paged(server, FIRST[source], rows, sizes[source], "Page" if source == "usajobs" else "page", source)


def _paged(server: Any, path: str, rows: list[Any], size: int, name: str, source: str) -> None:
    def answer(asked: Any) -> Any:
        given = int(asked.query.get(name, ["0" if name == "offset" else "1"])[0])
        start = given if name == "offset" else (given - 1) * size
        part = rows[start : start + size]
        pages = -(-len(rows) // size)
        rest: dict[str, Any] = {
            "arbeitnow": {"links": {"next": "https://evil.example/" if start + size < len(rows) else None}},
            "himalayas": {"totalCount": len(rows), "offset": start},
            "usajobs": {"SearchResult": {"SearchResultItems": part, "UserArea": {"NumberOfPages": str(pages)}}},
            "themuse": {"page": given, "page_count": pages},
            "smartrecruiters": {"totalFound": len(rows), "offset": start},
        }[source]
        return server.Reply(200, document(source, part, **rest))

    server.routes[path] = answer
