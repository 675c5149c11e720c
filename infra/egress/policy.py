"""How addresses are asked: what is allowed, how fast, how much and for how long."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Times are seconds, sizes bytes (of the decompressed answer too).

    `allow` holds what an operator vouches for: "host:port" (any scheme, wherever it leads) or networks in
    CIDR form. `interval` passes between two requests to a host, of which `at_once` may be under way. A
    `Retry-After` of up to `patience` is waited for; a longer one parks the host for at most `longest_park`.
    """

    user_agent: str = "personal_automations"
    contact: str | None = None
    allow: tuple[str, ...] = ()
    allow_http: bool = False
    ports: frozenset[int] = frozenset({80, 443, 8443})
    max_redirects: int = 5
    max_bytes: int = 20 * 1024 * 1024
    connect_timeout: float = 10.0
    read_timeout: float = 30.0
    total_timeout: float = 60.0
    interval: float = 1.0
    at_once: int = 1
    patience: float = 30.0
    longest_park: float = 3600.0
    attempts: int = 3
    backoff: float = 0.5
    longest_backoff: float = 20.0

    @property
    def agent(self) -> str:
        return f"{self.user_agent} (+{self.contact})" if self.contact else self.user_agent
