"""Prints how right the verdicts are: eligibility and requirements, for both halves.

    python bench/verdicts/measure.py [--show tuned]

`--show HALF` prints the cases of a half that came out otherwise than labelled as well.
"""

import argparse
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from domain.eligibility import Person, Topic, read_person
from domain.eligibility.model import Sentence
from domain.eligibility.reading import READERS
from domain.employment_types import EmploymentType
from domain.fit import prepare_resume
from domain.fit.passages import Section
from domain.requirements import judge, resume_lines

HERE = Path(__file__).resolve().parent
HALVES = ("tuned", "frozen")
DECIDED = ("eligible", "ineligible")
Case = tuple[list[str], str]
"""The labelled case and what it came out as."""


def load(half: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{half}.toml").read_text("utf-8"))


def person_of(described: dict[str, Any]) -> Person:
    return read_person(described["resume"], wants=[EmploymentType(kind) for kind in described["wants"]])


def eligibility(half: str) -> list[Case]:
    data = load(half)
    people = {name: person_of(described) for name, described in data["people"].items()}
    return [(case, _standing(case, people[case[1]])) for case in data["eligibility"]["cases"]]


def _standing(case: list[str], person: Person) -> str:
    finding = READERS[Topic(case[2])](Sentence(case[0], 0, Section.REQUIRED), person)
    return finding.standing.value if finding else "none"


def requirements(half: str) -> list[Case]:
    data = load(half)
    people = {name: person_of(described) for name, described in data["people"].items()}
    resumes = {name: prepare_resume(described["resume"]) for name, described in data["people"].items()}
    lines = {name: resume_lines(person.text) for name, person in people.items()}
    cases = data["requirements"]["cases"]
    return [
        (case, judge(Sentence(case[0], 0, Section.REQUIRED), resumes[case[1]], people[case[1]], lines[case[1]]).verdict)
        for case in cases
    ]


def figures(cases: list[Case], decided: tuple[str, ...]) -> tuple[float, float, int]:
    """Precision and recall of the decided verdicts, and how many were given."""
    given = [(case[-1], found) for case, found in cases if found in decided]
    labelled = [(case[-1], found) for case, found in cases if case[-1] in decided]
    right = sum(label == found for label, found in given)
    return right / len(given) if given else 1.0, right / len(labelled), len(given)


def report(half: str, show: str | None) -> None:
    sets: tuple[tuple[str, Callable[[str], list[Case]], tuple[str, ...]], ...] = (
        ("eligibility", eligibility, DECIDED),
        ("requirements", requirements, ("met", "partial", "missing")),
    )
    for name, judged, decided in sets:
        cases = judged(half)
        precision, recall, given = figures(cases, decided)
        print(
            f"{half:7} {name:12} {len(cases)} sentences, {given} decided: "
            f"precision {precision:.3f}, recall {recall:.3f}  {dict(Counter(case[-1] for case, _ in cases))}"
        )
        if half == show:
            for case, found in cases:
                if case[-1] != found:
                    print(f"  {found} instead of {case[-1]}: {' | '.join(case[:-1])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", choices=HALVES)
    show = parser.parse_args().show
    for half in HALVES:
        report(half, show)


if __name__ == "__main__":
    main()
