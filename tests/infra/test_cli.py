"""The console script by itself: what it costs, what it says, how it ends."""

import json
import os
import socket
import subprocess
import sys
import time
import types
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from infra.cli import COMMANDS, main
from infra.cli.custom import FoundGroup, module_names
from infra.cli.failures import explain
from infra.settings import SettingsError

SCRIPT = str(Path(sys.executable).parent / "personal_automations")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Nothing of the surroundings but what starting a program needs."""
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DATA_DIR": str(tmp_path / "data")}


def call(environ: dict[str, str], *arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, *arguments],
        env=environ,
        cwd=environ["HOME"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(environ: dict[str, str]) -> tuple[subprocess.Popen[str], int]:
    """`server run` on the embedded default, once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [SCRIPT, "server", "run", "--port", str(port)],
        env=environ,
        cwd=environ["HOME"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 90
    while not answers(port):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process, port


@pytest.fixture
def running(environ: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    process, port = start(environ)
    yield process, port
    if process.poll() is None:
        process.kill()
    process.communicate(timeout=10)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def test_help_imports_neither_the_schema_nor_the_database(environ: dict[str, str]) -> None:
    code = (
        "import sys; from infra.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([n for n in ('sqlalchemy', 'strawberry', 'graphql', 'schema', 'pydantic', 'structlog', 'rich', 'uvicorn')"
        " if n in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
    for name in COMMANDS:
        assert name in ran.stdout


def test_the_version_is_the_documented_line(environ: dict[str, str]) -> None:
    assert call(environ, "--version").stdout == "personal_automations, version 0.1.0\n"


def commands(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*path, "--help"])
    assert shown.exit_code == 0, shown.output
    assert shown.output.splitlines()[2].strip(), "a line that says what it does"


def test_the_documented_commands_are_there() -> None:
    documented = {
        "server run", "server routes", "db init", "db migrate", "db upgrade", "db downgrade", "db current", "db history",
        "taskiq worker", "taskiq scheduler", "dramatiq worker", "dramatiq scheduler", "worker run", "scheduler run",
        "user create", "user create-admin", "user list", "user set-role", "cmd hello", "cmd seed", "cmd cleanup",
        "resume read", "fit", "demo",
    }  # fmt: skip
    assert documented <= {" ".join(path) for path in commands(main)}


def test_a_wrong_setting_is_one_sentence_that_names_it(environ: dict[str, str]) -> None:
    ended = call({**environ, "PORT": "eighty"}, "server", "run")
    assert ended.returncode == 2
    assert ended.stderr.startswith("Error: PORT: ")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "settings", "named"),
    [
        (("server", "run", "--workers", "2"), {}, "REDIS_URL"),
        (("server", "run", "--no-worker"), {}, "REDIS_URL"),
        (("worker", "run"), {}, "REDIS_URL"),
        (("scheduler", "run"), {}, "REDIS_URL"),
        (("dramatiq", "worker"), {}, "REDIS_URL"),
        (("taskiq", "scheduler"), {}, "REDIS_URL"),
        (("server", "run"), {"REDIS_URL": "redis://127.0.0.1:1/0"}, "DATABASE_URL"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(
    environ: dict[str, str], arguments: tuple[str, ...], settings: dict[str, str], named: str
) -> None:
    ended = call({**environ, **settings}, *arguments)
    assert ended.returncode == 2
    refusal = ended.stderr.splitlines()[-1]
    assert refusal.startswith("Error: ")
    assert named in refusal
    assert "Traceback" not in ended.stderr


def test_an_alias_says_what_it_stands_for(environ: dict[str, str]) -> None:
    assert "`taskiq worker` is an alias of `worker run`" in call(environ, "taskiq", "worker").stderr


def test_a_database_that_is_not_there_is_one_sentence(environ: dict[str, str]) -> None:
    nowhere = {"DATABASE_URL": f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"}
    ended = call({**environ, **nowhere}, "user", "list")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert "could not be used" in ended.stderr


def test_a_taken_port_is_one_sentence(environ: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = call(environ, "server", "run", "--port", str(port))
    assert ended.returncode == 1
    assert f"127.0.0.1:{port}" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_the_server_says_what_to_open_and_ends_cleanly(
    running: tuple[subprocess.Popen[str], int], environ: dict[str, str]
) -> None:
    process, port = running
    second = call(environ, "server", "run", "--port", str(free_port()))
    assert second.returncode == 2
    assert "a server is running on the data folder" in second.stderr
    process.terminate()
    began = time.monotonic()
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - began < 10
    assert process.returncode == 0
    assert f"http://127.0.0.1:{port}/graphql" in said
    assert "make demo" in said
    key = Path(environ["DATA_DIR"]) / "secret_key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert key.read_text().strip() not in said


def test_a_killed_server_leaves_no_lock_behind(
    running: tuple[subprocess.Popen[str], int], environ: dict[str, str]
) -> None:
    process, _ = running
    process.kill()
    process.wait(10)
    again, _ = start(environ)
    again.terminate()
    again.communicate(timeout=20)


def test_routes_are_a_table_and_json(environ: dict[str, str]) -> None:
    table = call(environ, "server", "routes").stdout.splitlines()
    assert table[0].split() == ["Method", "Path", "Name"]
    assert ["GET", "/health", "health"] in [line.split() for line in table]
    listed = json.loads(call(environ, "server", "routes", "--json").stdout)
    assert {"method": "GET", "path": "/health", "name": "health"} in listed
    assert len(listed) == len(table) - 1


def test_an_unforeseen_error_is_not_explained_away() -> None:
    assert explain(KeyError("x")) is None
    explained = explain(SettingsError("PORT: wrong"))
    assert explained is not None
    assert (explained.message, explained.exit_code) == ("PORT: wrong", 2)


def test_a_command_module_that_fails_to_import_is_told_of_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_text("import click\n@click.command('good')\ndef good(): click.echo('well')\n")
    (tmp_path / "broken.py").write_text("import nothing_of_that_name\n")
    (tmp_path / "_hidden.py").write_text("import click\n@click.command('hidden')\ndef hidden(): pass\n")
    package = types.ModuleType("found_commands")
    package.__path__ = [str(tmp_path)]
    sys.modules["found_commands"] = package
    try:
        assert module_names(package) == ["broken", "good"]
        group = FoundGroup("found_commands")
        shown = CliRunner().invoke(group, ["--help"])
        assert "good" in shown.output
        assert "hidden" not in shown.output
        assert "'broken' cannot be imported" in shown.stderr
        assert CliRunner().invoke(group, ["good"], color=True).stdout == "well\n"
    finally:
        for name in [name for name in sys.modules if name.startswith("found_commands")]:
            del sys.modules[name]


def test_hello_greets_as_often_as_asked() -> None:
    said = CliRunner().invoke(main, ["cmd", "hello", "-n", "Ada", "-c", "2"])
    assert said.output == "Hello, Ada!\nHello, Ada!\nDone!\n"
