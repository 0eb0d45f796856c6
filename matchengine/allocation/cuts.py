"""Finds sets of nodes that must take in more than can leave them; such a set proves that bounds contradict each
other."""

import numpy as np
from ortools.graph.python import max_flow
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from matchengine.allocation.flow import Arcs, Trees, network
from matchengine.allocation.table import Bools, Table
from matchengine.allocation.worth import Ints

NODES = 500  # of the search tree; a count and not a time, so that the answer is the same everywhere
LARGEST = 10_000  # arcs beyond which no smaller conflict is searched for


def violated(table: Table, tree: Trees) -> Bools:
    """(nodes,) the set that takes in more than can leave it by most, as a greatest flow that falls short shows it.

    All that bounds from below force through an arc is drawn from a source at its head and sunk at its tail.
    """
    arcs = network(table, tree, {})
    own = np.flatnonzero(arcs.lower)
    source, sink = tree.hub + 1, tree.hub + 2
    tails = [arcs.tail, np.full(len(own), source), arcs.tail[own]]
    heads = [arcs.head, arcs.head[own], np.full(len(own), sink)]
    rooms = [arcs.upper - arcs.lower, arcs.lower[own], arcs.lower[own]]
    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(
        np.concatenate(tails).astype(np.int32), np.concatenate(heads).astype(np.int32), np.concatenate(rooms)
    )
    if solver.solve(source, sink) != max_flow.SimpleMaxFlow.OPTIMAL:
        raise RuntimeError("the greatest flow was not found")
    inside = np.zeros(tree.hub + 3, np.bool_)
    inside[solver.get_source_side_min_cut()] = True
    return inside[: tree.hub + 1]


def entering(table: Table, tree: Trees, inside: Bools) -> list[int]:
    """The owners of bounds from below on arcs that enter a set: needs first, then doctors, numbered after the last
    need."""
    arcs = network(table, tree, {})
    into = np.flatnonzero((arcs.lower > 0) & ~inside[arcs.tail] & inside[arcs.head])
    numbers: list[int] = np.unique(owners(table, arcs)[into]).tolist()
    return numbers


def owners(table: Table, arcs: Arcs) -> Ints:
    """(A,) the need or doctor that owns an arc's bound from below; −1 for quotas."""
    needs, doctors = len(table.wants), len(table.most)
    quotas = len(arcs.tail) - len(table.demand) - needs - doctors
    return np.concatenate([table.demand.astype(np.int64), np.arange(needs + doctors), np.full(quotas, -1)])


def binding(table: Table, tree: Trees, inside: Bools) -> tuple[Ints, list[tuple[str, int]], Ints]:
    """What limits the way out of a set: doctors by their places, quotas, needs by what they want (indexes)."""
    arcs = network(table, tree, {})
    out = inside[arcs.tail] & ~inside[arcs.head]
    first = len(table.demand)
    second, third = first + len(table.wants), first + len(table.wants) + len(table.most)
    quotas = [(quota.name, quota.most) for quota, leaves in zip(tree.quotas, out[third:], strict=True) if leaves]
    return np.flatnonzero(out[second:third]), sorted(quotas), np.flatnonzero(out[first:second])


def fewest(table: Table, tree: Trees, at_most: int) -> tuple[list[int] | None, bool]:
    """The fewest owners, at most this many, whose bounds enter a violated set; and whether the search was complete."""
    arcs = network(table, tree, {})
    owner = owners(table, arcs)
    used = np.zeros(tree.hub + 1, np.bool_)
    edges = len(table.demand)
    used[arcs.tail[:edges]] = used[arcs.head[:edges]] = used[len(table.wants) + len(table.most) :] = True
    kept = (used[arcs.tail] & used[arcs.head]) | (arcs.lower > 0)
    arcs = Arcs(arcs.tail[kept], arcs.head[kept], arcs.lower[kept], arcs.upper[kept], arcs.cost[kept])
    if len(arcs.tail) > LARGEST:
        return None, False
    found, whole = None, True
    for side in (0, 1):
        limit = at_most if found is None else len(found) - 1
        if limit < 1:
            break
        better, ended = _searched(arcs, owner[kept], tree.hub, side, limit)
        found, whole = better or found, whole and ended
    return found, whole


def _searched(arcs: Arcs, owner: Ints, hub: int, side: int, limit: int) -> tuple[list[int] | None, bool]:
    """The same with the hub inside (1) or outside (0).

    Columns: each node inside or not; each owner counted or not; each arc leaving (whole or in part), each bound that
    leads in. Rows: an arc leaves when its tail is inside and its head is not; a bound leads in when its head is, its
    tail is not and its owner counts; what leads in exceeds what leaves; owners within the limit.
    """
    nodes, count = hub + 1, len(arcs.tail)
    own = np.flatnonzero(arcs.lower)
    people, person = np.unique(owner[own], return_inverse=True)
    at_person, at_out = nodes, nodes + len(people)
    at_in = at_out + count
    width = at_in + len(own)
    every, bounds = np.arange(count), np.arange(len(own))
    rows = [
        _rows(width, [(arcs.tail, 1), (arcs.head, -1), (at_out + every, -1)]),
        _rows(width, [(at_in + bounds, 1), (arcs.head[own], -1)]),
        _rows(width, [(at_in + bounds, 1), (arcs.tail[own], 1)]),
        _rows(width, [(at_in + bounds, 1), (at_person + person, -1)]),
    ]
    highs = [np.zeros(count), np.zeros(len(own)), np.ones(len(own)), np.zeros(len(own))]
    excess, counted = np.zeros(width), np.zeros(width)
    excess[at_out : at_out + count] = arcs.upper
    excess[at_in:] = -arcs.lower[own]
    counted[at_person:at_out] = 1
    matrix = csr_array(np.vstack([excess, counted]))
    low, high = np.zeros(width), np.ones(width)
    low[hub] = high[hub] = side
    whole = np.zeros(width, np.int8)
    whole[:at_out] = 1
    answer = milp(
        counted,
        integrality=whole,
        bounds=Bounds(low, high),
        constraints=[
            *(LinearConstraint(one, ub=most) for one, most in zip(rows, highs, strict=True)),
            LinearConstraint(matrix, ub=np.array([-1.0, limit])),
        ],
        options={"mip_rel_gap": 0.0, "node_limit": NODES},
    )
    if answer.x is None:
        return None, answer.status == 2  # 2: there is none; else the search ended early
    taken = np.flatnonzero(answer.x[at_person:at_out] > 0.5)
    return people[taken].tolist(), answer.status == 0


def _rows(width: int, parts: list[tuple[Ints, int]]) -> csr_array:
    """Rows (len of each part's columns) × width with these values at these columns."""
    height = len(parts[0][0])
    row = np.tile(np.arange(height), len(parts))
    columns = np.concatenate([column for column, _ in parts])
    values = np.repeat(np.array([value for _, value in parts], np.float64), height)
    return csr_array((values, (row, columns)), shape=(height, width))
