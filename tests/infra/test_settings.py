"""The operator's settings: what counts first, and one sentence for each thing that cannot work."""

import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from infra.settings import Settings, SettingsError, read_settings

KEY = "k" * 32


def read(tmp_path: Path, **environ: str) -> Settings:
    return read_settings({"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, **environ})


def test_without_any_setting_everything_is_embedded(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.embedded
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/personal_automations.sqlite3"
    assert settings.redis_url == ""


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_database_url_wins_over_the_single_settings(tmp_path: Path, scheme: str) -> None:
    settings = read(tmp_path, DATABASE_URL=f"{scheme}://u:p@h:5/d", POSTGRES_HOST="other")
    assert settings.database_url == "postgresql+asyncpg://u:p@h:5/d"


def test_any_postgres_setting_means_postgresql_and_its_password_is_quoted(tmp_path: Path) -> None:
    assert read(tmp_path, POSTGRES_DB="jobs").database_url == "postgresql+asyncpg://postgres@localhost:5432/jobs"
    settings = read(tmp_path, POSTGRES_HOST="db", POSTGRES_USER="me@x", POSTGRES_PASSWORD="p@ss/w:rd")
    assert settings.database_url == "postgresql+asyncpg://me%40x:p%40ss%2Fw%3Ard@db:5432/personal_automations"


def test_any_redis_setting_but_the_namespace_means_redis(tmp_path: Path) -> None:
    postgres = {"DATABASE_URL": "postgresql://h/d"}
    assert read(tmp_path, REDIS_NAMESPACE="x").embedded
    assert read(tmp_path, **postgres, REDIS_HOST="r").redis_url == "redis://r:6379/0"
    assert read(tmp_path, **postgres, REDIS_PASSWORD="p@s").redis_url == "redis://:p%40s@localhost:6379/0"
    assert read(tmp_path, **postgres, REDIS_URL="redis://a/1", REDIS_HOST="r").redis_url == "redis://a/1"


def test_an_empty_variable_is_an_absent_one(tmp_path: Path) -> None:
    assert read(tmp_path, REDIS_URL="", POSTGRES_HOST="", PORT="", DATABASE_URL="").embedded


def test_what_is_handed_over_wins_over_the_environment(tmp_path: Path) -> None:
    settings = read_settings(
        {"DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, "PORT": "1", "HOST": "h"}, PORT=2, HOST=None
    )
    assert (settings.PORT, settings.HOST) == (2, "h")


def test_the_environment_wins_over_the_local_file_and_that_over_the_shared_one(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AI_MODEL=shared\nPROJECT_NAME=shared\nEGRESS_CONTACT=shared\n")
    (tmp_path / ".env.local").write_text("AI_MODEL=local\nPROJECT_NAME=local\n")
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from infra.settings import read_settings as r; s = r(); print(s.AI_MODEL, s.PROJECT_NAME, s.EGRESS_CONTACT)",
        ],
        cwd=tmp_path,
        env={"AI_MODEL": "environment", "SECRET_KEY": KEY, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["environment", "local", "shared"]


def test_lists_are_read_with_commas_and_as_json(tmp_path: Path) -> None:
    wanted = ("http://a", "http://b")
    for text in ("http://a, http://b,", json.dumps(wanted)):
        assert wanted == read(tmp_path, CORS_ORIGINS=text).CORS_ORIGINS


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"REDIS_URL": "redis://r"}, "cannot share a SQLite file"),
        ({"REDIS_HOST": "r"}, "cannot share a SQLite file"),
        ({"REDIS_URL": "redis://r", "DATABASE_URL": "sqlite:///x.db"}, "cannot share a SQLite file"),
        ({"REDIS_URL": "http://r", "DATABASE_URL": "postgresql://h/d"}, "REDIS_URL: expected redis://"),
        ({"REDIS_URL": "redis://r:port/0", "DATABASE_URL": "postgresql://h/d"}, "REDIS_URL: "),
        ({"SECRET_KEY": "short"}, "SECRET_KEY: expected at least 32 characters, found 5"),
        ({"SECRET_KEY": "change-me-" * 5, "ENVIRONMENT": "production"}, "SECRET_KEY: expected a random value"),
        ({"CORS_ORIGINS": "*", "ENVIRONMENT": "production"}, "CORS_ORIGINS: "),
        (
            {"DATABASE_URL": "mysql://h/d"},
            "DATABASE_URL: expected postgresql://… or sqlite:///…, found the scheme 'mysql'",
        ),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL: "),
        ({"DATABASE_URL": "postgresql://h:port/d"}, "DATABASE_URL: "),
        ({"DATABASE_URL": "postgresql://h:99999/d"}, "DATABASE_URL: "),
        ({"PORT": "http"}, "PORT: "),
        ({"PORT": "70000"}, "PORT: "),
        ({"POSTGRES_PORT": "x"}, "POSTGRES_PORT: "),
        ({"POSTGRES_PORT": "70000"}, "POSTGRES_PORT: "),
        ({"REDIS_PORT": "-1", "POSTGRES_DB": "d"}, "REDIS_PORT: "),
        ({"REDIS_DB": "-1", "POSTGRES_DB": "d"}, "REDIS_DB: "),
        ({"DEBUG": "perhaps"}, "DEBUG: "),
        ({"ENVIRONMENT": "prod"}, "ENVIRONMENT: "),
        ({"ALGORITHM": "none"}, "ALGORITHM: "),
        ({"REDIS_NAMESPACE": "a:*"}, "REDIS_NAMESPACE: "),
        ({"LEASE_SECONDS": "0"}, "LEASE_SECONDS: "),
        ({"RATE_LIMIT_REQUESTS": "0"}, "RATE_LIMIT_REQUESTS: "),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_work_is_told_in_one_sentence(tmp_path: Path, environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, **environ)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_refusal_never_shows_a_secret(tmp_path: Path) -> None:
    for environ in (
        {"SECRET_KEY": "hunter2"},
        {"DATABASE_URL": "mysql://me:hunter2@h/d"},
        {"DATABASE_URL": "postgresql://me:hunter2@h:x/d"},
        {"REDIS_URL": "http://:hunter2@h", "POSTGRES_DB": "d"},
    ):
        with pytest.raises(SettingsError) as refused:
            read(tmp_path, **environ)
        assert "hunter2" not in str(refused.value)


def test_the_first_run_makes_a_key_of_its_own_and_keeps_it_private(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path / "new" / "data")}
    first = read_settings(environ).SECRET_KEY
    assert len(first) >= 64
    assert first == read_settings(environ).SECRET_KEY
    folder = tmp_path / "new" / "data"
    assert (folder / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret_key"]
    assert first != read_settings({"DATA_DIR": str(tmp_path / "other")}).SECRET_KEY


def test_two_processes_of_a_first_run_agree_on_the_key(tmp_path: Path) -> None:
    code = "from infra.settings import read_settings as r; print(r({'DATA_DIR': 'data'}).SECRET_KEY)"
    environ = {"PYTHONPATH": str(Path(__file__).parents[2])}
    started = [
        subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    keys = {process.communicate()[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) >= 64


@pytest.mark.parametrize("kept", ["", "short", " \n"])
def test_a_kept_key_that_is_too_short_is_refused(tmp_path: Path, kept: str) -> None:
    (tmp_path / "secret_key").write_text(kept)
    with pytest.raises(SettingsError, match="secret_key"):
        read_settings({"DATA_DIR": str(tmp_path)})


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"^DATA_DIR: expected a folder to write to, found "):
        read_settings({"DATA_DIR": str(tmp_path / "file" / "data")})


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    settings = read(tmp_path)
    with contextlib.suppress(ValueError):
        settings.PORT = 1
    assert settings.PORT == 8000


@pytest.mark.parametrize("name", ["EGRESS_ALLOW", "WEBHOOK_ALLOW"])
def test_an_allow_list_that_cannot_be_read_ends_the_start(name: str) -> None:
    good = read_settings({"SECRET_KEY": "k" * 40, name: "hooks.internal:8080, 10.0.0.0/8,[::1]:9000"})
    assert getattr(good, name) == ("hooks.internal:8080", "10.0.0.0/8", "[::1]:9000")
    with pytest.raises(SettingsError, match=f"{name}: Expected host:port or a network such as 10.0.0.0/8, found"):
        read_settings({"SECRET_KEY": "k" * 40, name: "http://hooks.internal/"})
