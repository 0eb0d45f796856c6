"""Plans as least-cost flow: exact for every goal while the quotas of each side nest in each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.graph.python import min_cost_flow

from matchengine.allocation.levels import Level, most_even, weights
from matchengine.allocation.table import Bools, Quota, Table, by_size, nested
from matchengine.allocation.worth import Ints

_STATUS = min_cost_flow.SimpleMinCostFlow


@dataclass(slots=True)
class Arcs:
    """Arcs tail → head (A,) with bounds and the cost of a unit."""

    tail: Ints
    head: Ints
    lower: Ints
    upper: Ints
    cost: Ints


def joined(parts: Sequence[Arcs]) -> Arcs:
    return Arcs(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("tail", "head", "lower", "upper", "cost")
        )
    )


@dataclass(frozen=True, slots=True)
class Trees:
    """Node above each need (N,) and each doctor (D,), and an arc for each quota; the hub is the last node."""

    above_demand: Ints
    above_doctor: Ints
    arcs: Arcs
    quotas: tuple[Quota, ...]
    hub: int


def trees(table: Table) -> Trees | None:
    """The quotas as nodes between needs or doctors and the hub; None where they cross.

    Needs are nodes 0 … N−1, doctors follow, then quotas. Flow runs hub → quotas → needs → doctors → quotas → hub.
    """
    if any(len(quota.demands) and len(quota.doctors) for quota in table.quotas):
        return None
    first, second = len(table.wants), len(table.wants) + len(table.most)
    sides = [by_size([quota for quota in table.quotas if len(quota.demands)])]
    sides.append(by_size([quota for quota in table.quotas if len(quota.doctors)]))
    hub = second + len(sides[0]) + len(sides[1])
    found = [nested(sides[0], first, demands=True), nested(sides[1], len(table.most), demands=False)]
    if found[0] is None or found[1] is None:
        return None
    above: list[Ints] = []
    arcs: list[Arcs] = []
    start = second
    for side, (parents, innermost) in zip(sides, [found[0], found[1]], strict=True):
        above.append(np.where(innermost < 0, hub, innermost + start))
        own = np.arange(start, start + len(side))
        upper = np.array([quota.most for quota in side], np.int64)
        parent = np.array(parents, np.int64)
        over = np.where(parent < 0, hub, parent + start)
        ends = (over, own) if not arcs else (own, over)
        arcs.append(Arcs(ends[0], ends[1], np.zeros_like(upper), upper, np.zeros_like(upper)))
        start += len(side)
    return Trees(above[0], above[1], joined(arcs), (*sides[0], *sides[1]), hub)


def best(table: Table, tree: Trees, levels: Sequence[Level]) -> Bools | None:
    """The edges (E,) of a plan that is best by these levels, earlier ones first; None where bounds cannot be kept.

    With the level "kept" the bounds from below are wishes, pinned edges apart.
    """
    needs, doctors = table.degrees
    if "kept" not in levels and bool((table.must > needs).any() or (table.least > doctors).any()):
        return None
    if not len(table.demand):
        return np.zeros(0, np.bool_)
    weight = weights(table, levels)
    arcs = network(table, tree, weight)
    if "kept" in weight:
        arcs = _soft(arcs, len(table.demand), weight["kept"])
    flow = _solved(arcs, tree.hub + 1 + (0 if table.beside is None else 2 * len(table.wants)))
    return None if flow is None else flow[: len(table.demand)] > 0


def network(table: Table, tree: Trees, weight: Mapping[Level, int]) -> Arcs:
    """All arcs, the edges first; without weights then one of each need, one of each doctor, one of each quota."""
    edges = Arcs(
        _tails(table, tree),
        table.doctor.astype(np.int64) + len(table.wants),
        table.pinned.astype(np.int64),
        np.ones_like(table.worth),
        -weight.get("worth", 0) * table.worth,
    )
    return joined([edges, _demands(table, tree, weight), _doctors(table, tree, weight), tree.arcs])


def _tails(table: Table, tree: Trees) -> Ints:
    """(E,) the node each edge starts from: its need; or where some serve only beside others, a node after the hub for
    those that serve by themselves, and another for the rest.
    """
    need = table.demand.astype(np.int64)
    if table.beside is None:
        return need
    return np.where(table.beside, need + len(table.wants), need) + tree.hub + 1


def _demands(table: Table, tree: Trees, weight: Mapping[Level, int]) -> Arcs:
    """Into each need: its first doctor apart where it counts that it is served at all."""
    node = np.arange(len(table.wants))
    if "served" not in weight:
        return Arcs(tree.above_demand, node, table.must, table.wants, np.zeros_like(table.wants))
    first = np.minimum(table.wants, 1)
    reward = np.full(len(node), -weight["served"])
    nothing = np.zeros_like(table.wants)
    if table.beside is not None:
        alone, others = node + tree.hub + 1, node + tree.hub + 1 + len(node)
        return joined(
            [
                Arcs(tree.above_demand, node, table.must, table.wants, nothing),
                Arcs(node, alone, nothing, first, reward),
                Arcs(node, alone, nothing, table.wants - first, nothing),
                Arcs(node, others, nothing, table.wants - first, nothing),
            ]
        )
    must = np.minimum(table.must, first)
    return joined(
        [
            Arcs(tree.above_demand, node, must, first, reward),
            Arcs(tree.above_demand, node, table.must - must, table.wants - first, nothing),
        ]
    )


def _doctors(table: Table, tree: Trees, weight: Mapping[Level, int]) -> Arcs:
    """Out of each doctor: where loads are to be even, an arc for each place, each a little dearer than the last."""
    node = np.arange(len(table.most)) + len(table.wants)
    places = table.places
    if "even" not in weight or most_even(table) == 0:
        return Arcs(node, tree.above_doctor, table.least, table.most, np.zeros_like(node))
    who = np.repeat(np.arange(len(places)), places)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(places) - places, places)
    lower = (nth < table.least[who]).astype(np.int64)
    return Arcs(node[who], tree.above_doctor[who], lower, np.ones_like(lower), nth * weight["even"])


def _soft(arcs: Arcs, edges: int, reward: int) -> Arcs:
    """Turn bounds from below into rewards, except those of the first arcs, the edges."""
    bound = arcs.lower.copy()
    bound[:edges] = 0
    own = np.flatnonzero(bound)
    wished = Arcs(arcs.tail[own], arcs.head[own], np.zeros_like(own), bound[own], arcs.cost[own] - reward)
    return joined([Arcs(arcs.tail, arcs.head, arcs.lower - bound, arcs.upper - bound, arcs.cost), wished])


def _solved(arcs: Arcs, nodes: int) -> Ints | None:
    """The flow of each arc at the least cost; what has to flow anyway is sent beforehand, as supply and demand."""
    supply = np.zeros(nodes, np.int64)
    own = np.flatnonzero(arcs.lower)
    np.add.at(supply, arcs.head[own], arcs.lower[own])
    np.add.at(supply, arcs.tail[own], -arcs.lower[own])
    solver = min_cost_flow.SimpleMinCostFlow()
    numbers = solver.add_arcs_with_capacity_and_unit_cost(
        arcs.tail.astype(np.int32), arcs.head.astype(np.int32), arcs.upper - arcs.lower, arcs.cost
    )
    solver.set_nodes_supplies(np.arange(nodes, dtype=np.int32), supply)
    status = solver.solve()
    if status == _STATUS.INFEASIBLE:
        return None
    if status != _STATUS.OPTIMAL:
        raise RuntimeError(f"the flow was not solved: {status}")
    return np.asarray(solver.flows(numbers), np.int64) + arcs.lower
