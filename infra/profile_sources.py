"""The sources port: what a profile may choose, opened when a run first asks for it."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
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

    async def open(self, name: str, board: str | None, url: str | None, region: str | None = None) -> Source:
        register = await self.opened()
        try:
            self.check(name, board, url, region)
            options = {"board": board, "url": url, "region": region}
            return register.open(_reader(url) if name == FEED else name, options)
        except ValidationError as wrong:
            raise SourceError.of(name, board, wrong.message) from wrong

    def check(self, name: str, board: str | None, url: str | None, region: str | None = None) -> None:
        from infra.sources import OWN_DOMAINS, off_because
        from infra.sources.adapters import ADAPTERS, adapter

        known = sorted({*ADAPTERS, FEED, IMPORT} - set(FILE_READERS))
        if name not in known:
            message = f"expected one of the sources {', '.join(known)}, found '{name}'"
            raise ValidationError(message, {"source": name, "known": known})
        is_web = bool(url and urlsplit(url).scheme in {"http", "https"} and urlsplit(url).hostname)
        if name == FEED and not is_web:
            message = f"expected the address of a CSV or JSON file for the source 'feed', found {url!r}"
            raise ValidationError(message, {"source": name})
        if name in {FEED, IMPORT}:
            return
        if reason := off_because(name, self._settings.source_keys, self._settings.SOURCES_ENABLED):
            raise ValidationError(f"the source '{name}' is off: {reason}", {"source": name})
        has_board = (board or "").strip() or (is_web and name in OWN_DOMAINS)
        if adapter(name).terms.kind == "ats" and not has_board:
            message = f"expected the name of an employer's board for the source '{name}', found none"
            raise ValidationError(message, {"source": name})
        regions = adapter(name).base_urls
        if region and region not in regions:
            message = f"expected a region of '{name}' among {', '.join(map(repr, regions))}, found {region!r}"
            raise ValidationError(message, {"source": name})

    async def read_file(self, content: bytes, filename: str) -> list[Listing | RefusedRow]:
        options: dict[str, Any] = {"content": content}
        register = await self.opened()
        source = register.open(_reader(filename, content), options)
        return [found async for found in source.read(SourceQuery()) if isinstance(found, Listing | RefusedRow)]

    async def read_url(self, url: str) -> Listing:
        from infra.sources.by_url import read_url

        return await read_url(await self.opened(), url)

    async def read_text(self, content: str, title: str | None, company: str | None, url: str | None) -> Listing:
        from infra.sources.pasted import read_pasted

        return await self._cpu.run(read_pasted, content, title, company, url)

    async def reread(self, kept: Sequence[dict[str, Any]]) -> list[Listing | None]:
        from infra.sources.rereading import reread

        found = await self._cpu.run(reread, list(kept))
        return [None if document is None else Listing.from_json(document) for document in found]

    async def opened(self) -> "SourceRegister":
        if self._register is None:
            self._register = await self._stack.enter_async_context(open_register(self._settings, self._cpu))
        return self._register

    async def close(self) -> None:
        await self._stack.aclose()


@asynccontextmanager
async def open_register(settings: Settings, cpu: Cpu | None = None) -> AsyncGenerator["SourceRegister"]:
    """The sources with the operator's addresses, keys and choices, and the one way out that they share."""
    from infra.egress import Egress, EgressPolicy
    from infra.sources import SourceRegister

    policy = EgressPolicy(contact=settings.EGRESS_CONTACT or None, allow=settings.EGRESS_ALLOW)
    async with Egress(policy) as egress:
        addresses = dict(settings.source_addresses)
        yield SourceRegister(egress, cpu, addresses, settings.source_keys, settings.SOURCES_ENABLED)


def _reader(name: str | None, content: bytes = b"") -> str:
    """CSV or JSON, by the name's ending, else by how the content begins."""
    ending = PurePath(urlsplit(name or "").path).suffix.lower()
    if ending in {".json", ".jsonl", ".ndjson"}:
        return "import_json"
    if ending in {".csv", ".tsv", ".txt"}:
        return "import_csv"
    return "import_json" if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} or not content else "import_csv"
