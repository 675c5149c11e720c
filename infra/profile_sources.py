"""The sources port: what a profile may choose, opened when a run first asks for it."""

from contextlib import AsyncExitStack
from pathlib import PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from domain.errors import ValidationError
from domain.listings import Listing, RefusedRow, Source, SourceError, SourceQuery
from domain.ports import Cpu
from domain.postings import IMPORT
from infra.settings import Settings

if TYPE_CHECKING:
    from infra.sources import SourceRegister

FEED = "feed"
FILE_READERS = ("import_csv", "import_json")


class ProfileSources:
    """`feed` is a file of postings behind an address (CSV or JSON); `import` what the person brought."""

    def __init__(self, settings: Settings, cpu: Cpu) -> None:
        self._settings = settings
        self._cpu = cpu
        self._stack = AsyncExitStack()
        self._register: SourceRegister | None = None

    async def open(self, name: str, board: str | None, url: str | None) -> Source:
        register = await self.opened()
        try:
            self.check(name, board, url)
            return register.open(_reader(url) if name == FEED else name, {"board": board, "url": url})
        except ValidationError as wrong:
            raise SourceError.of(name, board, wrong.message) from wrong

    def check(self, name: str, board: str | None, url: str | None) -> None:
        from infra.sources.adapters import ADAPTERS, adapter

        known = sorted({*ADAPTERS, FEED, IMPORT} - set(FILE_READERS))
        if name not in known:
            message = f"expected one of the sources {', '.join(known)}, found '{name}'"
            raise ValidationError(message, {"source": name, "known": known})
        if name == FEED and not (url and urlsplit(url).scheme in {"http", "https"}):
            message = f"expected the address of a CSV or JSON file for the source 'feed', found {url!r}"
            raise ValidationError(message, {"source": name})
        if name not in {FEED, IMPORT} and adapter(name).terms.kind == "ats" and not (board or "").strip():
            message = f"expected the name of an employer's board for the source '{name}', found none"
            raise ValidationError(message, {"source": name})

    async def read_file(self, content: bytes, filename: str) -> list[Listing | RefusedRow]:
        options: dict[str, Any] = {"content": content}
        register = await self.opened()
        source = register.open(_reader(filename, content), options)
        return [found async for found in source.read(SourceQuery()) if isinstance(found, Listing | RefusedRow)]

    async def opened(self) -> "SourceRegister":
        if self._register is None:
            from infra.egress import Egress, EgressPolicy
            from infra.sources import SourceRegister

            policy = EgressPolicy(
                contact=self._settings.EGRESS_CONTACT or None,
                allow=self._settings.EGRESS_ALLOW,
            )
            egress = await self._stack.enter_async_context(Egress(policy))
            self._register = SourceRegister(egress, self._cpu, dict(self._settings.source_addresses))
        return self._register

    async def close(self) -> None:
        await self._stack.aclose()


def _reader(name: str | None, content: bytes = b"") -> str:
    """CSV or JSON, by the name's ending, else by how the content begins."""
    ending = PurePath(urlsplit(name or "").path).suffix.lower()
    if ending in {".json", ".jsonl", ".ndjson"}:
        return "import_json"
    if ending in {".csv", ".tsv", ".txt"}:
        return "import_csv"
    return "import_json" if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} or not content else "import_csv"
