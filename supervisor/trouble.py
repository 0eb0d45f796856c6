"""Errors that a person can understand and act on, each in English and in Chinese."""

import contextlib
import errno
import sys
from collections.abc import Iterator

from supervisor.output import say


class Trouble(Exception):
    """An error with what the person at the terminal has to know or do; shown without a traceback."""

    def __init__(self, english: str, chinese: str, *, status: int = 1) -> None:
        super().__init__(english)
        self.english = english
        self.chinese = chinese
        self.status = status

    def show(self) -> int:
        """Print both sentences to stderr and return the exit status."""
        say(f"error: {self.english}\n错误：{self.chinese}", stream=sys.stderr)
        return self.status


def why(refusal: Exception) -> str:
    """The message of an error of the operating system or the database, in one line."""
    if isinstance(refusal, OSError) and refusal.strerror:
        return refusal.strerror + (f": {refusal.filename}" if refusal.filename else "")
    return (str(refusal).strip().splitlines() or ["?"])[0]


@contextlib.contextmanager
def told_plainly(english: str, chinese: str, *kinds: type[Exception]) -> Iterator[None]:
    """Turn errors of these kinds into a Trouble; `{why}` in both sentences is replaced by the message of the error."""
    try:
        yield
    except kinds as refusal:
        full = isinstance(refusal, OSError) and refusal.errno in (errno.ENOSPC, errno.EDQUOT)
        said = ("the disk is full", "磁盘已满") if full else (why(refusal), why(refusal))
        raise Trouble(english.replace("{why}", said[0]), chinese.replace("{why}", said[1])) from refusal
