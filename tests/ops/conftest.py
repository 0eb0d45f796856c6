"""States with their tables made, and programs run on them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor import newer, stamps
from supervisor.state import ROOT, State, is_alive
from tests.ops.running import Run, Started, descendants, environ
from tests.servers import MIGRATED


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    """A state whose tables are made already: making them takes longer than all else together."""
    state = State.open({"TALENTLINK_STATE": str(tmp_path / "state")})
    shutil.copytree(MIGRATED / stamps.of_migrations(), state.postgres / "data")
    # The tables are those of the tests' own template.
    applied = newer.applied(os.environ["DATABASE_URL"])
    stamps.put(state.postgres / "migrated", f"{stamps.of_migrations()} {applied}")
    return state.root


@pytest.fixture
def run() -> Run:
    """Runs `python -m supervisor ...` to its end."""

    def to_the_end(*arguments: str, state: Path, **others: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "supervisor", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environ(state, **others), capture_output=True, text=True, timeout=90, check=False
        )

    return to_the_end


@pytest.fixture
def started(migrated: Path) -> Iterator[Started]:
    running = Started(migrated)
    below = descendants(running.process.pid)
    yield running
    running.process.kill()
    running.process.wait()
    for pid in below:
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
