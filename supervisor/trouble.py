"""An obstacle told in plain words, once in English and once in Chinese."""

import contextlib
import errno
import sys
from collections.abc import Iterator

from supervisor.output import say


class Trouble(Exception):
    """Something the person at the keyboard has to know or do; shown without a traceback."""

    def __init__(self, english: str, chinese: str, *, status: int = 1) -> None:
        super().__init__(english)
        self.english = english
        self.chinese = chinese
        self.status = status

    def show(self) -> int:
        """Print both lines to stderr and hand back the exit status."""
        say(f"error: {self.english}\n错误：{self.chinese}", stream=sys.stderr)
        return self.status


def why(refusal: Exception) -> str:
    """What an error of the machine or of the database says, in one line."""
    if isinstance(refusal, OSError) and refusal.strerror:
        return refusal.strerror + (f": {refusal.filename}" if refusal.filename else "")
    return (str(refusal).strip().splitlines() or ["?"])[0]


@contextlib.contextmanager
def told_plainly(english: str, chinese: str, *kinds: type[Exception]) -> Iterator[None]:
    """Tell errors of these kinds as a trouble; in both sentences `{why}` stands for what the error says."""
    try:
        yield
    except kinds as refusal:
        full = isinstance(refusal, OSError) and refusal.errno in (errno.ENOSPC, errno.EDQUOT)
        said = ("the disk is full", "磁盘已满") if full else (why(refusal), why(refusal))
        raise Trouble(english.replace("{why}", said[0]), chinese.replace("{why}", said[1])) from refusal
