"""When not all bounds from below can be kept: the smallest set of needs and doctors that conflict.

By Hoffman's theorem a flow within bounds exists unless some set of nodes must take in more than can leave it. Such a
set proves a conflict of the claims whose arcs enter it. The smallest conflict is the violated set that the fewest
claims enter: a small whole-number programme (see `cuts`).
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from matchengine.allocation import cuts, flow, hitting
from matchengine.allocation.build import Built
from matchengine.allocation.claims import Claims, bound, claims, keeps
from matchengine.allocation.goals import best
from matchengine.allocation.plan import Conflict
from matchengine.allocation.reach import within_reach
from matchengine.allocation.table import Table
from matchengine.allocation.worth import Ints

MOST = 10  # conflicts named at once
WIDEST = 12
SMALL = 1_000  # edges up to which the search has no such limit


def conflicts(built: Built) -> tuple[Conflict, ...]:
    """Conflicts that share nobody, the smallest first, until the rest can be kept; at most `MOST`."""
    table = built.table
    found = _above(built)
    left = claims(table)
    while len(found) < MOST and not keeps(table, left):
        one, smallest = smallest_conflict(table, left)
        found.append(_named(built, one, smallest=smallest))
        left = left.without(one)
    return tuple(found)


def smallest_conflict(table: Table, left: Claims) -> tuple[Claims, bool]:
    """The smallest set of these that cannot be kept together, and whether that is proved.

    First any irreducible one, found by halving; then a smaller one is searched for. In a large problem only one of up
    to `WIDEST` is: a sentence that names more needs than that is of no use to a reader.
    """
    reduced = bound(table, left)
    tree = flow.trees(reduced)
    kept = partial(_keeps_numbers, table, left)
    if tree is None:
        numbers = irreducible(kept, left.numbers())
        among = Claims(*within_reach(reduced, None, len(numbers) - 1)).numbers()
        fewer, proved = hitting.fewest(table, left, numbers, among)
        return left.of(fewer), proved
    within = cuts.entering(reduced, tree, cuts.violated(reduced, tree))
    numbers = irreducible(kept, within)
    at_most = len(numbers) - 1
    if len(reduced.demand) > SMALL:
        at_most = min(at_most, WIDEST)
    reach = Claims(*within_reach(reduced, tree, at_most))
    if at_most < 1 or not len(reach):
        return left.of(numbers), at_most == len(numbers) - 1
    reduced = bound(table, reach)
    found, whole = cuts.fewest(reduced, tree, at_most)
    return left.of(found or numbers), whole and (found is not None or at_most == len(numbers) - 1)


def _keeps_numbers(table: Table, left: Claims, numbers: Sequence[int]) -> bool:
    return keeps(table, left.of(numbers))


def irreducible(kept: Callable[[Sequence[int]], bool], numbers: Sequence[int]) -> list[int]:
    """Of numbers that cannot be kept together, some that cannot, while any of them left out the rest can.

    Junker's QuickXplain (AAAI 2004): about k·log(n/k) questions for k of n.
    """

    def explained(behind: list[int], fresh: bool, rest: list[int]) -> list[int]:
        if fresh and not kept(behind):
            return []
        if len(rest) == 1:
            return rest
        first, second = rest[: len(rest) // 2], rest[len(rest) // 2 :]
        later = explained(behind + first, True, second)
        return explained(behind + later, bool(later), first) + later

    return sorted(explained([], False, list(numbers)))


def _above(built: Built) -> list[Conflict]:
    """Needs that must have more than they want, doctors who must fill more places than they have."""
    table = built.table
    needs = [
        Conflict((ident,), (), (), (), ((ident, wants),), (), short, smallest=True)
        for ident, wants, short in zip(
            built.demand_ids.tolist(), table.wants.tolist(), built.above[0].tolist(), strict=True
        )
        if short
    ]
    doctors = [
        Conflict((), (ident,), ((ident, most),), (), (), (), short, smallest=True)
        for ident, most, short in zip(
            built.doctor_ids.tolist(), table.most.tolist(), built.above[1].tolist(), strict=True
        )
        if short
    ]
    return (needs + doctors)[:MOST]


def _named(built: Built, one: Claims, *, smallest: bool) -> Conflict:
    table = bound(built.table, one)
    tree = flow.trees(table)
    if tree is None:
        near = np.flatnonzero(table.degrees[1])
        touched = [quota for quota in table.quotas if table.of(quota).any()]
        places, quotas, wants = near, [(quota.name, quota.most) for quota in touched], np.zeros(0, np.int64)
    else:
        places, quotas, wants = cuts.binding(table, tree, cuts.violated(table, tree))
    candidates = np.flatnonzero(np.bincount(table.doctor[one.needs[table.demand]], minlength=len(table.most)))
    return Conflict(
        demands=tuple(built.demand_ids[one.needs].tolist()),
        doctors=tuple(built.doctor_ids[one.doctors].tolist()),
        places=_beside(built.doctor_ids, table.most, places),
        quotas=tuple(quotas),
        wants=_beside(built.demand_ids, table.wants, wants),
        candidates=tuple(built.doctor_ids[candidates].tolist()),
        short=short_of(table),
        smallest=smallest,
    )


def _beside(ids: Ints, counts: Ints, indexes: Ints) -> tuple[tuple[int, int], ...]:
    return tuple(zip(ids[indexes].tolist(), counts[indexes].tolist(), strict=True))


def short_of(table: Table) -> int:
    """How many units of bounds from below remain unkept at best, with all pins kept."""
    kept = best(table, ("kept",))
    if kept is None:
        return int(table.pinned.sum())
    needs, doctors = table.loads(kept)
    return int(np.maximum(table.must - needs, 0).sum() + np.maximum(table.least - doctors, 0).sum())
