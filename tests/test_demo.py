"""`frontdesk demo`, against a server as people run it: with limits, second factor and all."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.harness.processes import free_port
from tests.harness.server import FrontdeskProcess

#: The demo itself gives up after half a minute of waiting; seconds.
PATIENCE = 120


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command and return what it said."""
    program = Path(sys.executable).with_name("frontdesk")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ADMIN_", "FRONT"))
    }
    return subprocess.run(
        [program, "demo", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**environment, "PYTHONUTF8": "1"},
        check=False,
    )


def file_named_in(output: str, suffix: str) -> Path:
    """Return the file with this suffix whose path ends a line of the output."""
    (named,) = [line for line in output.splitlines() if line.endswith(suffix)]
    return Path(named[named.index(": /") + 2 :])


@pytest.mark.timeout(2 * PATIENCE)
def test_the_demo_holds_a_conversation_and_shows_what_it_leaves(
    private_server: Callable[..., FrontdeskProcess],
) -> None:
    process = private_server(environment={"TEST_MODE": "false"})
    data = process.directory / "data"

    told = demo(f"--url={process.url}/", f"--data-dir={data}")

    assert told.returncode == 0, told.stdout + told.stderr
    assert "opened a conversation" in told.stdout
    pdf = file_named_in(told.stdout, ".pdf")
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert pdf.is_relative_to(data / "demo")
    mail = file_named_in(told.stdout, ".eml")
    assert b"ann@example.org" in mail.read_bytes()
    assert mail.parent == data / "mail"


def test_a_demo_without_a_server_says_so(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    told = demo(f"--url={url}", "--username=ann", "--password=secret", f"--data-dir={tmp_path}")

    assert told.returncode == 1
    assert f"No server answers at {url}" in told.stderr


def test_a_demo_without_a_password_asks_for_one(tmp_path: Path) -> None:
    told = demo(f"--data-dir={tmp_path}")

    assert told.returncode == 1
    assert "Whose password?" in told.stderr


def test_a_demo_with_a_wrong_password_says_what_was_refused(
    server: FrontdeskProcess, tmp_path: Path
) -> None:
    told = demo(
        f"--url={server.url}", "--username=ann", "--password=wrong", f"--data-dir={tmp_path}"
    )

    assert told.returncode == 1
    assert "POST login was refused" in told.stderr
    assert "Traceback" not in told.stderr
