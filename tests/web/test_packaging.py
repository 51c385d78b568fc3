import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_the_built_widget(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    built = "frontdesk/web/built/widget"
    assert f"{built}/loader.js" in names
    assert f"{built}/.vite/manifest.json" in names
    assert "frontdesk/web/demo.html" in names
    assert not [name for name in names if "node_modules" in name]


def test_the_lock_names_no_place_to_load_from() -> None:
    lock = (ROOT / "web" / "widget" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
