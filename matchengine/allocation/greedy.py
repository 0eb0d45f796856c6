"""The greedy plan, which always takes the best pair left; pages compare it with the best plan."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from matchengine.allocation.table import Bools, Indexes, Table
from matchengine.allocation.worth import Ints

BLOCK = 1 << 14


def greedy(table: Table) -> Bools:
    """The edges (E,) taken: pinned ones first, then by worth (then by need and doctor) while all limits hold.

    It ignores bounds from below. Edges come in blocks, of which those already shut are left out at once.
    """
    places = Places(table)
    taken = table.pinned.copy()
    for edge in np.flatnonzero(taken).tolist():
        places.take(int(table.demand[edge]), int(table.doctor[edge]))
    order = np.argsort(-table.worth, kind="stable")
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        block = block[places.open(table.demand[block], table.doctor[block]) & ~taken[block]]
        pairs = zip(block.tolist(), table.demand[block].tolist(), table.doctor[block].tolist(), strict=True)
        for edge, need, doctor in pairs:
            if places.refuses(need, doctor) is None:
                places.take(need, doctor)
                taken[edge] = True
    return taken


class Places:
    """What is left of each need, doctor and quota (by index) while pairs are taken."""

    def __init__(self, table: Table) -> None:
        self.needs = table.wants.tolist()
        self.doctors = table.most.tolist()
        self.quotas = [quota.most for quota in table.quotas]
        self.of_need = _listed([quota.demands for quota in table.quotas])
        self.of_doctor = _listed([quota.doctors for quota in table.quotas])

    def open(self, needs: Indexes, doctors: Indexes) -> Bools:
        """(E,) whether these needs and doctors have a place left; quotas are not asked."""
        return np.asarray((np.array(self.needs)[needs] > 0) & (np.array(self.doctors)[doctors] > 0))

    def refuses(self, need: int, doctor: int) -> Literal["twice", "capacity", "quota"] | None:
        """Why this pair is refused: the need has all it wants, the doctor has no place, or a quota is used up."""
        if self.needs[need] < 1:
            return "twice"
        if self.doctors[doctor] < 1:
            return "capacity"
        return "quota" if any(self.quotas[quota] < 1 for quota in self._counted(need, doctor)) else None

    def take(self, need: int, doctor: int) -> None:
        self.needs[need] -= 1
        self.doctors[doctor] -= 1
        for quota in self._counted(need, doctor):
            self.quotas[quota] -= 1

    def _counted(self, need: int, doctor: int) -> set[int]:
        return {*self.of_need.get(need, ()), *self.of_doctor.get(doctor, ())}


def _listed(members: Sequence[Ints]) -> dict[int, list[int]]:
    """The quotas each member counts in."""
    found: dict[int, list[int]] = {}
    for number, one in enumerate(members):
        for member in one.tolist():
            found.setdefault(member, []).append(number)
    return found
