"""The one way out to addresses that others chose: `Egress`, its policy, its answers and its errors."""

from infra.egress.client import Egress
from infra.egress.errors import (
    AddressRefusedError,
    AnswerTooLargeError,
    BrokenAnswerError,
    EgressError,
    ForbiddenError,
    HostParkedError,
    StatusError,
    UnreachableError,
)
from infra.egress.policy import EgressPolicy
from infra.egress.responses import EgressResponse

__all__ = [
    "AddressRefusedError",
    "AnswerTooLargeError",
    "BrokenAnswerError",
    "Egress",
    "EgressError",
    "EgressPolicy",
    "EgressResponse",
    "ForbiddenError",
    "HostParkedError",
    "StatusError",
    "UnreachableError",
]
