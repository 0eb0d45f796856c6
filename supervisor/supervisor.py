"""Starts children in order, keeps them alive, and stops them in the reverse order."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from supervisor import output
from supervisor.process import Child, Spec
from supervisor.progress import Progress
from supervisor.trouble import Trouble
from supervisor.words import told

LONGEST_PAUSE = 30.0
# A child that lived so long is taken as sound: its next death starts with the shortest pause again.
SOUND_AFTER = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# How often the logs are looked at, and how often a long wait is told, in seconds.
LOGS_EVERY = 20.0
TELL_EVERY = 30.0


class Stopped(BaseException):
    """Somebody asked us to stop (Ctrl-C, TERM, or the terminal closed)."""


class Supervisor:
    """The only parent of all children of one state folder."""

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
            # Under nohup a closed terminal is nothing.
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
        """A second Ctrl-C: no more patience."""
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
        """Return when every one of them is ready; as long as they get on, that may take any time."""
        waiting = [Wait(child, self.say) for child in children]
        pause = 0.02
        while waiting:
            for wait in list(waiting):
                if wait.is_over():
                    waiting.remove(wait)
                    self.say(f"{wait.child.spec.name} is ready")
            time.sleep(pause)
            # Asking is work too, which must not pass for progress.
            pause = min(pause * 1.02, 0.5)
        return children

    def run(self, spec: Spec, hear: Callable[[str], None] = lambda line: None) -> str:
        """Run a child that has an end and hand back what it wrote, every line told at once too; its failure is ours."""
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
        """Keep everything running until somebody asks us to stop."""
        while True:
            self.tend()
            time.sleep(0.2)

    def tend(self) -> None:
        """Start again what died, each time after a longer pause; keep the logs within their bounds."""
        now = time.monotonic()
        for child in self.children:
            name = child.spec.name
            if name in self.due:
                if now >= self.due[name]:
                    self._start_again(child)
            elif (status := child.status()) is not None:
                words = child.last_words()
                if self.pauses.get(name) and now - child.started_at < SOUND_AFTER:
                    # It could not go on where it was killed: what it left may be damaged.
                    child.spec.heal(child)
                pause = self._pause(child, now)
                self.say(f"{name} ended ({status}): {words}; again in {pause:g} s")
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
            # No room for one more process: there may be some after a while.
            self.say(f"{name} cannot be started ({refusal}); again in {self._pause(child, time.monotonic()):g} s")
        else:
            self.say(f"{name} started again (process {child.pid})")

    def _pause(self, child: Child, now: float) -> float:
        """Decide how long a child that ended stays away."""
        name = child.spec.name
        lived = now - child.started_at
        pause = 0.5 if lived > SOUND_AFTER else min(self.pauses.get(name, 0.25) * 2, LONGEST_PAUSE)
        self.pauses[name] = pause
        self.due[name] = now + pause
        return pause

    def stop(self) -> None:
        """Stop everything, last started first."""
        while self.children:
            child = self.children[-1]
            child.stop()
            self.children.pop()
            self.say(f"{child.spec.name} has stopped")


class Wait:
    """The wait for one child to be ready."""

    def __init__(self, child: Child, say: Callable[[str], None]) -> None:
        self.child = child
        self.say = say
        self.healed = False
        self.tell_at = time.monotonic() + TELL_EVERY
        self.progress = Progress(child.pid, child.log)
        self.look_at = 0.0

    def is_over(self) -> bool:
        """Whether the child is ready; raises the cause when it died or shows no sign of life any more."""
        spec, now = self.child.spec, time.monotonic()
        if self.child.status() is not None:
            self._heal_or_raise()
            return False
        if spec.ready(self.child):
            return True
        if now >= self.look_at:
            self.look_at = now + min(1.0, spec.patience / 4)
            if self.progress.silent_for() > spec.patience:
                raise given_up(self.child)
        if now >= self.tell_at:
            self.tell_at = now + TELL_EVERY
            self.say(f"still waiting for {spec.name}, which gets on: {self.child.last_words()}")
        return False

    def _heal_or_raise(self) -> None:
        """Start the child once more when what had kept it from starting could be put right."""
        trouble = not_started(self.child)
        if self.healed or not self.child.spec.heal(self.child):
            raise trouble
        self.healed = True
        self.child.start()
        self.progress = Progress(self.child.pid, self.child.log)


def not_started(child: Child) -> Trouble:
    name, line = child.spec.name, child.last_words()
    return Trouble(
        f"{name} did not start: {line} (all of it in {child.log})",
        f"{name} 未能启动：{line}（全部日志见 {child.log}）",
    )


def given_up(child: Child) -> Trouble:
    name, line, seconds = child.spec.name, child.last_words(), child.spec.patience
    return Trouble(
        f"{name} did not start, and for {seconds:g} s it neither wrote nor worked; its last line: {line} "
        f"(all of it in {child.log})",
        f"{name} 未能启动，且已 {seconds:g} 秒没有任何进展；最后一行：{line}（全部日志见 {child.log}）",
    )


def failed(child: Child) -> Trouble:
    """What a program with an end told itself in both languages, else its most telling line."""
    name, line = child.spec.name, child.last_words()
    if own := told(child.words()):
        return Trouble(*own)
    return Trouble(
        f"{name} failed: {line} (all of it in {child.log})", f"{name} 失败：{line}（全部日志见 {child.log}）"
    )
