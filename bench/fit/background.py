"""Writes domain/data/idf.json.gz: how rare each word is, for the fit.

    python bench/fit/background.py [FOLDER OF SCOWL]

Two sources are mixed. The project's own postings and résumés (the sample board and the tuned half of the labelled
set) say how many documents hold a word; the sectors of work count alike, though software fills half the board.
SCOWL (the Debian package `scowl`; the notice is in domain/data/idf.LICENSE.txt) says how common a word is in English,
by the size of the smallest list that holds it. Words of neither get the rarity `unknown`. Stop words get 0.
"""

import gzip
import html
import json
import math
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from domain.fit.roles import find_roles
from domain.fit.words import stem
from domain.phrases import tokenize, words

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "domain" / "data"
SCOWL = Path("/usr/share/dict/scowl")

# The share of documents that hold a word of each SCOWL size, before any document is seen, and how many documents
# that belief is worth.
SHARES = {10: 0.03, 20: 0.008, 35: 0.003}
BELIEF = 50

STOP_WORDS = words(
    """
a about above across after again against all almost along already also although always am among an and any anyone are
around as at away back be became because been before being below between both but by can cannot could did do does
doing done down during each either else enough even ever every everyone few first for from further get give given
go goes going good great had has have having he help her here hers herself him himself his how however i if in include
included includes including into is it its itself join just keep last least less let like ll look looking made make
makes many may me might more most much must my myself need needed needs neither new next no nor not now of off often
on once one only onto or other others our ours ourselves out over own part per plus re really s said same see seem
shall she should since so some someone something still such t take than that the their theirs them themselves then
there these they thing things this those through to together too toward two under until up upon us use used using ve
very via want wants was way we well were what when where whether which while who whom whose why will with within
without would yes yet you your yours yourself
ability able applicant applicants apply candidate candidates career company day days environment
experience experienced full hire hiring hour hours ideal including job jobs knowledge level looking month months
offer opportunity opportunities people please position previous prior range responsibilities responsible role roles
skill skills start strong successful team teams time today week weeks work worked worker working world year years
"""
)


def documents() -> Iterator[str]:
    for posting in json.loads((DATA / "sample_board.json").read_text("utf-8")):
        yield posting["title"] + "\n" + html.unescape(re.sub(r"<[^>]*>", "\n", posting["description"]))
    labelled = tomllib.loads((HERE / "tuned.toml").read_text("utf-8"))
    yield from labelled["resumes"].values()
    yield from (posting["title"] + "\n" + posting["text"] for posting in labelled["postings"])


def english(folder: Path) -> dict[str, float]:
    """The expected share of documents by stem; the commonest form of a stem decides."""
    shares: dict[str, float] = {}
    for size, share in SHARES.items():
        for path in sorted(folder.glob(f"*-words.{size}")):
            for word in path.read_text("latin-1").split():
                shares.setdefault(stem(word), share)
    shares.pop("", None)
    return shares


def main() -> None:
    general = english(Path(sys.argv[1]) if len(sys.argv) > 1 else SCOWL)
    if not general:
        raise SystemExit("no word lists found: install the Debian package scowl or name its folder")
    tokenized = [tokenize(text) for text in documents()]
    sectors = [next((found.value.sector for found in find_roles(tokens)), "") for tokens in tokenized]
    sizes = Counter(sectors)
    total = len(tokenized)
    holding: dict[str, float] = {}
    for tokens, sector in zip(tokenized, sectors, strict=True):
        for stemmed in sorted({stem(key) for key in tokens.keys} - {""}):
            holding[stemmed] = holding.get(stemmed, 0.0) + total / len(sizes) / sizes[sector]

    def rarity(word: str) -> float:
        share = (holding.get(word, 0) + 0.5 + BELIEF * general.get(word, 0.0)) / (total + 1 + BELIEF)
        return round(-math.log(share), 1)

    unknown = rarity("")
    idf = {word: rarity(word) for word in general.keys() | holding.keys()}
    idf = {word: value for word, value in idf.items() if value != unknown} | {stem(word): 0.0 for word in STOP_WORDS}
    packed = json.dumps(
        {"unknown": unknown, "idf": dict(sorted(idf.items()))}, separators=(",", ":"), ensure_ascii=False
    )
    (DATA / "idf.json.gz").write_bytes(gzip.compress(packed.encode(), 9, mtime=0))
    print(f"{len(idf)} stems from {total} documents, unknown = {unknown}")


if __name__ == "__main__":
    main()
