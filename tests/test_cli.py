"""The command line, as somebody types it."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine

from frontdesk import __version__
from frontdesk.cli import main
from frontdesk.db import Tx, open_database
from frontdesk.db.migrate import driver_url, upgrade_if_needed
from frontdesk.jobs import enqueue, leases
from frontdesk.jobs.tables import jobs


@pytest.fixture
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take away what this machine's environment tells the commands."""
    for name in ("PORT", "ROOT_URL", "TEST_MODE", "HTTP_FORWARDED_COUNT"):
        monkeypatch.delenv(name, raising=False)
    yield


def run(*arguments: str | Path, **environment: str) -> Result:
    """Run `frontdesk` with arguments."""
    return CliRunner().invoke(main, [str(each) for each in arguments], env=environment)


# Help -----------------------------------------------------------------------------------------


def test_help_names_the_commands() -> None:
    result = run("--help")

    assert result.exit_code == 0
    for command in ("serve", "backup", "jobs", "demo"):
        assert f"\n  {command}" in result.output
    assert __version__ in run("--version").output


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["backup"],
        ["demo"],
        ["jobs"],
        ["jobs", "list"],
        ["jobs", "retry"],
        ["jobs", "drop"],
    ],
)
def test_every_command_explains_itself(command: list[str]) -> None:
    result = run(*command, "--help")

    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 5


def test_a_command_that_does_not_exist_is_a_mistake() -> None:
    result = run("dance")

    assert result.exit_code == 2
    assert "No such command 'dance'" in result.output


def test_the_installed_program_is_this_one() -> None:
    program = Path(sys.executable).with_name("frontdesk")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)

    assert __version__ in told.stdout


# serve ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_set")
@pytest.mark.parametrize(
    ("arguments", "environment", "text"),
    [
        (["--host=0.0.0.0"], {"TEST_MODE": "true"}, "may listen on loopback only"),
        (["--workers=2"], {}, "several workers need PostgreSQL"),
        ([], {"FRONTDESK_WORKERS": "3"}, "several workers need PostgreSQL"),
        ([], {"FRONTDESK_HOST": "192.0.2.1", "TEST_MODE": "api"}, "may listen on loopback only"),
        ([], {"PORT": "many"}, "PORT must be a whole number"),
        (["--database-url=mysql://db/desk"], {}, "a database URL starts with"),
    ],
)
def test_serve_refuses_what_cannot_work(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], text: str
) -> None:
    result = run("serve", f"--data-dir={tmp_path / 'data'}", *arguments, **environment)

    assert result.exit_code == 1
    assert result.output.startswith("Error: ")
    assert text in result.output
    assert not (tmp_path / "data").exists(), "nothing was begun"


# backup ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("nothing_set")
def test_backup_copies_the_database_of_a_data_folder(tmp_path: Path) -> None:
    upgrade_if_needed(f"sqlite:///{tmp_path / 'frontdesk.db'}")
    copy = tmp_path / "copies" / "desk.db"
    copy.parent.mkdir()

    done = run("backup", copy, "--data-dir", tmp_path)
    again = run("backup", copy, "--data-dir", tmp_path)

    assert (done.exit_code, again.exit_code) == (0, 1)
    assert str(copy) in done.output
    assert "is not overwritten" in again.output
    assert upgrade_if_needed(f"sqlite:///{copy}") is False, "it is whole"


@pytest.mark.usefixtures("nothing_set")
def test_backup_says_what_is_wrong(tmp_path: Path) -> None:
    missing = run("backup", tmp_path / "copy.db", "--data-dir", tmp_path / "none")
    assert missing.exit_code == 1
    assert "there is no database" in missing.output
    postgres = run("backup", tmp_path / "copy.db", "--database-url=postgresql://db/desk")
    assert postgres.exit_code == 1
    assert "pg_dump" in postgres.output


# jobs -----------------------------------------------------------------------------------------


@pytest.fixture
def workspace_url(database_url: str) -> str:
    """Return the URL of a database with one waiting job and two that were given up."""
    engine = create_engine(driver_url(database_url))
    jobs.create(engine)
    engine.dispose()

    def prepare(tx: Tx) -> None:
        for name in ("first", "second"):
            enqueue(tx, "greet", {}, key=name)
        for held in leases.claim(tx, ("greet",), "test", 10, 60_000):
            leases.give_up(tx, held, "nobody\nat \x1b[31mhome")
        enqueue(tx, "greet", {}, key="third", due_at=tx.now + 3_600_000)

    async def write() -> None:
        db = open_database(database_url)
        await db.write(prepare)
        await db.close()

    asyncio.run(write())
    return database_url


def listed(url: str, *options: str) -> list[str]:
    """Return the lines of `frontdesk jobs list`."""
    result = run("jobs", "list", f"--database-url={url}", *options)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def test_jobs_are_listed_with_their_last_error(workspace_url: str) -> None:
    lines = listed(workspace_url)

    assert len(lines) == 3
    given_up = listed(workspace_url, "--state=given_up")
    assert len(given_up) == 2
    for line in given_up:
        assert "greet" in line
        assert "error=nobody at" in line, "one line each"
        assert "\x1b" not in line, "a terminal does not obey them"
    assert len(listed(workspace_url, "--limit=1")) == 1
    (waiting,) = listed(workspace_url, "--state=waiting")
    assert "key=third" in waiting


def test_jobs_that_were_given_up_are_retried(workspace_url: str) -> None:
    (one, _) = listed(workspace_url, "--state=given_up")
    job_id = one.split()[0]

    result = run("jobs", "retry", f"--database-url={workspace_url}", job_id, "unknown")

    assert result.exit_code == 1
    assert "Due now: 1" in result.output
    assert "unknown does not exist or is running" in result.output
    assert len(listed(workspace_url, "--state=waiting")) == 2
    all_of_them = run("jobs", "retry", f"--database-url={workspace_url}", "--all-given-up")
    assert (all_of_them.exit_code, all_of_them.output) == (0, "Due now: 1\n")
    assert listed(workspace_url, "--state=given_up") == []


def test_jobs_are_dropped(workspace_url: str) -> None:
    dropped = run("jobs", "drop", f"--database-url={workspace_url}", "--all-given-up")
    assert (dropped.exit_code, dropped.output) == (0, "Dropped: 2\n")
    (waiting,) = listed(workspace_url)
    assert run("jobs", "drop", f"--database-url={workspace_url}", waiting.split()[0]).exit_code == 0
    assert listed(workspace_url) == []


def test_which_jobs_must_be_said(workspace_url: str) -> None:
    for arguments in ([], ["some-id", "--all-given-up"]):
        for command in ("retry", "drop"):
            result = run("jobs", command, f"--database-url={workspace_url}", *arguments)
            assert result.exit_code == 2
            assert "name jobs by their ids, or give --all-given-up" in result.output
    assert len(listed(workspace_url)) == 3


def test_jobs_of_a_folder_without_a_database_are_a_mistake(tmp_path: Path) -> None:
    result = run("jobs", "list", "--data-dir", tmp_path)

    assert result.exit_code == 1
    assert "there is no database" in result.output
    assert list(tmp_path.iterdir()) == [], "and none is made"
