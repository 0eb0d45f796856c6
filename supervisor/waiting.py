"""Waits for a child that is not ready yet, and makes the troubles of a child that does not become ready."""

import signal
import time
from collections.abc import Callable

from supervisor.process import Child
from supervisor.progress import Progress
from supervisor.trouble import Trouble
from supervisor.words import told

# Seconds between two lines that tell of a long wait.
TELL_EVERY = 30.0
# Seconds before a child that ended is started again: twice as long each time; after the longest it has failed.
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 4.0


class Wait:
    """The wait for one child to be ready."""

    def __init__(self, child: Child, say: Callable[[str], None], *, was_ready: bool = False) -> None:
        self.child = child
        self.say = say
        self.was_ready = was_ready
        self.pause = 0.0
        self.start_at: float | None = None
        self.healed = False
        self.tell_at = time.monotonic() + TELL_EVERY
        self.progress = Progress(child.pid, child.log)
        self.look_at = 0.0

    def is_over(self) -> bool:
        """Whether the child is ready; raises Trouble if it cannot be started or makes no progress."""
        spec, now = self.child.spec, time.monotonic()
        if self.start_at is not None:
            if now >= self.start_at:
                self._start()
            return False
        if self.child.status() is not None:
            self._fell(now)
            return False
        if spec.ready(self.child):
            return True
        if now >= self.look_at:
            self.look_at = now + min(1.0, spec.patience / 4)
            if self.progress.silent_for() > spec.patience:
                raise given_up(self.child, in_circles=self.progress.in_circles)
        if now >= self.tell_at:
            self.tell_at = now + TELL_EVERY
            self.say(f"still waiting for {spec.name}, which gets on: {self.child.last_words()}")
        return False

    def _fell(self, now: float) -> None:
        """Start the child again: at once if the cause of its end was repaired (Spec.heal), else after a pause.

        Raises Trouble for a child that ended by itself before it was ever ready, and for one that ends too often.
        """
        child, status = self.child, self.child.status()
        killed = status is not None and status < 0
        if not self.healed and status != -signal.SIGKILL and child.spec.heal(child):
            self.healed = True
            self._start()
            return
        if self.pause >= LONGEST_PAUSE or not (killed or self.was_ready or self.pause):
            raise not_started(child)
        self.pause = self.pause * 2 or FIRST_PAUSE
        self.start_at = now + self.pause
        self.say(f"{child.spec.name} {ending(child)}; again in {self.pause:g} s")

    def _start(self) -> None:
        self.start_at = None
        self.child.start()
        self.progress = Progress(self.child.pid, self.child.log)
        if self.pause:
            self.say(f"{self.child.spec.name} started again (process {self.child.pid})")


def ending(child: Child) -> str:
    """How a child ended: the signal that killed it, or its exit status and the line of its log that says why."""
    status = child.status() or 0
    return f"was {killed_by(-status)}" if status < 0 else f"ended ({status}): {child.last_words()}"


def killed_by(number: int) -> str:
    return f"killed by signal {number} ({signal.Signals(number).name})"


def reason(child: Child) -> tuple[str, str]:
    """Why a child ended, in English and Chinese."""
    status = child.status() or 0
    if status < 0:
        return killed_by(-status), f"被信号 {-status}（{signal.Signals(-status).name}）终止"
    return child.last_words(), child.last_words()


def not_started(child: Child) -> Trouble:
    name, (english, chinese) = child.spec.name, reason(child)
    return Trouble(
        f"{name} did not start: {english} (all of it in {child.log})",
        f"{name} 未能启动：{chinese}（全部日志见 {child.log}）",
    )


def given_up(child: Child, *, in_circles: bool) -> Trouble:
    name, line, seconds = child.spec.name, child.last_words(), child.spec.patience
    if in_circles:
        return Trouble(
            f"{name} did not start, and for {seconds:g} s it only repeats: {line} (all of it in {child.log})",
            f"{name} 未能启动，且已 {seconds:g} 秒只在重复同样的错误：{line}（全部日志见 {child.log}）",
        )
    return Trouble(
        f"{name} did not start, and for {seconds:g} s it neither wrote nor worked; its last line: {line} "
        f"(all of it in {child.log})",
        f"{name} 未能启动，且已 {seconds:g} 秒没有任何进展；最后一行：{line}（全部日志见 {child.log}）",
    )


def failed(child: Child) -> Trouble:
    """The trouble that the program itself printed in both languages, else one with the line that says why it failed."""
    name, (english, chinese) = child.spec.name, reason(child)
    if own := told(child.words()):
        return Trouble(*own)
    return Trouble(
        f"{name} failed: {english} (all of it in {child.log})", f"{name} 失败：{chinese}（全部日志见 {child.log}）"
    )
