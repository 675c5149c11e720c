"""`user create | create-admin | list | set-role`."""

from typing import TYPE_CHECKING, Any

import click

from infra.cli.output import json_option, print_json, print_table

if TYPE_CHECKING:
    from domain.users import UserRow

SHORTEST_PASSWORD = 8
LISTED = 100
ROLES = click.Choice(["user", "admin"])


@click.group()
def user() -> None:
    """Create and list accounts, set their roles."""


def _credentials(command: Any) -> Any:
    email = click.option("--email", prompt=True, help="The account's address.")
    password = click.option(
        "--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for when left out."
    )
    return email(password(command))


@user.command()
@_credentials
@click.option("--role", type=ROLES, default="user", show_default=True, help="What the account may do.")
@click.option("--superuser", is_flag=True, help="Mark as superuser.")
def create(*, email: str, password: str, role: str, superuser: bool) -> None:
    """Open an account."""
    made = _create(email, password, role, superuser=superuser)
    if made is not None:
        click.secho(f"User created: {made.email} (role: {made.role})", fg="green")


@user.command("create-admin")
@_credentials
def create_admin(*, email: str, password: str) -> None:
    """Open an account with the role admin that is a superuser."""
    made = _create(email, password, "admin", superuser=True)
    if made is not None:
        click.secho(f"Admin user created: {made.email}", fg="green")
        click.echo(f"Role: {made.role}, superuser: {made.is_superuser}")


@user.command("list")
@json_option
def list_users(*, as_json: bool) -> None:
    """List the newest 100 accounts."""
    from infra.cli.operating import operate
    from resolvers.users import numbered_users

    rows = operate(lambda scope: numbered_users(scope, 1, LISTED)).rows
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("No users found.")
    else:
        cells = ((row.id, row.email, row.role, row.is_active, row.is_superuser) for row in rows)
        print_table(("ID", "Email", "Role", "Active", "Superuser"), cells)


@user.command("set-role")
@click.argument("email")
@click.option("--role", type=ROLES, required=True, help="The new role.")
def set_role(*, email: str, role: str) -> None:
    """Give the account with this address another role."""
    from domain.viewers import Role
    from infra.cli.operating import operate
    from resolvers import operators

    row = operate(lambda scope: operators.set_role(scope, email, Role(role)))
    click.secho(f"User {row.email} role updated to: {row.role}", fg="green")


def _create(email: str, password: str, role: str, *, superuser: bool) -> "UserRow | None":
    """None, and a line that says so, for an address that is taken."""
    from domain.errors import AlreadyExistsError
    from domain.viewers import Role
    from infra.cli.operating import operate
    from infra.cli.registration import AnyPassword
    from resolvers import operators

    registration = AnyPassword(email=email, password=password)
    if len(password) < SHORTEST_PASSWORD:
        shortfall = f"Warning: the password has {len(password)} characters; sign-ups ask for {SHORTEST_PASSWORD}."
        click.secho(shortfall, fg="yellow", err=True)
    try:
        return operate(lambda scope: operators.create_account(scope, registration, Role(role), superuser=superuser))
    except AlreadyExistsError:
        click.secho(f"User already exists: {registration.email}", fg="yellow")
        return None
