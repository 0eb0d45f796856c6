"""A whole run: the sizes one after the other, each step in its own process, all within the time given."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.measure import Figure, heard
from bench.size import CITY, PROVINCE, Size
from bench.steps import STEPS
from supervisor.process import tied_to_us
from supervisor.state import ROOT

Say = Callable[[str], None]
# Seconds both sizes took on the machine of docs/benchmarks.md: the speed of this machine is measured on the city.
USUAL = {"city": 125.0, "province": 520.0}
SMALLEST_SHARE = 0.05
NEARLY = 0.7


@dataclass
class Sheet:
    """What was measured of one size, and the steps that time did not reach or that failed."""

    size: Size
    share: float = 1.0
    figures: list[Figure] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


def measure(
    names: Sequence[str], within: float, say: Say, only: Sequence[str] = (), of_province: float | None = None
) -> list[Sheet]:
    """Measure these sizes, by all steps or by some; a province too big for the time left is made smaller, unless its
    share is said."""
    until = time.monotonic() + within
    sheets: list[Sheet] = []
    pace = 1.0
    for name in names:
        began = time.monotonic()
        share = 1.0 if name == "city" else of_province or _share(until - began, pace)
        size = CITY if name == "city" else PROVINCE.shrunk(share)
        sheet = Sheet(size, share)
        say(f"\n{name}" + (f", {share:.0%} of the rows" if share < 1 else ""))
        _steps(sheet, until, say, [step for step in STEPS if not only or step in ("fill", *only)])
        pace = max(1.0, (time.monotonic() - began) / USUAL[name])
        sheets.append(sheet)
    return sheets


def _share(left: float, pace: float) -> float:
    """How much of the province fits into the seconds left on a machine `pace` times slower than usual.

    What falls a little short is tried whole: the most important steps come first, and the last ones may be left out.
    """
    fits = left / (USUAL["province"] * pace)
    return 1.0 if fits >= NEARLY else max(SMALLEST_SHARE, round(fits, 2))


def _steps(sheet: Sheet, until: float, say: Say, steps: Sequence[str]) -> None:
    for step in steps:
        left = until - time.monotonic()
        if left < 1 or "fill" in sheet.missing:
            sheet.missing[step] = "no time left" if left < 1 else "the database was not filled"
            continue
        figures, trouble = _step(step, sheet, left)
        sheet.figures += figures
        for figure in figures:
            say(f"  {figure.what:<58} {figure}" + (f"  ({figure.note})" if figure.note else ""))
        if trouble:
            sheet.missing[step] = trouble
            say(f"  {step}: {trouble}")


def _step(step: str, sheet: Sheet, left: float) -> tuple[list[Figure], str]:
    """Run one step; its figures, and what went wrong if something did."""
    command = [sys.executable, "manage.py", "bench", "--step", step, "--size", sheet.size.name]
    command += ["--share", str(sheet.share)]
    # The server cancels a statement once this process no longer waits for it.
    env = os.environ | {"PGOPTIONS": f"-c statement_timeout={int(left * 1000)}", "LOG_LEVEL": "WARNING"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=out, stderr=err, preexec_fn=tied_to_us(signal.SIGKILL)
        )
        trouble = ""
        try:
            status = process.wait(left)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            status, trouble = 0, "stopped, the time was over"
        out.seek(0)
        err.seek(0)
        if status:
            trouble = "failed: " + (err.read().strip().splitlines() or ["(it wrote nothing)"])[-1]
        return heard(out.read()), trouble
