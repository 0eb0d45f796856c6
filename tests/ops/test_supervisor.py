"""The supervisor with tiny children, as real processes: order, restarts, and what a dead child leaves behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor import waiting
from supervisor.process import Child, Spec
from supervisor.state import ROOT, is_alive
from supervisor.supervisor import Supervisor
from supervisor.trouble import Trouble
from tests.processes import eventually

pytestmark = pytest.mark.processes


class Tiny:
    """A running tests.ops.tiny and what its children noted."""

    def __init__(self, folder: Path, *before: str) -> None:
        self.folder = folder
        self.output = (folder / "output").open("wb")
        command = [*before, sys.executable, "-m", "tests.ops.tiny", str(folder)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=self.output, start_new_session=True)
        eventually(lambda: "READY" in self.said())

    def said(self) -> str:
        return (self.folder / "output").read_text()

    def notes(self) -> list[str]:
        return (self.folder / "notes").read_text().splitlines()

    def pids(self, what: str) -> list[int]:
        return [int(line.split()[-1]) for line in self.notes() if line.startswith(f"{what} ")]


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Tiny]:
    running = Tiny(tmp_path)
    yield running
    running.process.kill()
    running.process.wait()
    for name in ("first", "second"):
        for pid in [*running.pids(f"{name} child"), *running.pids(f"{name} grandchild")]:
            if is_alive(pid):
                os.kill(pid, signal.SIGKILL)


def test_children_start_in_order_and_end_in_reverse(tiny: Tiny) -> None:
    assert [line.split()[0] for line in tiny.notes() if " child " in line] == ["first", "second"]
    tiny.process.send_signal(signal.SIGINT)
    assert tiny.process.wait(60) == 0
    assert [line for line in tiny.notes() if line.endswith("ended")] == ["second ended", "first ended"]
    assert tiny.said().splitlines()[-1] == "stopped"


def test_what_a_child_leaves_running_ends_with_it(tiny: Tiny) -> None:
    tiny.process.terminate()
    assert tiny.process.wait(60) == 0
    assert [pid for pid in tiny.pids("first grandchild") + tiny.pids("second grandchild") if is_alive(pid)] == []


def test_a_killed_child_is_started_again_without_its_old_children(tiny: Tiny) -> None:
    [child], [grandchild] = tiny.pids("first child"), tiny.pids("first grandchild")
    os.kill(child, signal.SIGKILL)
    eventually(lambda: len(tiny.pids("first child")) == 2)
    assert not is_alive(grandchild)
    assert is_alive(tiny.pids("first child")[-1])
    assert tiny.pids("second child") != []
    assert len(tiny.pids("second child")) == 1


def test_children_end_when_the_supervisor_is_killed(tiny: Tiny) -> None:
    tiny.process.kill()
    eventually(lambda: not any(map(is_alive, tiny.pids("first child") + tiny.pids("second child"))))


def test_under_nohup_a_closed_terminal_is_nothing(tmp_path: Path) -> None:
    running = Tiny(tmp_path, "nohup")
    running.process.send_signal(signal.SIGHUP)
    os.kill(running.pids("first child")[0], signal.SIGKILL)
    eventually(lambda: len(running.pids("first child")) == 2)
    running.process.terminate()
    assert running.process.wait(30) == 0


def test_a_child_that_dies_at_once_is_the_startups_trouble(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    command = [
        sys.executable,
        "-c",
        "print('reading'); print('FATAL: no such thing'); print('bye'); raise SystemExit(3)",
    ]
    with pytest.raises(Trouble) as told:
        supervisor.start(Spec("poor", command, os.environ, ready=lambda child: False))
    assert told.value.english == f"poor did not start: FATAL: no such thing (all of it in {tmp_path / 'poor.log'})"
    assert told.value.status == 1
    supervisor.stop()


def test_a_child_that_never_gets_ready_is_given_up_and_ended(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    command = [sys.executable, "-c", "import time; print('still thinking', flush=True); time.sleep(600)"]
    spec = Spec("slow", command, os.environ, ready=lambda child: False, patience=0.5)
    with pytest.raises(Trouble) as told:
        supervisor.start(spec)
    assert told.value.english == (
        "slow did not start, and for 0.5 s it neither wrote nor worked; its last line: still thinking "
        f"(all of it in {tmp_path / 'slow.log'})"
    )
    [child] = supervisor.children
    supervisor.stop()
    assert not is_alive(child.pid)


def test_pauses_between_restarts_grow(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(tmp_path, ROOT, say=said.append)
    supervisor.begin(Spec("dying", [sys.executable, "-c", "raise SystemExit(1)"], os.environ))

    def three_deaths() -> bool:
        supervisor.tend()
        return len([line for line in said if "ended (1)" in line]) == 3

    eventually(three_deaths)
    supervisor.stop()
    assert [line.rpartition("; ")[2] for line in said if "ended (1)" in line] == [
        "again in 0.5 s",
        "again in 1 s",
        "again in 2 s",
    ]


def test_a_task_that_fails_tells_its_last_words(tmp_path: Path) -> None:
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    heard: list[str] = []
    fine = Spec("fine", [sys.executable, "-c", "print(6); print(7)"], os.environ)
    assert supervisor.run(fine, hear=heard.append) == "6\n7\n"
    assert heard == ["6", "7"]
    with pytest.raises(Trouble, match="bad failed: ValueError: seven"):
        supervisor.run(Spec("bad", [sys.executable, "-c", "raise ValueError('seven')"], os.environ))
    assert supervisor.children == []


STAYS = "import time; print('ERROR of long ago', flush=True)\nwhile True: time.sleep(0.02)"


def test_a_killed_child_is_told_as_killed_and_not_by_an_old_line(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(tmp_path, ROOT, say=said.append)
    child = supervisor.begin(Spec("stays", [sys.executable, "-c", STAYS], os.environ))
    eventually(lambda: "long ago" in child.words())
    os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: child.status() is not None)
    supervisor.tend()
    supervisor.stop()
    assert said[0] == "stays was killed by signal 9 (SIGKILL); again in 0.5 s"


def test_what_is_killed_while_another_is_waited_for_is_started_again(tmp_path: Path) -> None:
    """The one that is ready, and the one that is waited for itself."""
    said: list[str] = []
    supervisor = Supervisor(tmp_path, ROOT, say=said.append)
    [first] = supervisor.start(Spec("first", [sys.executable, "-c", STAYS], os.environ))
    old: list[int] = []

    def ready(second: Child) -> bool:
        if not old:
            old.extend([first.pid, second.pid])
            for pid in old:
                os.kill(pid, signal.SIGKILL)
        return first.pid not in old and first.status() is None and second.pid not in old

    [second] = supervisor.start(Spec("second", [sys.executable, "-c", STAYS], os.environ, ready))
    assert [is_alive(pid) for pid in (first.pid, second.pid, *old)] == [True, True, False, False]
    supervisor.stop()
    assert sorted(line for line in said if "killed" in line) == [
        "first was killed by signal 9 (SIGKILL); again in 0.5 s",
        "second was killed by signal 9 (SIGKILL); again in 0.5 s",
    ]


def test_a_dead_child_that_cannot_be_brought_back_is_the_cause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LONGEST_PAUSE", 1.0)
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    full = tmp_path / "full"
    script = f"import os\nif os.path.exists({str(full)!r}): print('FATAL: no room'); raise SystemExit(1)\n{STAYS}"
    [server] = supervisor.start(Spec("server", [sys.executable, "-c", script], os.environ))

    def never(client: Child) -> bool:
        if not full.exists():
            full.touch()
            os.kill(server.pid, signal.SIGKILL)
        return False

    with pytest.raises(Trouble) as told:
        supervisor.start(Spec("client", [sys.executable, "-c", STAYS], os.environ, never))
    supervisor.stop()
    assert told.value.english == f"server did not start: FATAL: no room (all of it in {tmp_path / 'server.log'})"


def test_a_child_that_only_repeats_its_errors_is_given_up(tmp_path: Path) -> None:
    script = "import itertools\nfor n in itertools.count():\n sum(range(500_000))\n"
    script += " print(f'12:00:{n} ERROR cannot connect, attempt {n}', flush=True)"
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    with pytest.raises(Trouble, match=r"circles did not start, and for 1 s it only repeats: 12:.* cannot connect"):
        supervisor.start(Spec("circles", [sys.executable, "-c", script], os.environ, lambda child: False, patience=1))
    supervisor.stop()
