"""Published clients of the API, installed as their users install them."""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Person, create_agent, retire, settings
from tests.harness.client import Api
from tests.harness.requirements import require

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """Return the folder with the clients for Node, installed on first use as the lock file says."""
    require("node")
    installed, lock = HERE / "node_modules", HERE / "package-lock.json"
    stamp = installed / ".package-lock.json"
    with (HERE / ".npmrc").open() as guard:  # one of the test processes installs
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
            npm = shutil.which("npm")
            assert npm is not None
            subprocess.run([npm, "ci"], cwd=HERE, check=True, capture_output=True)
    return installed


@pytest.fixture
def by_hand(admin: Api) -> Iterator[None]:
    """Let agents take conversations themselves."""
    with settings(admin, Livechat_Routing_Method="Manual_Selection"):
        yield


@pytest.fixture
def agent(admin: Api) -> Iterator[Person]:
    """Return an agent, for the length of a test."""
    person = create_agent(admin)
    yield person
    retire(admin, person)
