"""Making listings anew from the rows that were kept with them, so that a better parser needs no new fetch."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from domain.errors import ValidationError
from domain.postings import IMPORT
from infra.sources.adapters import ADAPTERS, adapter, read_row
from infra.sources.reading import RowError

_FILES = "import_json"


def reread(kept: Sequence[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """The listings (as JSON) of listings (as JSON), in order; None where a row gives none any more."""
    return [_reread(document) for document in kept]


def _reread(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a person imported is read as rows of a file are, whichever kind; a page or pasted text stays as it is."""
    source, raw, board = document["source"], document["raw"], document.get("board") or ""
    if source not in ADAPTERS and source != IMPORT:
        return dict(document)
    try:
        found = read_row(adapter(_FILES if source == IMPORT else source), raw, board) if raw else None
    except (RowError, ValidationError):
        return None
    if found is None or found.external_id != document["external_id"]:
        return None
    told = replace(found, source=source, sample=document["sample"])
    return told.to_json()
