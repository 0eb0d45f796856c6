"""Finds the smallest conflict where quotas cross and no flow can, by what every conflict must contain."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from matchengine.allocation.claims import Claims, keeps
from matchengine.allocation.table import Table

ROUNDS = 60
CLAIMS = 40  # beyond that many, no smaller conflict is searched for: each round asks for a plan per claim


def fewest(table: Table, left: Claims, known: list[int], among: list[int]) -> tuple[list[int], bool]:
    """A smallest set of these claims that cannot be kept, and whether the search was complete.

    One is `known`; a smaller one, if there is any, is `among` some of them.

    Whatever plan keeps some claims, a conflict has one that it does not keep. So the fewest claims that hit what each
    plan so far left unkept are tried: either they conflict, and nothing smaller can, or a plan keeps them and shows
    one more thing to hit. (Implicit hitting sets: Ignatiev et al., CP 2015.)
    """
    if len(known) == 1 or keeps(table, left.of(among)):
        return known, True
    if len(among) > CLAIMS:
        return known, False
    unkept: list[list[int]] = []
    for _ in range(ROUNDS):
        tried = _hit(among, unkept)
        if len(tried) >= len(known):
            return known, True
        if tried and not keeps(table, left.of(tried)):
            return tried, True
        unkept.append(_grown(table, left, tried, among))
    return known, False


def _grown(table: Table, left: Claims, some: list[int], among: list[int]) -> list[int]:
    """What a plan that keeps these, and as many further claims as come, leaves unkept."""
    kept = list(some)
    for one in among:
        if one not in kept and keeps(table, left.of([*kept, one])):
            kept.append(one)
    return [one for one in among if one not in kept]


def _hit(every: Sequence[int], sets: Sequence[Sequence[int]]) -> list[int]:
    """The fewest numbers of which each set holds one."""
    if not sets:
        return []
    rows = np.array([np.isin(every, one) for one in sets], np.float64)
    answer = milp(
        np.ones(len(every)),
        integrality=np.ones(len(every), np.int8),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, lb=1),
        options={"mip_rel_gap": 0.0},
    )
    return [one for one, taken in zip(every, np.asarray(answer.x), strict=True) if taken > 0.5]
