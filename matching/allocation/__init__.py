"""Allocates a whole round: of all plans that keep every limit, the best for a goal; and why there is none."""

from matching.allocation.arrays import Chosen, solve_arrays
from matching.allocation.plan import Alternate, Conflict, Fault, Pair, Plan, Reason, Unkept, Unserved
from matching.allocation.problem import Demand, Doctor, Edge, Goal, Key, Problem
from matching.allocation.solve import ALTERNATES, solve
from matching.allocation.table import Quota

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
    "solve",
    "solve_arrays",
]
