"""Compares an older checkout with this one, in turn and on the same rows: which pages and steps became slower."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import databases
from bench.duel import AGAIN, Duel, Pair, Side, ask_again, duel, remarks
from bench.measure import heard, number

SLOWER = 1.1
DOUBTFUL = 1.05  # asked again before anything is said of it
FOR_DOUBTS = 0.3  # of the time
FELT = 1.0  # milliseconds below which a difference is not told from chance
SHARE = 0.05  # of the province: 5,000 doctors, 10,000 needs, 3,000 services running, 50,000 visits
# Steps that write are measured on a fresh copy of the rows each time.
STEPS = ("close", "standings", "matching")
# Of these the seconds of the processor are told too.
WORK = {"close": "Monthly close", "standings": "All standings"}
SPENT = {
    "clock": "by the clock (s)",
    "python": "processor of Python (s)",
    "postgres": "processor of PostgreSQL (s)",
    "both": "both processors (s)",
    "logged": "log of changes (MB)",
}
ROUNDS = 3
NAMES = ("before", "after")


@dataclass(frozen=True)
class Asked:
    """What is compared: how much of which size, the words of the cases if not all are asked, and the steps if no page
    is asked."""

    size: str = "province"
    share: float = SHARE
    words: Sequence[str] = ()
    only: Sequence[str] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        return ("--size", self.size, "--share", str(self.share))


def measure(other: Path, within: float, say: Callable[[str], None], asked: Asked) -> tuple[Duel, list[Pair]]:
    """Let the older checkout fill a database, migrate a copy of it, and ask both checkouts the same in turn.

    `within` are the seconds for pages and forms; what comes before takes as long as it takes.
    """
    filled = _filled(other, say, asked.arguments)
    steps = [] if asked.words else _steps(filled, say, asked)
    if asked.only:
        return Duel(), steps
    before, after = _closed(other, asked.arguments)
    with before.probe() as old, after.probe() as new:
        found = duel(old, new, within * (1 - FOR_DOUBTS), words=asked.words)
        doubtful = [pair for pair in found.pairs if pair.is_measured and pair.ratio > DOUBTFUL]
        reached = ask_again(sorted(doubtful, key=lambda pair: -pair.ratio), old, new, within * FOR_DOUBTS)
    say(f"  {reached} of {len(doubtful)} pages and forms above {DOUBTFUL} × asked {AGAIN} times more")
    return found, steps


def _filled(other: Path, say: Callable[[str], None], size: Sequence[str]) -> tuple[Side, Side]:
    """Databases "filled-…" as the steps find them."""
    before, after = databases.side(NAMES[0], "filled-before", other), databases.side(NAMES[1], "filled-after")
    databases.create("filled-before")
    before.manage("migrate", "--noinput", "--verbosity", "0")
    before.manage("bench", "--step", "fill", *size)
    databases.create("filled-after", "filled-before")
    after.manage("migrate", "--noinput", "--verbosity", "0")
    say(f"  {other} filled a database, and a copy of it was migrated")
    for name in ("filled-before", "filled-after"):
        databases.tidy(name)
    return before, after


def _closed(other: Path, size: Sequence[str]) -> tuple[Side, Side]:
    """Databases "before" and "after", filled and with the month closed, for the pages."""
    before, after = databases.side(NAMES[0], "before", other), databases.side(NAMES[1], "after")
    databases.create("before", "filled-before")
    for step in ("close", "standings"):
        before.manage("bench", "--step", step, *size)
    with before.probe() as probe:
        probe.ask(do="rows")
    databases.create("after", "before")
    after.manage("migrate", "--noinput", "--verbosity", "0")
    for name in ("before", "after"):
        databases.tidy(name)
    return before, after


def _steps(filled: Sequence[Side], say: Callable[[str], None], asked: Asked) -> list[Pair]:
    """The month closed, the standings, needs matched: in turn, each time on unchanged rows."""
    taken: dict[str, Pair] = {}
    for turn in range(ROUNDS):
        for at in (0, 1) if turn % 2 == 0 else (1, 0):
            for step in asked.only or STEPS:
                databases.create("step", f"filled-{NAMES[at]}")
                side = databases.side(NAMES[at], "step", filled[at].folder)
                for key, value in _spent(side, step) if step in WORK else _figures(side, step, asked.arguments):
                    pair = taken.setdefault(key, Pair(key))
                    (pair.second if at else pair.first).append(value)
    say(f"  steps measured {ROUNDS} times each")
    return [pair for pair in taken.values() if pair.is_measured]


def _figures(side: Side, step: str, size: Sequence[str]) -> Iterator[tuple[str, float]]:
    """What a step of the checkout's own says, in a process of its own."""
    for figure in heard(side.manage("bench", "--step", step, *size)):
        if figure.unit in ("s", "ms"):
            yield f"{figure.what} ({figure.unit})", figure.value


def _spent(side: Side, step: str) -> Iterator[tuple[str, float]]:
    """What work of the checkout takes, by the clock and of the processors."""
    with side.probe() as probe:
        spent = probe.ask(do="work", what=step)
    spent["both"] = spent["python"] + spent["postgres"]
    for name, words in SPENT.items():
        yield f"{WORK[step]}, {spent['count']:,} assignments: {words}", spent[name]


def mark(pair: Pair) -> str:
    """Whether the newer one is slower than it may be."""
    felt = pair.key.endswith("(s)") or pair.medians[1] - pair.medians[0] >= FELT
    said = ["SLOWER"] if pair.ratio > SLOWER and felt and not pair.key.endswith("(MB)") else []
    if pair.queries[1] > pair.queries[0]:
        said.append("more queries")
    return ", ".join(said)


def table(found: Duel, steps: list[Pair]) -> Iterator[str]:
    """The lines of the report: steps, then pages and forms, the slowest beside the older one first."""
    yield "| | before | after | ratio | |"
    yield "|---|---:|---:|---:|---|"
    pairs = sorted((pair for pair in found.pairs if pair.is_measured), key=lambda pair: (-pair.ratio, pair.key))
    for pair in steps:
        cells = [number(median) for median in pair.medians]
        yield f"| {pair.key} | {cells[0]} | {cells[1]} | {pair.ratio:.2f} × | {mark(pair)} |"
    for pair in pairs:
        cells = [f"{number(ms)} ms, {count} q" for ms, count in zip(pair.medians, pair.queries, strict=True)]
        yield f"| {pair.key} | {cells[0]} | {cells[1]} | {pair.ratio:.2f} × | {mark(pair)} |"
    yield ""
    slower = [pair.key for pair in [*steps, *pairs] if "SLOWER" in mark(pair)]
    yield f"{len(steps) + len(pairs)} compared; slower than {SLOWER} ×: {len(slower)}"
    yield from remarks(found, NAMES)
