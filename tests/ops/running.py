"""A running bin/start on a state of its own, and the processes below it."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from supervisor.state import ROOT
from supervisor.valkey import free_port
from tests.processes import eventually
from tests.servers import FOREIGN

Run = Callable[..., subprocess.CompletedProcess[str]]


def environ(state: Path, **others: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in [*FOREIGN, "SECRET_KEY", "MEDIA_ROOT"]}
    return own | {"TALENTLINK_STATE": str(state)} | others


class Started:
    """A running bin/start."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.port = free_port()
        self.log = state.parent / "output"
        command = [sys.executable, "-m", "supervisor", "start", "--empty"]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environ(state, PORT=str(self.port)), stdout=output, stderr=subprocess.STDOUT
            )
        eventually(lambda: "READY" in self.said() or self.process.poll() is not None, 60)
        assert "READY" in self.said(), self.said()

    def said(self) -> str:
        return self.log.read_text()

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def parents() -> dict[int, int]:
    found = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                found[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    return found


def descendants(pid: int) -> list[int]:
    """Children and their children, all of them."""
    below, known = [pid], parents()
    for one in below:
        below += [child for child, parent in known.items() if parent == one]
    return below[1:]


def pid_of(name: str, among: list[int]) -> int:
    for pid in among:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if name.encode() in words and parents()[pid] not in among:
            return pid
    raise AssertionError(f"no process of {name}")
