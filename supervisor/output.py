"""What the programs say at the terminal; a reader that is gone or a full disk never ends them."""

import os
import sys
import time
from pathlib import Path
from typing import TextIO

from supervisor import logs


def say(line: str, *, stream: TextIO | None = None) -> None:
    """Write a line to stdout (or the stream); once that fails, everything later goes nowhere."""
    out = sys.stdout if stream is None else stream
    try:
        print(line, file=out, flush=True)
    except (OSError, ValueError):
        silence(out)


def note(english: str, chinese: str) -> None:
    """Tell on stderr, in both languages, what was put right without asking."""
    say(f"note: {english}\n提示：{chinese}", stream=sys.stderr)


def silence(stream: TextIO) -> None:
    """Point a stream that cannot be written to /dev/null, also for Python's last flush at its end."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        stream.flush()
    except (OSError, ValueError):
        return


class Diary:
    """The supervisor's own log: what it said stays there when nobody reads its output."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, line: str) -> None:
        try:
            with self.path.open("a", encoding="utf-8", errors="replace") as log:
                log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")
        except OSError:
            # A full disk: the line was said, and nothing depends on its copy.
            return

    def turn_over(self) -> None:
        logs.turn_over(self.path)
