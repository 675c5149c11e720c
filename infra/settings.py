"""The operator's settings: one frozen object, read once from the environment, `.env.local` and `.env`.

The names are the documented ones. A wrong value ends the start with one sentence that names the variable.
"""

import os
import secrets
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

KEY_AT_LEAST = 32
NOT_A_SECRET = ("change-me", "changeme", "secret", "your-secret-key", "insecure")


class SettingsError(Exception):
    """One sentence for the operator."""


def _comma_list(value: Any) -> Any:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.strip("[] ").replace('"', "").split(",") if part.strip())
    return value


CommaList = Annotated[tuple[str, ...], BeforeValidator(_comma_list)]


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)

    PROJECT_NAME: str = "personal_automations"
    ENVIRONMENT: Literal["local", "development", "test", "staging", "production"] = "local"
    DEBUG: bool = False
    API_V1_STR: str = "/api/v1"
    SECRET_KEY: str = ""
    DATA_DIR: Path = Path("data")
    HOST: str = "127.0.0.1"
    PORT: int = Field(default=8000, ge=0, le=65535)
    FRONTEND_URL: str = "http://localhost:3000"
    CORS_ORIGINS: CommaList = ("http://localhost:3000", "http://localhost:8080")
    TRUSTED_PROXIES: CommaList = ()

    DATABASE_URL: str = ""
    POSTGRES_HOST: str = ""
    POSTGRES_PORT: int = Field(default=5432, ge=1, le=65535)
    POSTGRES_USER: str = "postgres"
    POSTGRES_PASSWORD: str = ""
    POSTGRES_DB: str = "personal_automations"
    DB_POOL_SIZE: int = Field(default=5, ge=1, le=100)

    REDIS_URL: str = ""
    REDIS_HOST: str = ""
    REDIS_PORT: int = Field(default=6379, ge=1, le=65535)
    REDIS_PASSWORD: str = ""
    REDIS_DB: int = Field(default=0, ge=0)
    REDIS_NAMESPACE: str = Field(default="personal_automations", pattern=r"^[\w.-]{1,100}$")

    ACCESS_TOKEN_EXPIRE_MINUTES: int = Field(default=30, ge=1)
    REFRESH_TOKEN_EXPIRE_MINUTES: int = Field(default=10080, ge=1)
    ALGORITHM: Literal["HS256"] = "HS256"
    REGISTRATION_ENABLED: bool = True
    API_KEY: str = ""
    API_KEY_HEADER: str = "X-API-Key"
    GOOGLE_CLIENT_ID: str = ""
    GOOGLE_CLIENT_SECRET: str = ""
    GOOGLE_REDIRECT_URI: str = "http://localhost:8000/api/v1/oauth/google/callback"
    GOOGLE_DISCOVERY_URL: str = "https://accounts.google.com/.well-known/openid-configuration"

    RATE_LIMIT_REQUESTS: int = Field(default=100, ge=1)
    RATE_LIMIT_PERIOD: int = Field(default=60, ge=1)
    EGRESS_ALLOW: CommaList = ()
    EGRESS_CONTACT: str = ""
    WEBHOOK_ALLOW: CommaList = ()
    SOURCE_ADDRESSES: CommaList = ()
    SOURCES_ENABLED: CommaList = ()
    ADZUNA_APP_ID: str = ""
    ADZUNA_APP_KEY: str = ""
    USAJOBS_EMAIL: str = ""
    USAJOBS_KEY: str = ""
    THEMUSE_KEY: str = ""

    OPENAI_API_KEY: str = ""
    OPENAI_BASE_URL: str = ""
    OPENAI_API: Literal["", "responses", "chat"] = ""
    AI_MODEL: str = ""
    AI_MODELS: CommaList = ()
    AI_TOOLS: Literal["native", "schema"] = "native"
    AI_TIMEOUT: float = Field(default=60, gt=0, le=600)
    AI_DAILY_TOKENS: int = Field(default=500_000, ge=1)
    AI_TEMPERATURE: float = Field(default=0.7, ge=0, le=2)

    BROWSER_EXECUTABLE: str = ""
    BROWSER_HEADLESS: bool = True
    BROWSER_TIMEOUT: int = Field(default=30, ge=1)
    BROWSER_USE_AI_MODEL: str = ""

    WORKER_THREADS: int = Field(default=8, ge=1, le=256)
    LEASE_SECONDS: int = Field(default=15, ge=2, le=600)

    @model_validator(mode="after")
    def _fits_together(self) -> "Settings":
        _check_address("DATABASE_URL", self.database_url)
        _check_address("REDIS_URL", self.redis_url)
        _check_allowed("EGRESS_ALLOW", self.EGRESS_ALLOW)
        _check_allowed("WEBHOOK_ALLOW", self.WEBHOOK_ALLOW)
        if self.redis_url and self.database_url.startswith("sqlite"):
            message = (
                "REDIS_URL means workers of their own, and these cannot share a SQLite file: "
                "set DATABASE_URL to PostgreSQL as well, or unset REDIS_URL"
            )
            raise ValueError(message)
        if self.ENVIRONMENT == "production" and "*" in self.CORS_ORIGINS:
            message = "CORS_ORIGINS: expected the addresses of your web clients, found '*', which production refuses"
            raise ValueError(message)
        return self

    @property
    def database_url(self) -> str:
        """`DATABASE_URL`, else PostgreSQL when any POSTGRES_* names it, else SQLite in the data folder."""
        if self.DATABASE_URL:
            return _async_driver(self.DATABASE_URL)
        if any(name.startswith("POSTGRES_") for name in self.model_fields_set):
            user, password = quote(self.POSTGRES_USER, safe=""), quote(self.POSTGRES_PASSWORD, safe="")
            login = f"{user}:{password}" if password else user
            host = self.POSTGRES_HOST or "localhost"
            return f"postgresql+asyncpg://{login}@{host}:{self.POSTGRES_PORT}/{self.POSTGRES_DB}"
        return f"sqlite+aiosqlite:///{self.DATA_DIR.absolute()}/personal_automations.sqlite3"

    @property
    def redis_url(self) -> str:
        """`REDIS_URL`, else Redis when any REDIS_* but the namespace names it, else nothing."""
        named = {n for n in self.model_fields_set if n.startswith("REDIS_")} - {
            "REDIS_URL",
            "REDIS_NAMESPACE",
        }
        if self.REDIS_URL or not named:
            return self.REDIS_URL
        login = f":{quote(self.REDIS_PASSWORD, safe='')}@" if self.REDIS_PASSWORD else ""
        return f"redis://{login}{self.REDIS_HOST or 'localhost'}:{self.REDIS_PORT}/{self.REDIS_DB}"

    @property
    def source_addresses(self) -> tuple[tuple[str, str], ...]:
        """Where a source is asked instead of its usual address: `greenhouse=https://mirror.example/boards`."""
        pairs = (entry.partition("=") for entry in self.SOURCE_ADDRESSES)
        return tuple((name.strip(), address.strip()) for name, _, address in pairs)

    @property
    def source_keys(self) -> dict[str, str]:
        """The operator's keys of sources, by setting."""
        names = ("ADZUNA_APP_ID", "ADZUNA_APP_KEY", "USAJOBS_EMAIL", "USAJOBS_KEY", "THEMUSE_KEY")
        return {name: getattr(self, name) for name in names}

    @property
    def models(self) -> dict[str, str]:
        """Models by purpose, where a purpose has one of its own: `letters=gpt-4.1`."""
        pairs = (entry.partition("=") for entry in self.AI_MODELS)
        return {purpose.strip(): model.strip() for purpose, _, model in pairs}

    @property
    def embedded(self) -> bool:
        """Everything in one process: no Redis to share work through."""
        return not self.redis_url


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from `overrides`, then the environment, then the dotenv files; raises SettingsError."""
    given = dict(os.environ if environ is None else environ)
    values: dict[str, Any] = {**(_dotenv() if environ is None else {}), **given}
    known = {name: values[name] for name in Settings.model_fields if values.get(name, "") != ""}
    known.update({name: value for name, value in overrides.items() if value is not None})
    try:
        settings = Settings(**known)
    except ValidationError as wrong:
        raise SettingsError(_sentence(wrong)) from None
    return settings.model_copy(update={"SECRET_KEY": _secret(settings)})


def _dotenv() -> dict[str, str]:
    from dotenv import dotenv_values

    found: dict[str, str] = {}
    for folder in (Path.cwd().parent, Path.cwd()):
        for name in (".env", ".env.local"):
            if (folder / name).is_file():
                found.update({k: v for k, v in dotenv_values(folder / name).items() if v is not None})
    return found


def _secret(settings: Settings) -> str:
    """The given key if it is strong enough, else one made on the first run and kept in the data folder."""
    key = settings.SECRET_KEY
    if key:
        if len(key) < KEY_AT_LEAST:
            message = f"SECRET_KEY: expected at least {KEY_AT_LEAST} characters, found {len(key)}"
            raise SettingsError(message)
        if settings.ENVIRONMENT == "production" and any(word in key.lower() for word in NOT_A_SECRET):
            message = "SECRET_KEY: expected a random value in production, found one that reads like an example"
            raise SettingsError(message)
        return key
    return _kept_secret(settings)


def _kept_secret(settings: Settings) -> str:
    path = settings.DATA_DIR / "secret_key"
    try:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as denied:
        message = f"DATA_DIR: expected a folder to write to, found {settings.DATA_DIR} ({denied.strerror})"
        raise SettingsError(message) from None
    for _ in range(100):  # another process of the same first run may be about to write it
        if key := path.read_text().strip():
            break
        time.sleep(0.01)
    if len(key) < KEY_AT_LEAST:
        message = (
            f"{path}: expected a key of at least {KEY_AT_LEAST} characters, found {len(key)}: "
            "delete the file to get a new one, which signs everybody out"
        )
        raise SettingsError(message)
    return key


def _async_driver(url: str) -> str:
    for plain, driven in (
        ("postgresql+asyncpg://", "postgresql+asyncpg://"),
        ("postgres://", "postgresql+asyncpg://"),
        ("postgresql://", "postgresql+asyncpg://"),
        ("sqlite+aiosqlite://", "sqlite+aiosqlite://"),
        ("sqlite://", "sqlite+aiosqlite://"),
    ):
        if url.startswith(plain):
            return driven + url[len(plain) :]
    scheme, mark, _ = url.partition("://")
    found = f"the scheme '{scheme}'" if mark else "no scheme"
    message = f"DATABASE_URL: expected postgresql://… or sqlite:///…, found {found}"
    raise SettingsError(message)


def _check_address(name: str, url: str) -> None:
    if name == "REDIS_URL" and url and not url.startswith(("redis://", "rediss://", "unix://")):
        message = "REDIS_URL: expected redis://…, rediss://… or unix://…, found another scheme"
        raise SettingsError(message)
    try:
        _ = urlsplit(url).port
    except ValueError:
        message = f"{name}: expected a port between 1 and 65535 after the host, found something else"
        raise SettingsError(message) from None


def _check_allowed(name: str, entries: tuple[str, ...]) -> None:
    if not entries:
        return
    from infra.egress.addresses import AllowList

    try:
        AllowList.of(entries)
    except ValueError as wrong:
        message = f"{name}: {wrong}"
        raise SettingsError(message) from None


def _sentence(wrong: ValidationError) -> str:
    first = wrong.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    text = first["msg"].removeprefix("Value error, ")
    if not name:
        return text
    secret = any(word in name for word in ("KEY", "SECRET", "PASSWORD", "URL"))
    return f"{name}: {text}" + ("" if secret else f", found {first['input']!r}")
