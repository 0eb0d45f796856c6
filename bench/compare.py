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
    before, after = _prepared(other, say, asked.arguments)
    steps = [] if asked.words else _steps(before, after, say, asked)
    if asked.only:
        return Duel(), steps
    with before.probe() as old, after.probe() as new:
        found = duel(old, new, within * (1 - FOR_DOUBTS), words=asked.words)
        doubtful = [pair for pair in found.pairs if pair.is_measured and pair.ratio > DOUBTFUL]
        reached = ask_again(sorted(doubtful, key=lambda pair: -pair.ratio), old, new, within * FOR_DOUBTS)
    say(f"  {reached} of {len(doubtful)} pages and forms above {DOUBTFUL} × asked {AGAIN} times more")
    return found, steps


def _prepared(other: Path, say: Callable[[str], None], size: Sequence[str]) -> tuple[Side, Side]:
    """Both databases: "filled-…" as the steps find them, "before" and "after" with the month closed for the pages."""
    filled = databases.side(NAMES[0], "filled-before", other)
    databases.create("filled-before")
    filled.manage("migrate", "--noinput", "--verbosity", "0")
    filled.manage("bench", "--step", "fill", *size)
    databases.create("filled-after", "filled-before")
    databases.side(NAMES[1], "filled-after").manage("migrate", "--noinput", "--verbosity", "0")
    say(f"  {other} filled a database, and a copy of it was migrated")
    before = databases.side(NAMES[0], "before", other)
    databases.create("before", "filled-before")
    for step in ("close", "standings"):
        before.manage("bench", "--step", step, *size)
    with before.probe() as probe:
        probe.ask(do="rows")
    databases.create("after", "before")
    after = databases.side(NAMES[1], "after")
    after.manage("migrate", "--noinput", "--verbosity", "0")
    for name in ("filled-before", "filled-after", "before", "after"):
        databases.tidy(name)
    return before, after


def _steps(before: Side, after: Side, say: Callable[[str], None], asked: Asked) -> list[Pair]:
    """The month closed, the standings, needs matched: in turn, each time on unchanged rows."""
    taken: dict[str, Pair] = {}
    for _round in range(ROUNDS):
        for at, checkout in enumerate((before, after)):
            for step in asked.only or STEPS:
                databases.create("step", f"filled-{NAMES[at]}")
                side = databases.side(checkout.name, "step", checkout.folder)
                for figure in heard(side.manage("bench", "--step", step, *asked.arguments)):
                    if figure.unit in ("s", "ms"):
                        pair = taken.setdefault(figure.key, Pair(f"{figure.what} ({figure.unit})"))
                        (pair.second if at else pair.first).append(figure.value)
    say(f"  steps measured {ROUNDS} times each")
    return [pair for pair in taken.values() if pair.is_measured]


def mark(pair: Pair) -> str:
    """Whether the newer one is slower than it may be."""
    slower = pair.ratio > SLOWER and (pair.key.endswith("(s)") or pair.medians[1] - pair.medians[0] >= FELT)
    said = ["SLOWER"] if slower else []
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
