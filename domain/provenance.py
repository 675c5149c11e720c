"""How a derived value came to be known."""

from enum import StrEnum


class Basis(StrEnum):
    """`STATED`: a typed field said it. `PARSED`: read from text. `INFERRED`: follows from something else."""

    STATED = "stated"
    PARSED = "parsed"
    INFERRED = "inferred"
    ESTIMATED = "estimated"
    UNKNOWN = "unknown"
