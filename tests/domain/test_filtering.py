"""Filters: each rule drops with its reason; what a posting does not say never drops it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.employment_types import EmploymentType
from domain.filtering import UNKNOWN_PAY, Decision, PostingFacts, Rule, decide, seniority_of
from domain.filters import Filters, Seniority
from domain.pay import Pay, Period, parse_pay
from domain.places import read_location
from domain.time_zones import find_offsets

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def posting(**facts: Any) -> PostingFacts:
    where = read_location(facts.pop("location", None))
    given = {
        "title": "Data Engineer",
        "company": "Acme GmbH",
        "description": "",
        "posted_at": NOW,
        "places": where.places,
        "workplace": where.workplace,
        "remote_regions": where.remote_regions,
    }
    return PostingFacts(**(given | facts))


def decision(filters: dict[str, Any], **facts: Any) -> Decision:
    return decide(Filters.model_validate(filters), posting(**facts), NOW)


def dropped_by(filters: dict[str, Any], **facts: Any) -> Rule | None:
    return decision(filters, **facts).rule


@pytest.mark.parametrize(
    ("rule", "title", "is_in"),
    [
        ("engineer", "Data Engineer (m/w/d)", True),
        ("engineer", "Engineering Manager", False),
        ("engineer*", "Engineering Manager", True),
        ("front-end developer", "Senior Front End Developer", True),
        ("data engineer", "Engineer, Data", False),
        ("C++", "C++ Developer", True),
        ("C", "C++ Developer", False),
        (".net", "Senior .NET Developer", True),
        ("programme manager", "Program Manager", True),
        ("Pflegefachkraft", "PFLEGEFACHKRAFT gesucht", True),
        ("*", "anything", None),
        ("—", "anything", None),
    ],
)
def test_a_title_rule_is_words_in_a_row(rule: str, title: str, is_in: bool | None) -> None:
    if is_in is None:
        with pytest.raises(ValidationError, match="expected words"):
            Filters(title_exclude=[rule])
        return
    assert (dropped_by({"title_exclude": [rule]}, title=title) is Rule.TITLE_EXCLUDE) is is_in
    assert (dropped_by({"title_include": [rule]}, title=title) is None) is is_in


def test_a_blocked_company_is_dropped_whatever_its_legal_form() -> None:
    found = decision({"blocked_companies": ["ACME Inc."]})
    assert found.rule is Rule.COMPANY
    assert found.reason == "company: Acme GmbH is on your block list"
    assert dropped_by({"blocked_companies": ["Acme Labs"]}) is None


def test_age_drops_what_is_older_and_marks_what_has_no_date() -> None:
    old = NOW - timedelta(hours=73)
    found = decision({"max_age_hours": 72}, posted_at=old)
    assert found.rule is Rule.AGE
    assert "more than 72 hours ago" in str(found.reason)
    assert decision({"max_age_hours": 72}, posted_at=None).unknown == ("when it was posted is not stated",)
    assert decision({"max_age_hours": 72}, posted_at=NOW - timedelta(hours=72)) == Decision()


def test_employment_type_and_seniority_drop_only_what_is_stated() -> None:
    wanted = {"employment_types": ["full_time"]}
    assert dropped_by(wanted, employment_type=EmploymentType.CONTRACT) is Rule.EMPLOYMENT_TYPE
    assert decision(wanted, employment_type=EmploymentType.FULL_TIME) == Decision()
    assert decision(wanted).unknown == ("the employment type is not stated",)
    assert dropped_by({"seniorities": ["mid"]}, title="Senior Data Engineer") is Rule.SENIORITY
    assert dropped_by({"seniorities": ["mid"]}, seniority="Mid-Level") is None
    assert decision({"seniorities": ["mid"]}).unknown == ("the seniority is not stated",)
    assert seniority_of("Staff Nurse", None) is None
    assert seniority_of("Working Student Marketing", "internship") is Seniority.INTERN


@pytest.mark.parametrize(
    ("wanted", "location", "outcome"),
    [
        ("Berlin", "Berlin, Germany", "in"),
        ("Germany", "Munich, Germany", "in"),
        ("Berlin, Germany", "Munich, Germany", "out"),
        ("Berlin, Germany", "Paris, France; Berlin, Germany", "in"),
        ("Berlin, Germany", "Germany", "unknown"),
        ("Berlin, Germany", "Springfield", "unknown"),
        ("Berlin, Germany", None, "unknown"),
        ("Cambridge", "Cambridge", "in"),
        ("Cambridge", "Berlin, Germany", "out"),
        ("Berlin, Germany", "Remote - US", "in"),
        ("Berlin, Germany", "Hybrid - Paris, France", "out"),
    ],
)
def test_a_place_drops_only_what_is_certainly_elsewhere(wanted: str, location: str | None, outcome: str) -> None:
    found = decision({"places": [wanted]}, location=location)
    assert (found.rule is Rule.PLACE) is (outcome == "out")
    assert bool(found.unknown) is (outcome == "unknown")


@pytest.mark.parametrize(
    ("home", "location", "outcome"),
    [
        ("Germany", "Remote - Europe", "in"),
        ("Switzerland", "Remote - DACH", "in"),
        ("Germany", "Remote - US", "out"),
        ("Austin, Texas", "Remote - California, United States", "out"),
        ("United States", "Remote - California, United States", "unknown"),
        ("Kenya", "Remote - EMEA", "in"),
        ("Brazil", "Remote - EMEA", "out"),
        ("Brazil", "Remote - Americas", "in"),
        ("Germany", "Remote, Worldwide", "in"),
        ("Germany", "Remote", "unknown"),
        ("Germany", "New York, NY", "in"),
    ],
)
def test_a_remote_job_is_dropped_when_it_is_not_open_to_where_one_lives(home: str, location: str, outcome: str) -> None:
    found = decision({"remote_from": [home]}, location=location)
    assert (found.rule is Rule.REMOTE_REGION) is (outcome == "out")
    assert bool(found.unknown) is (outcome == "unknown")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("You work within three hours of CET.", "in"),
        ("Time zones: UTC-8 to UTC-4.", "out"),
        ("Time zones: UTC-8 to UTC+2.", "in"),
        ("Overlap of four hours with US Pacific time is needed.", "out"),
        ("Our core hours are 10:00 to 15:00 GMT+1.", "in"),
        ("Working hours follow Pacific time zone.", "out"),
        ("Visit us at 10 a.m. ET on Friday.", "unknown"),
        ("We manage PST files for EST clients.", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_time_zone_drops_only_what_a_sentence_about_hours_names(text: str, outcome: str) -> None:
    found = decision({"time_zone": "Europe/Berlin", "time_zone_hours": 3}, description=text)
    assert (found.rule is Rule.TIME_ZONE) is (outcome == "out")
    assert bool(found.unknown) is (outcome == "unknown")


def test_time_zones_are_compared_across_the_date_line() -> None:
    wanted = {"time_zone": "Pacific/Auckland", "time_zone_hours": 2}
    assert dropped_by(wanted, description="Time zone: UTC-11.") is None
    assert find_offsets("Time zone: UTC+99.") == ()


def test_pay_below_the_floor_drops_and_unknown_pay_passes_marked() -> None:
    floor = {"pay_at_least": 60_000, "pay_currency": "EUR"}
    low = decision(floor, pay=parse_pay("€45,000 - €55,000 a year"))
    assert low.rule is Rule.PAY
    assert "below 60,000" in str(low.reason)
    assert decision(floor, pay=parse_pay("€55,000 - €65,000 a year")) == Decision()
    for unclear in (
        None,
        Pay(raw="competitive"),
        parse_pay("$40,000 a year", country="US"),
        Pay(min=20, currency="EUR"),
    ):
        assert decision(floor, pay=unclear).unknown == (UNKNOWN_PAY,)
    assert decision(floor, pay=Pay(50_000, None, "EUR", Period.YEAR)).unknown == (UNKNOWN_PAY,)
    assert dropped_by(floor, pay=Pay(20, 25, "EUR", Period.HOUR)) is Rule.PAY


@pytest.mark.parametrize(
    ("filters", "problem"),
    [
        ({"time_zone": "Mars/Olympus"}, "time zone"),
        ({"time_zone": "../../etc/passwd"}, "time zone"),
        ({"remote_from": ["Nowhereville"]}, "country"),
        ({"pay_at_least": -1}, "greater than 0"),
        ({"pay_currency": "euro"}, "pattern"),
        ({"title_include": ["x" * 101]}, "100"),
    ],
)
def test_filters_that_mean_nothing_are_refused(filters: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Filters.model_validate(filters)


def test_empty_filters_ask_nothing() -> None:
    assert not Filters().are_set
    assert not Filters(time_zone_hours=5, pay_currency="EUR").are_set
    assert Filters(pay_at_least=1).are_set
    assert decide(Filters(), posting(title="", company="", posted_at=None), NOW) == Decision()


def test_a_huge_posting_is_judged_quickly() -> None:
    text = "working hours UTC+1 to UTC+2 within 3 hours of CET " * 20_000
    assert dropped_by({"time_zone": "Asia/Tokyo", "time_zone_hours": 1}, description=text) is Rule.TIME_ZONE
