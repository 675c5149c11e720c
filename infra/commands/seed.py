"""Accounts and items to look at while developing. What was seeded is told by its address, and only that is cleared."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from infra.cli.failures import Failure
from infra.commands import command, info, success, warning

if TYPE_CHECKING:
    from domain.scopes import Scope

DOMAIN = "seed.example.com"
GIVEN_NAMES = ("Amara", "Björn", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hina", "Ivo", "Jolanta", "Kofi", "Lina")
SURNAMES = ("Abebe", "Brandt", "Castillo", "Doyle", "Eriksen", "Fontaine", "Gupta", "Haddad", "Ito", "Jansen", "Kral")
TITLES = (
    "Ask for a reference",
    "Bring the portfolio up to date",
    "Call back about the interview",
    "Compare the two offers",
    "Prepare questions for Thursday",
    "Send the signed contract",
    "Thank the recruiter",
)
PAGE = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    count: int
    users: bool
    items: bool


@command("seed", help="Make accounts and items to look at; --clear removes those of earlier seeds first.")
@click.option("-c", "--count", type=click.IntRange(0, 10_000), default=10, show_default=True, help="How many of each.")
@click.option("--clear", is_flag=True, help="Remove what earlier seeds made; refused in production.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--users/--no-users", default=True, show_default=True)
@click.option("--items/--no-items", default=True, show_default=True)
def seed(*, count: int, clear: bool, dry_run: bool, users: bool, items: bool) -> None:
    from infra.cli.operating import operate
    from infra.settings import read_settings

    settings = read_settings()
    if clear and settings.ENVIRONMENT == "production":
        raise Failure("seed --clear is refused in production: no command deletes accounts there wholesale")
    wanted = Wanted(count, users, items)
    if dry_run:
        info("Dry run, nothing is changed.")
        if clear:
            info(f"Would remove: {len(operate(_seeded, settings))} seeded users with their items")
        info(f"Would create: {count if users else 0} users, {count if items else 0} items")
        return
    operate(lambda scope: _seed(scope, wanted, clear=clear), settings)


async def _seed(scope: "Scope", wanted: Wanted, *, clear: bool) -> None:
    from resolvers.users import delete_user

    earlier = await _seeded(scope)
    if clear:
        for id in earlier:
            await delete_user(scope, id)
        info(f"Removed: {len(earlier)} seeded users with their items")
        earlier = []
    users = await _users(scope, wanted.count, earlier) if wanted.users else []
    items = await _items(scope, wanted.count, users or earlier) if wanted.items else 0
    success(f"Created: {len(users)} users, {items} items")


async def _seeded(scope: "Scope") -> list[UUID]:
    from domain.pages import PageArgs
    from resolvers.users import users

    found: list[UUID] = []
    after: Any = None
    while True:
        page = await users(scope, PageArgs(first=PAGE, after=after))
        found += [row.id for row in page.nodes if row.email.endswith(f"@{DOMAIN}")]
        if not page.page_info.has_next_page:
            return found
        after = page.page_info.end_cursor


async def _users(scope: "Scope", count: int, earlier: list[UUID]) -> list[UUID]:
    from domain.users import Registration
    from resolvers.operators import create_account

    if earlier:
        warning(f"{len(earlier)} users were seeded before; --clear makes them anew.")
        return []
    password = secrets.token_urlsafe(9)
    made: list[UUID] = []
    for number in range(count):
        name = f"{GIVEN_NAMES[number % len(GIVEN_NAMES)]} {SURNAMES[number // len(GIVEN_NAMES) % len(SURNAMES)]}"
        registration = Registration(email=f"person{number + 1}@{DOMAIN}", password=password, full_name=name)
        made.append((await create_account(scope, registration)).id)
    if made:
        info(f"They sign in as person1@{DOMAIN} … person{count}@{DOMAIN} with the password {password}")
    return made


async def _items(scope: "Scope", count: int, owners: list[UUID]) -> int:
    """Spread over the seeded accounts, so that clearing these clears the items."""
    from domain.items import ItemDraft
    from infra.cli.operating import on_behalf
    from resolvers.items import create_item

    if not owners:
        warning("Items belong to seeded users, and there are none: leave out --no-users.")
        return 0
    for number in range(count):
        draft = ItemDraft(title=TITLES[number % len(TITLES)], description=f"Seeded item {number + 1}.")
        await create_item(on_behalf(scope, owners[number % len(owners)]), draft)
    return count
