"""Allocates doctors to all needs of a batch: the best plan for a goal within every limit, or why there is none."""

from matchengine.allocation.arrays import Chosen, solve_arrays
from matchengine.allocation.plan import Alternate, Conflict, Fault, Pair, Plan, Reason, Unkept, Unserved
from matchengine.allocation.problem import Demand, Doctor, Edge, Key, Problem
from matchengine.allocation.solve import ALTERNATES, shortfall, solve
from matchengine.allocation.table import Quota
from matchengine.names import Goal

__all__ = [
    "ALTERNATES",
    "Alternate",
    "Chosen",
    "Conflict",
    "Demand",
    "Doctor",
    "Edge",
    "Fault",
    "Goal",
    "Key",
    "Pair",
    "Plan",
    "Problem",
    "Quota",
    "Reason",
    "Unkept",
    "Unserved",
    "shortfall",
    "solve",
    "solve_arrays",
]
