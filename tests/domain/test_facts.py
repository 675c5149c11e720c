"""Invented people in the layouts that résumés come in; tests/data/resumes are whole ones with their truth."""

import json
import pickle
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.facts import (
    Fact,
    FactKind,
    read_contact,
    read_education,
    read_employments,
    read_facts,
    read_resume,
)
from domain.facts.dates import date_ranges
from domain.facts.words import fold

DATA = Path(__file__).parent.parent / "data"
PEOPLE = json.loads((DATA / "people.json").read_text("utf-8"))
RESUMES = json.loads((DATA / "resumes" / "expected.json").read_text("utf-8"))
# A freelancer's clients stand in one sentence there and are no employers here.
HARD_EMPLOYERS = {"ux_designer.txt"}


def words_of(text: str | None) -> str:
    return " ".join(fold(text or "").replace(",", " ").split())


def span(job: dict, dash: str = " – ") -> str:
    return dash.join(filter(None, (job["started"], job["ended"])))


def bullets(job: dict, mark: str = "• ") -> list[str]:
    return [mark + line for line in job["lines"]]


# --- layouts: one line per heading, two lines, three, dates first, company over roles...


def dashes(person: dict) -> list[str]:
    contact = f"{person['email']} | {person['phone']} | {person['place']}"
    lines = [person["name"], person["headline"], contact, "", person["headings"]["experience"].upper()]
    for job in person["jobs"]:
        lines += [f"{job['role']}, {job['employer']} — {job['place']} ({span(job)})", *bullets(job, "- ")]
    return lines


def pipes(person: dict) -> list[str]:
    lines = [person["name"].upper(), f"{person['place']} • {person['phone']} • {person['email']}", ""]
    lines += [person["headings"]["experience"]]
    for job in person["jobs"]:
        lines += ["", f"{job['employer']} | {job['role']} | {span(job, '-')}", *bullets(job, "* ")]
    return lines


def columns(person: dict) -> list[str]:
    lines = [f"{person['name']}\t{person['email']}", f"{person['place']}\t{person['phone']}"]
    lines += [person["headings"]["experience"]]
    for job in person["jobs"]:
        lines += [f"{job['employer']}\t{job['place']}", f"{job['role']}\t{span(job)}", *bullets(job)]
    return lines


def role_over_firm(person: dict) -> list[str]:
    lines = ["Curriculum Vitae", "", f"Name: {person['name']}", f"E-Mail: {person['email']}"]
    lines += [f"Phone: {person['phone']}", f"Location: {person['place']}", "", person["headings"]["experience"] + ":"]
    for job in person["jobs"]:
        lines += ["", f"{job['role']}    {span(job)}", f"{job['employer']}, {job['place']}", *bullets(job)]
    return lines


def dates_first(person: dict) -> list[str]:
    lines = ["CURRICULUM VITAE", person["name"], person["place"], person["phone"], person["email"]]
    lines += ["", person["headings"]["experience"]]
    for job in person["jobs"]:
        lines += [f"{span(job)}\t{job['role']}, {job['employer']}, {job['place']}", *bullets(job)]
    return lines


def three_lines(person: dict) -> list[str]:
    lines = ["Contact", person["phone"], person["email"], person["place"], "", person["headings"]["skills"]]
    lines += [*person["skills"], "", person["name"].upper(), person["headline"], "", person["headings"]["experience"]]
    for job in person["jobs"]:
        lines += [job["employer"], job["role"], f"{span(job)} | {job['place']}", *bullets(job)]
    return lines


def at_firm(person: dict) -> list[str]:
    lines = [f"Resume of {person['name']}", f"Email: {person['email']}  Tel: {person['phone']}"]
    lines += [f"Address: {person['place']}", "", f"# {person['headings']['experience']}"]
    for job in person["jobs"]:
        lines += ["", f"## {job['role']} at {job['employer']}", span(job), "", *bullets(job, "- ")]
    return lines


LAYOUTS = [dashes, pipes, columns, role_over_firm, dates_first, three_lines, at_firm]


def typeset(layout, person: dict) -> str:
    headings = person["headings"]
    tail = ["", headings["education"], f"{person['degree']}, {person['school']}, {'–'.join(person['studied'])}"]
    tail += ["", headings["skills"], ", ".join(person["skills"])]
    return "\n".join(layout(person) + tail)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person["email"])
def test_people_are_read_in_every_layout(person: dict, layout):
    text = typeset(layout, person)
    read = read_resume(text)
    name = person["name"].removesuffix(", PhD")
    assert words_of(read.contact.name) == words_of(name)
    assert (read.contact.email, read.contact.phone) == (person["email"], person["phone"])
    assert words_of(read.contact.place) == words_of(person["place"])
    assert [words_of(job.employer) for job in read.employments] == [words_of(job["employer"]) for job in person["jobs"]]
    assert [words_of(job.role) for job in read.employments] == [words_of(job["role"]) for job in person["jobs"]]
    assert [list(job.lines) for job in read.employments] == [job["lines"] for job in person["jobs"]]
    assert all(job.started for job in read.employments)
    assert read.employments[0].ended == "present"


@pytest.mark.parametrize("file", RESUMES, ids=str)
def test_whole_resumes_are_read_as_their_truth_says(file: str):
    truth = RESUMES[file]
    read = read_resume((DATA / "resumes" / file).read_text("utf-8"))
    assert read.contact.name == truth["name"]
    assert read.contact.email == truth["email"]
    assert read.contact.phone == truth["phone"]
    assert truth["place"] in (read.contact.place or "")
    if file not in HARD_EMPLOYERS:
        assert list(dict.fromkeys(job.employer for job in read.employments)) == truth["employers"]


def test_most_skills_of_the_whole_resumes_are_found():
    found = wanted = 0
    for file, truth in RESUMES.items():
        text = (DATA / "resumes" / file).read_text("utf-8")
        skills = {fold(skill) for skill in read_resume(text).skills}
        meant = [skills_named(skill) for skill in truth["skills"]]
        wanted += len(meant)
        found += sum(bool(names & skills) for names in meant)
    assert found / wanted > 0.93


def skills_named(skill: str) -> set[str]:
    return {fold(skill), *(fold(name) for name in read_resume(f"Skills\n{skill}").skills)}


# --- facts


@pytest.mark.parametrize("file", RESUMES, ids=str)
def test_every_fact_is_its_own_words_and_keeps_its_id(file: str):
    text = (DATA / "resumes" / file).read_text("utf-8")
    facts = read_facts(text)
    assert all(text[fact.start : fact.end] == fact.text for fact in facts)
    assert [fact.id for fact in facts] == [f"r{number}" for number in range(1, len(facts) + 1)]
    assert facts == read_facts(text)
    assert pickle.loads(pickle.dumps(facts)) == facts
    assert {FactKind.NAME, FactKind.EMPLOYER, FactKind.ROLE, FactKind.SKILL, FactKind.DATE} <= {
        fact.kind for fact in facts
    }


def kinds(text: str, kind: FactKind) -> list[str]:
    return [fact.text for fact in read_facts(text) if fact.kind is kind]


STORY = """Projects
Harbour clock
- Cut queueing by 40% for 12 engineers, saving $2M and €1.5 million a year
- Won against 3,000 entries in 2019
"""


def test_numbers_keep_their_units_and_years_are_no_numbers():
    assert kinds(STORY, FactKind.NUMBER) == ["40%", "12 engineers", "$2M", "€1.5 million", "3,000 entries"]


def test_stories_take_their_own_prefix():
    assert {fact.id[0] for fact in read_facts(STORY, "s")} == {"s"}
    assert "Harbour clock" in kinds(STORY, FactKind.PROJECT)


def test_denied_skills_are_no_facts():
    text = "Skills\nPython, Rust\n\nExperience\nBaker at Corner Bakery, 2019 - 2020\n- No Java was needed\n"
    assert "Python" in read_resume(text).skills
    assert "Java" not in read_resume(text).skills


def test_items_of_a_skills_list_count_even_when_nobody_knows_them():
    assert {"Quillwork", "gold leaf"} <= set(
        read_resume("Ada Byron\nSkills\nQuillwork, gold leaf (basics), Python").skills
    )


def test_names_of_firms_and_addresses_are_no_skills():
    text = """Jane Doe
github.com/janedoe
Experience
Accountant, Nile Trading Company, 2016 - 2019
Skills
Python
jane.doe@example.com
(512) 555-0134
"""
    assert "Python" in read_resume(text).skills
    assert not {"GitHub", "Trading", "jane.doe@example.com", "(512) 555-0134"} & set(read_resume(text).skills)


def test_a_list_in_a_side_column_ends_at_the_name():
    text = "Skills\nWelding\nBrazing\nPhilip Mensah\nShip Fitter\nphilip.mensah@example.com\nExperience\nFitter, Dock Ltd, 2019"
    assert not {"Philip Mensah", "Ship Fitter"} & set(read_resume(text).skills)


def test_certificates_languages_and_headlines_are_facts():
    text = (DATA / "resumes" / "devops.txt").read_text("utf-8")
    assert kinds(text, FactKind.LANGUAGE) == ["German", "English", "Dutch"]
    assert kinds(text, FactKind.CERTIFICATE) == [
        "Certified Kubernetes Administrator (2022), AWS Solutions Architect Associate (2021)"
    ]
    nurse = (DATA / "resumes" / "lab_technician.txt").read_text("utf-8")
    assert kinds(nurse, FactKind.HEADLINE) == ["Laboratory technician (newly qualified)"]


def test_spoken_languages_carry_their_usual_names():
    assert read_resume("Sprachen\nDeutsch (Muttersprache), Englisch, Französisch").languages == (
        "German",
        "English",
        "French",
    )
    assert read_resume("Languages: Python, Java").languages == ()


# --- names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("JOSÉ ÑÚÑEZ\njose@example.com", "JOSÉ ÑÚÑEZ"),
        ("王小明\nxm@example.com", "王小明"),
        ("Jane O'Brien-Smith, PhD, MBA\njane@example.com", "Jane O'Brien-Smith"),
        ("Dr. Anna van der Berg\nanna@example.com", "Dr. Anna van der Berg"),
        ("Curriculum Vitae\n\nMary Baker\nBaker\nmary@example.com", "Mary Baker"),
        ("Senior Software Engineer\nTom Potter\ntom.potter@example.com", "Tom Potter"),
        ("Jane Doe | Berlin, Germany | jane@example.com", "Jane Doe"),
        ("Jane Doe - Resume\njane@example.com", "Jane Doe"),
        ("Name: Ana Sofía Robledo Paz\nE-Mail: ana@example.com", "Ana Sofía Robledo Paz"),
        ("Nom : Lefèvre Élodie\nelodie@example.com", "Lefèvre Élodie"),
        ("Skills\nGit\nDocker\nAcme Corp\nPhilip Mensah\nphilip.mensah@example.com", "Philip Mensah"),
        ("Jean-Luc de la Fontaine\nParis, France", "Jean-Luc de la Fontaine"),
        ("Mary (Molly) Malone\nmolly@example.com", "Mary (Molly) Malone"),
        ("김민수\nminsu@example.com", "김민수"),
        ("Nguyễn Thị Minh Khai\nkhai@example.com", "Nguyễn Thị Minh Khai"),
        ("Олена Коваленко\nolena@example.com", "Олена Коваленко"),
    ],
)
def test_names_are_told_from_everything_else(text: str, name: str):
    assert read_contact(text).name == name


@pytest.mark.parametrize("text", ["", "   ", "Skills\nPython, SQL", "Experience\n\n2019", "\n".join(["•"] * 30)])
def test_nothing_is_made_up(text: str):
    contact = read_contact(text)
    assert (contact.name, contact.email, contact.phone, contact.place) == (None, None, None, None)
    assert read_employments(text) == ()


# --- phones and places


@pytest.mark.parametrize(
    ("text", "phone", "e164"),
    [
        ("Jane Doe\nAustin, TX\n(512) 555-0134", "(512) 555-0134", "+15125550134"),
        ("Jane Doe\nBerlin, Germany\nTel.: 030 / 12 34 56 78", "030 / 12 34 56 78", "+493012345678"),
        ("Jane Doe\n+44 (0)20 7946 0958", "+44 (0)20 7946 0958", "+442079460958"),
        ("Jane Doe\nLyon, France\n06.12.34.56.78", "06.12.34.56.78", "+33612345678"),
        ("Jane Doe\n0049 170 1234567", "0049 170 1234567", "+491701234567"),
        ("Jane Doe\njane@example.com\n2015 - 2019", None, None),
        ("Jane Doe\nBoise, ID 83702-1234\njane1234567@example.com", None, None),
    ],
)
def test_phones_are_kept_as_written_and_made_dialable(text: str, phone: str | None, e164: str | None):
    contact = read_contact(text)
    assert (contact.phone, contact.phone_e164) == (phone, e164)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("1184 Juniper Flats Road, Boise, ID 83702", "Boise, ID"),
        ("10115 Berlin, Germany", "Berlin, Germany"),
        ("14 High Street, London SW1A 1AA, UK", "London, UK"),
        ("Toronto, ON, Canada", "Toronto, ON, Canada"),
        ("Smallville, KS", "Smallville, KS"),
        ("Wohnort: Lörrach", "Lörrach"),
        ("Designer in Lyon, France", "Lyon, France"),
        ("Madrid, España", "Madrid, España"),
        ("Singapore", "Singapore"),
    ],
)
def test_places_are_found_without_their_streets(line: str, place: str):
    assert read_contact(f"Jane Doe\n{line}\njane@example.com").place.removeprefix("Wohnort: ") == place


def test_the_own_site_comes_before_profiles():
    text = "Jane Doe\njane@example.com\nlinkedin.com/in/jane\nhttps://jane.example.com"
    assert read_contact(text).website == "https://jane.example.com"
    assert kinds(text, FactKind.LINK) == ["linkedin.com/in/jane", "https://jane.example.com"]


# --- positions


def test_several_roles_at_one_firm_share_it():
    text = """Experience
Acme Corp
Staff Engineer    2021 - Present
- Led the move
Engineer    2018 - 2021
- Wrote the code
"""
    assert [(job.employer, job.role, job.started, job.ended) for job in read_employments(text)] == [
        ("Acme Corp", "Staff Engineer", "2021", "present"),
        ("Acme Corp", "Engineer", "2018", "2021"),
    ]


def test_a_firm_with_dates_over_its_roles_is_no_position_of_its_own():
    text = """EXPERIENCE
NORTHWIND TRADERS, Chicago, IL    2018 - Present
Director of Operations (2021 - Present)
- Oversee 4 distribution centers
Operations Manager (2018 - 2021)
- Opened a site
TAILSPIN LOGISTICS, Joliet, IL    2013 - 2018
Shift Supervisor
- Ran second shift
"""
    assert [(job.employer, job.role) for job in read_employments(text)] == [
        ("NORTHWIND TRADERS", "Director of Operations"),
        ("NORTHWIND TRADERS", "Operations Manager"),
        ("TAILSPIN LOGISTICS", "Shift Supervisor"),
    ]


def test_free_work_has_no_employer():
    text = """Experience
Copy Editor, Nordlys Publishing House
August 2014 to December 2018
Edited 35 titles.

Freelance Writer
2012 to 2014
Wrote for four national newspapers.
"""
    assert [(job.employer, job.role) for job in read_employments(text)] == [
        ("Nordlys Publishing House", "Copy Editor"),
        (None, "Freelance Writer"),
    ]


def test_lines_without_marks_are_told_from_headings():
    text = """EXPERIENCE
Shopline
Product Designer II    Jun 2021 - Present
Designed checkout flows used by 1.2 million merchants
Product Designer    Jan 2019 - May 2021
Shipped a design system
Ubik Studio
UI Designer    Sep 2016 - Dec 2018
Designed 14 mobile apps
"""
    assert [(job.employer, len(job.lines)) for job in read_employments(text)] == [
        ("Shopline", 1),
        ("Shopline", 1),
        ("Ubik Studio", 1),
    ]


def test_labelled_positions_are_read():
    text = "Work Experience\nEmployer: Blue Door\nPosition: Porter\nPeriod: 03/2019 - 05/2021\n- Carried bags"
    (job,) = read_employments(text)
    assert (job.employer, job.role, job.started, job.ended) == ("Blue Door", "Porter", "2019-03", "2021-05")


def test_wrapped_lines_are_no_positions():
    text = """Experience
Nurse, St. Anna Hospital, 2019 - Present
• Worked with a team of nine on a ward of thirty beds in the old building on
Harbour Street and trained everybody who came after 2020
"""
    assert len(read_employments(text)) == 1


def test_positions_without_dates_are_read():
    text = "Experience\nBarista at Third Cup\n- Made coffee\n\nCourier at Swift Wheels Ltd\n- Rode far"
    assert [(job.role, job.employer, job.started) for job in read_employments(text)] == [
        ("Barista", "Third Cup", None),
        ("Courier", "Swift Wheels Ltd", None),
    ]


def test_schools_are_no_employers():
    text = "Education\nBSc Physics, University of Leeds, 2012 - 2015\n\nExperience\nTutor, Maple School, 2016 - 2018\n"
    assert [job.employer for job in read_employments(text)] == ["Maple School"]
    (study,) = read_education(text)
    assert (study.institution, study.degree, study.started, study.ended) == (
        "University of Leeds",
        "BSc Physics",
        "2012",
        "2015",
    )


@pytest.mark.parametrize(
    ("text", "started", "ended"),
    [
        ("Mar 2019 – Present", "2019-03", "present"),
        ("2019-2022", "2019", "2022"),
        ("seit 05/2021", "2021-05", "present"),
        ("01.10.2020 – heute", "2020-10", "present"),
        ("Mar '23 -> now", "2023-03", "present"),
        ("2022/02 – present", "2022-02", "present"),
        ("2023-04 to date", "2023-04", "present"),
        ("15 March 2015 to 31 May 2019", "2015-03", "2019-05"),
        ("Jan – Mar 2020", "2020-01", "2020-03"),
        ("2019–22", "2019", "2022"),
        ("marzo de 2019 – actualidad", "2019-03", "present"),
        ("de mars 2019 à juin 2021", "2019-03", "2021-06"),
        ("08/20 - 09/21", "2020-08", "2021-09"),
        ("2019 年 3 月 - 至今", "2019-03", "present"),
        ("Summer 2018", "2018", "2018"),
    ],
)
def test_dates_are_read_in_many_tongues(text: str, started: str, ended: str):
    (dates,) = date_ranges(text)
    assert (dates.started, dates.ended) == (started, ended)
    assert text[dates.start : dates.end] == text


# --- any text


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read(text: str):
    check(text)


@given(st.lists(st.sampled_from((DATA / "resumes" / "ux_designer.txt").read_text("utf-8").split("\n")), max_size=40))
@settings(max_examples=60, deadline=None)
def test_shuffled_lines_are_read(lines: list[str]):
    check("\n".join(lines))


def check(text: str) -> None:
    read = read_resume(text)
    assert all(isinstance(fact, Fact) and text[fact.start : fact.end] == fact.text for fact in read.facts)
    assert all(fact.text.strip() for fact in read.facts)
    assert read == read_resume(text)


@pytest.mark.parametrize(
    "text",
    ["1" * 60_000, "a\t" * 30_000, "2019 - 2020 " * 5_000, "http://a.de/" * 5_000, "'" * 60_000, "Aa, " * 15_000],
)
def test_hostile_text_takes_bounded_time(text: str):
    started = time.process_time()
    read_resume(text)
    assert time.process_time() - started < 8


def test_an_ordinary_resume_takes_milliseconds():
    text = (DATA / "resumes" / "backend_python.txt").read_text("utf-8")
    read_resume(text)
    spent = []
    for _ in range(5):
        started = time.process_time()
        read_resume(text)
        spent.append(time.process_time() - started)
    assert min(spent) < 0.05
