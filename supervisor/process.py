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

from supervisor import logs
from supervisor.words import cause

PR_SET_PDEATHSIG = 1
# What a child wrote is looked at from its end; more than this tells nobody anything.
MOST_WORDS = 1024 * 1024
# Names the pipe through which a program says that it is ready.
READY_FD = "TALENTLINK_READY_FD"

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
    # How long it may show no progress at all before it is given up; a slow machine is no reason.
    patience: float = 120
    stop_signal: int = signal.SIGTERM
    seconds_to_stop: float = 10
    # Sent by the kernel when the supervisor is killed: the quickest end that leaves nothing behind.
    death_signal: int = signal.SIGTERM
    fds: Sequence[int] = field(default=())
    # Puts right what may have kept the child from starting; whether there was something.
    heal: Callable[["Child"], bool] = lambda child: False


class Child:
    """One process in a session of its own, its output in a log file."""

    def __init__(self, spec: Spec, log: Path, folder: Path) -> None:
        self.spec = spec
        self.log = log
        self.folder = folder
        self.started_at = 0.0
        self.log_start = 0
        self.popen: subprocess.Popen[bytes] | None = None
        self._pipe: int | None = None
        self._said_ready = False

    @property
    def pid(self) -> int:
        return self.popen.pid if self.popen else 0

    def start(self) -> None:
        self.turn_log_over()
        self._said_ready = False
        self._close_pipe()
        self._pipe, telling = os.pipe()
        os.set_blocking(self._pipe, False)
        output = self._open_log()
        try:
            self.started_at = time.monotonic()
            self.popen = subprocess.Popen(
                list(self.spec.command),
                cwd=self.folder,
                env={**self.spec.env, READY_FD: str(telling)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(*self.spec.fds, telling),
                preexec_fn=tied_to_us(self.spec.death_signal),
            )
        finally:
            os.close(output)
            os.close(telling)

    def _open_log(self) -> int:
        """The log to append to; nowhere if it cannot be opened, since no program may fail for its log."""
        try:
            output = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError:
            return os.open(os.devnull, os.O_WRONLY)
        self.log_start = os.fstat(output).st_size
        return output

    def turn_log_over(self) -> None:
        """Keep the log within its bound, also while the child writes to it."""
        if logs.turn_over(self.log):
            self.log_start = 0

    def said_ready(self) -> bool:
        """Whether the program wrote to the pipe that READY_FD named."""
        if not self._said_ready and self._pipe is not None:
            with contextlib.suppress(BlockingIOError):
                self._said_ready = os.read(self._pipe, 100) != b""
        return self._said_ready

    def _close_pipe(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

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
        """What the process wrote since its last start; of very much, the end."""
        try:
            with self.log.open("rb") as written:
                end = written.seek(0, os.SEEK_END)
                written.seek(max(self.log_start if self.log_start <= end else 0, end - MOST_WORDS))
                return written.read().decode(errors="replace")
        except OSError:
            return ""

    def last_words(self) -> str:
        """The line of the log that most likely says what went wrong."""
        return cause(self.words())

    def _signal_group(self, signum: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signum)
