"""What a measurement is, and how one is taken: seconds, memory, queries."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

ROUNDS = 21  # requests of one page: the first is not counted
ENOUGH_SECONDS = 8  # a page so slow that this is used up is asked for less often
FEWEST = 5


@dataclass(frozen=True)
class Figure:
    """One measured value: `key` names it for the targets, `queries` are those of one request."""

    key: str
    what: str
    value: float
    unit: str
    p95: float | None = None
    queries: int | None = None
    note: str = ""

    def __str__(self) -> str:
        text = number(self.value)
        if self.p95 is not None:
            text += f" / {number(self.p95)}"
        text += f" {self.unit}"
        return f"{text}, {self.queries} q" if self.queries is not None else text


def number(value: float) -> str:
    """As many digits as mean something: 1,234 · 56 · 7.8 · 0.12."""
    if value >= 20:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"


def say(figure: Figure) -> None:
    """Hand a figure to the process that prints the table."""
    sys.stdout.write(json.dumps(asdict(figure), ensure_ascii=False) + "\n")
    sys.stdout.flush()


def heard(text: str) -> list[Figure]:
    """The figures of a step's output; a line cut off by the end of its time is left out."""
    lines = text.splitlines()
    return [Figure(**json.loads(line)) for line in lines if line.startswith('{"key"') and line.endswith("}")]


@contextmanager
def seconds() -> Iterator[Callable[[], float]]:
    """How long the block took, in seconds; readable afterwards."""
    began = time.perf_counter()
    ended: list[float] = []
    yield lambda: (ended[0] if ended else time.perf_counter()) - began
    ended.append(time.perf_counter())


def memory(name: str = "VmHWM") -> float:
    """Megabytes of this process: VmHWM the most it held since it began, VmRSS now.

    Not getrusage: there a child begins with the peak of its parent.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    raise LookupError(name)


def repeated(key: str, what: str, ask: Callable[[], Any]) -> Figure:
    """Milliseconds of one request, median and 95th percentile, and its queries counted in a request of their own."""
    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
        queries = len(captured)  # the next request empties the log
    taken: list[float] = []
    began = time.perf_counter()
    while len(taken) < ROUNDS and (len(taken) < FEWEST or time.perf_counter() - began < ENOUGH_SECONDS):
        with seconds() as spent:
            ask()
        taken.append(spent() * 1000)
    p95 = sorted(taken)[max(0, round(0.95 * len(taken)) - 1)]
    note = "" if len(taken) == ROUNDS else f"{len(taken)} requests"
    return Figure(key, what, statistics.median(taken), "ms", p95, queries, note)
