"""The bundled sample board: invented postings, so that a first run shows something without the network.

Its listings are marked `sample`: no face mixes them with real ones and none can be applied to.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from typing import Any, ClassVar

from domain.listings import Listing, SourceKind, SourceQuery, SourceTerms
from infra.sources.adapters import Ask, Page, json_rows
from infra.sources.job_posting import read_job_posting


class SampleBoard:
    name: ClassVar[str] = "sample"
    base_urls: ClassVar[Mapping[str, str]] = {}
    terms: ClassVar[SourceTerms] = SourceTerms(
        SourceKind.BUNDLED,
        "Invented postings that come with the program",
        attribution_text="Sample posting: the employer and the opening are invented",
        redistribute_allowed=True,
    )

    def asks(self, _board: str, _query: SourceQuery) -> tuple[Ask, ...]:
        return (Ask(""),)

    def content(self, _query: SourceQuery) -> bytes:
        return resources.files("domain").joinpath("data/sample_board.json").read_bytes()

    def page(self, content: bytes, charset: str | None, _ask: Ask) -> Page:
        return Page(json_rows(content, charset, None)[1])

    def listing(self, row: Mapping[str, Any], _board: str) -> Listing | None:
        return replace(read_job_posting(row, self.name), sample=True)
