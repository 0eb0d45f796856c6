"""Keeps logs from filling the disk: one file for each process, copied and emptied while the process writes to it."""

import contextlib
import itertools
import shutil
from pathlib import Path

BIGGEST = 10 * 1024 * 1024
KEPT = 3


def turn_over(log: Path) -> bool:
    """Copy a log that is too big to LOG.1 (.1 to .2 and so on) and empty it; return whether it was too big.

    Processes append to a file that they opened once, so the log stays the same file. Lines written between the copy
    and the emptying are lost, some lines in a year.
    """
    try:
        if log.stat().st_size <= BIGGEST:
            return False
    except OSError:
        return False
    older = [log.with_name(f"{log.name}.{number}") for number in range(1, KEPT + 1)]
    # Each step may fail on a full disk; emptying the log frees space.
    with contextlib.suppress(OSError):
        for newer, old in reversed(list(itertools.pairwise(older))):
            if newer.exists():
                newer.replace(old)
    try:
        shutil.copy(log, older[0])
    except OSError:
        older[0].unlink(missing_ok=True)
    with contextlib.suppress(OSError), log.open("r+b") as file:
        file.truncate(0)
    return True
