"""Turns a `Problem` into a `Table`: ids become indexes, contradictions are set aside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np

from matchengine.allocation.greedy import Places
from matchengine.allocation.plan import Fault, Unkept
from matchengine.allocation.problem import Demand, Doctor, Edge, Key, Problem
from matchengine.allocation.table import Bools, Indexes, Quota, Table
from matchengine.allocation.worth import Ints, bonus, cents

PLENTY = 10**9  # more places than this are the same: sums stay far within 64 bits


@dataclass(frozen=True, slots=True)
class Built:
    """A table, the ids (N,) and (D,) of its indexes, and what could not be put into it.

    `barred` (N,): some edge was left out as forbidden. `above`: by how much needs must have more than they want (N,),
    and doctors have a least above their places (D,); in the table these bounds are cut to what is possible.
    """

    table: Table
    demand_ids: Ints
    doctor_ids: Ints
    leads: tuple[int | None, ...]
    unkept: tuple[Unkept, ...]
    barred: Bools
    above: tuple[Ints, Ints]

    def pair(self, edge: int) -> Key:
        return int(self.demand_ids[self.table.demand[edge]]), int(self.doctor_ids[self.table.doctor[edge]])


def build(problem: Problem) -> Built:
    """ValueError: two demands or doctors with one id, a score above 100."""
    demands = sorted(problem.demands, key=attrgetter("id"))
    doctors = sorted(problem.doctors, key=attrgetter("id"))
    demand_ids, doctor_ids = _ids(demands, "needs"), _ids(doctors, "doctors")
    wants, most = _counts(demands, "wants"), _counts(doctors, "most")
    must, least = _counts(demands, "must"), _counts(doctors, "least")
    bare = Table(
        *_edges(problem.edges, demand_ids, doctor_ids),
        wants=wants,
        must=np.minimum(must, wants),
        most=most,
        least=np.minimum(least, most),
        quotas=_quotas(problem, demands, doctors),
    )
    known = _known(problem.forbidden, demand_ids, doctor_ids)
    banned = np.isin(_keys(bare), known)
    barred = np.bincount(bare.demand[banned], minlength=len(demands)) > 0
    table, unkept = _pinned(bare.only(~banned), problem, demand_ids, doctor_ids)
    above = np.maximum(must - wants, 0), np.maximum(least - most, 0)
    leads = tuple(doctor.leads for doctor in doctors)
    return Built(table, demand_ids, doctor_ids, leads, tuple(unkept), barred, above)


def _ids(things: Sequence[Demand] | Sequence[Doctor], name: str) -> Ints:
    ids = np.array([thing.id for thing in things], np.int64)
    twice = ids[1:][np.diff(ids) == 0]
    if len(twice):
        raise ValueError(f"two {name} have the same id {twice[0]}")
    return ids


def _counts(things: Sequence[Demand] | Sequence[Doctor], name: str) -> Ints:
    return np.array([min(max(0, getattr(thing, name)), PLENTY) for thing in things], np.int64)


def _edges(
    edges: Collection[Edge] | object, demand_ids: Ints, doctor_ids: Ints
) -> tuple[Indexes, Indexes, Ints, Ints, Bools]:
    """Edges between known ids with a score, by need and doctor; of two of one pair the better."""
    every = edges if isinstance(edges, list | tuple) else list(edges)  # type: ignore[call-overload]
    demand, known_demand = _found(np.fromiter(map(attrgetter("demand_id"), every), np.int64, len(every)), demand_ids)
    doctor, known_doctor = _found(np.fromiter(map(attrgetter("doctor_id"), every), np.int64, len(every)), doctor_ids)
    score = cents(np.fromiter(map(attrgetter("score"), every), np.float64, len(every)))
    worth = score.copy()
    for name in ("need_choice", "doctor_choice"):
        worth += bonus(np.fromiter((one or 0 for one in map(attrgetter(name), every)), np.int64, len(every)))
    key = demand * max(len(doctor_ids), 1) + doctor
    order = np.lexsort((-score, -worth, key))
    order = order[(known_demand & known_doctor & (score > 0))[order]]
    first = np.ones(len(order), np.bool_)
    first[1:] = np.diff(key[order]) > 0
    order = order[first]
    pinned = np.zeros(len(order), np.bool_)
    return demand[order].astype(np.int32), doctor[order].astype(np.int32), score[order], worth[order], pinned


def _found(ids: Ints, known: Ints) -> tuple[Ints, Bools]:
    """The index of each id among the known ones, and whether it is one of them."""
    if not len(known):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
    at = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return at.astype(np.int64), np.asarray(known[at] == ids)


def _keys(table: Table) -> Ints:
    return table.demand.astype(np.int64) * max(len(table.most), 1) + table.doctor


def _known(pairs: Collection[Key], demand_ids: Ints, doctor_ids: Ints) -> Ints:
    """Keys of the pairs whose need and doctor are known."""
    both = np.array(sorted(set(pairs)), np.int64).reshape(-1, 2)
    demand, first = _found(both[:, 0], demand_ids)
    doctor, second = _found(both[:, 1], doctor_ids)
    return np.asarray((demand * max(len(doctor_ids), 1) + doctor)[first & second], np.int64)


def _quotas(problem: Problem, demands: Sequence[Demand], doctors: Sequence[Doctor]) -> tuple[Quota, ...]:
    """The quotas that can bind, by name: one that its members cannot exceed anyway is left out."""
    found = []
    for name, most in sorted(problem.quotas.items()):
        needs = [number for number, one in enumerate(demands) if name in one.groups]
        people = [number for number, one in enumerate(doctors) if name in one.groups]
        reach = sum(max(0, demands[one].wants) for one in needs) + sum(max(0, doctors[one].most) for one in people)
        if reach > most:
            found.append(Quota(name, max(0, most), np.array(needs, np.int64), np.array(people, np.int64)))
    return tuple(found)


def _pinned(table: Table, problem: Problem, demand_ids: Ints, doctor_ids: Ints) -> tuple[Table, list[Unkept]]:
    """Pin the fixed pairs in order of need and doctor; one that contradicts an earlier one is left out."""
    wanted = sorted(set(problem.fixed))
    if not wanted:
        return table, []
    demands = {int(one): number for number, one in enumerate(demand_ids)}
    doctors = {int(one): number for number, one in enumerate(doctor_ids)}
    banned = set(problem.forbidden)
    places = Places(table)
    kept: list[Key] = []
    unkept: list[Unkept] = []
    for pair in wanted:
        fault: Fault | None = (
            "unknown_need"
            if pair[0] not in demands
            else "unknown_doctor"
            if pair[1] not in doctors
            else "forbidden"
            if pair in banned
            else places.refuses(demands[pair[0]], doctors[pair[1]])
        )
        if fault:
            unkept.append(Unkept(*pair, fault))
            continue
        kept.append((demands[pair[0]], doctors[pair[1]]))
        places.take(*kept[-1])
    return _with_pins(table, np.array(kept, np.int64).reshape(-1, 2)), unkept


def _with_pins(table: Table, pins: Ints) -> Table:
    """The table with these pairs (P, 2) pinned; those that are no edge become one without worth."""
    size = max(len(table.most), 1)
    keys, wanted = _keys(table), pins[:, 0] * size + pins[:, 1]
    new = wanted[~np.isin(wanted, keys)]
    every = np.concatenate([keys, new])
    order = np.argsort(every, kind="stable")
    nothing = np.zeros_like(new)
    key = every[order]
    return replace(
        table,
        demand=(key // size).astype(np.int32),
        doctor=(key % size).astype(np.int32),
        score=np.concatenate([table.score, nothing])[order],
        worth=np.concatenate([table.worth, nothing])[order],
        pinned=np.isin(key, wanted),
    )
