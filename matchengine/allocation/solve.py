"""From a problem to its plan."""

from collections.abc import Sequence
from typing import get_args

import numpy as np

from matchengine.allocation.beside import Beside
from matchengine.allocation.build import Built, build
from matchengine.allocation.conflict import conflicts, short_of
from matchengine.allocation.goals import choose
from matchengine.allocation.greedy import greedy
from matchengine.allocation.plan import Pair, Plan
from matchengine.allocation.problem import Problem
from matchengine.allocation.table import Bools
from matchengine.allocation.worth import CENTS
from matchengine.names import Goal

ALTERNATES = 3


def solve(problem: Problem, *, alternates: int = ALTERNATES, named: bool = True) -> Plan:
    """The best plan for the problem's goal, with up to `alternates` further doctors for each need; conflicts are looked
    for where they are to be `named`.

    The same for the same input in any order. Where bounds from below contradict each other or the limits, `conflicts`
    says which, and the plan keeps as many as can be. ValueError: two needs or doctors with one id, a score above 100,
    an unknown goal.
    """
    if problem.goal not in get_args(Goal):
        raise ValueError(f"no such goal: {problem.goal!r}")
    built = build(problem)
    table = built.table
    chosen, kept = choose(table, problem.goal)
    taken = greedy(table)
    in_conflict = named and not (kept and not any(one.any() for one in built.above))
    beside = Beside(built, chosen)
    return Plan(
        pairs=_pairs(built, chosen),
        unserved=beside.unserved(),
        unkept=built.unkept,
        total=int(table.worth[chosen].sum()) / CENTS,
        greedy=int(table.worth[taken].sum()) / CENTS,
        greedy_pairs=_pairs(built, taken),
        loads=dict(zip(built.doctor_ids.tolist(), beside.doctors.tolist(), strict=True)),
        alternates=beside.alternates(alternates),
        conflicts=conflicts(built) if in_conflict else (),
    )


def shortfall(problem: Problem) -> int:
    """How many of the pairs that have to be cannot be, at best."""
    built = build(problem)
    return short_of(built.table) + sum(int(each.sum()) for each in built.above)


def _pairs(built: Built, chosen: Bools) -> tuple[Pair, ...]:
    table = built.table
    edges = np.flatnonzero(chosen)
    leading = _leading(built, edges.tolist())
    return tuple(
        Pair(
            *built.pair(edge),
            score=int(table.score[edge]) / CENTS,
            fixed=bool(table.pinned[edge]),
            lead=edge in leading,
            bonus=int(table.worth[edge] - table.score[edge]) / CENTS,
        )
        for edge in edges.tolist()
    )


def _leading(built: Built, edges: Sequence[int]) -> set[int]:
    """The edges led by their doctor: the first of his by worth, then by need."""
    table = built.table
    left: dict[int, int] = {}
    found = set()
    for edge in sorted(edges, key=lambda edge: (-int(table.worth[edge]), edge)):
        doctor = int(table.doctor[edge])
        leads = built.leads[doctor]
        if leads is not None and left.setdefault(doctor, leads) < 1:
            continue
        if leads is not None:
            left[doctor] -= 1
        found.add(edge)
    return found
