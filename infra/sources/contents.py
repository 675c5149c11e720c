"""Sources whose whole content is at hand: what comes with the program, a file, or the file behind an address."""

from collections.abc import AsyncIterator, Callable

from domain.listings import Listing, RefusedRow, Snapshot, SourceError, SourceQuery, SourceTerms
from infra.egress import Egress, EgressError
from infra.payloads import UnreadablePayloadError
from infra.sources.adapters import Adapter, Ask, read_page
from infra.sources.boards import Cpu, Tally

_OK = 200


class ContentSource:
    """A domain Source. What is refused as a whole raises ValidationError for a file, SourceError for an address."""

    def __init__(
        self, adapter: Adapter, content: Callable[[SourceQuery], bytes] | str, egress: Egress, cpu: Cpu
    ) -> None:
        """`content` gives the bytes, or is the address of a file."""
        self.name = adapter.name
        self.terms: SourceTerms = adapter.terms
        self.board: str | None = None
        self._content = content
        self._egress = egress
        self._cpu = cpu

    def question(self, _query: SourceQuery) -> str | None:
        return None

    async def read(self, query: SourceQuery) -> AsyncIterator[Listing | RefusedRow | Snapshot]:
        content, charset = await self._bytes(query)
        try:
            page = await self._cpu.run(read_page, self.name, "", content, charset)
        except UnreadablePayloadError as error:
            if isinstance(self._content, str):
                raise SourceError.of(self.name, None, error.message) from error
            raise
        tally = Tally(self.name, None, skipped=page.skipped)
        for row in page.rows:
            if tally.counts(row) and tally.keeps(row, query, Ask("")):
                yield row
            if tally.listings == query.limit:
                yield tally.snapshot(complete=False)
                return
        yield tally.snapshot()

    async def _bytes(self, query: SourceQuery) -> tuple[bytes, str | None]:
        if not isinstance(self._content, str):
            return self._content(query), None
        try:
            response = await self._egress.get(self._content)
        except EgressError as error:
            raise SourceError.of(self.name, None, error.message) from error
        if response.status != _OK:
            raise SourceError.of(self.name, None, f"expected status 200, found {response.status}")
        return response.content, response.charset
