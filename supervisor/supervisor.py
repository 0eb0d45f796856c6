"""Starts children in order, keeps them alive, and stops them in the reverse order."""

import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from supervisor.process import Child, Spec
from supervisor.trouble import Trouble

LONGEST_PAUSE = 30.0
# A child that lived so long is taken as sound: its next death starts with the shortest pause again.
SOUND_AFTER = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


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

    def __enter__(self) -> Self:
        for signum in STOP_SIGNALS:
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
        children = [self.begin(spec) for spec in specs]
        waiting = list(children)
        while waiting:
            for child in list(waiting):
                if child.status() is not None or time.monotonic() > child.started_at + child.spec.seconds_to_start:
                    raise self._did_not_start(child)
                if child.spec.ready(child):
                    waiting.remove(child)
                    self.say(f"{child.spec.name} is ready")
            time.sleep(0.03)
        return children

    def _did_not_start(self, child: Child) -> Trouble:
        name, line = child.spec.name, child.last_words()
        return Trouble(
            f"{name} did not start: {line} (all of it in {child.log})",
            f"{name} 未能启动：{line}（全部日志见 {child.log}）",
        )

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
            name, line = child.spec.name, child.last_words()
            raise Trouble(
                f"{name} failed: {line} (all of it in {child.log})", f"{name} 失败：{line}（全部日志见 {child.log}）"
            )
        return child.words()

    def watch(self) -> None:
        """Keep everything running until somebody asks us to stop."""
        while True:
            self.tend()
            time.sleep(0.2)

    def tend(self) -> None:
        """Start again what died, each time after a longer pause."""
        now = time.monotonic()
        for child in self.children:
            name = child.spec.name
            if name in self.due:
                if now >= self.due[name]:
                    del self.due[name]
                    child.start()
                    self.say(f"{name} started again (process {child.pid})")
            elif (status := child.status()) is not None:
                lived = now - child.started_at
                pause = 0.5 if lived > SOUND_AFTER else min(self.pauses.get(name, 0.25) * 2, LONGEST_PAUSE)
                self.pauses[name] = pause
                self.due[name] = now + pause
                self.say(f"{name} ended ({status}): {child.last_words()}; again in {pause:g} s")

    def stop(self) -> None:
        """Stop everything, last started first."""
        while self.children:
            child = self.children[-1]
            child.stop()
            self.children.pop()
            self.say(f"{child.spec.name} has stopped")
