import signal
import subprocess
import sys

import pytest

from tests.harness import processes

SPAWN_AND_DIE = """
import os, signal, sys
from tests.harness.processes import spawn
child = spawn([sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"])
os.kill(os.getpid(), signal.SIGKILL)
"""
IGNORE_SIGTERM = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(flush=True)
time.sleep(600)
"""


def test_a_child_does_not_outlive_a_killed_test_process(request: pytest.FixtureRequest):
    ended = subprocess.run(
        [sys.executable, "-c", SPAWN_AND_DIE],
        cwd=request.config.rootpath,
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    # run() returned, so the pipe has ended, so nobody holds its other end any more.
    assert ended.returncode == -signal.SIGKILL


def test_a_terminated_process_tells_its_exit_code():
    child = processes.spawn(["sleep", "600"])
    assert processes.terminate(child, timeout=60) == -signal.SIGTERM


def test_no_child_of_a_terminated_process_is_left():
    parent = processes.spawn(["sh", "-c", "sleep 600 & echo; wait"], stdout=subprocess.PIPE)
    assert parent.stdout
    with parent.stdout as output:
        output.readline()
        processes.terminate(parent, timeout=60)
        # Ends only when nobody holds the pipe's other end any more.
        assert output.read() == b""


def test_a_process_that_refuses_to_end_is_killed():
    child = processes.spawn([sys.executable, "-c", IGNORE_SIGTERM], stdout=subprocess.PIPE)
    assert child.stdout
    child.stdout.readline()
    with pytest.raises(subprocess.TimeoutExpired), child.stdout:
        processes.terminate(child, timeout=0.1)
    assert child.returncode == -signal.SIGKILL


def test_a_process_that_has_ended_can_be_killed_again():
    child = processes.spawn(["true"])
    child.wait()
    processes.kill(child)
    assert child.returncode == 0
