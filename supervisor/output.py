"""What the programs say at the terminal; a reader that is gone or a full disk never ends them."""

import os
import sys
import time
from pathlib import Path
from typing import TextIO

from supervisor import logs

# The file that keeps what was said, for those who come later; none until `keep_in` names one.
_kept: list[Path] = []


def keep_in(path: Path) -> None:
    """Write everything said from now on into this file too."""
    _kept[:] = [path]


def say(line: str, *, stream: TextIO | None = None) -> None:
    """Write a line to stdout (or the stream); once that fails, everything later goes nowhere."""
    out = sys.stdout if stream is None else stream
    try:
        print(line, file=out, flush=True)
    except (OSError, ValueError):
        silence(out)
    for path in _kept:
        write_down(path, line)


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


def write_down(path: Path, line: str) -> None:
    try:
        with path.open("a", encoding="utf-8", errors="replace") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")
    except OSError:
        # A full disk: the line was said, and nothing depends on its copy.
        return


def turn_over() -> None:
    """Keep the file within its bound."""
    for path in _kept:
        logs.turn_over(path)
