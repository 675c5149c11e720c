"""A scripted writer plants skills, employers, dates and numbers that nobody stated; the check must find them all."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from domain.letters import LetterMaterial, Tone, check_letter, write_letter
from domain.letters.brief import material_facts

RESUMES = sorted((Path(__file__).parents[1] / "data" / "resumes").glob("*.txt"))[:20]
TODAY = date(2026, 11, 20)


SKILLS = ["Zorblin", "QuillDB", "COBOL", "Erlang", "Clojure", "Solidity", "Hadoop", "Haskell", "VMware", "Fortran"]
LOWER_SKILLS = ["beekeeping", "glassblowing", "haskell", "zorblin", "solidity", "hadoop", "falconry", "erlang"]
EMPLOYERS = [
    "Globex", "Initech Corporation", "Vandelay Industries", "Wayne Logistics Ltd", "Blue Harbor Analytics",
    "Stark & Osborn LLP", "Umbra", "Northgate Steel GmbH", "Cyberdyne", "Oracle",
]  # fmt: skip
LOWER_EMPLOYERS = ["globex", "initech corporation", "zenith dynamics", "vandelay industries", "silver lake foundry"]
YEARS = [1987, 1991, 1994, 1996, 1998, 2001, 2003]
NUMBERS = ["73", "8,450", "1,337", "77", "ninety-three", "two hundred and six", "4.7 million", "53"]

SKILL_SENTENCES = [
    "I have worked with {x} in production for a long time.",
    "My {x} work is something I take pride in.",
    "{x} is a tool that I use every day.",
    "Over time I became an expert in {x}.",
    "Colleagues come to me with their {x} questions.",
    "I am certified in {x}.",
    "As somebody who knows {x} well, I would settle in quickly.",
    "I also bring solid {x} skills.",
    "The reports were built by me using {x}.",
    "I taught {x} to new colleagues, which I enjoyed.",
    "Having mastered {x}, I am ready for the next step.",
    "With {x} under my belt, I feel at home in this role.",
]
LOWER_SKILL_SENTENCES = [
    "I have hands-on experience with {x}.",
    "I am skilled in {x}.",
    "My background in {x} would help your team.",
    "I know {x} inside out.",
    "I am proficient in {x} and glad to teach it.",
]
EMPLOYER_SENTENCES = [
    "Before that I spent some good years at {x}.",
    "{x} hired me straight out of school.",
    "My time with {x} taught me patience.",
    "I was employed by {x} and left on good terms.",
    "At {x}, I was part of the night team.",
    "While working for {x}, I learned to listen.",
    "I joined {x} as a trainee.",
    "My former employer, {x}, will gladly speak for me.",
    "It was {x} that first trusted me with a budget.",
    "In my role at {x} I looked after the new arrivals.",
    "I still freelance for {x} on weekends.",
    "{x}'s operations team relied on me.",
]
LOWER_EMPLOYER_SENTENCES = [
    "I used to work for {x}.",
    "I worked at {x} before this.",
    "During my time at {x} I learned to listen.",
    "I was recruited by {x} early on.",
    "At {x} I was the one people called.",
]
DATE_SENTENCES = [
    "I have done this work since {x}.",
    "In {x} I moved into a lead position.",
    "My career began in {x}.",
    "From {x} to 2005 I looked after a branch office.",
    "Back in March {x}, I took on my first team.",
    "I have held my licence since June {x}.",
    "Between {x} and 2004 I lived and worked abroad.",
    "The year {x} was when I was put in charge.",
]
NUMBER_SENTENCES = [
    "I supervised {x} people.",
    "I cut costs by {x} percent.",
    "Under my lead, output grew {x}%.",
    "I looked after {x} customers, which taught me order.",
    "My team of {x} never missed a deadline.",
    "I was responsible for a budget of ${x}.",
    "A total of {x} projects were delivered by me.",
    "I trained {x} newcomers along the way.",
]
SPAN_SENTENCES = [
    "I have forty years of experience.",
    "My thirty-three years in the field speak for themselves.",
    "Over 35 years I have seen everything.",
    "For three decades I have done nothing else.",
]


@dataclass(frozen=True, slots=True)
class Invention:
    sentence: str
    mark: str


def inventions() -> list[Invention]:
    """Two hundred, every kind in every phrase."""
    planted: list[Invention] = []
    for phrases, values in (
        (SKILL_SENTENCES, SKILLS),
        (LOWER_SKILL_SENTENCES, LOWER_SKILLS),
        (EMPLOYER_SENTENCES, EMPLOYERS),
        (LOWER_EMPLOYER_SENTENCES, LOWER_EMPLOYERS),
        (DATE_SENTENCES, [str(year) for year in YEARS]),
        (NUMBER_SENTENCES, NUMBERS),
    ):
        planted += [
            Invention(phrase.format(x=values[(n + 3 * turn) % len(values)]), values[(n + 3 * turn) % len(values)])
            for turn in range(4)
            for n, phrase in enumerate(phrases)
        ]
    planted += [Invention(sentence, sentence) for sentence in SPAN_SENTENCES]
    return planted[:200]


def _material(resume: Path) -> LetterMaterial:
    description = "You will join a small team.\n- Keep the records straight\n- Help customers every day"
    return LetterMaterial(
        resume.read_text("utf-8"), "Operations Coordinator", "Harrowgate Supply", description, today=TODAY
    )


def _planted_letters() -> list[tuple[LetterMaterial, str, list[Invention]]]:
    """Ten inventions in each of twenty true letters, between the true sentences."""
    planted = []
    for number, resume in enumerate(RESUMES):
        material = _material(resume)
        paragraphs = write_letter(material, list(Tone)[number % 3]).text.split("\n\n")
        mine = inventions()[number::20]
        paragraphs[1:1] = [" ".join(invention.sentence for invention in mine)]
        planted.append((material, "\n\n".join(paragraphs), mine))
    return planted


def test_two_hundred_inventions_are_planted_and_reach_the_page_without_the_check() -> None:
    planted = _planted_letters()
    assert sum(invention.sentence in text for _, text, mine in planted for invention in mine) >= 190


def test_every_invention_is_removed_and_named() -> None:
    through, unnamed = [], []
    for material, text, mine in _planted_letters():
        checked = check_letter(material, text)
        through += [i.sentence for i in mine if i.mark in checked.letter.text or i.sentence in checked.letter.text]
        named = {removal.sentence for removal in checked.removed}
        unnamed += [i.sentence for i in mine if i.sentence not in named]
    assert through == []
    assert unnamed == []


def test_the_true_sentences_around_inventions_stay() -> None:
    kept = total = 0
    for material, text, _ in _planted_letters():
        left = check_letter(material, text).letter.text
        true = [s.text for s in write_letter(material, list(Tone)[RESUMES.index(_file(material)) % 3]).sentences]
        kept += sum(sentence in left for sentence in true)
        total += len(true)
    assert kept >= 0.95 * total


def _file(material: LetterMaterial) -> Path:
    return next(resume for resume in RESUMES if resume.read_text("utf-8") == material.resume)


CLAUSES = [
    ("{true}, and I have used {x} for years.", "Zorblin"),
    ("{true}, where I also ran the {x} programme.", "QuillDB"),
    ("{true} (before that I was with {x}).", "Globex"),
    ("{true}, having learned the trade at {x}.", "Vandelay Industries"),
    ("{true}, which saved {x} euros.", "93,000"),
    ("{true}, as I have done since {x}.", "1994"),
    ("After nine years at {x}, I know what matters.", "Umbra Holdings"),
    ("{true}, {x} being my main tool.", "Solidity"),
]


def test_an_invention_hung_onto_a_true_sentence_is_cut_off() -> None:
    through = []
    for resume in RESUMES:
        material = _material(resume)
        true = next((f.text for f in material_facts(material) if f.kind == "employer"), "the work")
        for clause, mark in CLAUSES:
            sentence = clause.format(true=f"I have worked at {true}", x=mark)
            if mark in check_letter(material, sentence).letter.text:
                through.append(sentence)
    assert through == []
