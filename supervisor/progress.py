"""Whether a child that is not ready yet still gets on: its log grows, or its processes compute, read or write.

A child that repeats an error it has written before goes in circles: neither what it writes nor what it computes is
progress then, until it writes a line that is new.
"""

import contextlib
import re
import time
from collections import defaultdict
from pathlib import Path

from supervisor.words import IN_PASSING, SERIOUS

# A process that only waits wakes up now and then; that is no progress.
TICKS = 5
BYTES = 64 * 1024
# Read of a log at one look, in bytes.
MOST = 1024 * 1024
# Numbers, times, addresses in memory.
FIGURES = re.compile(r"\b(0x)?[0-9a-f]*\d[0-9a-f]*\b|\d+")


class Progress:
    """The last moment at which one child got on."""

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
        # A process that ends takes its figures away: that too is a step.
        written, computed, moved = (abs(new - old) for new, old in zip(now, self.seen, strict=True))
        self._read_on(now[0])
        if self.in_circles:
            self.seen = now
        elif written or computed >= TICKS or moved >= BYTES:
            self.at, self.seen = time.monotonic(), now
        return time.monotonic() - self.at

    def _read_on(self, size: int) -> None:
        """Take note of what was written since; a line is the same as another if only its figures differ."""
        lines = {FIGURES.sub("#", line) for line in self._written_since(size)}
        if lines - self.lines:
            self.in_circles = False
        elif any(SERIOUS.search(line) and not IN_PASSING.search(line) for line in lines):
            self.in_circles = True
        self.lines |= lines

    def _written_since(self, size: int) -> list[str]:
        """The whole lines written since the last look; of very much, the end."""
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
        """Size of the log, clock ticks of the processor, and bytes read or written, of the child and all below it."""
        size = 0
        with contextlib.suppress(OSError):
            size = self.log.stat().st_size
        family = descendants(self.pid)
        return size, sum(map(ticks, family)), sum(map(traffic, family))


def descendants(pid: int) -> list[int]:
    """The process and all below it, whatever sessions and groups they made."""
    below = defaultdict(list)
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (parts := stat(int(folder.name))):
            below[int(parts[1])].append(int(folder.name))
    family = [pid]
    for one in family:
        family += below[one]
    return family


def stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold anything."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def ticks(pid: int) -> int:
    """Of the process and of those of its children that have ended."""
    return sum(map(int, stat(pid)[11:15]))


def traffic(pid: int) -> int:
    """Bytes the process moved to and from the disk; 0 where we may not know."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(("read_bytes", "write_bytes")))
