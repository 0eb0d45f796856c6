"""Waiting as long as there is progress, quoting the true cause, and logs that stay within their bound."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor import logs
from supervisor.process import READY_FD, Child, Spec
from supervisor.progress import Progress
from supervisor.state import ROOT
from supervisor.supervisor import Supervisor
from supervisor.trouble import Trouble
from supervisor.words import cause, told
from tests.processes import eventually

CELERY_AS_ROOT = """\
/venv/celery/platforms.py:829: SecurityWarning: You're running the worker with superuser privileges: this is
absolutely not recommended!

Please specify a different user using the --uid option.

User information: uid=0 euid=0 gid=0 egid=0

  warnings.warn(SecurityWarning(ROOT_DISCOURAGED.format(
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "(it wrote nothing)"),
        ("reading\nbye\n", "bye"),
        ("LOG:  starting\nFATAL:  no room\nLOG:  shut down\n", "FATAL:  no room"),
        ("PANIC:  no checkpoint\nFATAL:  the database system is starting up\n", "PANIC:  no checkpoint"),
        ("2026 INFO x 0 errors\n2026 ERROR x broker away\n2026 WARNING x Error before\n", "2026 ERROR x broker away"),
        (f"[INFO] task 1\n{CELERY_AS_ROOT}consumer: Cannot connect to redis\n", "consumer: Cannot connect to redis"),
        (
            'Traceback (most recent call last):\n  File "x", line 1\n    raise ImproperlyConfigured(error) from exc\n'
            "django.core.exceptions.ImproperlyConfigured: Set SECRET_KEY\n[INFO] Worker exiting (pid: 7)\n",
            "django.core.exceptions.ImproperlyConfigured: Set SECRET_KEY",
        ),
        ("Traceback (most recent call last):\n  cut here", "cut here"),
    ],
)
def test_the_line_that_says_why(text: str, line: str) -> None:
    assert cause(text) == line


def test_what_a_program_tells_in_both_languages_is_passed_on() -> None:
    assert told("x\nCommandError: too new\n错误：太新\n") == ("too new", "太新")
    assert told("error: one\nno second line\n") is None


@pytest.mark.processes
@pytest.mark.parametrize("sign", ["print('.', flush=True)", "sum(range(3_000_000))"], ids=["writes", "computes"])
def test_a_slow_start_is_waited_for_as_long_as_it_gets_on(tmp_path: Path, sign: str) -> None:
    """Ten times the patience, half of it between two signs of life at most."""
    script = f"import time; end = time.monotonic() + 5\nwhile time.monotonic() < end:\n {sign}\n time.sleep(0.05)"
    script += f"\nimport os; os.write(int(os.environ['{READY_FD}']), b'1'); time.sleep(600)"
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    spec = Spec("slow", [sys.executable, "-c", script], os.environ, ready=Child.said_ready, patience=2)
    supervisor.start(spec)
    supervisor.stop()


@pytest.mark.processes
def test_a_process_that_stands_still_makes_no_progress(tmp_path: Path) -> None:
    script = "import time\nwhile True: time.sleep(0.01)"
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    child = supervisor.begin(Spec("still", [sys.executable, "-c", script], os.environ))
    progress = Progress(child.pid, child.log)
    os.kill(child.pid, signal.SIGSTOP)
    eventually(lambda: progress.silent_for() > 1)
    child.kill()
    supervisor.stop()


@pytest.mark.processes
def test_a_child_whose_damage_can_be_put_right_is_started_once_more(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.touch()
    script = (
        f"import os, sys, time; os.path.exists({str(broken)!r}) and sys.exit('Error: broken'); print('up', flush=True)"
    )
    spec = Spec(
        "healed", [sys.executable, "-c", f"{script}; time.sleep(600)"], os.environ,
        ready=lambda child: "up" in child.words(), heal=lambda child: broken.rename(tmp_path / "aside").exists(),
    )  # fmt: skip
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    supervisor.start(spec)
    supervisor.stop()
    # What does not help is not tried again and again.
    never = Spec("never", [sys.executable, "-c", "exit('Error: for good')"], os.environ, heal=lambda child: True,
                 ready=lambda child: False)  # fmt: skip
    with pytest.raises(Trouble, match="never did not start: Error: for good"):
        supervisor.start(never)
    supervisor.stop()


@pytest.mark.processes
def test_the_log_of_a_running_child_is_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BIGGEST", 10_000)
    script = "import time\nfor n in range(10**9): print(n, 'x' * 90, flush=True); time.sleep(0.0005)"
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    child = supervisor.begin(Spec("busy", [sys.executable, "-c", script], os.environ))
    turned = 0

    def often() -> bool:
        nonlocal turned
        before = child.log.stat().st_size
        child.turn_log_over()
        turned += before > 10_000
        return turned == logs.KEPT + 3

    eventually(often)
    eventually(lambda: child.log.stat().st_size > 200)
    assert child.words() != ""
    supervisor.stop()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["busy.log", "busy.log.1", "busy.log.2", "busy.log.3"]
    # A file with holes would hide what it takes: the child appends, wherever the end is.
    assert b"\0" not in child.log.read_bytes()


@pytest.mark.processes
def test_a_full_disk_at_the_log_stops_nothing(tmp_path: Path) -> None:
    """/dev/full refuses every write."""
    (tmp_path / "fine.log").symlink_to("/dev/full")
    supervisor = Supervisor(tmp_path, ROOT, say=lambda line: None)
    script = f"import os, time; os.write(int(os.environ['{READY_FD}']), b'1'); time.sleep(600)"
    [child] = supervisor.start(Spec("fine", [sys.executable, "-c", script], os.environ, ready=Child.said_ready))
    child.turn_log_over()
    assert child.status() is None
    supervisor.stop()


@pytest.mark.processes
@pytest.mark.parametrize("where", ["a reader that is gone", "a full disk", "closed"])
def test_output_never_ends_the_supervisor(tmp_path: Path, where: str) -> None:
    command = [sys.executable, "-m", "tests.ops.tiny", str(tmp_path)]
    if where == "closed":
        process = subprocess.Popen(["sh", "-c", f"exec {' '.join(command)} >&- 2>&-"], cwd=ROOT)
    elif where == "a full disk":
        process = subprocess.Popen([*command], cwd=ROOT, stdout=os.open("/dev/full", os.O_WRONLY))
    else:
        reading, writing = os.pipe()
        process = subprocess.Popen(command, cwd=ROOT, stdout=writing, stderr=writing)
        os.close(reading)
        os.close(writing)

    def pids(name: str) -> list[int]:
        notes = tmp_path / "notes"
        lines = notes.read_text().splitlines() if notes.exists() else []
        return [int(line.split()[-1]) for line in lines if line.startswith(f"{name} child ")]

    # The second is started when the first is ready.
    eventually(lambda: len(pids("second")) == 1)
    os.kill(pids("first")[0], signal.SIGKILL)
    eventually(lambda: len(pids("first")) == 2)
    process.terminate()
    assert process.wait(30) == 0
