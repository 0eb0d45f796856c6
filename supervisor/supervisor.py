"""Starts child processes in order, starts them again when they end, and stops them in reverse order."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from supervisor import output
from supervisor.process import Child, Spec
from supervisor.waiting import Wait, ending, failed

LONGEST_PAUSE = 30.0
# Seconds after which a child counts as sound: if it ends later, it starts again after the shortest pause.
SOUND_AFTER = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds between two checks of the sizes of the logs.
LOGS_EVERY = 20.0


class Stopped(BaseException):
    """The supervisor was asked to stop (Ctrl-C, TERM, or the terminal closed)."""


class Supervisor:
    """The parent of all child processes of one state folder."""

    def __init__(self, logs: Path, folder: Path, say: Callable[[str], None]) -> None:
        self.logs = logs
        self.folder = folder
        self.say = say
        self.children: list[Child] = []
        self.pauses: dict[str, float] = {}
        self.due: dict[str, float] = {}
        self.logs_due = 0.0

    def __enter__(self) -> Self:
        for signum in STOP_SIGNALS:
            # Under nohup SIGHUP is ignored, and stays so.
            if signal.getsignal(signum) != signal.SIG_IGN:
                signal.signal(signum, self._asked_to_stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for signum in STOP_SIGNALS:
            signal.signal(signum, self._asked_again)
        self.stop()

    def _asked_to_stop(self, signum: int, frame: FrameType | None) -> None:
        raise Stopped

    def _asked_again(self, signum: int, frame: FrameType | None) -> None:
        """At a second Ctrl-C kill all children at once."""
        for child in self.children:
            child.kill()

    def begin(self, spec: Spec) -> Child:
        """Start a child without waiting for it."""
        child = Child(spec, self.logs / f"{spec.name}.log", self.folder)
        self.children.append(child)
        child.start()
        return child

    def start(self, *specs: Spec) -> list[Child]:
        """Start children side by side and return when every one is ready."""
        return self.wait_for([self.begin(spec) for spec in specs])

    def wait_for(self, children: list[Child]) -> list[Child]:
        """Return when every child is ready; as long as they make progress, there is no limit of time."""
        waiting = [Wait(child, self.say) for child in children]
        pause = 0.02
        while waiting:
            for wait in list(waiting):
                if wait.is_over():
                    waiting.remove(wait)
                    self.say(f"{wait.child.spec.name} is ready")
            waiting += self._fallen([wait.child for wait in waiting])
            self._bound_logs()
            time.sleep(pause)
            # The checks make the children work a little, which must not count as progress; so they become rarer.
            pause = min(pause * 1.02, 0.5)
        return children

    def _fallen(self, waited_for: list[Child]) -> list[Wait]:
        """A Wait for each child that was ready and has ended since; other children may need it to get ready."""
        ready = [child for child in self.children if child not in waited_for]
        return [Wait(child, self.say, was_ready=True) for child in ready if child.status() is not None]

    def run(self, spec: Spec, hear: Callable[[str], None] = lambda line: None) -> str:
        """Run a child to its end and return its output; `hear` gets each line at once. Raises Trouble if it fails."""
        child, heard = self.begin(spec), 0
        status: int | None = None
        while status is None:
            time.sleep(0.03)
            status = child.status()
            lines = child.words().splitlines(keepends=True)
            for line in lines[heard:]:
                if line.endswith("\n"):
                    hear(line.rstrip())
                    heard += 1
        self.children.remove(child)
        if status != 0:
            raise failed(child)
        return child.words()

    def watch(self) -> None:
        """Keep everything running until Stopped is raised."""
        while True:
            self.tend()
            time.sleep(0.2)

    def tend(self) -> None:
        """Start children again that have ended, each time after a longer pause, and empty logs that are too big."""
        now = time.monotonic()
        for child in self.children:
            name = child.spec.name
            if name in self.due:
                if now >= self.due[name]:
                    self._start_again(child)
            elif child.status() is not None:
                how = ending(child)
                if self.pauses.get(name) and now - child.started_at < SOUND_AFTER:
                    # It ended soon after a restart, so its data may be damaged.
                    child.spec.heal(child)
                pause = self._pause(child, now)
                self.say(f"{name} {how}; again in {pause:g} s")
        self._bound_logs()

    def _bound_logs(self) -> None:
        now = time.monotonic()
        if now >= self.logs_due:
            self.logs_due = now + LOGS_EVERY
            for child in self.children:
                child.turn_log_over()
            output.turn_over()

    def _start_again(self, child: Child) -> None:
        name = child.spec.name
        del self.due[name]
        try:
            child.start()
        except OSError as refusal:
            # The machine cannot start one more process now; later it may.
            self.say(f"{name} cannot be started ({refusal}); again in {self._pause(child, time.monotonic()):g} s")
        else:
            self.say(f"{name} started again (process {child.pid})")

    def _pause(self, child: Child, now: float) -> float:
        """Decide and note after how many seconds a child that ended starts again."""
        name = child.spec.name
        lived = now - child.started_at
        pause = 0.5 if lived > SOUND_AFTER else min(self.pauses.get(name, 0.25) * 2, LONGEST_PAUSE)
        self.pauses[name] = pause
        self.due[name] = now + pause
        return pause

    def stop(self) -> None:
        """Stop all children, the last started first."""
        while self.children:
            child = self.children[-1]
            child.stop()
            self.children.pop()
            self.say(f"{child.spec.name} has stopped")
