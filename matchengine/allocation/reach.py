"""Finds who can be part of a small conflict: those whom a few others could exclude."""

import numpy as np

from matchengine.allocation.flow import Trees
from matchengine.allocation.table import Bools, Table
from matchengine.allocation.worth import Ints

ROOM = 50_000_000  # cells of needs × quotas, beyond which nobody is left out


def within_reach(table: Table, tree: Trees | None, size: int) -> tuple[Bools, Bools]:
    """Needs (N,) and doctors (D,) whose bound from below can belong to a conflict of at most `size` of them.

    Without one member a smallest conflict can be kept with no more pairs than its bounds ask for. That one cannot be
    added, so those few pairs exclude it: they fill all the places it can reach, or a quota it counts in. Where
    there are more places than that, and its quotas are wider, it is no member. Needs with pinned edges stay. Where
    quotas cross (no tree), of the places those count whose quotas are all wide enough.
    """
    pinned = np.bincount(table.demand[table.pinned], minlength=len(table.wants))
    asks = np.concatenate([table.must + pinned, table.least])
    needs, doctors = (table.must > 0) | (pinned > 0), table.least > 0
    if tree is not None and len(asks) * (len(table.quotas) + 1) > ROOM:
        return np.asarray(needs), np.asarray(doctors)
    narrow = _narrowest(table)
    wide = None if tree is None else (_reached(table, tree, demands=True), _reached(table, tree, demands=False))
    most = np.array([table.most.max(initial=0), table.wants.max(initial=0)])
    while True:
        pairs = int(np.sort(np.where(np.concatenate([needs, doctors]), asks, 0))[::-1][:size].sum())
        reached = wide or _unhindered(table, narrow, pairs)
        fewer_needs = needs & ((reached[0] - (table.must - 1) * most[0] < pairs) | (narrow[0] < pairs) | (pinned > 0))
        fewer_doctors = doctors & ((reached[1] - (table.least - 1) * most[1] < pairs) | (narrow[1] < pairs))
        if fewer_needs.sum() + fewer_doctors.sum() == needs.sum() + doctors.sum():
            return np.asarray(needs), np.asarray(doctors)
        needs, doctors = fewer_needs, fewer_doctors


def _reached(table: Table, tree: Trees, *, demands: bool) -> Ints:
    """The pairs that a need's candidates have places for within their quotas (N,), or a doctor's needs (D,)."""
    own, others = (table.demand, table.doctor) if demands else (table.doctor, table.demand)
    above, places = (tree.above_doctor, table.most) if demands else (tree.above_demand, table.wants)
    first = len(table.wants) + len(table.most)
    size = len(table.wants) if demands else len(table.most)
    sums = np.zeros((tree.hub - first + 1, size), np.int64)
    np.add.at(sums, (above[others] - first, own), places[others])
    for number in reversed(range(len(tree.quotas))):  # those inside come after those around them
        quota = tree.quotas[number]
        if len(quota.doctors) if demands else len(quota.demands):
            around = int((tree.arcs.head if demands else tree.arcs.tail)[number])
            sums[around - first] += np.minimum(sums[number], quota.most)
    return np.asarray(sums[-1])


def _narrowest(table: Table) -> tuple[Ints, Ints]:
    """The least quota that each need (N,) and each doctor (D,) counts in; without one, more than any."""
    needs = np.full(len(table.wants), np.iinfo(np.int64).max)
    doctors = np.full(len(table.most), np.iinfo(np.int64).max)
    for quota in table.quotas:
        needs[quota.demands] = np.minimum(needs[quota.demands], quota.most)
        doctors[quota.doctors] = np.minimum(doctors[quota.doctors], quota.most)
    return needs, doctors


def _unhindered(table: Table, narrow: tuple[Ints, Ints], pairs: int) -> tuple[Ints, Ints]:
    """Places of each need's candidates (N,), and of each doctor's needs (D,), that no quota below `pairs` shuts."""
    doctors = np.where(narrow[1] < pairs, 0, table.most)[table.doctor]
    needs = np.where(narrow[0] < pairs, 0, table.wants)[table.demand]
    of_needs, of_doctors = np.zeros(len(table.wants), np.int64), np.zeros(len(table.most), np.int64)
    np.add.at(of_needs, table.demand, doctors)
    np.add.at(of_doctors, table.doctor, needs)
    return of_needs, of_doctors
