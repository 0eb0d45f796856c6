"""Asks another server within a time limit: a breaker after failures, a probe with a deadline, a sender of messages."""

import logging
import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue

logger = logging.getLogger(__name__)


class Breaker:
    """Remembers a failure: `is_open` is True for `pause` seconds, in which callers do not ask again."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._until

    def failed(self) -> None:
        self._until = time.monotonic() + self.pause

    def worked(self) -> None:
        self._until = 0.0


class Probe:
    """Calls `question` in a thread of its own; `question` raises an error when the server is not well.

    One thread asks at a time, so a server that hangs blocks only one thread, however often the probe is read. An
    answer is used for `keep` seconds.
    """

    def __init__(self, question: Callable[[], object], *, keep: float = 1.0) -> None:
        self.question = question
        self.keep = keep
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._good = False
        self._began = self._ended = -keep

    def begin(self) -> None:
        """Start to ask, unless a thread is asking or the last answer is younger than `keep` seconds."""
        with self._lock:
            asking = self._ended < self._began
            if asking or (self._answered.is_set() and time.monotonic() - self._ended < self.keep):
                return
            self._began = time.monotonic()
            self._answered.clear()
        threading.Thread(target=self._ask, name="probe", daemon=True).start()

    def is_good(self, *, seconds: float) -> bool:
        """Whether the server answered well within so many seconds after it was asked."""
        self.begin()
        return self._answered.wait(max(0.0, self._began + seconds - time.monotonic())) and self._good

    def _ask(self) -> None:
        good = True
        try:
            self.question()
        except Exception as error:  # noqa: BLE001  whatever it is, the server is not well
            logger.warning("a probe failed: %s: %s", type(error).__name__, error)
            good = False
        with self._lock:
            self._good = good
            self._ended = time.monotonic()
            self._answered.set()


class Messenger:
    """Sends messages from a thread of its own; the caller of `send` waits `seconds` at most.

    After a message that was not sent in time, further ones are not tried for the pause of the breaker.
    """

    def __init__(self, *, seconds: Callable[[], float], pause: float) -> None:
        self.seconds = seconds
        self.breaker = Breaker(pause)
        self._begin()
        # A forked child process has no such thread, and must not send the messages of its parent.
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._waiting: SimpleQueue[tuple[Callable[[], object], threading.Event]] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def send(self, message: Callable[[], object]) -> bool:
        """Send the message; whether it is known to be sent. One that took too long may still be sent later."""
        if self.breaker.is_open:
            return False
        sent = threading.Event()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="messenger", daemon=True)
                self._thread.start()
            self._waiting.put((message, sent))
        if not sent.wait(self.seconds()):
            self.breaker.failed()
            return False
        return not self.breaker.is_open

    def _work(self) -> None:
        while True:
            message, sent = self._waiting.get()
            try:
                message()
                self.breaker.worked()
            except Exception as error:  # noqa: BLE001  a lost message does no harm: workers read the rows themselves
                logger.warning("a message was not sent: %s: %s", type(error).__name__, error)
                self.breaker.failed()
            sent.set()
