import json
import time
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.skills import catalogue, find_skills


def named(text: str) -> list[str]:
    return [mention.skill for mention in find_skills(text)]


def wanted(text: str) -> set[str]:
    return {mention.skill for mention in find_skills(text) if not mention.negated}


def denied(text: str) -> set[str]:
    return {mention.skill for mention in find_skills(text) if mention.negated}


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("two years of k8s", "Kubernetes"),
        ("Postgres tuning", "PostgreSQL"),
        ("plain JS on the client", "JavaScript"),
        ("services in Golang", "Go"),
        ("applied ML", "Machine Learning"),
        ("a CI/CD pipeline", "CI/CD"),
        ("ci cd", "CI/CD"),
        ("modern C++17 code", "C++"),
        ("C#/.NET shop", "C#"),
        ("C#/.NET shop", ".NET"),
        ("a .NET developer", ".NET"),
        ("ASP.NET pages", ".NET"),
        ("NodeJS workers", "Node.js"),
        ("node.js workers", "Node.js"),
        ("Node JS workers", "Node.js"),
        ("React.js forms", "React"),
        ("react native app", "React Native"),
        ("Spring Boot services", "Spring Boot"),
        ("front-end development", "Frontend Development"),
        ("front end development", "Frontend Development"),
        ("data visualization", "Data Visualisation"),
        ("DATA VISUALISATION", "Data Visualisation"),
        ("machine\nlearning models", "Machine Learning"),
        ("care plans for residents", "Care Planning"),
        ("wound care and dressings", "Wound Care"),
        ("a current NMC PIN", "Registered Nurse Licence"),
        ("month-end close", "Month-End Close"),
        ("accounts payable", "Accounts Payable"),
        ("AML checks", "Anti-Money Laundering"),
        ("counterbalance forklift", "Forklift Operation"),
        ("pick and pack", "Order Picking"),
        ("HACCP records", "Food Safety"),
        ("18th Edition", "Electrical Safety Regulations"),
        ("lesson plans", "Lesson Planning"),
        ("safeguarding children", "Safeguarding"),
        ("drafting contracts", "Contract Law"),
        ("search engine optimization", "Search Engine Optimisation"),
        ("cold calling", "Cold Calling"),
        ("SolidWorks models", "SolidWorks"),
        ("cell culture", "Cell Culture"),
        ("fluent in German", "German"),
        ("CDL Class A", "Commercial Driving Licence"),
        ("driver’s license", "Driving Licence"),
    ],
)
def test_a_skill_is_known_by_its_other_names(text: str, skill: str) -> None:
    assert skill in named(text)


@pytest.mark.parametrize(
    "text",
    [
        "we go above and beyond",
        "Go the extra mile with us",
        "You excel at talking to people",
        "Excel in a fast-moving team",
        "React quickly to alarms",
        "we react calmly",
        "a swift answer",
        "Swift action is needed",
        "R&D budget",
        "C-level sponsors and the C suite",
        "a Series C start-up",
        "vitamin C and hepatitis C",
        "the Rust belt",
        "spring cleaning in spring",
        "Spring internship",
        "at the helm of our teams",
        "Head Chef for a country inn",
        "salt and pepper",
        "a spark of genius",
        "open access to express delivery",
        "less than ten people",
        "a lean team",
        "make sure that it works",
        "French cuisine near the Spanish border",
        "Polish the silver",
        "a word of thanks",
        "no two days are alike, but it is a pleasure to go home",
        "java coffee on the house",
    ],
)
def test_an_everyday_word_is_no_skill(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Go, Rust, C and R", {"Go", "Rust", "C", "R"}),
        ("python, rust, go", {"Python", "Rust", "Go"}),
        ("Senior Backend Engineer (Go)", {"Go"}),
        ("Go developer", {"Go"}),
        ("five years of experience in Go", {"Go"}),
        ("Skills: Excel", {"Excel"}),
        ("MS Excel and Word", {"Excel", "Microsoft Word"}),
        ("Excel spreadsheets", {"Excel"}),
        ("you build screens in React with TypeScript", {"React", "TypeScript"}),
        ("a React-based client", {"React"}),
        ("iOS apps in Swift", {"iOS", "Swift"}),
        ("firmware written in C", {"Firmware", "C"}),
        ("Ansible, Chef, Puppet, Salt", {"Ansible", "Chef Infra", "Puppet", "SaltStack"}),
        ("Spark jobs on Databricks", {"Apache Spark", "Databricks"}),
        ("Express, NestJS", {"Express.js", "NestJS"}),
        ("Languages: French (native), German, Spanish", {"French", "German", "Spanish"}),
        ("you speak Polish", {"Polish"}),
        ("statistics in R or SAS with Python", {"Statistics", "R", "SAS", "Python"}),
    ],
)
def test_an_everyday_word_is_a_skill_where_its_neighbours_say_so(text: str, skills: set[str]) -> None:
    assert skills <= wanted(text)


@pytest.mark.parametrize(
    ("text", "not_wanted", "still_wanted"),
    [
        ("no Java needed", {"Java"}, set()),
        ("No Java, but strong Python", {"Java"}, {"Python"}),
        ("No Java, strong Python", {"Java"}, {"Python"}),
        ("No Java, Python required", {"Java"}, {"Python"}),
        ("This is not a React role", {"React"}, set()),
        ("Java not required, Python is", {"Java"}, {"Python"}),
        ("Python required, Java not", {"Java"}, {"Python"}),
        ("Java is not strictly necessary; Kotlin is", {"Java"}, {"Kotlin"}),
        ("Strong Python, Java not required", {"Java"}, {"Python"}),
        ("Java, PHP and Perl are not required", {"Java", "PHP", "Perl"}, set()),
        ("Java isn't needed", {"Java"}, set()),
        ("Java isn’t needed", {"Java"}, set()),
        ("Java experience is unnecessary", {"Java"}, set()),
        ("Java is not a must", {"Java"}, set()),
        ("Java is no longer used", {"Java"}, set()),
        ("Not required: Java", {"Java"}, set()),
        ("deploys without Kubernetes", {"Kubernetes"}, set()),
        ("We don't use PHP, we use Ruby on Rails", {"PHP"}, {"Ruby on Rails"}),
        ("you won't need Docker", {"Docker"}, set()),
        ("React rather than Angular", {"Angular"}, set()),
        ("TypeScript instead of PHP", {"PHP"}, {"TypeScript"}),
        ("we are moving away from Angular to Svelte", {"Angular"}, {"Svelte"}),
        ("no experience with Scala necessary", {"Scala"}, set()),
        ("No PHP, Perl or Ruby on Rails here", {"PHP", "Perl", "Ruby on Rails"}, set()),
        ("neither Java nor PHP", {"Java", "PHP"}, set()),
        ("no Java, no PHP: only Python", {"Java", "PHP"}, {"Python"}),
        ("no Java and you will write Python", {"Java"}, {"Python"}),
        ("If you don't know Scala, never mind: Java is what counts", {"Scala"}, {"Java"}),
        ("You have never used Terraform? Fine. Ansible is a must", {"Terraform"}, {"Ansible"}),
        ("No nursing qualification needed. Wound care is taught", {"Nursing"}, {"Wound Care"}),
    ],
)
def test_a_negation_denies_its_own_clause_only(text: str, not_wanted: set[str], still_wanted: set[str]) -> None:
    assert not_wanted <= denied(text)
    assert still_wanted <= wanted(text)
    assert not (still_wanted & denied(text))


@pytest.mark.parametrize(
    "text",
    [
        "not only Python",
        "not just Python",
        "not limited to Python",
        "no limit to your Python",
        "no shortage of Python",
        "no stranger to Python",
        "not afraid of Python",
        "don't hesitate to use Python",
        "we never stop learning Python",
        "can't live without Python",
        "do not apply without Python",
        "not to mention Python",
        "no less than five years of Python",
        "no more than two years of Python",
        "Python is not optional",
        "no doubt you know Python",
        "We are not a bank. Python is our language",
        "no office\nPython every day",
        "you'll never be bored: Python, SQL",
    ],
)
def test_what_only_sounds_like_a_negation_denies_nothing(text: str) -> None:
    assert "Python" in wanted(text)
    assert denied(text) == set()


def test_the_list_covers_all_fields_of_work() -> None:
    skills = catalogue()
    assert len(skills) >= 1400
    assert {skill.field for skill in skills.values()} >= {
        "technology", "analytics", "design", "business", "marketing", "sales", "finance", "hr", "law", "health", "social",
        "education", "trades", "engineering", "logistics", "hospitality", "safety", "science", "agriculture", "languages",
    }  # fmt: skip


def test_no_name_belongs_to_two_skills_and_all_rules_name_skills() -> None:
    data = json.loads((files("domain") / "data" / "skills.json").read_text("utf-8"))
    owners: dict[str, str] = {}
    for group in data["groups"]:
        for skill, others in group["skills"].items():
            assert isinstance(others, list), skill
            for name in (skill, *others):
                assert owners.setdefault(name.lower(), skill) == skill, name
    skills = catalogue()
    assert set(data["weights"]) <= set(skills)
    assert set(data["implies"]) <= set(skills)
    assert {broader for implied in data["implies"].values() for broader in implied} <= set(skills)
    assert {name.lower() for name in data["ambiguous"]} <= set(owners)


def test_every_skill_is_found_by_its_own_name_in_a_list() -> None:
    data = json.loads((files("domain") / "data" / "skills.json").read_text("utf-8"))
    ambiguous = set(data["ambiguous"])
    sure = [name for name in catalogue() if name not in ambiguous]
    assert [name for name in sure if name not in named(f"Skills: {name}.")] == []


def test_mentions_are_exact_ordered_and_apart() -> None:
    text = "🎉 Für Ærø: Pythön nicht, Python ja; C++, Node.js — and\tk8s"
    mentions = find_skills(text)
    assert [(text[m.start : m.end], m.skill) for m in mentions] == [
        ("Python", "Python"),
        ("C++", "C++"),
        ("Node.js", "Node.js"),
        ("k8s", "Kubernetes"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t\r\n ",
        "...,,,;;;---///|||",
        "\x00\x00Python\x00",
        "\u200bPython\u200b \ufeffSQL",
        "مطلوب Python و SQL الآن",
        "👩‍💻👨🏽‍🚀 Python 🧑‍⚕️",
        "P\u0301ython",
        "\ud800 Python",
        "not",
        "'t",
        "no",
        "without",
        "-",
        "Go",
        "C",
        ".",
        "a" * 5000,
    ],
)
def test_hostile_text_is_read_like_any_other(text: str) -> None:
    for mention in find_skills(text):
        assert mention.skill in catalogue()
        assert text[mention.start : mention.end].strip()


@pytest.mark.parametrize(
    "piece",
    [
        "no Java ",
        "Java and ",
        "don't use PHP, ",
        "\n\n\n",
        "Go, ",
        "rather than ",
        "not required ",
        "- ",
        "C ",
        "x" * 50,
    ],
)
def test_work_grows_with_the_length_of_a_text_and_no_faster(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    start = time.process_time()
    find_skills(text)
    assert time.process_time() - start < 3, "what is quadratic in 100 KB takes minutes"


_PIECES = st.sampled_from(
    [
        "Python",
        "Java",
        "Go",
        "go",
        "C",
        "C++",
        "React",
        "Excel",
        "k8s",
        "no",
        "not",
        "without",
        "don't",
        "needed",
        "not required",
        ",",
        ";",
        ".",
        "but",
        "and",
        "or",
        "nor",
        "\n",
        ": ",
        "the",
        "- ",
        "/",
        "(",
        ")",
        "’",
        "French",
        "fluent",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200), st.lists(_PIECES, max_size=30).map(" ".join), st.lists(_PIECES, max_size=30).map("".join)
    )
)
def test_mentions_of_any_text_stand_in_it_in_order(text: str) -> None:
    mentions = find_skills(text)
    assert mentions == find_skills(text)
    end = 0
    for mention in mentions:
        assert end <= mention.start < mention.end <= len(text)
        assert mention.skill in catalogue()
        end = mention.end


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["Python", "Kubernetes", "PostgreSQL", "Terraform", "Django"]), min_size=1, max_size=6))
def test_a_list_is_denied_as_a_whole_or_not_at_all(skills: list[str]) -> None:
    assert denied("We want " + ", ".join(skills) + ".") == set()
    assert wanted("No " + " or ".join(skills) + ".") == set()
