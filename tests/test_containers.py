"""The image and its services, as far as they can be checked without an engine."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from infra.cli import main
from infra.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
IGNORE = (ROOT / ".dockerignore").read_text()
OURS = ("api", "worker", "scheduler")


def instructions(name: str) -> list[str]:
    joined = re.sub(r"\\\n\s*", " ", DOCKERFILE)
    return [line.removeprefix(name).strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def copied_from_the_context() -> list[str]:
    lines = [shlex.split(line) for line in instructions("COPY") if "--from=" not in line]
    return [source for parts in lines for source in parts[:-1]]


def test_everything_the_image_copies_exists_and_reaches_the_build() -> None:
    assert copied_from_the_context()
    for source in copied_from_the_context():
        assert (ROOT / source).exists(), source
        assert f"!{source.split('/')[0].rstrip('/')}" in IGNORE.splitlines(), source


def test_the_image_holds_every_package_of_ours() -> None:
    assert {"schema/", "resolvers/", "domain/", "workers/", "infra/", "migrations/"} <= set(copied_from_the_context())


def test_the_image_does_not_run_as_root_and_says_when_it_is_well() -> None:
    assert instructions("USER") == ["app"]
    assert DOCKERFILE.index("\nUSER ") > DOCKERFILE.rindex("\nFROM ")
    assert len(instructions("HEALTHCHECK")) == 1


def test_the_image_installs_only_what_is_pinned_by_hash() -> None:
    installs = re.findall(r"pip install ([^\n&]+)", DOCKERFILE)
    assert installs
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation" in line for line in installs)
    assert ":latest" not in DOCKERFILE


def test_no_secret_is_written_into_the_image() -> None:
    assert not re.search(r"(SECRET|PASSWORD|KEY|TOKEN)=", DOCKERFILE)


@pytest.mark.parametrize("service", OURS)
def test_the_command_of_a_service_is_one_of_the_console_script(service: str) -> None:
    command = [part for part in COMPOSE["services"][service]["command"] if not part.startswith("--")]
    options = [part for part in COMPOSE["services"][service]["command"] if part.startswith("--")]
    shown = CliRunner().invoke(main, [*command, "--help"])
    assert shown.exit_code == 0, shown.output
    assert all(option in shown.output for option in options)


@pytest.mark.parametrize("service", OURS)
def test_the_environment_of_a_service_is_made_of_settings(service: str) -> None:
    given = COMPOSE["services"][service]["environment"]
    assert set(given) <= set(Settings.model_fields)
    assert given["DATABASE_URL"].startswith("postgresql://")
    assert given["REDIS_URL"].startswith("redis://")


def test_services_wait_for_services_that_exist_and_can_be_healthy() -> None:
    services = COMPOSE["services"]
    assert set(services) == {*OURS, "postgres", "redis"}
    for name, service in services.items():
        for awaited, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}, name
            checked = services[awaited].get("healthcheck") or instructions("HEALTHCHECK")
            assert checked, awaited
            assert "disable" not in checked, awaited


def test_every_volume_that_is_used_is_declared() -> None:
    used = {v.split(":")[0] for service in COMPOSE["services"].values() for v in service.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])


def test_one_image_serves_all_three() -> None:
    images = {COMPOSE["services"][name]["image"] for name in OURS}
    assert len(images) == 1
    assert [name for name in OURS if "build" in COMPOSE["services"][name]] == ["api"]


def test_every_setting_has_a_line_in_the_example_and_every_line_is_a_setting() -> None:
    named = set(re.findall(r"^# ([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    unlisted = {"PROJECT_NAME", "API_V1_STR", "ALGORITHM"}
    assert named == set(Settings.model_fields) - unlisted
