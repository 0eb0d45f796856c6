"""The problem as arrays: what the solvers read."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matchengine.allocation.worth import Ints

Bools = NDArray[np.bool_]
Indexes = NDArray[np.int32]
NOBODY = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` pairs of these needs or these doctors (indexes, rising, each once)."""

    name: str
    most: int
    demands: Ints = field(default_factory=lambda: NOBODY)
    doctors: Ints = field(default_factory=lambda: NOBODY)


@dataclass(frozen=True)
class Table:
    """E edges between N needs and D doctors, strictly rising by (need, doctor), and their limits.

    `demand`, `doctor` (E,) are indexes; `score`, `worth` (E,) hundredths, worth above 0 except where pinned; `pinned`
    (E,) edges are kept. `wants`, `must` (N,) and `most`, `least` (D,) bound the pairs of a need and of a doctor, from
    0. Edges `beside` (E,), if any, serve a need only together with another edge.
    """

    demand: Indexes
    doctor: Indexes
    score: Ints
    worth: Ints
    pinned: Bools
    wants: Ints
    must: Ints
    most: Ints
    least: Ints
    quotas: tuple[Quota, ...] = ()
    beside: Bools | None = None

    def only(self, edges: Bools) -> "Table":
        """The same with these edges alone."""
        return replace(
            self,
            demand=self.demand[edges],
            doctor=self.doctor[edges],
            score=self.score[edges],
            worth=self.worth[edges],
            pinned=self.pinned[edges],
            beside=None if self.beside is None else self.beside[edges],
        )

    def loads(self, chosen: Bools) -> tuple[Ints, Ints]:
        """How many pairs each need (N,) and each doctor (D,) has among these edges."""
        return (
            np.bincount(self.demand[chosen], minlength=len(self.wants)).astype(np.int64),
            np.bincount(self.doctor[chosen], minlength=len(self.most)).astype(np.int64),
        )

    @cached_property
    def degrees(self) -> tuple[Ints, Ints]:
        """How many edges each need (N,) and each doctor (D,) has."""
        return (
            np.bincount(self.demand, minlength=len(self.wants)).astype(np.int64),
            np.bincount(self.doctor, minlength=len(self.most)).astype(np.int64),
        )

    @cached_property
    def places(self) -> Ints:
        """(D,) the most pairs each doctor can have: his places, or his edges where those are fewer."""
        return np.minimum(self.most, self.degrees[1])

    def of(self, quota: Quota) -> Bools:
        """(E,) the edges that count in a quota."""
        return np.asarray(
            marked(len(self.wants), quota.demands)[self.demand] | marked(len(self.most), quota.doctors)[self.doctor]
        )

    def broken(self, chosen: Bools) -> list[Quota]:
        """The quotas that these edges exceed."""
        return [quota for quota in self.quotas if self.used(quota, chosen) > quota.most]

    def used(self, quota: Quota, chosen: Bools) -> int:
        """How many of these edges count in a quota."""
        edges = np.flatnonzero(chosen)
        needs = marked(len(self.wants), quota.demands)[self.demand[edges]]
        return int((needs | marked(len(self.most), quota.doctors)[self.doctor[edges]]).sum())


def marked(length: int, indexes: Ints) -> Bools:
    """(length,) true at these indexes."""
    marks = np.zeros(length, np.bool_)
    marks[indexes] = True
    return marks


def nested(quotas: Sequence[Quota], length: int, *, demands: bool) -> tuple[list[int], Ints] | None:
    """The tree that quotas of one side form: the parent of each (−1: none) and the innermost (length,) of each member.

    None where two cross. `quotas` come largest first, see `by_size`; then all members of a quota are in the same
    quotas before it, or it crosses one of them.
    """
    innermost = np.full(length, -1, np.int64)
    parents: list[int] = []
    for number, quota in enumerate(quotas):
        members = quota.demands if demands else quota.doctors
        above = np.unique(innermost[members])
        if len(above) > 1:
            return None
        parents.append(int(above[0]))
        innermost[members] = number
    return parents, innermost


def by_size(quotas: Sequence[Quota]) -> list[Quota]:
    """Largest first, equal ones by limit and name."""
    return sorted(quotas, key=lambda quota: (-len(quota.demands) - len(quota.doctors), quota.most, quota.name))
