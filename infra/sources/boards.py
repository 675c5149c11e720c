"""Reading one board through its adapter: ask, parse elsewhere, hand over page by page, end with a snapshot."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ParamSpec, Protocol, TypeVar

from domain.listings import (
    Listing,
    PostingGoneError,
    RefusedRow,
    Snapshot,
    SourceError,
    SourceKind,
    SourceQuery,
    SourceTerms,
    Validator,
)
from domain.narrowing import is_recent, is_wanted
from domain.texts import digest
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
    filtered: int = 0
    met: set[str] = field(default_factory=set)

    def counts(self, row: Listing | RefusedRow) -> bool:
        """False for a listing that this reading has met before."""
        if isinstance(row, RefusedRow):
            self.refused += 1
        elif row.external_id in self.met:
            return False
        else:
            self.met.add(row.external_id)
        return True

    def keeps(self, row: Listing | RefusedRow, query: SourceQuery, ask: Ask) -> bool:
        """False for a listing that the question did not ask for, whatever the board made of it."""
        if isinstance(row, RefusedRow):
            return True
        if not is_recent(row, query) or (ask.narrowed and not is_wanted(row, query)):
            self.filtered += 1
            return False
        self.listings += 1
        return True

    def snapshot(self, **rest: Any) -> Snapshot:
        seen = self.listings + self.refused + self.skipped + self.filtered
        return Snapshot(self.source, self.board, seen, self.listings, self.refused, self.skipped, self.filtered, **rest)


class BoardSource:
    """A domain Source: one board of one adapter, asked at `base_url`; `sign` adds the operator's keys to a question."""

    def __init__(
        self,
        adapter: Adapter,
        board: str | None,
        base_url: str,
        egress: Egress,
        cpu: Cpu,
        sign: Callable[[Ask], Ask] = lambda ask: ask,
    ) -> None:
        self.name = adapter.name
        self.terms: SourceTerms = adapter.terms
        self.board = board
        self._adapter = adapter
        self._base_url = base_url.replace("{board}", in_path(board or ""))
        self._egress = egress
        self._cpu = cpu
        self._sign = sign

    def question(self, query: SourceQuery) -> str | None:
        asks = self._adapter.asks(self.board or "", query)
        return digest("\n".join(ask.url(self._base_url) for ask in asks))

    async def read(self, query: SourceQuery) -> AsyncIterator[Listing | RefusedRow | Snapshot]:
        tally = Tally(self.name, self.board)
        validators: dict[str, Validator] = {}
        asks = deque(self._adapter.asks(self.board or "", query))
        for _ in range(MAX_PAGES):
            if not asks:
                break
            ask = asks.popleft()
            response = await self._answer(ask, query.validators)
            if response.not_modified:
                yield tally.snapshot(unchanged=True, validators=query.validators)
                return
            if ask.conditional and response.validator:
                validators[ask.url(self._base_url)] = response.validator
            page = await self._parsed(response, ask)
            tally.skipped += page.skipped
            met_before = len(tally.met)
            for row in page.rows:
                if tally.counts(row) and tally.keeps(row, query, ask):
                    yield row
                if tally.listings == query.limit:
                    yield tally.snapshot(complete=False)
                    return
            if not page.rows or len(tally.met) > met_before:
                asks.extendleft(reversed(page.following))
        yield tally.snapshot(complete=not asks and self._shows_all(tally), validators=validators)

    async def read_one(self, id: str) -> AsyncIterator[Listing | RefusedRow]:
        """The posting with this id: asked for alone where the source answers that, else the whole board."""
        ask_one = getattr(self._adapter, "ask_one", None)
        if ask_one is None:
            async for row in self.read(SourceQuery()):
                if not isinstance(row, Snapshot):
                    yield row
            return
        ask: Ask = ask_one(self.board or "", id)
        response = await self._answer(ask, {}, gone=f"it has no open posting {id} (any more)")
        for row in (await self._parsed(response, ask)).rows:
            yield row

    def _shows_all(self, tally: Tally) -> bool:
        """An employer's board holds all that is open; others show a window of the newest."""
        return self.terms.kind is SourceKind.ATS and not tally.filtered

    async def _answer(self, ask: Ask, validators: Mapping[str, Validator], gone: str | None = None) -> EgressResponse:
        validator = validators.get(ask.url(self._base_url)) if ask.conditional else None
        signed = self._sign(ask)
        try:
            response = await self._egress.get(
                signed.url(self._base_url),
                headers=signed.headers,
                validator=validator,
                interval=self.terms.min_interval,
            )
        except EgressError as error:
            raise SourceError.of(self.name, self.board, error.message) from error
        if response.status in {_NOT_FOUND, _GONE}:
            if gone is not None:
                raise PostingGoneError.of(self.name, self.board, f"{gone} ({response.status})")
            raise SourceError.of(self.name, self.board, f"there is no such board ({response.status})")
        if response.status != _OK and not (response.not_modified and validator):
            raise SourceError.of(self.name, self.board, f"expected status 200, found {response.status}")
        return response

    async def _parsed(self, response: EgressResponse, ask: Ask) -> ParsedPage:
        try:
            return await self._cpu.run(read_page, self.name, self.board or "", response.content, response.charset, ask)
        except UnreadablePayloadError as error:
            raise SourceError.of(self.name, self.board, error.message) from error
