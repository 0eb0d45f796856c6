"""Prints what the programs tell; a closed terminal or a full disk does not end them."""

import os
import sys
import time
from pathlib import Path
from typing import TextIO

from supervisor import logs

# The file into which all lines are also written; empty until `keep_in` is called.
_kept: list[Path] = []


def keep_in(path: Path) -> None:
    """From now on write every line into this file too."""
    _kept[:] = [path]


def say(line: str, *, stream: TextIO | None = None) -> None:
    """Write a line to stdout or to the given stream; if that fails, later output of the stream is dropped."""
    out = sys.stdout if stream is None else stream
    try:
        print(line, file=out, flush=True)
    except (OSError, ValueError):
        silence(out)
    for path in _kept:
        write_down(path, line)


def note(english: str, chinese: str) -> None:
    """Print on stderr, in both languages, what a program repaired by itself."""
    say(f"note: {english}\n提示：{chinese}", stream=sys.stderr)


def silence(stream: TextIO) -> None:
    """Redirect a stream that cannot be written to /dev/null, so that Python's last flush does not fail either."""
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
        # The disk is full: the line was printed, and nothing depends on this copy.
        return


def turn_over() -> None:
    """Empty the file if it is too big (logs.turn_over)."""
    for path in _kept:
        logs.turn_over(path)
