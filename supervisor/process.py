"""A child process that cannot outlive the process that started it."""

import contextlib
import ctypes
import functools
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
BIGGEST_LOG = 20 * 1024 * 1024


_prctl = ctypes.CDLL(None).prctl


def tie(parent: int, death_signal: int) -> None:
    """Let the kernel send us `death_signal` when our parent ends, however it ends."""
    _prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    # It may have ended before we asked: then no signal will come.
    if os.getppid() != parent:
        os._exit(1)


def tied_to_us(death_signal: int) -> Callable[[], None]:
    """The same from the parent's side, for `preexec_fn`."""
    return functools.partial(tie, os.getpid(), death_signal)


@dataclass(frozen=True)
class Spec:
    """What a child is: its command, how it shows that it is ready, and which signals it understands."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[["Child"], bool] = lambda child: True
    seconds_to_start: float = 60
    stop_signal: int = signal.SIGTERM
    seconds_to_stop: float = 10
    # Sent by the kernel when the supervisor is killed: the quickest end that leaves nothing behind.
    death_signal: int = signal.SIGTERM
    fds: Sequence[int] = field(default=())


class Child:
    """One process in a session of its own, its output in a log file."""

    def __init__(self, spec: Spec, log: Path, folder: Path) -> None:
        self.spec = spec
        self.log = log
        self.folder = folder
        self.started_at = 0.0
        self.log_start = 0
        self.popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self.popen.pid if self.popen else 0

    def start(self) -> None:
        if self.log.exists() and self.log.stat().st_size > BIGGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.log_start = output.tell()
            self.started_at = time.monotonic()
            self.popen = subprocess.Popen(
                list(self.spec.command),
                cwd=self.folder,
                env=dict(self.spec.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=tuple(self.spec.fds),
                preexec_fn=tied_to_us(self.spec.death_signal),
            )

    def status(self) -> int | None:
        """The exit status, or None while the process lives. Once it is dead, what it left running is ended too."""
        if self.popen is None:
            return 0
        status = self.popen.poll()
        if status is not None:
            self._signal_group(signal.SIGKILL)
        return status

    def stop(self) -> None:
        """Ask to end, wait, then insist."""
        if self.popen is None or self.status() is not None:
            return
        self.popen.send_signal(self.spec.stop_signal)
        try:
            self.popen.wait(self.spec.seconds_to_stop)
        except subprocess.TimeoutExpired:
            self.kill()
        self._signal_group(signal.SIGKILL)

    def kill(self) -> None:
        """End the process and its whole group at once."""
        if self.popen is not None:
            self._signal_group(signal.SIGKILL)
            self.popen.wait()

    def words(self) -> str:
        """What the process wrote since its last start."""
        if not self.log.exists():
            return ""
        with self.log.open("rb") as written:
            written.seek(self.log_start)
            return written.read().decode(errors="replace")

    def last_words(self) -> str:
        """The line of the log that most likely says what went wrong."""
        lines = [line.strip() for line in self.words().splitlines() if line.strip()]
        telling = [line for line in lines if "FATAL" in line or "rror" in line or "could not" in line]
        return (telling or lines or ["(it wrote nothing)"])[-1]

    def _signal_group(self, signum: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signum)
