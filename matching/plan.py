"""Allocates a whole batch: of all plans that keep every limit, the one with the greatest total score."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

Reason = Literal["no_candidate", "capacity", "quota"]
Fault = Literal["unknown_need", "unknown_doctor", "forbidden", "twice", "capacity", "quota"]


@dataclass(frozen=True, slots=True)
class Demand:
    """A need that wants one doctor; `groups` name the quotas it counts in, such as its host and its class."""

    id: int
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Edge:
    """A doctor who may serve a need, and how well (0–100)."""

    demand_id: int
    doctor_id: int
    score: float


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a plan; a fixed pair stands whatever its score, 0 where it has no edge."""

    demand_id: int
    doctor_id: int
    score: float
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Unserved:
    """A need without a doctor: nobody matches, all who match are taken, or a quota is used up."""

    demand_id: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Fault_:
    """A fixed pair that could not be kept, and why."""

    demand_id: int
    doctor_id: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Plan:
    """Pairs by need; `greedy` is the total that taking the best pair first would reach under the same limits."""

    pairs: tuple[Pair, ...]
    unserved: tuple[Unserved, ...]
    faults: tuple[Fault_, ...]
    total: float
    greedy: float
