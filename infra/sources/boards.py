"""Reading one board through its adapter: ask, parse elsewhere, hand over page by page, end with a snapshot."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Protocol, TypeVar

from domain.listings import (
    Listing,
    RefusedRow,
    Snapshot,
    SourceError,
    SourceQuery,
    SourceTerms,
    Validator,
)
from infra.egress import Egress, EgressError, EgressResponse
from infra.payloads import UnreadablePayloadError
from infra.sources.adapters import Adapter, Ask, ParsedPage, in_path, read_page

MAX_PAGES = 500
_OK = 200
_NOT_FOUND = 404
_GONE = 410

P = ParamSpec("P")
T = TypeVar("T")


class Cpu(Protocol):
    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T: ...


class Here:
    """Work done where it is asked for: for tools and tests that have no server to keep quick."""

    async def run(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return work(*args, **kwargs)


@dataclass(slots=True)
class Tally:
    """Counts a reading and knows which ids it has met, as boards repeat rows when they change between two pages."""

    source: str
    board: str | None
    listings: int = 0
    refused: int = 0
    skipped: int = 0
    met: set[str] = field(default_factory=set)

    def counts(self, row: Listing | RefusedRow) -> bool:
        """False for a listing that this reading has met before."""
        if isinstance(row, RefusedRow):
            self.refused += 1
        elif row.external_id in self.met:
            return False
        else:
            self.met.add(row.external_id)
            self.listings += 1
        return True

    def snapshot(self, **rest: Any) -> Snapshot:
        seen = self.listings + self.refused + self.skipped
        return Snapshot(self.source, self.board, seen, self.listings, self.refused, self.skipped, **rest)


class BoardSource:
    """A domain Source: one board of one adapter, asked at `base_url`."""

    def __init__(self, adapter: Adapter, board: str | None, base_url: str, egress: Egress, cpu: Cpu) -> None:
        self.name = adapter.name
        self.terms: SourceTerms = adapter.terms
        self.board = board
        self._adapter = adapter
        self._base_url = base_url.replace("{board}", in_path(board or ""))
        self._egress = egress
        self._cpu = cpu

    async def read(self, query: SourceQuery) -> AsyncIterator[Listing | RefusedRow | Snapshot]:
        tally = Tally(self.name, self.board)
        validators: dict[str, Validator] = {}
        ask: Ask | None = self._adapter.first(self.board or "", query)
        for _ in range(MAX_PAGES):
            if ask is None:
                break
            response = await self._answer(ask, query.validators)
            if response.not_modified:
                yield tally.snapshot(unchanged=True, validators=query.validators)
                return
            if ask.conditional and response.validator:
                validators[ask.url(self._base_url)] = response.validator
            page = await self._parsed(response, ask)
            tally.skipped += page.skipped
            met_before = tally.listings
            for row in page.rows:
                if tally.counts(row):
                    yield row
                if tally.listings == query.limit:
                    yield tally.snapshot(complete=False)
                    return
            repeats = page.rows and tally.listings == met_before
            ask = None if repeats else page.following
        yield tally.snapshot(complete=ask is None, validators=validators)

    async def _answer(self, ask: Ask, validators: Mapping[str, Validator]) -> EgressResponse:
        url = ask.url(self._base_url)
        validator = validators.get(url) if ask.conditional else None
        try:
            response = await self._egress.get(
                url, headers=ask.headers, validator=validator, interval=self.terms.min_interval
            )
        except EgressError as error:
            raise SourceError.of(self.name, self.board, error.message) from error
        if response.status in {_NOT_FOUND, _GONE}:
            raise SourceError.of(self.name, self.board, f"there is no such board ({response.status})")
        if response.status != _OK and not (response.not_modified and validator):
            raise SourceError.of(self.name, self.board, f"expected status 200, found {response.status}")
        return response

    async def _parsed(self, response: EgressResponse, ask: Ask) -> ParsedPage:
        try:
            return await self._cpu.run(read_page, self.name, self.board or "", response.content, response.charset, ask)
        except UnreadablePayloadError as error:
            raise SourceError.of(self.name, self.board, error.message) from error
