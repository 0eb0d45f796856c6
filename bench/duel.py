"""Two databases, or two checkouts, asked the same in turn, so that a load on the machine slows both."""

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self, cast

from supervisor.process import tied_to_us

HERE = Path(__file__).parent
FEWEST, MOST, ENOUGH = 3, 7, 0.3  # times a case is asked of each, and the seconds after which it is not asked again
AGAIN = 20  # times more where the first answers were not clear
SHUT = {"302", "403", "404", "405"}  # a page that is not for whoever asked


@dataclass(frozen=True)
class Side:
    """A checkout with its database: what its processes need to know."""

    name: str
    folder: Path
    env: Mapping[str, str]

    @property
    def python(self) -> str:
        """The checkout's own Python where it has one."""
        own = self.folder / ".venv" / "bin" / "python"
        return str(own) if own.exists() else sys.executable

    def manage(self, *arguments: str) -> str:
        """Run its manage.py; what it wrote. Raises CalledProcessError with its last words."""
        command = [self.python, "-P", "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=self._env(), capture_output=True, text=True, check=False,
            preexec_fn=tied_to_us(signal.SIGKILL),
        )  # fmt: skip
        if done.returncode:
            words = (done.stderr.strip().splitlines() or ["(it wrote nothing)"])[-1]
            raise RuntimeError(f"{self.name}: manage.py {' '.join(arguments)}: {words}")
        return done.stdout

    def probe(self) -> "Probe":
        """A process of the checkout that answers what it is asked."""
        return Probe([self.python, "-P", "-m", "probe"], self.folder, self._env())

    def _env(self) -> dict[str, str]:
        # Its own packages come first; this folder holds the probe.
        return {**self.env, "PYTHONPATH": f"{self.folder}{os.pathsep}{HERE}", "LOG_LEVEL": "ERROR"}


class Probe:
    """A running `python -m probe`: a command in, an answer out."""

    def __init__(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            list(command), cwd=folder, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            preexec_fn=tied_to_us(signal.SIGKILL),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *trouble: object) -> None:
        self.process.kill()
        self.process.wait()

    def ask(self, **command: Any) -> Any:
        """Its answer to one command."""
        sent, heard = cast("IO[str]", self.process.stdin), cast("IO[str]", self.process.stdout)
        sent.write(json.dumps(command) + "\n")
        sent.flush()
        line = heard.readline()
        if not line:
            raise RuntimeError(f"the probe ended ({self.process.wait()}) at {command}")
        return json.loads(line)


@dataclass
class Pair:
    """One page or form, asked of both."""

    key: str
    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)
    queries: tuple[int, int] = (0, 0)
    why: tuple[str, str] = ("", "")

    @property
    def medians(self) -> tuple[float, float]:
        return statistics.median(self.first), statistics.median(self.second)

    @property
    def ratio(self) -> float:
        """The second's time divided by the first's: of the medians, or of the quickest where that is nearer to 1.

        A process that something else held up shows in its median, not in its quickest answer.
        """
        first, second = self.medians
        ratios = second / first, min(self.second) / min(self.first)
        return min(ratios, key=lambda ratio: abs(ratio - 1))

    @property
    def is_measured(self) -> bool:
        return bool(self.first and self.second)


@dataclass
class Duel:
    """All pairs; what only one of the two knows; what nobody could ask; how many the time did not reach."""

    pairs: list[Pair] = field(default_factory=list)
    alone: tuple[list[str], list[str]] = field(default_factory=lambda: ([], []))
    missing: list[str] = field(default_factory=list)
    unreached: int = 0


def duel(
    first: Probe,
    second: Probe,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    *,
    words: Sequence[str] = (),
) -> Duel:
    """Ask everything both know, each case of both in turn, until the time is over.

    With `words` only cases whose name has one of them are asked.
    """
    known = [probe.ask(do="cases") for probe in (first, second)]
    for each in known if words else ():
        each["cases"] = [key for key in each["cases"] if any(word in key for word in words)]
    names = [each["cases"] for each in known]
    common = [key for key in names[0] if key in set(names[1])]
    alone = tuple([key for key in names[at] if key not in set(common)] for at in (0, 1))
    found = Duel(alone=cast("tuple[list[str], list[str]]", alone), missing=_texts(each["missing"] for each in known))
    until = clock() + seconds
    for at, key in enumerate(common):
        if clock() > until:
            found.unreached = len(common) - at
            break
        found.pairs.append(_asked(key, first, second, clock))
    return found


def _texts(lists: Iterable[list[str]]) -> list[str]:
    return sorted({text for texts in lists for text in texts})


def _asked(key: str, first: Probe, second: Probe, clock: Callable[[], float]) -> Pair:
    warm = [probe.ask(do="warm", key=key) for probe in (first, second)]
    pair = Pair(key, queries=(warm[0]["queries"], warm[1]["queries"]), why=(warm[0]["why"], warm[1]["why"]))
    if any(pair.why):
        return pair
    began = clock()
    while len(pair.first) < FEWEST or (len(pair.first) < MOST and clock() - began < ENOUGH):
        _ask_once(pair, first, second)
    return pair


def _ask_once(pair: Pair, first: Probe, second: Probe) -> None:
    """Ask both once; the one that began last time comes second now."""
    sides = [(first, pair.first), (second, pair.second)]
    for probe, taken in sides if len(pair.first) % 2 == 0 else sides[::-1]:
        taken.extend(probe.ask(do="ask", key=pair.key)["ms"])


def ask_again(
    pairs: Iterable[Pair], first: Probe, second: Probe, seconds: float, clock: Callable[[], float] = time.monotonic
) -> int:
    """Ask these pairs AGAIN times more, so that chance is told from a difference; how many the time reached."""
    until, reached = clock() + seconds, 0
    for pair in pairs:
        if clock() > until:
            break
        for probe in (first, second):
            probe.ask(do="warm", key=pair.key)
        for _time in range(AGAIN):
            _ask_once(pair, first, second)
        reached += 1
    return reached


def remarks(found: Duel, names: tuple[str, str]) -> Iterable[str]:
    """What was not measured, and why."""
    shut = 0
    for pair in found.pairs:
        if pair.why[0] in SHUT and pair.why[0] == pair.why[1]:
            shut += 1
        elif any(pair.why):
            said = "; ".join(f"{name}: {why}" for name, why in zip(names, pair.why, strict=True) if why)
            yield f"- NOT MEASURED: {pair.key}: {said}"
    for text in found.missing:
        yield f"- NOT MEASURED: {text}"
    for name, keys in zip(names, found.alone, strict=True):
        if keys:
            yield f"- only {name} has: {', '.join(keys)}"
    yield f"- not for whoever asked (sent elsewhere, refused, or no page to open): {shut}"
    if found.unreached:
        yield f"- NOT REACHED, for want of time: {found.unreached}"
