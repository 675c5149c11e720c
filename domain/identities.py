"""Accounts at OpenID providers that lead to an account here."""

from uuid import UUID

from pydantic import Field
from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.entities import Entity
from domain.errors import AuthenticationError, AuthorizationError
from domain.inputs import EmailAddress, Input
from domain.users import User, UserRow, UserService, active, row_of
from domain.work import Service


class Identity(Entity):
    """`subject` is the provider's own, lasting name of the account; its e-mail address may change."""

    __tablename__ = "identities"
    __table_args__ = (Index("uq_identities_subject", "provider", "subject", unique=True),)

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(255))
    email: Mapped[str | None] = mapped_column(String(255))


class ProvenIdentity(Input):
    """What a provider's signed token says of who signs in, once it was verified.

    `subject`: at most 255 characters (OpenID Connect Core 1.0 section 2).
    """

    provider: str = Field(min_length=1, max_length=64)
    subject: str = Field(min_length=1, max_length=255)
    email: EmailAddress | None = None
    email_verified: bool = False
    full_name: str | None = None


class IdentityService(Service):
    async def account_of(self, proven: ProvenIdentity, *, registration_enabled: bool) -> UserRow:
        """The account of this subject; else the one with its verified address, linked from now on; else a new one.

        An address that the provider did not verify proves nothing: it neither links nor opens an account.
        """
        known = await self._linked(proven)
        if known is not None:
            return active(row_of(known))
        if proven.email is None or not proven.email_verified:
            message = "Your provider has not verified your e-mail address"
            raise AuthenticationError(message)
        same = select(User).where(User.email_folded == proven.email.casefold()).with_for_update()
        user = (await self.session.scalars(same)).one_or_none()
        row = await self._open(proven.email, proven, registration_enabled) if user is None else active(row_of(user))
        self.session.add(Identity(user_id=row.id, provider=proven.provider, subject=proven.subject, email=proven.email))
        await self.session.flush()
        return row

    async def _linked(self, proven: ProvenIdentity) -> User | None:
        found = select(User).join(Identity, Identity.user_id == User.id)
        mine = found.where(Identity.provider == proven.provider, Identity.subject == proven.subject)
        return (await self.session.scalars(mine)).one_or_none()

    async def _open(self, email: str, proven: ProvenIdentity, registration_enabled: bool) -> UserRow:
        if not registration_enabled:
            message = "Registration is closed on this server"
            raise AuthorizationError(message)
        name = proven.full_name and proven.full_name.strip()[:255]
        return await UserService.of(self).open_account(email, name or None)
