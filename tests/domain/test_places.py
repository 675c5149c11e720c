import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.places import Place, Workplace, address_place, country_code, read_location, read_place, read_places

REMOTE, HYBRID, ONSITE = Workplace.REMOTE, Workplace.HYBRID, Workplace.ONSITE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("San Francisco, CA", ("San Francisco", "CA", "US")),
        ("Toronto, CA", ("Toronto", None, "CA")),
        ("Toronto, ON", ("Toronto", "ON", "CA")),
        ("Berlin, DE", ("Berlin", None, "DE")),
        ("Bengaluru, IN", ("Bengaluru", None, "IN")),
        ("Bogotá, CO", ("Bogotá", None, "CO")),
        ("Perth, WA", ("Perth", "WA", "AU")),
        ("Atlanta, Georgia", ("Atlanta", "GA", "US")),
        ("Tbilisi, Georgia", ("Tbilisi", None, "GE")),
        ("New York", ("New York", "NY", "US")),
        ("New York, NY", ("New York", "NY", "US")),
        ("New York, New York, United States", ("New York", "NY", "US")),
        ("Austin, Texas, United States", ("Austin", "TX", "US")),
        ("California, United States", (None, "CA", "US")),
        ("Krakow, Małopolskie, PL", ("Krakow", "Małopolskie", "PL")),
        ("London, UK", ("London", None, "GB")),
        ("London (UK)", ("London", None, "GB")),
        ("London, Ontario", ("London", "ON", "CA")),
        ("Manchester, NH", ("Manchester", "NH", "US")),
        ("Cambridge, MA", ("Cambridge", "MA", "US")),
        ("Cambridge, England", ("Cambridge", None, "GB")),
        ("Melbourne, Victoria", ("Melbourne", "VIC", "AU")),
        ("Germany - Berlin", ("Berlin", None, "DE")),
        ("München, Deutschland", ("München", None, "DE")),
        ("San José, Costa Rica", ("San José", None, "CR")),
        ("Felixstowe, United Kingdom", ("Felixstowe", None, "GB")),
        ("Kleinkleckersdorf, Germany", ("Kleinkleckersdorf", None, "DE")),
        ("SÃO PAULO, BRAZIL", ("SÃO PAULO", None, "BR")),
        ("東京", ("東京", None, "JP")),
        ("Singapore", ("Singapore", None, "SG")),
        ("Washington, DC", ("Washington", "DC", "US")),
        ("United States", (None, None, "US")),
    ],
)
def test_a_place_is_read(text, expected):
    place = read_place(text)
    assert (place.city, place.region, place.country_code) == expected
    assert place.raw == text


@pytest.mark.parametrize(
    "text",
    [
        "Georgia",
        "Cambridge",
        "Portland",
        "Victoria",
        "Washington",
        "Springfield, IL",
        "Headquarters",
        "in",
        "or",
        "Kleinkleckersdorf",
        "Moon base",
        "12345",
    ],
)
def test_what_may_mean_several_places_keeps_its_text_only(text):
    assert read_place(text) == Place(text)


@pytest.mark.parametrize(
    ("text", "places", "workplace", "regions"),
    [
        ("Remote", [], REMOTE, None),
        ("Fully remote", [], REMOTE, None),
        ("100% Remote", [], REMOTE, None),
        ("Remote - US", ["US"], REMOTE, ("US",)),
        ("US Remote", ["US"], REMOTE, ("US",)),
        ("Remote (Europe)", [], REMOTE, ("EUROPE",)),
        ("Remote, California", ["California"], REMOTE, ("US-CA",)),
        ("Remote - US; Remote - Canada", ["US", "Canada"], REMOTE, ("US", "CA")),
        ("Remote - Germany, Austria", ["Germany", "Austria"], REMOTE, ("DE", "AT")),
        ("Anywhere", [], REMOTE, ()),
        ("Remote, Worldwide", [], REMOTE, ()),
        ("Hybrid", [], HYBRID, None),
        ("Berlin (Hybrid)", ["Berlin"], HYBRID, None),
        ("In-office, Dublin", ["Dublin"], ONSITE, None),
        ("Berlin; Remote - EU", ["Berlin"], None, ("EUROPE",)),
        ("Boston, MA or Remote", ["Boston, MA"], None, None),
        ("Remote or hybrid, Paris", ["Paris"], None, None),
        ("Not remote, Paris", ["Paris"], None, None),
        ("Berlin, Munich", ["Berlin", "Munich"], None, None),
        ("Paris / Lyon", ["Paris", "Lyon"], None, None),
        ("Paris; Paris", ["Paris"], None, None),
        ("Cork|Galway\nDublin", ["Cork", "Galway", "Dublin"], None, None),
        ("EMEA", [], None, None),
        ("", [], None, None),
        (None, [], None, None),
        (" ; , - ", [], None, None),
    ],
)
def test_a_location_text_gives_places_working_model_and_remote_regions(text, places, workplace, regions):
    said = read_location(text)
    assert [place.raw for place in said.places] == places
    assert said.workplace is workplace
    assert said.remote_regions == regions


def test_an_address_gives_a_place():
    assert address_place("Columbus", "OH", "US") == Place("Columbus, OH, US", "Columbus", "OH", "US")
    assert address_place("Columbus", "Ohio", "United States") == Place(
        "Columbus, Ohio, United States", "Columbus", "OH", "US"
    )
    assert address_place("Graz", "Steiermark", "Österreich") == Place(
        "Graz, Steiermark, Österreich", "Graz", "Steiermark", "AT"
    )
    assert address_place(" Milan ", None, "it") == Place("Milan, it", "Milan", None, "IT")
    assert address_place("Paris", None, None) == Place("Paris", "Paris", None, None)
    assert address_place("", None, " ") is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("us", "US"),
        ("UK", "GB"),
        ("Deutschland", "DE"),
        ("Côte d’Ivoire", "CI"),
        ("Türkiye", "TR"),
        ("Atlantis", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_known_by_name_and_code(name, code):
    assert country_code(name) == code


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text):
    said = read_location(text)
    assert all(place.country_code is None or len(place.country_code) == 2 for place in said.places)
    read_places(text)
    read_place(text)


@pytest.mark.parametrize("piece", ["Berlin; ", "Remote - ", "a, ", "(", "- ", " or ", "x"])
def test_a_long_hostile_text_is_read_quickly(piece):
    started = time.perf_counter()
    assert len(read_location(piece * 100_000).places) <= 50
    assert time.perf_counter() - started < 1
