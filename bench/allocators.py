"""One allocator on one round, in a process of its own: seconds and memory are its own. Run by `plans`, by its path.

Knows neither Django nor the rest of this package, whose memory would count otherwise.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

Round = dict[str, Any]
Answer = Callable[[], np.ndarray]  # the edges taken (E,)
REPEATS = 3


def ours(goal: Literal["total", "most", "fair"]) -> Callable[[Round], Answer]:
    def prepared(one: Round) -> Answer:
        from matchengine.allocation import solve_arrays  # noqa: PLC0415  each process loads what it measures

        return lambda: solve_arrays(one["demand"], one["doctor"], one["score"], most=one["most"], goal=goal).edges

    return prepared


def plain_flow(one: Round) -> Answer:
    """OR-Tools' flow as its guide shows it: no ties, no quotas, no lower bounds."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415

    def answer() -> np.ndarray:
        demand, doctor = one["demand"], one["doctor"]
        needs, most = int(demand.max()) + 1, one["most"]
        solver = min_cost_flow.SimpleMinCostFlow()
        cost = -np.rint(one["score"] * 100).astype(np.int64)
        arcs = solver.add_arcs_with_capacity_and_unit_cost(demand, doctor + needs, np.ones_like(cost), cost)
        solver.set_nodes_supplies(np.arange(needs, dtype=np.int32), np.ones(needs, np.int64))
        solver.set_nodes_supplies(np.arange(needs, needs + len(most), dtype=np.int32), -most)
        solver.solve_max_flow_with_min_cost()
        return np.asarray(solver.flows(arcs)) > 0

    return answer


def matching(one: Round) -> Answer:
    """scipy's sparse assignment, each place of a doctor a column."""
    from scipy.sparse import csr_array  # noqa: PLC0415
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching  # noqa: PLC0415

    def answer() -> np.ndarray:
        demand, doctor, most = one["demand"], one["doctor"], one["most"]
        first = np.cumsum(most) - most
        edge = np.repeat(np.arange(len(demand)), most[doctor])
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(most[doctor]) - most[doctor], most[doctor])
        shape = (int(demand.max()) + 1, int(most.sum()))
        table = csr_array((one["score"][edge], (demand[edge], first[doctor[edge]] + nth)), shape=shape)
        rows, columns = min_weight_full_bipartite_matching(table, maximize=True)
        taken = np.searchsorted(first, columns, side="right") - 1
        return np.isin(demand.astype(np.int64) * len(most) + doctor, rows.astype(np.int64) * len(most) + taken)

    return answer


def linear(one: Round) -> Answer:
    """HiGHS' simplex on the same linear programme; its basic solutions are whole numbers."""
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415
    from scipy.sparse import csr_array  # noqa: PLC0415

    def answer() -> np.ndarray:
        edges = np.arange(len(one["demand"]))
        needs, most = int(one["demand"].max()) + 1, one["most"]
        rows = np.concatenate([one["demand"], needs + one["doctor"]])
        shape = (needs + len(most), len(edges))
        table = csr_array((np.ones(2 * len(edges)), (rows, np.tile(edges, 2))), shape=shape)
        limits = np.concatenate([np.ones(needs), most])
        found = milp(-one["score"], bounds=Bounds(0, 1), constraints=LinearConstraint(table, ub=limits))
        return np.asarray(found.x) > 0.5

    return answer


def greedy(one: Round) -> Answer:
    """The best pair left, again and again."""

    def answer() -> np.ndarray:
        taken = np.zeros(len(one["demand"]), np.bool_)
        free = [True] * (int(one["demand"].max()) + 1)
        places = one["most"].tolist()
        order = np.argsort(-one["score"], kind="stable")
        pairs = zip(order.tolist(), one["demand"][order].tolist(), one["doctor"][order].tolist(), strict=True)
        for edge, need, doctor in pairs:
            if free[need] and places[doctor]:
                free[need] = False
                places[doctor] -= 1
                taken[edge] = True
        return taken

    return answer


ALLOCATORS: dict[str, Callable[[Round], Answer]] = {
    "ours": ours("total"),
    "ours_most": ours("most"),
    "ours_fair": ours("fair"),
    "flow": plain_flow,
    "matching": matching,
    "linear": linear,
    "greedy": greedy,
}


def peak() -> float:
    """Megabytes this process held at most."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    raise LookupError("VmHWM")


def main(name: str, path: str) -> None:
    with np.load(path) as stored:
        one: Round = {key: stored[key] for key in stored.files}
    answer = ALLOCATORS[name](one)
    spent, busy, taken = [], [], np.zeros(0, np.bool_)
    for _ in range(REPEATS if name != "linear" else 1):
        began, worked = time.perf_counter(), time.process_time()
        taken = answer()
        spent.append(time.perf_counter() - began)
        busy.append(time.process_time() - worked)
    facts = {
        "seconds": min(spent),
        "busy": min(busy),
        "peak": peak(),
        "total": float(np.round(one["score"][taken] * 100).sum()) / 100,
        "served": len(np.unique(one["demand"][taken])),
        "lowest": float(one["score"][taken].min()),
        "busiest": int(np.bincount(one["doctor"][taken]).max()),
    }
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
