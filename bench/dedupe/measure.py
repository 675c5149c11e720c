"""Prints how right merges are: precision and recall over the labelled pairs, for both halves.

    python bench/dedupe/measure.py [--show tuned]

`--show HALF` prints the pairs of a half that came out otherwise than labelled as well.
"""

import argparse
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from domain.dedupe import same_opening
from domain.listings import Listing
from domain.places import read_location

HERE = Path(__file__).resolve().parent
HALVES = ("tuned", "frozen")
ALIKE = ("another team", "other numbers", "another text", "another id")
FOOTER = (
    " Please mention that you saw this position on our board. Never pay anybody for an application, and report offers"
    " that ask for money."
)


@dataclass(frozen=True, slots=True)
class Pair:
    opening: str
    kind: str
    same: bool
    first: Listing
    second: Listing

    @property
    def merged(self) -> bool:
        return same_opening(self.first, self.second) is not None


def pairs(half: str) -> list[Pair]:
    data = tomllib.loads((HERE / f"{half}.toml").read_text("utf-8"))
    return [pair for opening in data["openings"] for pair in _pairs(opening)]


def _pairs(opening: dict[str, Any]) -> Iterator[Pair]:
    """The eleven pairs of the README, in its order."""
    id, body = opening["id"], opening["body"]
    own = _listing(opening, "greenhouse", "4100200", board=id, requisition_id="R-100")
    elsewhere = _listing(opening, "remotive", "90817", url=f"https://remotive.com/remote-jobs/{id}-90817")

    def pair(kind: str, second: Listing, *, same: bool) -> Pair:
        return Pair(id, kind, same, own, second)

    respelled = {"company": opening["company_respelled"], "title": opening["title_respelled"]}
    yield pair("same text elsewhere", elsewhere, same=True)
    yield pair("with a footer", replace(elsewhere, description=body + FOOTER), same=True)
    yield pair("respelled", replace(elsewhere, **respelled), same=True)
    behind = replace(elsewhere, description=body[:120], apply_url=f"{own.url}?utm_source=remotive")
    yield pair("the same link behind", behind, same=True)
    yield pair("read again", replace(own, description=_swapped(body, opening["other_number"])), same=True)
    for kind, text in (
        ("another team", _swapped(body, opening["other_team"])),
        ("other numbers", _swapped(body, opening["other_number"])),
        ("another text", opening["other_body"]),
    ):
        yield pair(kind, replace(elsewhere, description=text), same=False)
    other = _listing(opening, "greenhouse", "4100377", board=id, requisition_id="R-131")
    yield pair("another id", other, same=False)
    yield pair("another level", replace(elsewhere, title=opening["other_level"]), same=False)
    places = read_location(opening["elsewhere"]).places
    yield pair("another place", replace(elsewhere, places=places, workplace=None), same=False)


def _listing(opening: dict[str, Any], source: str, external_id: str, **given: Any) -> Listing:
    where = read_location(opening["place"])
    url = given.pop("url", f"https://boards.greenhouse.io/{opening['id']}/jobs/{external_id}")
    return Listing(
        source,
        external_id,
        opening["title"],
        opening["company"],
        url,
        description=opening["body"],
        places=where.places,
        workplace=where.workplace,
        **given,
    )


def _swapped(text: str, words: list[str]) -> str:
    return text.replace(words[0], words[1])


def report(half: str, show: str | None) -> None:
    found = pairs(half)
    merged = [pair for pair in found if pair.merged]
    right = sum(pair.same for pair in merged)
    same = sum(pair.same for pair in found)
    alike = sum(pair.kind in ALIKE for pair in found)
    precision = right / len(merged) if merged else 1.0
    print(
        f"{half:7} {len(found)} pairs ({same} same, {alike} others alike in company, title and place): "
        f"precision {precision:.3f}, recall {right / same:.3f}"
    )
    if half == show:
        for pair in found:
            if pair.merged is not pair.same:
                print(f"  {pair.opening}: {pair.kind}: {'merged' if pair.merged else 'not merged'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", choices=HALVES)
    show = parser.parse_args().show
    for half in HALVES:
        report(half, show)


if __name__ == "__main__":
    main()
