"""Whether a child that is not ready yet makes progress: its log grows, or its processes compute, read or write.

If a child repeats an error that it has written before, it only repeats itself (`in_circles`). Then nothing counts as
progress until it writes a new line.
"""

import contextlib
import re
import time
from collections import defaultdict
from pathlib import Path

from supervisor.words import IN_PASSING, SERIOUS

# Smaller amounts are no progress, because a process that only waits also wakes up now and then.
TICKS = 5
BYTES = 64 * 1024
# The most bytes that are read of a log at once.
MOST = 1024 * 1024
# Numbers, times and addresses in memory; lines that differ only in these are equal.
FIGURES = re.compile(r"\b(0x)?[0-9a-f]*\d[0-9a-f]*\b|\d+")


class Progress:
    """Finds the last moment at which one child made progress."""

    def __init__(self, pid: int, log: Path) -> None:
        self.pid = pid
        self.log = log
        self.at = time.monotonic()
        self.seen = self.measure()
        self.in_circles = False
        self.read = self.seen[0]
        self.lines: set[str] = set()

    def silent_for(self) -> float:
        """Seconds since the last progress."""
        now = self.measure()
        # When a process ends, the sums get smaller; that is progress too.
        written, computed, moved = (abs(new - old) for new, old in zip(now, self.seen, strict=True))
        self._read_on(now[0])
        if self.in_circles:
            self.seen = now
        elif written or computed >= TICKS or moved >= BYTES:
            self.at, self.seen = time.monotonic(), now
        return time.monotonic() - self.at

    def _read_on(self, size: int) -> None:
        """Read the new lines of the log and decide whether the child only repeats an error."""
        lines = {FIGURES.sub("#", line) for line in self._written_since(size)}
        if lines - self.lines:
            self.in_circles = False
        elif any(SERIOUS.search(line) and not IN_PASSING.search(line) for line in lines):
            self.in_circles = True
        self.lines |= lines

    def _written_since(self, size: int) -> list[str]:
        """The complete lines written since the last call, from at most the last MOST bytes."""
        start = max(self.read if self.read <= size else 0, size - MOST)
        try:
            with self.log.open("rb") as log:
                log.seek(start)
                whole, end, _rest = log.read(size - start).rpartition(b"\n")
        except OSError:
            return []
        self.read = start + len(whole) + len(end)
        return whole.decode(errors="replace").splitlines()

    def measure(self) -> tuple[int, int, int]:
        """Size of the log; processor ticks, and bytes read or written, of the child and all its descendants."""
        size = 0
        with contextlib.suppress(OSError):
            size = self.log.stat().st_size
        family = descendants(self.pid)
        return size, sum(map(ticks, family)), sum(map(traffic, family))


def descendants(pid: int) -> list[int]:
    """The process and all its descendants, also those in other sessions and process groups."""
    below = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (parts := stat(int(folder.name))):
            below[int(parts[1])].append(int(folder.name))
    family = [pid]
    for one in family:
        family += below[one]
    return family


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name of the program, which may contain any characters."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def ticks(pid: int) -> int:
    """Processor ticks of the process and of its ended children."""
    return sum(map(int, stat(pid)[11:15]))


def traffic(pid: int) -> int:
    """Bytes that the process read from and wrote to the disk; 0 if we have no right to read this."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("read_bytes", "write_bytes")))
