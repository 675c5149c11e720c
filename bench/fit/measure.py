"""Prints how well the fit orders the labelled postings: nDCG@5 and pairwise order, for both halves.

    python bench/fit/measure.py [--show tuned] [--without role]

`--show HALF` prints the pairs of a half with their grade and score as well. `--without MEASURE` prints the tuned half
as it would be without that measure.
"""

import argparse
import math
import tomllib
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from domain.fit import Fit, prepare_resume, rate
from domain.fit.scores import WEIGHTS

HERE = Path(__file__).resolve().parent

HALVES = ("tuned", "frozen")


@dataclass(frozen=True, slots=True)
class Judged:
    resume: str
    posting: str
    grade: int
    fit: Fit

    def without(self, measure: str) -> "Judged":
        """The same pair with a score, unrounded, that leaves a measure out."""
        left_out = self.fit.arithmetic[f"weight.{measure}"] * self.fit.arithmetic[measure]
        score = 10 / (1 + math.exp(left_out - self.fit.arithmetic["logit"]))
        return replace(self, fit=replace(self.fit, score=score))


def judge(half: str) -> list[Judged]:
    """Every résumé with every posting of a half, in the order of the file."""
    data = tomllib.loads((HERE / f"{half}.toml").read_text("utf-8"))
    resumes = {name: prepare_resume(text) for name, text in data["resumes"].items()}
    return [
        Judged(name, posting["id"], int(grade), rate(resume, posting["title"], posting["text"]))
        for posting in data["postings"]
        for (name, resume), grade in zip(resumes.items(), posting["grades"], strict=True)
    ]


def ndcg(ranked: list[Judged], depth: int = 5) -> float:
    """Normalised discounted cumulative gain with gain 2^grade - 1."""

    def gain(grades: list[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:depth]))

    best = gain(sorted((item.grade for item in ranked), reverse=True))
    return gain([item.grade for item in ranked]) / best if best else 1.0


def pairwise(items: list[Judged]) -> tuple[float, int]:
    """Pairs of different grade in the right order (a tie is half), and how many such pairs there are."""
    pairs = [(a, b) if a.grade > b.grade else (b, a) for a, b in combinations(items, 2) if a.grade != b.grade]
    right = sum(1.0 if a.fit.score > b.fit.score else 0.5 if a.fit.score == b.fit.score else 0.0 for a, b in pairs)
    return right, len(pairs)


def summary(judged: list[Judged]) -> dict[str, float]:
    """Means over résumés (the postings ranked for a person); ties in score stay in the order of the file."""
    by_resume: dict[str, list[Judged]] = {}
    for item in judged:
        by_resume.setdefault(item.resume, []).append(item)
    ranked = [sorted(items, key=lambda item: -item.fit.score) for items in by_resume.values()]
    rights, totals = zip(*(pairwise(items) for items in by_resume.values()), strict=True)
    right_of_all, all_pairs = pairwise(judged)
    return {
        "nDCG@5": sum(map(ndcg, ranked)) / len(ranked),
        "pairwise": sum(rights) / sum(totals),
        "pairwise over all": right_of_all / all_pairs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", choices=HALVES)
    parser.add_argument("--without", choices=sorted(WEIGHTS))
    arguments = parser.parse_args()
    for half in ("tuned",) if arguments.without else HALVES:
        judged = judge(half)
        if arguments.without:
            judged = [item.without(arguments.without) for item in judged]
        figures = "  ".join(f"{name} {value:.3f}" for name, value in summary(judged).items())
        print(f"{half:7} {len(judged)} pairs  {figures}")
        if arguments.show == half:
            show(judged)


def show(judged: list[Judged]) -> None:
    for item in sorted(judged, key=lambda item: (item.resume, -item.fit.score)):
        measures = "  ".join(
            f"{name[:4]} {item.fit.arithmetic[name]:.2f}"
            for name in ("likeness", "coverage", "role", "title", "topic", "seniority")
        )
        if item.grade or item.fit.score > 1:
            print(f"  {item.resume:16} {item.grade} {item.fit.score:4.1f}  {item.posting:28} {measures}")


if __name__ == "__main__":
    main()
