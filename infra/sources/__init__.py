"""The sources of postings: a register of adapters, each loaded when it is first asked for."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast
from urllib.parse import urlsplit

from domain.errors import ValidationError
from domain.listings import Source, SourceKind, SourceTerms
from infra.egress import Egress
from infra.sources.adapters import (
    ADAPTERS,
    Adapter,
    Ask,
    BundledAdapter,
    KeyedAdapter,
    ParsedPage,
    adapter,
    read_page,
)
from infra.sources.boards import BoardSource, Cpu, Here
from infra.sources.contents import ContentSource

__all__ = ["ParsedPage", "SourceRegister", "off_because", "read_page"]

OWN_DOMAINS = frozenset({"recruitee", "teamtailor"})

_MAX_BOARD = 200


class SourceRegister:
    """Opens sources by name. `base_urls` replaces where a source is asked, by its name (a mirror, a local server).

    `keys` are the operator's, by setting; `enabled` names sources that the operator switched on in spite of
    their terms.
    """

    def __init__(
        self,
        egress: Egress,
        cpu: Cpu | None = None,
        base_urls: Mapping[str, str] | None = None,
        keys: Mapping[str, str] | None = None,
        enabled: Collection[str] = (),
    ) -> None:
        self.egress = egress
        self.cpu = cpu or Here()
        self._base_urls = base_urls or {}
        self._keys = keys or {}
        self._enabled = enabled

    def names(self) -> tuple[str, ...]:
        return tuple(ADAPTERS)

    def terms(self, name: str) -> SourceTerms:
        """Raises ValidationError naming the known sources."""
        return adapter(name).terms

    def off_because(self, name: str) -> str | None:
        """Why the source may not be read now, in a sentence; None when it may."""
        return off_because(name, self._keys, self._enabled)

    def open(self, name: str, options: Mapping[str, Any]) -> Source:
        """The named source. Raises ValidationError for an unknown or switched off one, or an option that is wrong.

        Boards of one employer take `board` (slug, token or site), `region` where they have several, and `url`
        where an employer has them on a domain of its own; imports take `content` (bytes) or `url`; others
        take none.
        """
        found = adapter(name)
        if reason := self.off_because(name):
            raise ValidationError(f"{name} is off: {reason}", {"source": name})
        if found.terms.kind is SourceKind.IMPORT:
            return ContentSource(found, _import_content(name, options), self.egress, self.cpu)
        if found.terms.kind is SourceKind.BUNDLED:
            return ContentSource(found, cast("BundledAdapter", found).content, self.egress, self.cpu)
        own = _own_domain(name, options)
        board = _board(name, options, own) if found.terms.kind is SourceKind.ATS else None
        region = str(options.get("region") or "")
        if region not in found.base_urls:
            known = ", ".join(repr(known) for known in found.base_urls)
            raise ValidationError(f"Expected a region of {name} among {known}, found {region!r}")
        base_url = self._base_urls.get(name) or own or found.base_urls[region]
        return BoardSource(found, board, base_url, self.egress, self.cpu, self._signing(found))

    def _signing(self, found: Adapter) -> Callable[[Ask], Ask]:
        if not found.terms.settings:
            return lambda ask: ask
        return lambda ask: cast("KeyedAdapter", found).signed(ask, self._keys)


def off_because(name: str, keys: Mapping[str, str], enabled: Collection[str]) -> str | None:
    """Why the source may not be read, given the operator's keys and choices; None when it may."""
    terms = adapter(name).terms
    if terms.settings:
        missing = [setting for setting in terms.settings if not keys.get(setting)]
        return f"{terms.off_because}: set {' and '.join(missing)}" if missing else None
    is_ours = terms.kind in {SourceKind.IMPORT, SourceKind.BUNDLED}
    return None if terms.default_enabled or is_ours or name in enabled else terms.off_because


def _own_domain(name: str, options: Mapping[str, Any]) -> str | None:
    """The base address of a board that an employer has on its own domain."""
    url = options.get("url")
    if not url or name not in OWN_DOMAINS:
        return None
    parts = urlsplit(str(url))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ValidationError(f"Expected the address of a board on {name}, found {str(url)[:200]!r}")
    return f"{parts.scheme}://{parts.netloc}"


def _board(name: str, options: Mapping[str, Any], own_domain: str | None) -> str:
    board = str(options.get("board") or "").strip() or urlsplit(own_domain or "").hostname or ""
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
