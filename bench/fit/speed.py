"""Prints what rating a pair costs, as processor time on one core and as ratios.

    python bench/fit/speed.py

The postings are the sample board's, joined in threes to the length of a long real posting. Rounds are interleaved
and the median is shown, since other work on the machine moves single figures.
"""

import html
import json
import re
import statistics
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from domain.fit import prepare_resume, rate

ROOT = Path(__file__).resolve().parents[2]

LIMIT = 2.0  # milliseconds a pair
ROUNDS = 5


def postings() -> list[tuple[str, str]]:
    board = json.loads((ROOT / "domain/data/sample_board.json").read_text("utf-8"))
    texts = [(item["title"], html.unescape(re.sub(r"<[^>]*>", "\n", item["description"]))) for item in board]
    return [
        (texts[i][0], "\n".join(text for _, text in texts[i : i + 3])) for i in range(0, min(len(texts), 150) - 2, 3)
    ]


def cost(work: Callable[[], object], times: int) -> float:
    """Milliseconds of processor time for one of `times` repetitions that `work` does."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000 / times


def main() -> None:
    resumes = tomllib.loads((ROOT / "bench/fit/tuned.toml").read_text("utf-8"))["resumes"].values()
    prepared = [prepare_resume(text) for text in resumes]
    jobs = postings()
    length = statistics.mean(len(text.split()) for _, text in jobs)

    def rate_all() -> None:
        for title, text in jobs:
            rate(prepared[0], title, text)

    def count_words() -> None:
        for _, text in jobs:
            counts: dict[str, int] = {}
            for word in text.lower().split():
                counts[word] = counts.get(word, 0) + 1

    rate_all()
    rounds = [
        (
            cost(rate_all, len(jobs)),
            cost(count_words, len(jobs)),
            cost(lambda: [prepare_resume(text) for text in resumes], len(resumes)),
        )
        for _ in range(ROUNDS)
    ]
    pair, words, resume = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"{len(jobs)} postings of {length:.0f} words on average")
    print(f"a pair          {pair:.2f} ms   {pair / LIMIT:.2f} of the limit of {LIMIT:.0f} ms")
    print(f"                {pair / words:.0f} times the cost of counting the posting's words")
    print(f"a résumé, once  {resume:.2f} ms   {resume / pair:.1f} pairs")


if __name__ == "__main__":
    main()
