"""Accounts, database versions and the project's own commands, on a database of the test's own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.cli import main

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, migrated: dict[str, str]) -> Call:
    """The console script in this process, on SQLite in a folder of the test's own."""
    environ = {"DATA_DIR": str(tmp_path), "ENVIRONMENT": "test", "DATABASE_URL": "", "REDIS_URL": ""}

    def invoke(*arguments: str, input: str | None = None, **more: str) -> Result:
        return CliRunner().invoke(main, arguments, env={**environ, **more}, input=input, catch_exceptions=False)

    return invoke


def accounts(call: Call) -> dict[str, dict[str, object]]:
    return {row["email"]: row for row in json.loads(call("user", "list", "--json").stdout)}


def test_the_first_list_is_empty_and_says_so(call: Call) -> None:
    assert call("user", "list").output == "No users found.\n"
    assert call("user", "list", "--json").stdout == "[]\n"


def test_an_account_is_created_once(call: Call) -> None:
    made = call("user", "create", "--email", "ada@example.com", "--password", "correct horse")
    assert (made.exit_code, made.output) == (0, "User created: ada@example.com (role: user)\n")
    again = call("user", "create", "--email", "ADA@example.com", "--password", "correct horse")
    assert (again.exit_code, again.output) == (0, "User already exists: ADA@example.com\n")
    assert list(accounts(call)) == ["ada@example.com"]


def test_a_short_password_is_accepted_with_a_warning(call: Call) -> None:
    made = call("user", "create", "--email", "ada@example.com", "--password", "secret")
    assert made.exit_code == 0
    assert made.stdout == "User created: ada@example.com (role: user)\n"
    assert "Warning: the password has 6 characters" in made.stderr


def test_what_is_left_out_is_asked_for_and_the_password_twice_and_hidden(call: Call) -> None:
    made = call("user", "create", input="ada@example.com\ncorrect horse\ncorrect horse\n")
    assert made.exit_code == 0, made.output
    assert "correct horse" not in made.output
    assert "ada@example.com" in accounts(call)


def test_an_admin_has_the_role_and_is_a_superuser(call: Call) -> None:
    made = call("user", "create-admin", "--email", "root@example.com", "--password", "correct horse")
    assert made.output.splitlines()[0] == "Admin user created: root@example.com"
    assert len(made.output.splitlines()) == 2
    row = accounts(call)["root@example.com"]
    assert (row["role"], row["is_superuser"]) == ("admin", True)
    assert "hashed_password" not in row


def test_the_list_is_a_table(call: Call) -> None:
    call("user", "create", "--email", "ada@example.com", "--password", "correct horse", "--role", "admin")
    heading, row = call("user", "list").output.splitlines()
    assert heading.split() == ["ID", "Email", "Role", "Active", "Superuser"]
    assert row.split()[1:] == ["ada@example.com", "admin", "True", "False"]


def test_a_role_is_changed_and_an_unknown_address_is_said(call: Call) -> None:
    call("user", "create", "--email", "ada@example.com", "--password", "correct horse")
    changed = call("user", "set-role", "ada@example.com", "--role", "admin")
    assert changed.output == "User ada@example.com role updated to: admin\n"
    unknown = call("user", "set-role", "nobody@example.com", "--role", "admin")
    assert unknown.exit_code == 1
    assert "User not found: nobody@example.com" in unknown.stderr
    assert {email: row["role"] for email, row in accounts(call).items()} == {"ada@example.com": "admin"}


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.com", "a b@example.com", "x" * 300 + "@example.com"])
def test_what_is_no_address_is_refused_in_one_sentence(call: Call, email: str) -> None:
    refused = call("user", "create", "--email", email, "--password", "correct horse")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("Error: email: ")
    assert len(refused.stderr.splitlines()) == 1
    assert accounts(call) == {}


def test_the_database_goes_up_and_down_in_both_spellings(call: Call) -> None:
    assert call("db", "init").output == "Initializing database...\nDatabase initialized.\n"
    head = json.loads(call("db", "current", "--json").stdout)
    assert head["revision"] == head["head"]
    for spelling in (("-1",), ("--revision", "-1"), ()):
        assert call("db", "downgrade", *spelling).output == "Downgraded to: -1\n"
        assert json.loads(call("db", "current", "--json").stdout)["revision"] != head["head"]
        assert call("db", "upgrade").output == "Upgraded to: head\n"
        assert json.loads(call("db", "current", "--json").stdout) == head
    assert call("db", "current").output.startswith(head["head"])
    assert head["head"] in call("db", "history").output
    assert head["head"] in [row["revision"] for row in json.loads(call("db", "history", "--json").stdout)]


def test_an_unknown_version_is_one_sentence(call: Call) -> None:
    refused = call("db", "upgrade", "--revision", "nothing")
    assert refused.exit_code == 2
    assert refused.stderr == "Error: Can't locate revision identified by 'nothing'\n"


def test_seeding_makes_what_was_asked_and_clearing_removes_only_that(call: Call) -> None:
    call("user", "create", "--email", "ada@example.com", "--password", "correct horse")
    assert call("cmd", "seed", "--count", "5").output.splitlines()[-1] == "Created: 5 users, 5 items"
    assert len(accounts(call)) == 6
    again = call("cmd", "seed", "--count", "3", "--no-items")
    assert again.output.splitlines()[-1] == "Created: 0 users, 0 items"
    assert "Would remove: 5 seeded users" in call("cmd", "seed", "--clear", "--dry-run").output
    assert len(accounts(call)) == 6
    assert "Created: 2 users, 0 items" in call("cmd", "seed", "--clear", "--count", "2", "--no-items").output
    assert "ada@example.com" in accounts(call)
    assert len(accounts(call)) == 3


def test_clearing_is_refused_in_production_and_changes_nothing(call: Call) -> None:
    call("cmd", "seed", "--count", "2")
    refused = call("cmd", "seed", "--clear", ENVIRONMENT="production")
    assert refused.exit_code == 1
    assert "refused in production" in refused.stderr
    assert len(accounts(call)) == 2


def test_cleaning_up_asks_unless_it_is_forced(call: Call) -> None:
    assert call("cmd", "cleanup", "--dry-run").output.startswith("Would delete: 0 sessions")
    assert call("cmd", "cleanup", input="n\n").exit_code == 1
    assert call("cmd", "cleanup", input="y\n").output.endswith("Deleted: 0 sessions, 0 deliveries\n")
    assert call("cmd", "cleanup", "-f", "-d", "0").output == "Deleted: 0 sessions, 0 deliveries\n"
