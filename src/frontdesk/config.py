"""What a process is told at its start: options, environment, and the names that people who
come from Rocket.Chat are used to.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")
DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")

REDIS = ("redis://", "rediss://", "unix://")


class ConfigurationError(ValueError):
    """The options contradict each other or cannot be used; the text says which."""


@dataclass(frozen=True)
class Config:
    """The configuration of a process; `from_options` reads it."""

    host: str
    port: int
    data_dir: Path
    database_url: str
    redis_url: str | None = None
    workers: int = 1
    root_url: str = ""
    files_url: str | None = None
    test_mode: bool = False
    #: Proxies in front of the server whose `x-forwarded-for` entries are believed.
    forwarded_count: int = 0
    admin_username: str = "admin"
    admin_password: str | None = None
    admin_email: str | None = None
    admin_name: str | None = None
    log_level: str = "info"
    #: The environment, for settings that are set or overridden by it.
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    @classmethod
    def from_options(
        cls,
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        data_dir: str | Path = "data",
        database_url: str | None = None,
        redis_url: str | None = None,
        workers: int = 1,
        files_url: str | None = None,
        log_level: str = "info",
        environment: Mapping[str, str] | None = None,
    ) -> "Config":
        """Return the configuration; what is not given comes from the environment or a default.

        Raises ConfigurationError.
        """
        env = dict(os.environ if environment is None else environment)
        folder = Path(data_dir).absolute()
        test_mode = env.get("TEST_MODE", "").lower() in ("true", "api", "1")
        if test_mode and host not in LOOPBACK:
            raise ConfigurationError(
                f"TEST_MODE opens every door and may listen on loopback only, not on {host!r}"
            )
        actual_port = port if port is not None else _number(env.get("PORT"), "PORT", 3000)
        url = database_url or f"sqlite:///{folder / 'frontdesk.db'}"
        if not url.startswith(DATABASES):
            raise ConfigurationError(
                f"a database URL starts with sqlite:/// or postgresql://, not {url.split(':')[0]!r}"
            )
        if workers > 1 and urlsplit(url).scheme.startswith("sqlite"):
            raise ConfigurationError("several workers need PostgreSQL: give a --database-url")
        if workers > 1 and not redis_url:
            raise ConfigurationError("several workers need Redis: give a --redis-url")
        if redis_url and not redis_url.startswith(REDIS):
            raise ConfigurationError(
                f"a Redis URL starts with redis://, rediss:// or unix://, "
                f"not {redis_url.split(':')[0]!r}"
            )
        return cls(
            host=host,
            port=actual_port,
            data_dir=folder,
            database_url=url,
            redis_url=redis_url or None,
            workers=workers,
            root_url=(env.get("ROOT_URL") or f"http://{_shown(host)}:{actual_port}").rstrip("/"),
            files_url=files_url,
            test_mode=test_mode,
            forwarded_count=_number(env.get("HTTP_FORWARDED_COUNT"), "HTTP_FORWARDED_COUNT", 0),
            admin_username=env.get("ADMIN_USERNAME") or "admin",
            admin_password=env.get("ADMIN_PASS"),
            admin_email=env.get("ADMIN_EMAIL"),
            admin_name=env.get("ADMIN_NAME"),
            log_level=log_level,
            environment=env,
        )


def _number(text: str | None, name: str, default: int) -> int:
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise ConfigurationError(f"{name} must be a whole number, not {text!r}") from None


def _shown(host: str) -> str:
    return "localhost" if host in ("0.0.0.0", "::", "127.0.0.1", "::1") else host
