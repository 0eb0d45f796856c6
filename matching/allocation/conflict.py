"""When not all bounds from below can be kept: the smallest set of needs and doctors that conflict.

By Hoffman's theorem a flow within bounds exists unless some set of nodes must take in more than can leave it. Such a
set proves a conflict of those whose bounds lead into it, and the smallest conflict is the violated set into which the
fewest lead: a small whole-number programme (see `cuts`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.allocation import cuts, flow
from matching.allocation.build import Built
from matching.allocation.goals import best
from matching.allocation.plan import Conflict
from matching.allocation.table import Bools, Table
from matching.allocation.worth import Ints

MOST = 10  # conflicts named at once


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose bounds from below count: needs (N,) with a `must` or pinned edges, doctors (D,) with a `least`."""

    needs: Bools
    doctors: Bools

    def __len__(self) -> int:
        return int(self.needs.sum() + self.doctors.sum())

    def numbers(self) -> list[int]:
        """Needs, then doctors counted on from the last need."""
        return np.flatnonzero(np.concatenate([self.needs, self.doctors])).tolist()

    def of(self, numbers: Sequence[int]) -> "Claims":
        marks = np.zeros(len(self.needs) + len(self.doctors), np.bool_)
        marks[np.asarray(numbers, np.int64)] = True
        return Claims(marks[: len(self.needs)], marks[len(self.needs) :])

    def without(self, other: "Claims") -> "Claims":
        return Claims(self.needs & ~other.needs, self.doctors & ~other.doctors)


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


def claims(table: Table) -> Claims:
    """All who bound a plan from below."""
    pinned = np.bincount(table.demand[table.pinned], minlength=len(table.wants)) > 0
    return Claims(np.asarray((table.must > 0) | pinned), np.asarray(table.least > 0))


def keeps(table: Table, only: Claims) -> bool:
    """Whether the bounds from below of these alone can be kept."""
    return best(bound(table, only), ()) is not None


def bound(table: Table, only: Claims) -> Table:
    """The table with the bounds from below of these alone, and the edges that can help them.

    An edge between two that are bound by nothing helps nobody; a pinned one that is no edge goes with its pin.
    """
    pinned = table.pinned & only.needs[table.demand]
    table = replace(
        table,
        pinned=pinned,
        must=np.where(only.needs, table.must, 0),
        least=np.where(only.doctors, table.least, 0),
    )
    return table.only((only.needs[table.demand] | only.doctors[table.doctor]) & (pinned | (table.worth > 0)))


def smallest_conflict(table: Table, left: Claims) -> tuple[Claims, bool]:
    """The smallest set of these that cannot be kept together, and whether that is proved.

    First any irreducible one, found by halving; then a smaller one is searched for, within a limit of its own.
    """
    reduced = bound(table, left)
    tree = flow.trees(reduced)
    if tree is None:
        one = left.of(irreducible(lambda numbers: keeps(table, left.of(numbers)), left.numbers()))
        return one, len(one) == 1
    within = left.of(cuts.entering(reduced, tree, cuts.violated(reduced, tree)))
    one = left.of(irreducible(lambda numbers: keeps(table, left.of(numbers)), within.numbers()))
    if len(one) == 1:
        return one, True
    smaller, proved = cuts.fewest(reduced, tree, len(one) - 1)
    return (one if smaller is None else left.of(smaller)), proved


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
        near = np.unique(table.doctor)
        touched = [quota for quota in table.quotas if table.of(quota).any()]
        places, quotas, wants = near, [(quota.name, quota.most) for quota in touched], np.zeros(0, np.int64)
    else:
        places, quotas, wants = cuts.binding(table, tree, cuts.violated(table, tree))
    candidates = np.unique(table.doctor[one.needs[table.demand]])
    return Conflict(
        demands=tuple(built.demand_ids[one.needs].tolist()),
        doctors=tuple(built.doctor_ids[one.doctors].tolist()),
        places=_beside(built.doctor_ids, table.most, places),
        quotas=tuple(quotas),
        wants=_beside(built.demand_ids, table.wants, wants),
        candidates=tuple(built.doctor_ids[candidates].tolist()),
        short=_short(table),
        smallest=smallest,
    )


def _beside(ids: Ints, counts: Ints, indexes: Ints) -> tuple[tuple[int, int], ...]:
    return tuple(zip(ids[indexes].tolist(), counts[indexes].tolist(), strict=True))


def _short(table: Table) -> int:
    """How many units of bounds from below remain unkept at best, while the pins stand."""
    kept = best(table, ("kept",))
    if kept is None:
        return int(table.pinned.sum())
    needs, doctors = table.loads(kept)
    return int(np.maximum(table.must - needs, 0).sum() + np.maximum(table.least - doctors, 0).sum())
