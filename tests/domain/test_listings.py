import json
import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from domain.employment_types import EmploymentType, read_employment_type
from domain.listings import Listing, RefusedRow, SourceError
from domain.pay import Pay, Period
from domain.places import Place, Workplace
from domain.provenance import Basis


def listing(**changes):
    facts = {
        "source": "greenhouse",
        "board": "acme",
        "external_id": "127",
        "title": "Ingénieure données — 東京",
        "company": "Acme",
        "url": "https://jobs.example.com/127",
        "description": "Build things.\n- Every day",
        "places": (Place("Berlin, DE", "Berlin", None, "DE"), Place("Moon base")),
        "workplace": Workplace.HYBRID,
        "workplace_basis": Basis.PARSED,
        "remote_regions": ("DE", "EUROPE"),
        "remote_basis": Basis.STATED,
        "pay": Pay(1, 2.5, "EUR", Period.HOUR, Basis.STATED, "1-2.5 €"),
        "employment_type": EmploymentType.PART_TIME,
        "posted_at": datetime(2026, 11, 1, 8, tzinfo=UTC),
        "posted_basis": Basis.STATED,
        "raw": {"id": 127, "nested": [{"a": None}]},
    }
    return Listing(**{**facts, **changes})


def test_a_listing_survives_json_and_pickling():
    for given in (listing(), Listing("s", "1", "t", "c", "u"), listing(remote_regions=(), pay=None, sample=True)):
        assert Listing.from_json(json.loads(json.dumps(given.to_json()))) == given
        assert pickle.loads(pickle.dumps(given)) == given


def test_unknown_and_worldwide_stay_apart_in_json():
    assert listing(remote_regions=None).to_json()["remote_regions"] is None
    assert listing(remote_regions=()).to_json()["remote_regions"] == []


def test_a_listing_has_its_places_in_the_words_of_the_source():
    assert listing().locations == ("Berlin, DE", "Moon base")


@pytest.mark.parametrize(
    "change",
    [
        {"updated_at": datetime(2026, 11, 2, tzinfo=UTC)},
        {"raw": {}},
        {"description": "Build   things. - Every day "},
        {"places": tuple(reversed(listing().places))},
        {"external_id": "128"},
    ],
)
def test_what_an_applicant_is_not_told_leaves_the_content_hash(change):
    assert replace(listing(), **change).content_hash == listing().content_hash


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Ingénieur données — 東京"},
        {"description": "Build other things."},
        {"places": ()},
        {"workplace": None},
        {"remote_regions": None},
        {"pay": Pay(1, 3, "EUR", Period.HOUR)},
        {"employment_type": None},
        {"closes_at": datetime(2026, 12, 1, tzinfo=UTC)},
        {"apply_url": "https://jobs.example.com/127/apply"},
        {"description": "\ud800"},
    ],
)
def test_what_an_applicant_is_told_moves_the_content_hash(change):
    assert replace(listing(), **change).content_hash != listing().content_hash


def test_a_refused_row_is_told_in_a_sentence():
    refused = RefusedRow("import_csv", "is missing or empty", 7, "company")
    assert refused.sentence == "import_csv, row 7, company: is missing or empty"
    assert (
        RefusedRow("lever", "expected an object, found null", 1).sentence
        == "lever, row 1: expected an object, found null"
    )


def test_a_source_that_is_down_names_itself():
    error = SourceError.of("lever", "acme", "api.lever.co answered 500")
    assert (error.message, error.code) == ("lever (acme): api.lever.co answered 500", "EXTERNAL_SERVICE_ERROR")
    assert SourceError.of("remoteok", None, "x").message == "remoteok: x"
    assert pickle.loads(pickle.dumps(error)).details == error.details


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Full-time", EmploymentType.FULL_TIME),
        ("FULL_TIME", EmploymentType.FULL_TIME),
        ("Full-time, Permanent", EmploymentType.FULL_TIME),
        ("Regular Full Time (Salary)", None),
        ("Contractor", EmploymentType.CONTRACT),
        ("Vollzeit", EmploymentType.FULL_TIME),
        ("Intern", EmploymentType.INTERNSHIP),
        ("Full-time or part-time", None),
        ("Permanent", None),
        ("", None),
        (None, None),
        ("🚀", None),
    ],
)
def test_an_employment_type_is_read_when_the_words_name_one(text, expected):
    assert read_employment_type(text) is expected
