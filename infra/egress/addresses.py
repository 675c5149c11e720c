"""Which hosts and addresses may be asked, and the connection that is made to a checked address and no other.

A name is resolved once, when the connection is opened; every answer must be a public address, and the
connection goes to one of those answers by number. So a name that changes its mind between check and use (DNS
rebinding) changes nothing, while TLS still names the host (SNI) and verifies its certificate.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpcore2

from infra.egress.errors import AddressRefusedError, UnreachableError

Resolver = Callable[[str, int], Awaitable[list[str]]]

# Reachable by number, yet not the public internet: a cloud's own services, relays into IPv4, and blocks
# that the address tables of older Pythons still call global.
_NEVER = tuple(
    ipaddress.ip_network(block)
    for block in (
        "168.63.129.16/32",  # Azure's host services
        "192.0.0.0/24",  # protocol assignments, some clouds' metadata (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "::/96",  # IPv4-compatible (RFC 4291)
        "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
        "100::/64",  # discard (RFC 6666)
        "2001::/23",  # Teredo and other protocol assignments
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing (RFC 9602)
        "fec0::/10",  # site-local (RFC 3879)
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ODD_NUMBER = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
_HOST_AND_PORT = re.compile(r"(?P<host>\[[0-9a-f:.]+\]|[^:/\[\]]+):(?P<port>\d{1,5})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AllowList:
    """Exceptions that an operator made: whole destinations by host and port, or networks by address."""

    destinations: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[str]) -> "AllowList":
        """Entries like "hooks.internal:8080", "[::1]:9000", "10.1.0.0/16"; ValueError names a bad one."""
        destinations = set()
        networks = []
        for entry in entries:
            if match := _HOST_AND_PORT.fullmatch(entry.strip()):
                destinations.add((match["host"].strip("[]").lower(), int(match["port"])))
                continue
            try:
                networks.append(ipaddress.ip_network(entry.strip()))
            except ValueError as error:
                raise ValueError(f"Expected host:port or a network such as 10.0.0.0/8, found {entry!r}") from error
        return cls(frozenset(destinations), tuple(networks))

    def has(self, host: str, port: int) -> bool:
        return (host.strip("[]").lower().rstrip("."), port) in self.destinations

    def covers(self, address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in self.networks)


def is_public(address: str) -> bool:
    """Whether a numeric address is on the public internet; one that carries another is judged by that."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = _carried(number)
    if inner is not None:
        return is_public(str(inner))
    return (
        number.is_global
        and not (number.is_multicast or number.is_reserved or number.is_unspecified)
        and not any(number in block for block in _NEVER)
    )


def is_odd_number(host: str) -> bool:
    """A host in figures that is no plain dotted address: "127.1", "0x7f000001", "2130706433", "010.0.0.1"."""
    if not _ODD_NUMBER.fullmatch(host):
        return False
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return True
    return False


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name by the system's resolver; a numeric host is its own."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Opens connections to checked addresses only; `connect` makes them (the loop's, or a test's)."""

    def __init__(
        self,
        allow: AllowList,
        resolver: Resolver = resolve,
        connect: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._allow = allow
        self._resolver = resolver
        self._connect = connect or httpcore2.AnyIOBackend()

    async def checked(self, host: str, port: int) -> list[str]:
        """A host's addresses, if all may be asked, else AddressRefusedError naming the first that may not."""
        try:
            addresses = await self._resolver(host, port)
        except OSError as error:
            raise UnreachableError(f"There is no host named {host}", {"host": host}) from error
        if not addresses:
            raise UnreachableError(f"There is no host named {host}", {"host": host})
        for address in addresses:
            if not (self._allow.has(host, port) or self._may_ask(address)):
                raise AddressRefusedError(
                    f"{host} leads to {address}, which is not a public address",
                    {"host": host, "address": address},
                )
        return addresses

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the protocol of the backend
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        failure: Exception | None = None
        async with asyncio.timeout(timeout):
            addresses = await self.checked(host, port)
            for address in addresses:
                try:
                    return await self._connect.connect_tcp(address, port, timeout, local_address, socket_options)
                except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                    failure = error
        raise failure or httpcore2.ConnectError(host)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 - the protocol of the backend
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        raise AddressRefusedError("Sockets of this machine are never asked", {"path": path})

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _may_ask(self, address: str) -> bool:
        if is_public(address):
            return True
        try:
            return self._allow.covers(ipaddress.ip_address(address))
        except ValueError:
            return False


def _carried(number: IPv4Address | IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one that routers or kernels translate (mapped, 6to4, NAT64)."""
    if not isinstance(number, IPv6Address):
        return None
    if number.ipv4_mapped or number.sixtofour:
        return number.ipv4_mapped or number.sixtofour
    return IPv4Address(int(number) & 0xFFFFFFFF) if number in _NAT64 else None
