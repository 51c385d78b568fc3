"""What this machine has, and what a test does about what it has not.

A test that needs a part says `require("chromium")`. Without the part the test is skipped with a
reason that tells how to get it. With FRONTDESK_TEST_REQUIRE=all, or a list of parts such as
`postgresql,redis`, the missing part is a failure instead, so that a machine which promises to run
everything cannot pass by skipping.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DOVECOT_FOLDERS = ("/usr/lib/dovecot", "/usr/libexec/dovecot", "/usr/local/libexec/dovecot")


@dataclass(frozen=True)
class Part:
    """Something a machine may or may not have."""

    present: Callable[[], bool]
    debian_package: str


def find_postgresql() -> Path | None:
    """Return the folder that holds PostgreSQL's server programs (the newest), or None."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
    )
    on_path = shutil.which("initdb")
    candidates = [*reversed(debian), *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def find_chromium() -> Path | None:
    """Return the browser's program, or None."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    return Path(found) if found else None


def find_dovecot() -> Path | None:
    """Return the program of the Dovecot server, if it has its IMAP part, or None."""
    found = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    has_imap = any(Path(folder, "imap").exists() for folder in DOVECOT_FOLDERS)
    return Path(found) if found and has_imap else None


def _has_font_for(pattern: str) -> bool:
    if not shutil.which("fc-list"):
        return False
    listing = subprocess.run(["fc-list", pattern, "family"], capture_output=True, check=False)
    return bool(listing.stdout.strip())


PARTS = {
    "chromium": Part(lambda: find_chromium() is not None, "chromium"),
    "dovecot": Part(lambda: find_dovecot() is not None, "dovecot-imapd"),
    "fonts-cjk": Part(lambda: _has_font_for(":lang=ja"), "fonts-noto-cjk"),
    "fonts-emoji": Part(lambda: _has_font_for(":charset=1f600"), "fonts-noto-color-emoji"),
    "fonts-noto": Part(lambda: _has_font_for("Noto Sans"), "fonts-noto-core"),
    "node": Part(lambda: None not in (shutil.which("node"), shutil.which("npm")), "nodejs npm"),
    "poppler": Part(lambda: shutil.which("pdftotext") is not None, "poppler-utils"),
    "postgresql": Part(lambda: find_postgresql() is not None, "postgresql"),
    "redis": Part(lambda: shutil.which("redis-server") is not None, "redis-server"),
}


@cache
def has(part: str) -> bool:
    """Tell whether the machine has the part, a key of PARTS."""
    return PARTS[part].present()


def require(part: str) -> None:
    """Go on when the machine has the part; skip the test, or fail it, when it has not."""
    if has(part):
        return
    reason = f"this machine has no {part} (on Debian: apt-get install {PARTS[part].debian_package})"
    if is_promised(part):
        pytest.fail(f"{reason}, but FRONTDESK_TEST_REQUIRE asks for it", pytrace=False)
    pytest.skip(reason)


def is_promised(part: str) -> bool:
    """Tell whether FRONTDESK_TEST_REQUIRE (`all` or a comma-separated list) names the part."""
    promised = os.environ.get("FRONTDESK_TEST_REQUIRE", "").replace(" ", "").split(",")
    return part in promised or "all" in promised
