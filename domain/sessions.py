"""Sign-ins: one row per device, whose refresh token changes with each use.

A refresh token names its session and its generation. The current generation is good; the previous one is good
for `refresh_leeway` seconds after the change and answers with the same successor (two tabs that refresh at once);
any older one means that somebody else holds a copy, and ends the session.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import CursorResult, ForeignKey, Index, Select, String, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.devices import read_device
from domain.entities import Entity
from domain.errors import AuthenticationError, NotFoundError
from domain.events import SessionEnded
from domain.inputs import Input
from domain.ports import Policy, Tokens
from domain.users import User, UserRow, active, row_of
from domain.viewers import Role
from domain.work import Service

INVALID = "Invalid or expired refresh token"


class Session(Entity):
    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id", "ended_at"),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    refresh_token_hash: Mapped[str] = mapped_column(String(64))
    generation: Mapped[int] = mapped_column(default=0)
    rotated_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime]
    device_name: Mapped[str | None] = mapped_column(String(255))
    device_type: Mapped[str | None] = mapped_column(String(32))
    ip_address: Mapped[str | None] = mapped_column(String(64))


class Login(Input):
    email: str = Field(max_length=255)
    password: str = Field(max_length=1024)


@dataclass(frozen=True, slots=True)
class SessionRow:
    id: UUID
    device_name: str | None
    device_type: str | None
    ip_address: str | None
    is_current: bool
    created_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class TokenPair:
    """`expires_in`: seconds until the access token ends."""

    access_token: str
    refresh_token: str
    expires_in: int
    user: UserRow


@dataclass(frozen=True, slots=True)
class Rotation:
    """What came of a refresh token: a pair, or None when a copy of an old token ended the session."""

    pair: TokenPair | None


class SessionService(Service):
    def visible(self) -> Select[Session]:
        mine = select(Session).where(Session.user_id == self.viewer.id, Session.ended_at.is_(None))
        return mine.where(Session.expires_at > self.work.now)

    async def create_session(self, user: UserRow, tokens: Tokens, policy: Policy) -> TokenPair:
        device = read_device(self.viewer.user_agent)
        id = uuid4()
        refresh = tokens.refresh(id, 0)
        self.session.add(
            Session(
                id=id,
                user_id=user.id,
                refresh_token_hash=_digest(refresh),
                rotated_at=self.work.now,
                expires_at=self.work.now + timedelta(seconds=policy.refresh_lifetime),
                last_used_at=self.work.now,
                device_name=device.name,
                device_type=device.type,
                ip_address=self.viewer.address and self.viewer.address[:64],
            )
        )
        await self.session.flush()
        return TokenPair(tokens.access(user.id, id), refresh, policy.access_lifetime, user)

    async def validate_refresh_token(self, token: str, tokens: Tokens, policy: Policy) -> Rotation:
        """The next pair. The session of a token that was used before is ended, which the caller must commit."""
        id, generation = tokens.read_refresh(token)
        found = select(Session, User).join(User, User.id == Session.user_id).where(Session.id == id)
        pair = (await self.session.execute(found.with_for_update(of=Session))).one_or_none()
        if pair is None or pair[0].ended_at is not None or pair[0].expires_at <= self.work.now:
            raise AuthenticationError(INVALID)
        session, account = pair
        user = active(row_of(account))
        fresh = generation == session.generation and _digest(token) == session.refresh_token_hash
        twin = generation == session.generation - 1 and self.work.now - session.rotated_at <= timedelta(
            seconds=policy.refresh_leeway
        )
        if not fresh and not twin:
            self._end(session)
            return Rotation(None)
        refresh = tokens.refresh(id, generation + 1)
        if fresh:
            session.generation += 1
            session.refresh_token_hash = _digest(refresh)
            session.rotated_at = session.last_used_at = self.work.now
            session.expires_at = self.work.now + timedelta(seconds=policy.refresh_lifetime)
        return Rotation(TokenPair(tokens.access(user.id, id), refresh, policy.access_lifetime, user))

    async def logout_by_refresh_token(self, token: str, tokens: Tokens) -> None:
        """Ends the token's session. A token of no session is no error: whoever sends it is signed out either way."""
        try:
            id, _ = tokens.read_refresh(token)
        except AuthenticationError:
            return
        session = await self.session.get(Session, id, with_for_update=True)
        if session is not None and session.ended_at is None:
            self._end(session)

    async def get_user_sessions(self) -> list[SessionRow]:
        newest = self.visible().order_by(Session.last_used_at.desc(), Session.id)
        return [self.row_of(session) for session in await self.session.scalars(newest)]

    async def revoke_session(self, id: UUID) -> SessionRow:
        session = (await self.session.scalars(self.visible().where(Session.id == id).with_for_update())).one_or_none()
        if session is None:
            message = f"no active session with the id {id} is yours"
            raise NotFoundError(message)
        self._end(session)
        return self.row_of(session)

    async def revoke_all_sessions(self) -> int:
        """Ends every session of the viewer, this one included; answers how many."""
        sessions = (await self.session.scalars(self.visible().with_for_update())).all()
        for session in sessions:
            self._end(session)
        return len(sessions)

    async def alive(self, id: UUID) -> tuple[UUID, Role] | None:
        """The user and role behind a session that still holds, else None."""
        found = select(User.id, User.role, User.is_active).join(Session, Session.user_id == User.id)
        held = found.where(Session.id == id, Session.ended_at.is_(None), Session.expires_at > self.work.now)
        row = (await self.session.execute(held)).one_or_none()
        if row is None:
            return None
        if not row.is_active:
            message = "User account is disabled"
            raise AuthenticationError(message)
        return row.id, row.role

    async def forget_ended(self, before: datetime) -> int:
        ended = delete(Session).where(or_(Session.ended_at < before, Session.expires_at < before))
        result = await self.session.execute(ended)
        return result.rowcount if isinstance(result, CursorResult) else 0

    def _end(self, session: Session) -> None:
        session.ended_at = self.work.now
        self.work.emit(SessionEnded(owner_id=session.user_id, subject_id=session.id))

    def row_of(self, session: Session) -> SessionRow:
        return SessionRow(
            session.id,
            session.device_name,
            session.device_type,
            session.ip_address,
            session.id == self.viewer.session_id,
            session.created_at,
            session.last_used_at,
        )


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
