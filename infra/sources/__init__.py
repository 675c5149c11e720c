"""The sources of postings: a register of adapters, each loaded when it is first asked for."""

from collections.abc import Mapping
from typing import Any, cast

from domain.errors import ValidationError
from domain.listings import Source, SourceKind, SourceTerms
from infra.egress import Egress
from infra.sources.adapters import ADAPTERS, BundledAdapter, ParsedPage, adapter, read_page
from infra.sources.boards import BoardSource, Cpu, Here
from infra.sources.contents import ContentSource

__all__ = ["ParsedPage", "SourceRegister", "read_page"]

_MAX_BOARD = 200


class SourceRegister:
    """Opens sources by name. `base_urls` replaces where a source is asked, by its name (a mirror, a local server)."""

    def __init__(self, egress: Egress, cpu: Cpu | None = None, base_urls: Mapping[str, str] | None = None) -> None:
        self._egress = egress
        self._cpu = cpu or Here()
        self._base_urls = base_urls or {}

    def names(self) -> tuple[str, ...]:
        return tuple(ADAPTERS)

    def terms(self, name: str) -> SourceTerms:
        """Raises ValidationError naming the known sources."""
        return adapter(name).terms

    def open(self, name: str, options: Mapping[str, Any]) -> Source:
        """The named source with its options. Raises ValidationError for an unknown one or a missing option.

        Boards of one employer take `board` (slug, token or site) and `region` where they have several;
        imports take `content` (bytes) or `url`; sample and mock take none.
        """
        found = adapter(name)
        if found.terms.kind is SourceKind.IMPORT:
            return ContentSource(found, _import_content(name, options), self._egress, self._cpu)
        if found.terms.kind is SourceKind.BUNDLED:
            return ContentSource(found, cast("BundledAdapter", found).content, self._egress, self._cpu)
        board = _board(name, options) if found.terms.kind is SourceKind.ATS else None
        region = str(options.get("region") or "")
        if region not in found.base_urls:
            known = ", ".join(repr(known) for known in found.base_urls)
            raise ValidationError(f"Expected a region of {name} among {known}, found {region!r}")
        base_url = self._base_urls.get(name, found.base_urls[region])
        return BoardSource(found, board, base_url, self._egress, self._cpu)


def _board(name: str, options: Mapping[str, Any]) -> str:
    board = str(options.get("board") or "").strip()
    if not 0 < len(board) <= _MAX_BOARD or any(ord(character) < ord(" ") for character in board):
        raise ValidationError(f"Expected the board of an employer on {name}, found {board[:40]!r}")
    return board


def _import_content(name: str, options: Mapping[str, Any]) -> Any:
    content, url = options.get("content"), options.get("url")
    if isinstance(content, bytes):
        return lambda _query: content
    if isinstance(url, str) and url:
        return url
    raise ValidationError(f"Expected a file or an address for {name}, found neither")
