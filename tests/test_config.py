"""What a process is told at its start."""

from pathlib import Path
from typing import Any

import pytest

from frontdesk.config import Config, ConfigurationError


def configured(environment: dict[str, str] | None = None, **options: Any) -> Config:
    """Return the configuration of options and nothing else of this machine."""
    return Config.from_options(environment=environment or {}, **options)


def test_without_options_it_is_one_process_on_loopback_with_sqlite() -> None:
    config = configured()

    assert (config.host, config.port, config.workers) == ("127.0.0.1", 3000, 1)
    assert config.data_dir == Path("data").absolute()
    assert config.database_url == f"sqlite:///{config.data_dir / 'frontdesk.db'}"
    assert config.root_url == "http://localhost:3000"
    assert config.test_mode is False
    assert config.forwarded_count == 0
    assert (config.admin_username, config.admin_password) == ("admin", None)


def test_options_come_before_the_environment() -> None:
    environment = {"PORT": "4000", "ROOT_URL": "https://desk.example.org/"}

    assert configured(environment).port == 4000
    assert configured(environment, port=5000).port == 5000
    assert configured(environment).root_url == "https://desk.example.org"
    assert configured({"PORT": ""}).port == 3000


@pytest.mark.parametrize(
    ("host", "shown"),
    [("0.0.0.0", "localhost"), ("::", "localhost"), ("desk.example.org", "desk.example.org")],
)
def test_the_address_that_is_shown_is_one_that_can_be_opened(host: str, shown: str) -> None:
    assert configured(host=host, port=80).root_url == f"http://{shown}:80"


def test_the_names_that_people_know_are_read() -> None:
    config = configured(
        {
            "ADMIN_USERNAME": "ann",
            "ADMIN_PASS": "secret",
            "ADMIN_EMAIL": "ann@example.org",
            "ADMIN_NAME": "Ann",
            "HTTP_FORWARDED_COUNT": "2",
            "OVERWRITE_SETTING_Site_Name": "Desk",
        }
    )

    assert (config.admin_username, config.admin_password) == ("ann", "secret")
    assert (config.admin_email, config.admin_name) == ("ann@example.org", "Ann")
    assert config.forwarded_count == 2
    assert config.environment["OVERWRITE_SETTING_Site_Name"] == "Desk"


@pytest.mark.parametrize("name", ["PORT", "HTTP_FORWARDED_COUNT"])
def test_a_number_that_is_none_is_named(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} must be a whole number, not 'many'"):
        configured({name: "many"})


@pytest.mark.parametrize("value", ["true", "TRUE", "api", "1"])
def test_test_mode_is_for_loopback_only(value: str) -> None:
    for host in ("127.0.0.1", "::1", "localhost"):
        assert configured({"TEST_MODE": value}, host=host).test_mode
    for host in ("0.0.0.0", "::", "192.0.2.1", "desk.example.org", "127.0.0.1.example.org"):
        with pytest.raises(ConfigurationError, match="loopback only"):
            configured({"TEST_MODE": value}, host=host)


@pytest.mark.parametrize("value", ["", "false", "no", "0"])
def test_test_mode_is_off_unless_it_is_asked_for(value: str) -> None:
    assert configured({"TEST_MODE": value}, host="0.0.0.0").test_mode is False


def test_several_workers_need_postgresql() -> None:
    with pytest.raises(ConfigurationError, match="several workers need PostgreSQL"):
        configured(workers=2)


def test_several_workers_need_redis() -> None:
    store = "postgresql://u:p@db/desk"
    with pytest.raises(ConfigurationError, match="several workers need Redis"):
        configured(workers=2, database_url=store)
    assert configured(workers=2, database_url=store, redis_url="redis://redis/0").workers == 2


def test_a_redis_url_says_how_to_reach_it() -> None:
    with pytest.raises(ConfigurationError, match="a Redis URL starts with redis://"):
        configured(redis_url="http://redis")


@pytest.mark.parametrize("url", ["mysql://db/desk", "desk.db", "sqlite:desk.db", "sqlite://"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="a database URL starts with"):
        configured(database_url=url)


def test_the_environment_is_not_shown_by_accident() -> None:
    config = configured({"OVERWRITE_SETTING_SMTP_Password": "hidden"})

    assert "hidden" not in repr(config)
