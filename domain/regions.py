"""Countries and areas that a sentence names: "U.S.", "the EU", "German citizens". Codes are those of `domain.places`.

The European Union and the European Economic Area keep codes of their own here, since rights end where they end.
"""

import json
import re
from functools import cache
from importlib.resources import files

from domain.phrases import PhraseIndex, tokenize
from domain.remote_areas import countries_of

_DOTTED = re.compile(r"\b(?:[A-Z]\.){2,}")
_EUROPEAN = {"european union": "EU", "eu": "EU", "eea": "EEA", "european economic area": "EEA"}


def find_regions(sentence: str) -> frozenset[str]:
    """Codes in capitals ("US"), names and nationalities; "us" is nobody."""
    tokens = tokenize(undotted(sentence))
    found = set()
    for match in _index().find(tokens):
        written = tokens.text[tokens.starts[match.first] : tokens.ends[match.last - 1]]
        if written[0].isupper() and (len(written) > len("UAE") or written.isupper()):
            found.add(match.value)
    return frozenset(found)


def undotted(text: str) -> str:
    """With "US" for "U.S.", so that its dots end nothing."""
    return _DOTTED.sub(lambda initials: initials[0].replace(".", ""), text)


def covers(region: str, country: str) -> bool:
    """Whether a region is the country or an area that holds it."""
    return region == country or country in countries_of(region)


@cache
def _index() -> PhraseIndex[str]:
    places = json.loads((files("domain") / "data" / "places.json").read_text("utf-8"))
    nationalities = json.loads((files("domain") / "data" / "nationalities.json").read_text("utf-8"))
    names = [*_EUROPEAN.items()]
    names += [(code, code) for code in ("US", "UK", "UAE", "USA")]
    for group in (places["countries"], nationalities):
        names += [(name, code) for code, written in group.items() for name in written]
    names += [(name, area) for area, written in places["areas"].items() for name in written]
    renamed = {"UK": "GB", "UAE": "AE", "USA": "US"}
    return PhraseIndex((name, renamed.get(code, code)) for name, code in names)
