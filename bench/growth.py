"""How every page and every form grows with the rows: its time and its queries at one and at four times everything."""

import math
import time
from collections.abc import Callable, Iterator

from bench import databases
from bench.duel import Duel, Pair, Side, duel, remarks
from bench.measure import number
from bench.size import FOUR, ONE, Size

TIMES = 4
STEEP = 0.5  # twice the time at four times the rows
FELT = 10.0  # milliseconds that must be added before a route is marked


def measure(within: float, say: Callable[[str], None]) -> Duel:
    """Fill both sizes and ask every route of both in turn; what the time does not reach is left out."""
    until = time.monotonic() + within
    sides = []
    for size in (ONE, FOUR):
        databases.create(size.name, databases.current())
        sides.append(databases.side(size.name, size.name))
        _fill(sides[-1], size)
        say(f"  {size.name}: {size.doctors:,} doctors, {size.needs:,} needs, {size.visits:,} visits")
    with sides[0].probe() as small, sides[1].probe() as large:
        for probe in (small, large):
            probe.ask(do="rows")
        return duel(small, large, until - time.monotonic())


def _fill(side: Side, size: Size) -> None:
    """The tables full, the last month closed, the standings worked out."""
    for step in ("fill", "close", "standings"):
        side.manage("bench", "--step", step, "--size", size.name)


def exponent(pair: Pair) -> float:
    """How the time grows with the rows. 0: not at all; 1: four times the rows take four times as long."""
    return math.log(pair.ratio, TIMES)


def mark(pair: Pair) -> str:
    """What is wrong with a route."""
    said = []
    if exponent(pair) >= STEEP and pair.medians[1] - pair.medians[0] >= FELT:
        said.append("GROWS")
    if pair.queries[1] > pair.queries[0]:
        said.append("QUERIES GROW")
    return ", ".join(said)


def table(found: Duel) -> Iterator[str]:
    """The lines of the report: the steepest first, then what could not be measured and why."""
    pairs = sorted((pair for pair in found.pairs if pair.is_measured), key=lambda pair: (-exponent(pair), pair.key))
    yield "| page or form, and who asks | 1 × | 4 × | exponent | |"
    yield "|---|---:|---:|---:|---|"
    for pair in pairs:
        cells = [f"{number(ms)} ms, {count} q" for ms, count in zip(pair.medians, pair.queries, strict=True)]
        yield f"| {pair.key} | {cells[0]} | {cells[1]} | {exponent(pair):.2f} | {mark(pair)} |"
    yield ""
    steep = sum(1 for pair in pairs if "GROWS" in mark(pair))
    yield f"{len(pairs)} pages and forms were measured; {steep} of them grow by {STEEP} or more."
    yield from remarks(found, (ONE.name, FOUR.name))
