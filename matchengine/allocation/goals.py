"""The best plan of a table for each goal."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matchengine.allocation import crossing, flow
from matchengine.allocation.levels import Level
from matchengine.allocation.table import Bools, Quota, Table
from matchengine.allocation.worth import HIGHEST, Ints
from matchengine.names import Goal


def choose(table: Table, goal: Goal) -> tuple[Bools, bool]:
    """The edges (E,) of the best plan, and whether all bounds from below are kept.

    Where they cannot be, pinned edges are kept, then as many units of `must` and `least` are kept as possible, those
    that leave the greatest worth; the goal is pursued within them.
    """
    found = _pursued(table, goal)
    if found is not None:
        return found, True
    kept = best(table, ("kept", "worth"))
    if kept is None:
        raise ValueError("pinned edges exceed the limits")
    needs, doctors = table.loads(kept)
    table = replace(table, must=np.minimum(table.must, needs), least=np.minimum(table.least, doctors))
    found = _pursued(table, goal)
    if found is None:
        raise RuntimeError("a plan that was found was not found again")
    return found, False


def best(table: Table, levels: Sequence[Level]) -> Bools | None:
    """The edges of a plan best by these levels, within all quotas.

    Where quotas cross, those that break are added to the flow one round after the other: a plan that is best without
    the rest and keeps them is best. Only where those that matter cross each other, whole numbers are asked for.
    """
    tree = flow.trees(table)
    if tree is not None:
        return flow.best(table, tree, levels)
    active: tuple[Quota, ...] = ()
    while True:
        relaxed = replace(table, quotas=active)
        tree = flow.trees(relaxed)
        if tree is None:
            return crossing.best(table, levels)
        found = flow.best(relaxed, tree, levels)
        if found is None:
            return None
        broken = table.broken(found)
        if not broken:
            return found
        active = (*active, *broken)


def _pursued(table: Table, goal: Goal) -> Bools | None:
    if goal == "total":
        return best(table, ("worth", "even"))
    if goal == "fair":
        return _fair(table)
    return best(table, ("served", "worth", "even"))


def _fair(table: Table) -> Bools | None:
    """Of the plans that serve most, one where the worst-off need gets most: the floor is found by halving.

    Below the floor an edge serves only beside another, so that a need that wants one doctor has it no more. The search
    goes on from what the plan of the greatest sum gives anyway.
    """
    found = best(table, ("served", "worth", "even"))
    if found is None:
        return None
    most = _served(table, found)
    floors = np.unique(table.score)
    low = int(np.searchsorted(floors, _lot(table, found)))
    high = max(low, int(np.searchsorted(floors, _ceiling(table, most), side="right")) - 1)
    first = low
    while low < high:
        middle = (low + high + 1) // 2
        floored, _ = _floored(table, int(floors[middle]))
        tried = best(floored, ("served",))
        if tried is not None and _served(floored, tried) == most:
            low = middle
        else:
            high = middle - 1
    return found if low == first else _above(table, int(floors[low]))


def _above(table: Table, floor: int) -> Bools:
    """The edges of the plan that is best above this floor, which is known to leave one."""
    floored, left = _floored(table, floor)
    found = best(floored, ("served", "worth", "even"))
    if found is None:
        raise RuntimeError("a plan that was found was not found again")
    chosen = np.zeros(len(table.demand), np.bool_)
    chosen[left] = found
    return chosen


def _floored(table: Table, floor: int) -> tuple[Table, Bools]:
    """The table where what scores below the floor serves beside others alone, and the edges (E,) that are left in."""
    low = ~table.pinned & (table.score < floor)
    left = ~low | (table.wants[table.demand] > 1)
    low = low[left]
    return replace(table.only(left), beside=low if low.any() else None), left


def _tops(table: Table, edges: Bools) -> Ints:
    """(N,) the best score of each need among these edges, the highest there is where one is pinned; −1 without any."""
    tops = np.full(len(table.wants), -1, np.int64)
    np.maximum.at(tops, table.demand[edges], np.where(table.pinned, HIGHEST, table.score)[edges])
    return tops


def _lot(table: Table, chosen: Bools) -> int:
    """What the worst-off need that is served gets."""
    tops = _tops(table, chosen)
    return int(tops[tops >= 0].min(initial=HIGHEST))


def _ceiling(table: Table, most: int) -> int:
    """No floor above this leaves enough needs an edge: the best score of the last need that has to be served."""
    tops = _tops(table, np.ones(len(table.demand), np.bool_))
    return int(-np.partition(-tops, most - 1)[most - 1]) if most else HIGHEST


def _served(table: Table, chosen: Bools) -> int:
    """How many needs have an edge that serves them by itself."""
    needs: Ints = table.loads(chosen if table.beside is None else chosen & ~table.beside)[0]
    return int(np.count_nonzero(needs))
