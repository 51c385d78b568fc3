from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from frontdesk.cli import main
from tests.invariants import broken_rules


def run(folder: Path, *arguments: str) -> Result:
    """Run the command on the SQLite store in a folder."""
    return CliRunner().invoke(main, ["demo-data", f"--data-dir={folder}", *arguments])


@pytest.fixture(autouse=True)
def _an_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_PASS", "irrelevant here")


def test_a_new_workspace_is_made_and_filled(tmp_path: Path) -> None:
    done = run(tmp_path, "--rooms=60", "--seed=7", "--until=2026-03-02")

    assert done.exit_code == 0, done.output
    assert "60 of 60 conversations" in done.output
    assert not broken_rules(f"sqlite:///{tmp_path / 'frontdesk.db'}")


def test_a_used_workspace_is_refused_unless_more_is_wanted(tmp_path: Path) -> None:
    assert run(tmp_path, "--rooms=10").exit_code == 0

    refused = run(tmp_path, "--rooms=10")
    added = run(tmp_path, "--rooms=10", "--more")

    assert refused.exit_code == 1
    assert "--more" in refused.output
    assert added.exit_code == 0, added.output
