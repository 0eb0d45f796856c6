"""The entry for large problems: takes and returns arrays, without Python objects for edges."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from matchengine.allocation.goals import choose
from matchengine.allocation.table import Bools, Quota, Table
from matchengine.allocation.worth import CENTS, bonus, cents
from matchengine.names import Goal


@dataclass(frozen=True, slots=True)
class Chosen:
    """The edges (E,) of the best plan in the order given, the sum of their worth, and whether every `must` is kept."""

    edges: Bools
    total: float
    kept: bool


def solve_arrays(
    demand: ArrayLike,
    doctor: ArrayLike,
    score: ArrayLike,
    *,
    most: ArrayLike,
    needs: int | None = None,
    wants: ArrayLike | None = None,
    must: ArrayLike | None = None,
    least: ArrayLike | None = None,
    need_choice: ArrayLike | None = None,
    doctor_choice: ArrayLike | None = None,
    pinned: ArrayLike | None = None,
    quotas: Sequence[Quota] = (),
    goal: Goal = "total",
) -> Chosen:
    """The best plan of E edges: indexes of needs and doctors (E,), scores 0–100 (E,), places `most` by doctor (D,).

    `wants` (1) and `must` (0) by need (N,), `least` (0) by doctor, choices (1 best, 0 none) and `pinned` by edge;
    `needs` gives N where there is no `wants`. ValueError: two edges of a pair, an index or bound out of range, a score
    above 100.
    """
    demand, doctor = np.asarray(demand, np.int32), np.asarray(doctor, np.int32)
    places = np.asarray(most, np.int64)
    count = needs if needs is not None else int(demand.max(initial=-1)) + 1
    wanted = np.ones(count, np.int64) if wants is None else np.asarray(wants, np.int64)
    order = sorted_edges(demand, doctor, len(places))
    marks = np.asarray(cents(np.asarray(score, np.float64)))
    worth = marks.copy()
    for choices in (need_choice, doctor_choice):
        if choices is not None:
            worth += bonus(np.asarray(choices, np.int64))
    held = np.zeros(len(demand), np.bool_) if pinned is None else np.asarray(pinned, np.bool_)
    order = order[(marks[order] > 0) | held[order]]
    table = Table(
        demand=demand[order],
        doctor=doctor[order],
        score=marks[order],
        worth=worth[order],
        pinned=held[order],
        wants=wanted,
        must=np.zeros_like(wanted) if must is None else np.asarray(must, np.int64),
        most=places,
        least=np.zeros_like(places) if least is None else np.asarray(least, np.int64),
        quotas=tuple(quotas),
    )
    _check(table)
    found, kept = choose(table, goal)
    edges = np.zeros(len(demand), np.bool_)
    edges[order] = found
    return Chosen(edges, int(worth[edges].sum()) / CENTS, kept)


def sorted_edges(demand: np.ndarray, doctor: np.ndarray, doctors: int) -> np.ndarray:
    """The order (E,) of edges by need and doctor; ValueError where a pair is there twice."""
    key = demand.astype(np.int64) * max(doctors, 1) + doctor
    step = np.diff(key)
    if bool((step > 0).all()):
        return np.arange(len(key))
    order = np.argsort(key, kind="stable")
    if not np.diff(key[order]).all():
        raise ValueError("two edges of one need and doctor")
    return order


def _check(table: Table) -> None:
    for name, index, size in (("need", table.demand, len(table.wants)), ("doctor", table.doctor, len(table.most))):
        if len(index) and not 0 <= int(index.min()) <= int(index.max()) < size:
            raise ValueError(f"an edge names a {name} that is not there")
    if any(quota.most < 0 for quota in table.quotas):
        raise ValueError("a quota is below 0")
    if bool((table.must < 0).any() or (table.must > table.wants).any()):
        raise ValueError("a need must have more than it wants")
    if bool((table.least < 0).any() or (table.least > table.most).any()):
        raise ValueError("a doctor has less places than have to be filled")
