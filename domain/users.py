"""Accounts."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import Select, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity, choice
from domain.errors import AlreadyExistsError, AuthenticationError, NotFoundError
from domain.events import UserCreated, UserDeleted, UserUpdated
from domain.inputs import ABSENT, EmailAddress, Input, Password
from domain.pages import Numbered, Order, Page, PageArgs, by_keyset, by_number, count, to_page
from domain.viewers import Role
from domain.work import Service

Verify = Callable[[str, str | None], Coroutine[Any, Any, bool]]


class User(Entity):
    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(255))
    email_folded: Mapped[str] = mapped_column(String(255), unique=True)
    hashed_password: Mapped[str | None] = mapped_column(String(255))
    full_name: Mapped[str | None] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(choice(Role), default=Role.USER)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_superuser: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class UserRow:
    id: UUID
    email: str
    full_name: str | None
    is_active: bool
    is_superuser: bool
    role: Role
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against."""

    user: UserRow
    hashed_password: str | None


class Registration(Input):
    email: EmailAddress
    password: Password
    full_name: str | None = Field(default=None, max_length=255)


class UserChanges(Input):
    """`is_active` and `role` count only when an admin sends them."""

    email: EmailAddress = ABSENT
    password: Password = ABSENT
    full_name: str | None = Field(default=None, max_length=255)
    is_active: bool = ABSENT
    role: Role = ABSENT


COLUMNS = (
    User.id, User.email, User.full_name, User.is_active, User.is_superuser, User.role, User.created_at, User.updated_at,
)  # fmt: skip
NEWEST_FIRST = Order("created_at", User.created_at.expression, User.id.expression, descending=True)


def row_of(user: User) -> UserRow:
    return UserRow(
        user.id, user.email, user.full_name, user.is_active, user.is_superuser, user.role, user.created_at,
        user.updated_at,
    )  # fmt: skip


class UserService(Service):
    def visible(self, *columns: Any) -> Select[Any]:
        """Yourself; for an admin, everybody."""
        wanted = select(*(columns or COLUMNS))
        return wanted if self.viewer.is_admin else wanted.where(User.id == self.viewer.id)

    async def register(
        self,
        registration: Registration,
        hashed_password: str | None,
        *,
        role: Role = Role.USER,
        superuser: bool = False,
    ) -> UserRow:
        return await self.open_account(
            registration.email, registration.full_name, hashed_password, role=role, superuser=superuser
        )

    async def open_account(
        self,
        email: str,
        full_name: str | None,
        hashed_password: str | None = None,
        *,
        role: Role = Role.USER,
        superuser: bool = False,
    ) -> UserRow:
        """A new account; without a password nobody can sign in with one."""
        user = User(
            email=email,
            email_folded=email.casefold(),
            hashed_password=hashed_password,
            full_name=full_name,
            role=role,
            is_superuser=superuser,
        )
        self.session.add(user)
        await self._flush_unique(email)
        self.work.emit(UserCreated(owner_id=user.id, subject_id=user.id, email=user.email))
        return row_of(user)

    async def credentials(self, email: str) -> Credentials | None:
        """For signing in: whoever has this address, in any spelling."""
        found = select(*COLUMNS, User.hashed_password).where(User.email_folded == email.strip().casefold())
        row = (await self.session.execute(found)).one_or_none()
        return Credentials(UserRow(*row[:-1]), row[-1]) if row else None

    async def authenticate(self, email: str, password: str, verify: Verify) -> UserRow:
        """The account behind an address and password. One sentence for a wrong address and a wrong password."""
        known = await self.credentials(email)
        await self.session.close()  # no connection is held while the password is hashed
        matches = await verify(password, known.hashed_password if known else None)
        if known is None or not matches:
            message = "Invalid email or password"
            raise AuthenticationError(message)
        return active(known.user)

    async def get_by_id(self, id: UUID) -> UserRow:
        row = (await self.session.execute(self.visible().where(User.id == id))).one_or_none()
        if row is None:
            raise _missing(id)
        return UserRow(*row)

    async def get_by_email(self, email: str) -> UserRow | None:
        found = self.visible().where(User.email_folded == email.strip().casefold())
        row = (await self.session.execute(found)).one_or_none()
        return UserRow(*row) if row else None

    async def page(self, args: PageArgs, *, with_total: bool) -> Page[UserRow]:
        statement, wanted, backwards = by_keyset(self.visible(), NEWEST_FIRST, args)
        found = [UserRow(*row) for row in await self.session.execute(statement)]
        total = await count(self.session, self.visible(User.id)) if with_total else None
        return to_page([(r, r.created_at, r.id) for r in found], NEWEST_FIRST, args, wanted, backwards, total)

    async def numbered(self, page: int, size: int) -> Numbered[UserRow]:
        newest = self.visible().order_by(User.created_at.desc(), User.id.desc())
        rows = await self.session.execute(by_number(newest, page, size))
        return Numbered([UserRow(*row) for row in rows], await count(self.session, self.visible(User.id)))

    async def update(self, id: UUID, changes: UserChanges, hashed_password: str | None = None) -> UserRow:
        user = await self._get(id)
        given = changes.given()
        given.pop("password", None)
        if not self.viewer.is_admin:
            given.pop("role", None)
            given.pop("is_active", None)
        if hashed_password is not None:
            given["hashed_password"] = hashed_password
        if "email" in given:
            given["email_folded"] = given["email"].casefold()
        for name, value in given.items():
            setattr(user, name, value)
        await self._flush_unique(user.email)
        self.work.emit(UserUpdated(owner_id=user.id, subject_id=user.id, email=user.email))
        return row_of(user)

    async def delete(self, id: UUID) -> UserRow:
        user = await self._get(id)
        row = row_of(user)
        await self.session.delete(user)
        self.work.emit(UserDeleted(owner_id=id, subject_id=id, email=row.email))
        return row

    async def set_role(self, email: str, role: Role) -> UserRow:
        found = self.visible(User).where(User.email_folded == email.strip().casefold()).with_for_update()
        user = (await self.session.scalars(found)).one_or_none()
        if user is None:
            message = f"User not found: {email}"
            raise NotFoundError(message, {"email": email})
        user.role = role
        await self.session.flush()
        self.work.emit(UserUpdated(owner_id=user.id, subject_id=user.id, email=user.email))
        return row_of(user)

    async def _get(self, id: UUID) -> User:
        user: User | None = (
            await self.session.scalars(self.visible(User).where(User.id == id).with_for_update())
        ).one_or_none()
        if user is None:
            raise _missing(id)
        return user

    async def _flush_unique(self, email: str) -> None:
        try:
            await self.session.flush()
        except IntegrityError as taken:
            message = f"expected an e-mail address that nobody has yet, found {email}"
            raise AlreadyExistsError(message, {"email": email}) from taken


async def one_at_a_time(service: Service) -> None:
    """Whoever chooses among what belongs to the viewer waits here for who chose before: one primary, one default."""
    mine = select(User.id).where(User.id == service.viewer.id)
    await service.session.execute(mine.with_for_update(key_share=True))


def active(user: UserRow) -> UserRow:
    if not user.is_active:
        message = "User account is disabled"
        raise AuthenticationError(message)
    return user


def _missing(id: UUID) -> NotFoundError:
    return NotFoundError(f"no user with the id {id} is visible to you", {"user_id": str(id)})
