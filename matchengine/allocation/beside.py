"""What a plan says besides its pairs: why a need has nobody, and who else could serve it."""

import numpy as np

from matchengine.allocation.build import Built
from matchengine.allocation.plan import Alternate, Reason, Unserved
from matchengine.allocation.table import Bools, Table, marked
from matchengine.allocation.worth import CENTS, Ints


class Beside:
    """One plan of a table, and what its limits leave free."""

    def __init__(self, built: Built, chosen: Bools) -> None:
        self.built, self.table, self.chosen = built, built.table, chosen
        self.needs, self.doctors = self.table.loads(chosen)
        self.full = [quota for quota in self.table.quotas if self.table.used(quota, chosen) >= quota.most]
        self.weakest = self._weakest()
        self.starts = np.searchsorted(self.table.demand, np.arange(len(self.table.wants) + 1))

    def _weakest(self) -> Ints:
        """(N,) the edge that would be given back: that of least worth; −1 where the need still lacks a doctor."""
        edges = np.flatnonzero(self.chosen)
        edges = edges[np.lexsort((-edges, self.table.worth[edges], self.table.demand[edges]))]
        found = np.full(len(self.table.wants), -1, np.int64)
        found[self.table.demand[edges][::-1]] = edges[::-1]
        found[self.needs < self.table.wants] = -1
        return found

    def unserved(self) -> tuple[Unserved, ...]:
        lacking = np.flatnonzero(self.needs < self.table.wants).tolist()
        ids = self.built.demand_ids
        return tuple(
            Unserved(int(ids[need]), self._reason(need), int(self.table.wants[need] - self.needs[need]))
            for need in lacking
        )

    def _reason(self, need: int) -> Reason:
        edges = np.arange(self.starts[need], self.starts[need + 1])
        edges = edges[~self.chosen[edges]]
        if not len(edges):
            return "forbidden" if self.built.barred[need] else "no_candidate"
        if any(need in quota.demands for quota in self.full):
            return "quota"
        doctors = self.table.doctor[edges]
        free = doctors[self.doctors[doctors] < self.table.most[doctors]]
        return "quota" if len(free) else "capacity"

    def alternates(self, most: int) -> dict[int, tuple[Alternate, ...]]:
        """By need, up to `most` doctors who are not in its pairs: those who can step in first, then by worth and id."""
        table = self.table
        edges = np.flatnonzero(~self.chosen & (table.worth > 0))
        open_ = self._open(edges)
        edges, open_ = _first(table, edges, open_, most)
        back = self.weakest[table.demand[edges]]
        loss = np.where(back < 0, 0, table.worth[back]) - table.worth[edges]
        found: dict[int, list[Alternate]] = {int(one): [] for one in self.built.demand_ids}
        for edge, free, lost in zip(edges.tolist(), open_.tolist(), loss.tolist(), strict=True):
            demand, doctor = self.built.pair(edge)
            score, worth = int(table.score[edge]), int(table.worth[edge])
            found[demand].append(
                Alternate(demand, doctor, score / CENTS, (worth - score) / CENTS, free, lost / CENTS if free else None)
            )
        return {demand: tuple(rows) for demand, rows in found.items() if rows}

    def _open(self, edges: Ints) -> Bools:
        """Which of these edges the plan has room for once the need's weakest pair is given back."""
        table = self.table
        need, doctor = table.demand[edges], table.doctor[edges]
        found = self.doctors[doctor] < table.most[doctor]
        back = self.weakest[need]
        given = np.where(back < 0, -1, table.doctor[back])
        for quota in self.full:
            needs, doctors = marked(len(table.wants), quota.demands), marked(len(table.most), quota.doctors)
            freed = (back >= 0) & (needs[need] | doctors[given])
            found &= freed | ~(needs[need] | doctors[doctor])
        return np.asarray(found)


def _first(table: Table, edges: Ints, open_: Bools, most: int) -> tuple[Ints, Bools]:
    """The first `most` edges of each need, in the order of alternates."""
    order = np.lexsort((edges, -table.worth[edges], ~open_, table.demand[edges]))
    edges, open_ = edges[order], open_[order]
    need = table.demand[edges]
    rank = np.arange(len(need)) - np.searchsorted(need, need)
    return edges[rank < most], open_[rank < most]
