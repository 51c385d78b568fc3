import subprocess
import sys
from pathlib import Path

import pytest

CONTRACT = """
[tool.importlinter]
root_package = "house"
contract_types = ["private: tests.harness.floors.PrivateModules"]

[[tool.importlinter.contracts]]
name = "A feature's tables are its own"
type = "private"
private_names = ["tables"]
allowed_importers = ["house.migrations"]
"""


def lint(folder: Path, root: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a small package `house` made of the files."""
    (folder / "pyproject.toml").write_text(CONTRACT)
    for name, text in {"__init__.py": "", **files}.items():
        file = folder / "house" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text)
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def root(request: pytest.FixtureRequest) -> Path:
    return request.config.rootpath


def test_a_feature_may_use_its_own_tables(tmp_path: Path, root: Path):
    result = lint(
        tmp_path,
        root,
        {"visitors/tables.py": "", "visitors/opening.py": "from house.visitors import tables"},
    )
    assert result.returncode == 0, result.stdout


def test_a_feature_may_not_use_the_tables_of_another(tmp_path: Path, root: Path):
    result = lint(
        tmp_path,
        root,
        {"visitors/tables.py": "", "rooms/opening.py": "from house.visitors import tables"},
    )
    assert result.returncode == 1
    assert "house.rooms.opening -> house.visitors.tables" in result.stdout


def test_who_gathers_all_tables_can_be_allowed_to(tmp_path: Path, root: Path):
    result = lint(
        tmp_path,
        root,
        {"visitors/tables.py": "", "migrations/env.py": "from house.visitors import tables"},
    )
    assert result.returncode == 0, result.stdout
