"""Measures the allocation of a round beside other ways to allocate it, on the same made-up scores."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from bench.measure import Figure, say

NEEDS, DOCTORS, CANDIDATES, PLACES = 10_000, 5_000, 50, 2  # just enough places for all
PART = 5  # the linear programme gets a fifth of the needs and doctors: whole, it takes too long
ROOT = Path(__file__).resolve().parents[1]

WHAT = {
    "ours": "Allocate a round: greatest sum, loads even",
    "ours_most": "Allocate a round: most needs first",
    "ours_fair": "Allocate a round: the worst-off need first",
    "flow": "OR-Tools' flow on the same round",
    "matching": "scipy's sparse assignment on the same round",
    "greedy": "Always the best pair left",
    "ours_part": "Allocate a fifth of the round",
    "linear": "HiGHS' simplex on that fifth",
}


def plans() -> None:
    with _rounds() as paths:
        for name, what in WHAT.items():
            part = name in ("ours_part", "linear")
            facts = _measured(name.removesuffix("_part"), paths["part" if part else "whole"])
            if "trouble" in facts:
                say(Figure(f"plan_{name}", what, 0, "s", note=facts["trouble"]))
                continue
            say(Figure(f"plan_{name}", what, facts["seconds"], "s", note=_note(facts, NEEDS // (PART if part else 1))))
            say(Figure(f"plan_{name}_memory", f"{what}: peak", facts["peak"], "MB"))


def _note(facts: dict[str, Any], needs: int) -> str:
    unserved = needs - facts["served"]
    return f"sum {facts['total']:,.2f}, unserved {unserved}, lowest {facts['lowest']:.2f}, {facts['busy']:.2f} s of CPU"


def _measured(name: str, path: Path) -> dict[str, Any]:
    """The figures an allocator prints; it is run by its path so that its process imports nothing else."""
    script = Path(__file__).with_name("allocators.py")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-P", str(script), name, str(path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        return {"trouble": ran.stderr.strip().splitlines()[-1] if ran.stderr.strip() else "ended early"}
    facts: dict[str, Any] = json.loads(ran.stdout)
    return facts


@contextmanager
def _rounds() -> Iterator[dict[str, Path]]:
    """Files of the round and of a fifth of it."""
    with tempfile.TemporaryDirectory() as folder:
        paths = {"whole": Path(folder, "whole.npz"), "part": Path(folder, "part.npz")}
        for name, path in paths.items():
            _write(path, PART if name == "part" else 1)
        yield paths


def _write(path: Path, share: int) -> None:
    """A round of random candidates and scores, the same each time, sorted by need and doctor."""
    random = np.random.default_rng(20260101)
    needs, doctors = NEEDS // share, DOCTORS // share
    drawn = np.repeat(np.arange(needs), CANDIDATES + 20) * doctors
    key = np.unique(drawn + random.integers(0, doctors, len(drawn)))
    chance = random.random(len(key))
    order = np.lexsort((chance, key // doctors))
    need = key[order] // doctors
    rank = np.arange(len(need)) - np.searchsorted(need, need)
    key = np.sort(key[order[rank < CANDIDATES]])
    np.savez(
        path,
        demand=(key // doctors).astype(np.int32),
        doctor=(key % doctors).astype(np.int32),
        score=random.integers(1, 10_001, len(key)) / 100,
        most=np.full(doctors, PLACES, np.int64),
    )
