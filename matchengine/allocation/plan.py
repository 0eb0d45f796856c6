"""The parts of a plan: pairs, needs without a doctor and why, alternates, and contradictions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Reason = Literal["no_candidate", "forbidden", "quota", "capacity"]
Fault = Literal["unknown_need", "unknown_doctor", "forbidden", "twice", "capacity", "quota"]


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of a plan; a fixed pair is kept whatever its score, which is 0 where it has no edge.

    `bonus` are the points for wishes; `lead` is whether the doctor leads there (the 1 of 1+N) or serves beside (the N).
    """

    demand_id: int
    doctor_id: int
    score: float
    fixed: bool = False
    lead: bool = True
    bonus: float = 0.0


@dataclass(frozen=True, slots=True)
class Unserved:
    """A need that lacks `missing` doctors, and why.

    no_candidate: nobody (else) matches; forbidden: all who match are forbidden; quota: one of its own or of those with
    places left is used up; capacity: all who match are taken.
    """

    demand_id: int
    reason: Reason
    missing: int = 1


@dataclass(frozen=True, slots=True)
class Unkept:
    """A fixed pair that contradicts a limit or another fixed pair, and was left out.

    "twice": the need has all the doctors it wants fixed already.
    """

    demand_id: int
    doctor_id: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Alternate:
    """Who could serve a need if its proposed doctor (the weakest, where it has several) declines.

    `open`: he can step in without any other change of the plan and within every limit; then `loss` is what the total
    falls by (rises, where negative: a need that lacks a doctor anyway). Otherwise somebody would have to move.
    """

    demand_id: int
    doctor_id: int
    score: float
    bonus: float
    open: bool
    loss: float | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Needs and doctors whose bounds from below cannot all be kept; without any one of them the rest of them can.

    `demands` must be served (or have fixed pairs), `doctors` have a least. What binds: `places` of doctors (id, most),
    `quotas` (name, most), `wants` of needs (id, wants); where quotas cross, all places and quotas that touch them.
    `candidates` are all doctors who could serve these needs. `short`: how many pairs are missing. `smallest`: no
    smaller set conflicts, proved; else the search was cut short.
    """

    demands: tuple[int, ...]
    doctors: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    quotas: tuple[tuple[str, int], ...]
    wants: tuple[tuple[int, int], ...]
    candidates: tuple[int, ...]
    short: int
    smallest: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Pairs, unserved needs and contradictions, each by need.

    `total` sums scores and bonuses; `greedy` is what always taking the best pair left would reach under the same limits
    and fixed pairs, with the pairs it takes. `loads`: pairs by doctor. `alternates`: by need, the best first.
    `conflicts`: smallest first, each without the bounds of those before it; empty where all bounds are kept.
    """

    pairs: tuple[Pair, ...] = ()
    unserved: tuple[Unserved, ...] = ()
    unkept: tuple[Unkept, ...] = ()
    total: float = 0.0
    greedy: float = 0.0
    greedy_pairs: tuple[Pair, ...] = ()
    loads: Mapping[int, int] = field(default_factory=dict)
    alternates: Mapping[int, tuple[Alternate, ...]] = field(default_factory=dict)
    conflicts: tuple[Conflict, ...] = ()
