"""Who asks."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.errors import AuthenticationError


class Role(StrEnum):
    USER = "user"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person or program behind one operation; `user_id` is None for a stranger.

    `is_machine`: a program that has the operator's machine key; it is nobody's. `address` and `user_agent` are the
    client's own, as far as the server could tell.
    """

    user_id: UUID | None = None
    role: Role = Role.USER
    session_id: UUID | None = None
    address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
    is_machine: bool = False

    @property
    def id(self) -> UUID:
        """The signed-in user's id; a stranger has none, and asking for it is refused."""
        if self.user_id is None:
            message = "Not authenticated"
            raise AuthenticationError(message)
        return self.user_id

    @property
    def is_admin(self) -> bool:
        return self.user_id is not None and self.role is Role.ADMIN
