import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pay import Pay, Period, find_pay, parse_pay, read_period, stated_pay
from domain.provenance import Basis

YEAR, MONTH, DAY, HOUR = Period.YEAR, Period.MONTH, Period.DAY, Period.HOUR


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("$120,000 - $180,000", "US", (120_000, 180_000, "USD", YEAR)),
        ("$120,000 - $180,000 USD", None, (120_000, 180_000, "USD", YEAR)),
        ("CAD $80,000 – $95,000", None, (80_000, 95_000, "CAD", YEAR)),
        ("Up to $100k", "CA", (None, 100_000, "CAD", YEAR)),
        ("€60k–80k", None, (60_000, 80_000, "EUR", YEAR)),
        ("60-80k EUR", None, (60_000, 80_000, "EUR", YEAR)),
        ("60.000 bis 80.000 EUR pro Jahr", None, (60_000, 80_000, "EUR", YEAR)),
        ("60 000 € brut par an", None, (60_000, 60_000, "EUR", YEAR)),
        ("€ 4.500 brutto pro Monat", None, (4_500, 4_500, "EUR", MONTH)),
        ("EUR 15,50 per hour", None, (15.5, 15.5, "EUR", HOUR)),
        ("45 - 55 € / h", None, (45, 55, "EUR", HOUR)),
        ("$50/hr - $60/hr", "US", (50, 60, "USD", HOUR)),
        ("€500 per day", None, (500, 500, "EUR", DAY)),
        ("from €50,000", None, (50_000, None, "EUR", YEAR)),
        ("£50k+", None, (50_000, None, "GBP", YEAR)),
        ("£45,000 per annum", None, (45_000, 45_000, "GBP", YEAR)),
        ("£45,000 plus £5,000 bonus", None, (45_000, 45_000, "GBP", YEAR)),
        ("£45,000 + 10% bonus", None, (45_000, 45_000, "GBP", YEAR)),
        ("CHF120'000 - 140’000", None, (120_000, 140_000, "CHF", YEAR)),
        ("USD 120.000,50", None, (120_000.5, 120_000.5, "USD", YEAR)),
        ("50 000 - 60 000 kr per month", "SE", (50_000, 60_000, "SEK", MONTH)),
        ("50 000 SEK/month", None, (50_000, 50_000, "SEK", MONTH)),
        ("₹20-30 LPA", None, (2_000_000, 3_000_000, "INR", YEAR)),
        ("12,00,000 INR per year", None, (1_200_000, 1_200_000, "INR", YEAR)),
        ("10000 PLN", None, (10_000, 10_000, "PLN", None)),
        ("R$ 10.000", None, (10_000, 10_000, "BRL", None)),
        ("\u00a0$100,000\u00a0per\u00a0year", "AU", (100_000, 100_000, "AUD", YEAR)),
    ],
)
def test_a_clear_sum_is_read(text, country, expected):
    pay = parse_pay(text, country=country)
    assert (pay.min, pay.max, pay.currency, pay.period) == expected
    assert pay.basis is Basis.PARSED
    assert pay.raw == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("$120,000 - $180,000", None),
        ("$120,000 - $180,000", "DE"),
        ("kr 50 000", None),
        ("¥8,000,000", None),
        ("75000", "US"),
        ("€50,000 - $60,000", "US"),
        ("$80,000 - 95,000 EUR", "US"),
        ("$180,000 - $120,000", "US"),
        ("$100k (NYC), $90k (Denver)", "US"),
        ("$100k, $110k or $120k", "US"),
        ("0.5% equity worth $50,000", "US"),
        ("$200k OTE", "US"),
        ("$5,000 sign-on bonus", "US"),
        ("$50,000 stock options", "US"),
        ("€50 per hour or €400 per day", None),
        ("1" * 400, "US"),
        ("20 to 30 people", "US"),
    ],
)
def test_an_unclear_sum_keeps_its_text_and_no_number(text, country):
    pay = parse_pay(text, country=country)
    assert pay == Pay(raw=pay.raw)
    assert pay.raw == text[:500]
    assert (pay.annual_min, pay.basis) == (None, Basis.UNKNOWN)


@pytest.mark.parametrize("text", [None, "", "   ", "Competitive", "Negotiable, DOE", "€€€"])
def test_a_text_without_a_number_says_nothing(text):
    assert parse_pay(text, country="US") is None


def test_pay_is_compared_by_the_year():
    assert Pay(50, 60, "USD", HOUR).annual_min == 104_000
    assert Pay(500, None, "EUR", DAY).annual_min == 130_000
    assert Pay(500, None, "EUR", DAY).annual_max is None
    assert Pay(4_500, 5_000, "EUR", MONTH).annual_max == 60_000
    assert Pay(10_000, 10_000, "PLN", None).annual_min is None


def test_typed_fields_are_stated_pay():
    assert stated_pay(100, 200, "usd", "per-year-salary") == Pay(100, 200, "USD", YEAR, Basis.STATED)
    assert stated_pay("45,000", None, "GBP", "YEAR") == Pay(45_000, None, "GBP", YEAR, Basis.STATED)
    assert stated_pay(20, 25, "EUR", "per-hour-wage").period is HOUR
    assert stated_pay(20, 25, "EUR", "1 HOUR").period is HOUR


@pytest.mark.parametrize(
    "values", [(0, 0), (None, None), (-5, None), (math.nan, math.inf), (True, False), ("x", []), (1e300, 0)]
)
def test_typed_fields_without_a_sum_are_no_pay(values):
    assert stated_pay(*values, "USD", "YEAR") is None


@pytest.mark.parametrize(
    "fields",
    [
        (100, 200, None, "YEAR"),
        (100, 200, "$", "YEAR"),
        (100, 200, "dollars", "YEAR"),
        (100, 200, "USD", None),
        (100, 200, "USD", "one-time"),
        (200, 100, "USD", "YEAR"),
    ],
)
def test_typed_fields_that_do_not_add_up_are_unknown(fields):
    pay = stated_pay(*fields)
    assert (pay.min, pay.max, pay.currency, pay.basis) == (None, None, None, Basis.UNKNOWN)
    assert pay.raw


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("per-month-salary", MONTH),
        ("YEAR", YEAR),
        ("p.a.", YEAR),
        ("annually", YEAR),
        ("weekly", Period.WEEK),
        ("one-time", None),
        ("", None),
        (None, None),
        ("hour or day", None),
    ],
)
def test_a_period_is_read_when_there_is_one(text, period):
    assert read_period(text) is period


def test_the_range_in_a_posting_is_found():
    text = (
        "We are 200 people and raised $30 million.\n"
        "The base salary range for this role is $150,000 - $190,000 USD per year, plus equity.\n"
        "You get a $2,000 - $3,000 learning budget and our customers pay $10 - $20 a month."
    )
    assert find_pay(text) == Pay(
        150_000,
        190_000,
        "USD",
        YEAR,
        Basis.PARSED,
        "The base salary range for this role is $150,000 - $190,000 USD per year, plus equity.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We raised $30,000,000 - $40,000,000 USD.",
        "Salary: $150,000 - $190,000 in New York.\nSalary: $130,000 - $160,000 in Denver.",
        "The salary range is competitive.",
        "Salary: $150,000 - $190,000",
    ],
)
def test_a_posting_with_no_range_or_several_has_no_pay(text):
    assert find_pay(text) is None


@given(st.text(max_size=600), st.sampled_from([None, "US", "SE", "xx", ""]))
def test_no_text_breaks_the_reader(text, country):
    pay = parse_pay(text, country=country)
    assert pay is None or pay.basis in {Basis.PARSED, Basis.UNKNOWN}
    if pay and pay.min and pay.max:
        assert pay.min <= pay.max
    find_pay(text, country=country)


@pytest.mark.parametrize("piece", ["$1,", "1 ", "€", "1k - ", "USD ", "per ", "1.1.", "(1"])
def test_a_long_hostile_text_is_read_quickly(piece):
    started = time.perf_counter()
    parse_pay(piece * 20_000, country="US")
    find_pay(f"salary {piece * 2_000}", country="US")
    assert time.perf_counter() - started < 1
