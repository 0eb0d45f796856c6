"""A child process that ends when the process that started it ends."""

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
# How many bytes of a child's log are read, from its end.
MOST_WORDS = 1024 * 1024
# The variable with the number of the pipe to which a program writes when it is ready.
READY_FD = "TALENTLINK_READY_FD"

_prctl = ctypes.CDLL(None).prctl


def tie(parent: int, death_signal: int) -> None:
    """Let the kernel send this process `death_signal` when its parent ends, for whatever reason."""
    _prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    # If the parent ended before this call, no signal comes.
    if os.getppid() != parent:
        os._exit(1)


def tied_to_us(death_signal: int) -> Callable[[], None]:
    """A function that ties a child to this process, for `preexec_fn`."""
    return functools.partial(tie, os.getpid(), death_signal)


@dataclass(frozen=True)
class Spec:
    """How a child is run: its command, how it shows that it is ready, and which signals end it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    ready: Callable[["Child"], bool] = lambda child: True
    # Seconds without any progress after which the start of the child has failed; slow progress is no failure.
    patience: float = 120
    stop_signal: int = signal.SIGTERM
    seconds_to_stop: float = 10
    # The kernel sends it when the supervisor is killed: the signal that ends the child fastest without damage.
    death_signal: int = signal.SIGTERM
    fds: Sequence[int] = field(default=())
    # Repairs what may have kept the child from starting; returns whether it repaired anything.
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
        """Open the log to append to it, or /dev/null if that fails: a program must also run without its log."""
        try:
            output = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError:
            return os.open(os.devnull, os.O_WRONLY)
        self.log_start = os.fstat(output).st_size
        return output

    def turn_log_over(self) -> None:
        """Empty the log if it is too big (logs.turn_over), also while the child writes to it."""
        if logs.turn_over(self.log):
            self.log_start = 0

    def said_ready(self) -> bool:
        """Whether the program has written to the pipe that READY_FD names."""
        if not self._said_ready and self._pipe is not None:
            with contextlib.suppress(BlockingIOError):
                self._said_ready = os.read(self._pipe, 100) != b""
        return self._said_ready

    def _close_pipe(self) -> None:
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None

    def status(self) -> int | None:
        """The exit status, or None while the process runs. After its end, the rest of its process group is killed."""
        if self.popen is None:
            return 0
        status = self.popen.poll()
        if status is not None:
            self._signal_group(signal.SIGKILL)
        return status

    def stop(self) -> None:
        """Ask the process to end, wait, then kill it if it still runs."""
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
        """What the process wrote to its log since its last start, at most the last MOST_WORDS bytes."""
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
