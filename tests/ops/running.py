"""A running bin/start on a state of its own, and the processes below it."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
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

    def __init__(self, state: Path, *, reader: Sequence[str] = ()) -> None:
        """With a `reader`, what it says goes to the stdin of that program."""
        self.state = state
        self.said_before = 0
        # Of an earlier start on the same state.
        self.said_before = len(self.diary())
        self.port = free_port()
        self.log = state.parent / "output"
        command = [sys.executable, "-m", "supervisor", "start", "--empty"]
        env = environ(state, PORT=str(self.port))
        with self.log.open("wb") as output:
            out = subprocess.PIPE if reader else output
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
            if self.process.stdout:
                subprocess.Popen(reader, stdin=self.process.stdout, stdout=output)
                self.process.stdout.close()
        eventually(lambda: "READY" in self.diary() or self.process.poll() is not None, 120)
        assert "READY" in self.diary(), self.said()

    def said(self) -> str:
        return self.log.read_text()

    def diary(self) -> str:
        """What it wrote down of what it said."""
        path = self.state / "log" / "start.log"
        return path.read_text()[self.said_before :] if path.exists() else ""

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
